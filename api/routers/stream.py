"""The live stream of a book."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from sse_starlette import EventSourceResponse

from api.dependencies import Opened, PartsOf
from api.problems import problems
from api.streaming import SEPARATOR, EventStream

router = APIRouter(tags=["stream"])

LARGEST_SEQ = 10_000_000_000
MESSAGE_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "pattern": "^[0-9]+$"},
        "event": {"type": "string"},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
    "required": ["event", "data"],
}


@router.get(
    "/cims/{cim_id}/stream",
    operation_id="stream_events",
    response_class=EventSourceResponse,
    responses={
        200: {
            "description": "Server-sent events. `id:` is the seq, `event:` the type, `data:` the event as JSON; "
            "notices of runs, sources and exports have no id; `closing` tells why the stream ends.",
            "content": {"text/event-stream": {"schema": MESSAGE_SCHEMA}},
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
    last_event_id: Annotated[
        str | None, Header(pattern=r"^[0-9]{0,10}$", description="The same, as a browser sends it; it wins.")
    ] = None,
) -> EventSourceResponse:
    """Every event past the cursor, in order and once, then each as it happens."""
    cursor = int(last_event_id) if last_event_id else after
    if cursor is None:
        head = await parts.store.head(opened.cim_id)
        cursor = head.rev if head is not None else 0
    stream = EventStream(parts, opened, cursor)
    return EventSourceResponse(stream.messages(), ping=parts.stream_times.heartbeat, sep=SEPARATOR)
