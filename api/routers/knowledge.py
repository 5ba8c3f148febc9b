"""What a book is about: entities, how they relate, and what was decided."""

from __future__ import annotations

from fastapi import APIRouter

from api.dependencies import Opened, PartsOf
from api.problems import problems
from domain.knowledge import KnowledgeGraph

router = APIRouter(tags=["knowledge"])


@router.get("/cims/{cim_id}/graph", operation_id="read_graph", responses=problems(403, 404))
async def read_graph(parts: PartsOf, opened: Opened) -> KnowledgeGraph:
    """Entities by name, their relationships, and decisions oldest first."""
    return await parts.store.books.graph(opened.cim_id)
