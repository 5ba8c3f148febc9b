"""The live stream of a book."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query
from sse_starlette import EventSourceResponse

from api.dependencies import Opened, PartsOf
from api.problems import ApiProblem, problems
from api.streaming import SEPARATOR, EventStream

router = APIRouter(tags=["stream"])

LARGEST_SEQ = 10_000_000_000


@router.get(
    "/cims/{cim_id}/stream",
    operation_id="stream_events",
    response_class=EventSourceResponse,
    responses={
        200: {
            "description": "Server-sent events. `id:` is the seq, `event:` the type, `data:` the event as JSON; "
            "notices of runs, sources and exports have no id; `closing` tells why the stream ends.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        },
        **problems(403, 404),
    },
)
async def stream_events(
    parts: PartsOf,
    opened: Opened,
    after: Annotated[
        int | None, Query(ge=0, le=LARGEST_SEQ, description="The last seq that you have; absent: only what comes.")
    ] = None,
    last_event_id: Annotated[str | None, Header(description="The same, as a browser sends it; it wins.")] = None,
) -> EventSourceResponse:
    """Every event past the cursor, in order and once, then each as it happens."""
    cursor = _cursor(last_event_id, after)
    if cursor is None:
        head = await parts.store.head(opened.cim_id)
        cursor = head.rev if head is not None else 0
    stream = EventStream(parts, opened, cursor)
    return EventSourceResponse(stream.messages(), ping=parts.stream_times.heartbeat, sep=SEPARATOR)


def _cursor(last_event_id: str | None, after: int | None) -> int | None:
    if last_event_id is None or not last_event_id.strip():
        return after
    given = last_event_id.strip()
    if not (given.isascii() and given.isdigit() and len(given) <= 10):
        raise ApiProblem("invalid_input", "Last-Event-ID is not a seq of this stream.", "Send the id you last got.")
    return int(given)
