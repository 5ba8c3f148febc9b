"""Slides and facts of a book as they are now."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel

from api.dependencies import Opened, PartsOf
from api.problems import ApiProblem, problems
from domain.model import Fact
from domain.values import Id
from store import Slide

router = APIRouter(tags=["slides"])


class Slides(BaseModel):
    items: list[Slide]


class Facts(BaseModel):
    items: list[Fact]


@router.get("/cims/{cim_id}/slides", operation_id="list_slides", responses=problems(403, 404))
async def list_slides(parts: PartsOf, opened: Opened) -> Slides:
    """Every slide with its content, in reading order."""
    return Slides(items=await parts.store.books.slides(opened.cim_id))


@router.get("/cims/{cim_id}/slides/{slide_id}", operation_id="read_slide", responses=problems(403, 404))
async def read_slide(parts: PartsOf, opened: Opened, slide_id: Annotated[Id, Path()]) -> Slide:
    slide = await parts.store.books.slide(opened.cim_id, slide_id)
    if slide is None:
        raise ApiProblem("unknown_slide", "The book has no such slide.", "It may have been removed.", status=404)
    return slide


@router.get("/cims/{cim_id}/facts", operation_id="list_facts", responses=problems(403, 404))
async def list_facts(parts: PartsOf, opened: Opened) -> Facts:
    """The facts gathered from the documents, in the order in which they were gathered."""
    return Facts(items=await parts.store.books.facts(opened.cim_id))
