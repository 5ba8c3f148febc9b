"""The log of a book: every change, by whom and when."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.dependencies import Limit, Opened, PartsOf
from api.problems import problems
from api.routers.stream import LARGEST_SEQ
from domain.events import EventRecord
from store import Page

router = APIRouter(tags=["events"])


@router.get("/cims/{cim_id}/events", operation_id="list_events", responses=problems(403, 404))
async def list_events(
    parts: PartsOf,
    opened: Opened,
    after: Annotated[int, Query(ge=0, le=LARGEST_SEQ, description="The last seq that you have.")] = 0,
    limit: Limit = 100,
) -> Page[EventRecord]:
    """Events past `after`, in order. `next_cursor` is the `after` of the next page."""
    records = await parts.store.events(opened.cim_id, after, limit)
    more = len(records) == limit
    return Page[EventRecord](items=tuple(records), next_cursor=str(records[-1].seq) if more else None)
