"""The book as it stands, small enough for every turn: whole slides only where the person names or sees them."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Sequence

from pydantic import JsonValue, TypeAdapter

from agents.ports import Documents, Workspace
from agents.turn.context import BookNow, ContextEntity, ContextRelationship, ContextSlide
from domain.head import CIMHead, SlideHead
from domain.knowledge import KnowledgeGraph

MOST_BOOKS = 64
MOST_BODIES = 8
MOST_ENTITIES = 150
MOST_RELATIONSHIPS = 120
MOST_DECISIONS = 30
_BODY: TypeAdapter[dict[str, JsonValue]] = TypeAdapter(dict[str, JsonValue])


class BookReader:
    """Reads a book once for each of its revisions."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._read: OrderedDict[str, tuple[int, Sequence[SlideHead], KnowledgeGraph]] = OrderedDict()

    async def now(self, head: CIMHead, documents: Documents, said: str, named: Sequence[str]) -> BookNow:
        slides, graph = await self._at(head)
        shown = set(named) | {slide.id for slide in slides if _names(said, slide)}
        persona, hero, outline = head.artifacts.buyer_persona, head.artifacts.hero_context, head.artifacts.outline
        views = {"buyer_persona": persona, "hero_context": hero, "outline": outline}
        entities, relationships = _about(graph, said, shown)
        return BookNow(
            title=head.title,
            stage=head.stage.value,
            status=head.status.value,
            rev=head.rev,
            buyer_persona=persona.value if persona else None,
            hero_context=hero.value if hero else None,
            sections=outline.value.sections if outline else (),
            slides=await self._slides(head, slides, shown),
            stale={name: view.stale_reason.value for name, view in views.items() if view and view.stale_reason},
            current_section_id=head.current_section_id,
            current_slide_id=head.current_slide_id,
            documents=tuple(source.name for source in documents.read),
            documents_unread=documents.unread,
            entities=entities,
            relationships=relationships,
            decisions=tuple(f"{one.text} Reason: {one.reason}" for one in graph.decisions[-MOST_DECISIONS:]),
        )

    async def _at(self, head: CIMHead) -> tuple[Sequence[SlideHead], KnowledgeGraph]:
        known = self._read.get(head.id)
        if known is None or known[0] != head.rev:
            known = head.rev, await self._workspace.slides(head.id), await self._workspace.graph(head.id)
            self._read[head.id] = known
        self._read.move_to_end(head.id)
        while len(self._read) > MOST_BOOKS:
            self._read.popitem(last=False)
        return known[1], known[2]

    async def _slides(self, head: CIMHead, slides: Sequence[SlideHead], shown: set[str]) -> tuple[ContextSlide, ...]:
        whole = [slide for slide in slides if slide.id in shown or slide.id == head.current_slide_id][:MOST_BODIES]
        bodies = {
            slide.id: _BODY.validate_json(await self._workspace.get_text(head.id, slide.content_hash))
            for slide in whole
        }
        return tuple(
            ContextSlide(
                id=slide.id,
                section_id=slide.section_id,
                title=slide.title,
                layout_type=slide.layout_type,
                status=slide.status.value,
                stale_reason=slide.stale_reason.value if slide.stale_reason else "",
                named=slide.id in shown,
                body=bodies.get(slide.id),
            )
            for slide in slides
        )


def _names(said: str, slide: SlideHead) -> bool:
    """Whether the person writes the id of a slide, or its title word for word."""
    if slide.id in said and re.search(rf"(?<![\w-]){re.escape(slide.id)}(?![\w-])", said):
        return True
    return len(slide.title) >= 8 and slide.title.casefold() in said.casefold()


def _about(
    graph: KnowledgeGraph, said: str, named: set[str]
) -> tuple[tuple[ContextEntity, ...], tuple[ContextRelationship, ...]]:
    """Those that the person names come first, so that they are there when there are too many."""
    folded = said.casefold()
    meant = named | {
        entity.id
        for entity in graph.entities
        if any(name.casefold() in folded for name in (entity.name, *entity.aliases))
    }
    entities = sorted(graph.entities, key=lambda entity: entity.id not in meant)[:MOST_ENTITIES]
    relationships = sorted(graph.relationships, key=lambda one: one.from_id not in meant and one.to_id not in meant)
    return (
        tuple(ContextEntity(id=one.id, kind=one.kind, name=one.name, aliases=one.aliases) for one in entities),
        tuple(
            ContextRelationship(id=one.id, from_id=one.from_id, to_id=one.to_id, kind=one.kind, strength=one.strength)
            for one in relationships[:MOST_RELATIONSHIPS]
        ),
    )
