"""Earlier moments of a book: how it was, and what differs between two of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel

from api.dependencies import OpenCIM, Opened, PartsOf
from api.parts import Parts
from api.problems import ApiProblem, problems
from api.routers.stream import LARGEST_SEQ
from domain.diff import CIMDiff, diff
from domain.head import CIMHead, head_of
from domain.knowledge import KnowledgeGraph
from domain.knowledge_diff import changed_hashes
from domain.model import SlideBody
from domain.state import CIMState
from store import Slide, slide_of

router = APIRouter(tags=["history"])

Seq = Annotated[int, Path(ge=1, le=LARGEST_SEQ, description="A revision: the seq of an event.")]
SeqQuery = Annotated[int, Query(ge=1, le=LARGEST_SEQ)]


class PastCIM(BaseModel):
    """A book as it was right after event `seq`."""

    seq: int
    cim: CIMHead
    slides: list[Slide]
    graph: KnowledgeGraph


@router.get("/cims/{cim_id}/at/{seq}", operation_id="read_cim_at", responses=problems(403, 404))
async def read_cim_at(parts: PartsOf, opened: Opened, seq: Seq) -> PastCIM:
    """The book as it was, with its slides and what it was about."""
    state = await _state_at(parts, opened, seq)
    slides = state.content.slides_in_reading_order()
    bodies = await _bodies(parts, opened, (slide.content_hash for slide in slides))
    return PastCIM(
        seq=seq,
        cim=head_of(state),
        slides=[slide_of(slide, bodies[slide.content_hash]) for slide in slides],
        graph=await parts.store.books.graph_of(state),
    )


@router.get("/cims/{cim_id}/diff", operation_id="diff_cim", responses=problems(403, 404))
async def diff_cim(
    parts: PartsOf,
    opened: Opened,
    from_seq: Annotated[SeqQuery, Query(alias="from")],
    to_seq: Annotated[SeqQuery, Query(alias="to")],
) -> CIMDiff:
    """What differs between two revisions, field by field; `from` may also be the later one."""
    before = await _state_at(parts, opened, from_seq)
    after = await _state_at(parts, opened, to_seq)
    old, new = before.content.slides, after.content.slides
    changed = {
        state.content_hash
        for slide_id in {**old, **new}
        if old.get(slide_id) != new.get(slide_id)
        for state in (old.get(slide_id), new.get(slide_id))
        if state is not None
    }
    kinds = changed_hashes(before.content, after.content)
    texts = await parts.store.contents.texts(opened.cim_id, list(kinds))
    knowledge = {hash_: kinds[hash_].from_kept(text) for hash_, text in texts.items()}
    return diff(before, after, await _bodies(parts, opened, changed), knowledge)


async def _state_at(parts: Parts, opened: OpenCIM, seq: int) -> CIMState:
    state = await parts.store.books.state_at(opened.cim_id, seq)
    if state is None or state.rev != seq:
        raise ApiProblem("unknown_seq", f"This book has no revision {seq}.", "Choose one of its log.", status=404)
    return state


async def _bodies(parts: Parts, opened: OpenCIM, hashes: Iterable[str]) -> dict[str, SlideBody]:
    texts = await parts.store.contents.texts(opened.cim_id, list(hashes))
    return {hash_: SlideBody.from_kept(text) for hash_, text in texts.items()}
