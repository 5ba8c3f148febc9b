"""The live stream of a book."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from sse_starlette import EventSourceResponse

from api.dependencies import Opened, PartsOf
from api.problems import ApiProblem, problems
from api.streaming import SEPARATOR, Cursor, EventStream

router = APIRouter(tags=["stream"])

LARGEST_SEQ = 10_000_000_000
MESSAGE_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?$"},
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
            "description": "Server-sent events. `id:` is the cursor `{seq}.{n}` after the event and the entry of the "
            "talk; send it as Last-Event-ID to go on there, exactly. `event:` is the type of an event of the log, or "
            "of the talk: `message`, `delta`, `message_reset`, `workspace`, `steer`; `data:` is JSON. Without a talk "
            "cursor, first come the messages that are being written, as they read now, without an id, then `ready`. "
            "A `delta` is added to its message, a `message_reset` takes the place of its text; ignore both when their "
            "`attempt` is lower than one that you have seen for the message, or the message is final. A `message` "
            "that you know and that is not final leaves its text as it is. `talk_reset`: you were away for too long; "
            "read the messages again and open the stream at their cursor. Notices of runs, agents, sources and "
            "exports have no id; `closing` tells why the stream ends.",
            "content": {"text/event-stream": {"schema": MESSAGE_SCHEMA}},
        },
        **problems(403, 404, counted=False),
    },
)
async def stream_events(
    parts: PartsOf,
    opened: Opened,
    after: Annotated[
        int | None, Query(ge=0, le=LARGEST_SEQ, description="The last seq that you have; absent: only what comes.")
    ] = None,
    talk_after: Annotated[
        int | None, Query(ge=0, le=LARGEST_SEQ, description="The last entry of the talk; absent: it begins now.")
    ] = None,
    last_event_id: Annotated[
        str | None,
        Header(
            pattern=r"^([0-9]{1,10}(\.[0-9]{1,10})?)?$",
            description="Both, as a browser sends them: `{seq}.{n}`. It wins.",
        ),
    ] = None,
) -> EventSourceResponse:
    """Every event and every word past the cursor, in order and once, then each as it happens."""
    if parts.drain.is_on:
        raise ApiProblem("draining", "This process is about to stop.", "Open the stream again; another one takes it.")
    if last_event_id:
        cursor = Cursor.parse(last_event_id)
    else:
        head = None if after is not None else await parts.store.head(opened.cim_id)
        cursor = Cursor(seq=after if after is not None else head.rev if head is not None else 0, talk=talk_after)
    stream = EventStream(parts, opened, cursor)
    return EventSourceResponse(stream.messages(), ping=parts.stream_times.heartbeat, sep=SEPARATOR)
