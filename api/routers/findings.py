"""What a check of the book against its documents finds, as both are now."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter
from pydantic import BaseModel

from api.dependencies import Opened, PartsOf, unknown_cim
from api.problems import problems
from domain.findings import AcceptedFinding, Finding
from evidence.consistency import check_book

router = APIRouter(tags=["findings"])


class FindingView(Finding):
    """A finding, and who stands for it where somebody does."""

    accepted: AcceptedFinding | None = None


class FindingCounts(BaseModel):
    """`blocking` keep the book from being completed; `accepted` would, had nobody accepted them."""

    blocking: int
    accepted: int
    total: int


class Findings(BaseModel):
    """`rev` is the revision of the book that was checked."""

    rev: int
    counts: FindingCounts
    items: list[FindingView]


@router.get("/cims/{cim_id}/findings", operation_id="list_findings", responses=problems(403, 404))
async def list_findings(parts: PartsOf, opened: Opened) -> Findings:
    """Figures that are contradicted or not supported first, then claims without a source, then sources that differ.

    A person accepts a finding by the command `accept_finding`, with a reason.
    """
    book, state = await parts.store.books.book(opened.cim_id), await parts.store.books.state(opened.cim_id)
    if book is None or state is None:
        raise unknown_cim()
    found = await asyncio.to_thread(check_book, book, await parts.store.passages.of_cim(opened.cim_id))
    items = [FindingView(**dict(each), accepted=state.accepted_findings.get(each.id)) for each in found]
    blocking = [item for item in items if item.blocks]
    return Findings(
        rev=book.rev,
        counts=FindingCounts(
            blocking=sum(item.accepted is None for item in blocking),
            accepted=sum(item.accepted is not None for item in blocking),
            total=len(items),
        ),
        items=items,
    )
