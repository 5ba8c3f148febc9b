"""What agents did with their tools: every call, with its arguments, its result and who allowed it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, JsonValue

from api.dependencies import Limit, Opened, PartsOf
from api.parts import Parts
from api.problems import problems
from api.routers.stream import LARGEST_SEQ
from domain.events import EventRecord, ToolCalled
from domain.tool_calls import ToolCall, ToolCallBody
from domain.values import Actor, Id, Instant
from store import Page

router = APIRouter(tags=["tool calls"])

CALLS_READ_AT_ONCE = 500
MOST_PAGES_READ = 10


class RecordedCall(BaseModel):
    """A call as the log tells it; `seq` is its event."""

    seq: int
    at: Instant
    actor: Actor
    call: ToolCall
    arguments: JsonValue
    result: JsonValue


@router.get("/cims/{cim_id}/tool-calls", operation_id="list_tool_calls", responses=problems(403, 404))
async def list_tool_calls(
    parts: PartsOf,
    opened: Opened,
    run_id: Annotated[Id | None, Query(description="Only the calls of this run.")] = None,
    after: Annotated[int, Query(ge=0, le=LARGEST_SEQ, description="The last seq that you have.")] = 0,
    limit: Limit = 100,
) -> Page[RecordedCall]:
    """Calls past `after`, in order. `next_cursor` is the `after` of the next page, which may be empty."""
    found, cursor = await _called(parts, opened.cim_id, run_id, after, limit)
    bodies = await parts.store.contents.texts(opened.cim_id, {event.call.content_hash for event in found})
    return Page[RecordedCall](
        items=tuple(_recorded(event, bodies.get(event.call.content_hash)) for event in found),
        next_cursor=None if cursor is None else str(cursor),
    )


async def _called(
    parts: Parts, cim_id: str, run_id: str | None, after: int, limit: int
) -> tuple[list[ToolCalled], int | None]:
    """At most `limit` calls, and where to go on."""
    found: list[ToolCalled] = []
    for _ in range(MOST_PAGES_READ):
        page = await parts.store.log.events_of_type(cim_id, "tool_called", after, CALLS_READ_AT_ONCE)
        for event in map(_tool_called, page):
            if run_id in (None, event.call.run_id):
                found.append(event)
            after = event.seq
            if len(found) == limit:
                return found, after
        if len(page) < CALLS_READ_AT_ONCE:
            return found, None
    return found, after


def _tool_called(record: EventRecord) -> ToolCalled:
    event = record.event()
    assert isinstance(event, ToolCalled)
    return event


def _recorded(event: ToolCalled, text: str | None) -> RecordedCall:
    body = ToolCallBody() if text is None else ToolCallBody.from_kept(text)
    return RecordedCall(
        seq=event.seq,
        at=event.at,
        actor=event.actor,
        call=event.call,
        arguments=body.arguments,
        result=body.result,
    )
