"""The list of books, briefly: what a list of thousands shows and is sorted, filtered and searched by."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from api.dependencies import Caller, PartsOf
from api.problems import problems
from api.routers.cims import Ids, list_cims
from domain.head import CIMHead, SlideCounts
from domain.values import CIMStatus, Instant, Stage
from store import Page

router = APIRouter(tags=["cims"])

MOST_ROWS = 1_000

RowLimit = Annotated[int, Query(ge=1, le=MOST_ROWS, description="The most items to answer with.")]


class BookRow(BaseModel):
    """`stale`: how many of persona, hero concept and outline no longer rest on what they were built from."""

    model_config = ConfigDict(frozen=True)

    id: str
    deal_id: str
    owner_id: str
    title: str
    status: CIMStatus
    stage: Stage
    slide_counts: SlideCounts
    stale: int
    rev: int
    updated_at: Instant

    @classmethod
    def of(cls, head: CIMHead) -> BookRow:
        kept = head.artifacts
        artifacts = (kept.buyer_persona, kept.hero_context, kept.outline)
        return cls(
            **head.model_dump(include={"id", "deal_id", "owner_id", "title", "status", "stage", "rev", "updated_at"}),
            slide_counts=head.slide_counts,
            stale=sum(artifact is not None and artifact.stale_reason is not None for artifact in artifacts),
        )


@router.get("/books", operation_id="list_books", responses=problems())
async def list_books(
    parts: PartsOf,
    person: Caller,
    deal_id: Annotated[uuid.UUID | None, Query()] = None,
    status: Annotated[CIMStatus | None, Query()] = None,
    stage: Annotated[Stage | None, Query()] = None,
    ids: Ids = (),
    cursor: Annotated[str | None, Query(max_length=300)] = None,
    limit: RowLimit = 200,
) -> Page[BookRow]:
    """The same books as `GET /cims`, in the same order, without what is in them."""
    page = await list_cims(parts, person, deal_id, status, stage, ids, cursor, limit)
    return Page[BookRow](items=tuple(BookRow.of(head) for head in page.items), next_cursor=page.next_cursor)
