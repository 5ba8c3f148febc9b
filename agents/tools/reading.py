"""The whole current state of the book, and whole slides, as tools give them to a model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

from pydantic import Field, JsonValue

from agents.brief import Evidence
from agents.desk import Desk
from agents.tools.book import NO_BOOK
from agents.tools.tool import Tool, ToolDesk, ToolResult
from domain.head import CIMHead, SlideHead
from domain.knowledge import KnowledgeGraph
from domain.model import SlideBody, SourceReference
from domain.values import Id, Value

MOST_SLIDES_LISTED = 120
MOST_ENTITIES_LISTED = 60
MOST_DECISIONS_LISTED = 30


class BookQuery(Value):
    section_id: Annotated[Id | None, Field(description="Lists the slides of this section only")] = None


class SlideQuery(Value):
    slide_id: Id


async def _book(arguments: BookQuery, desk: ToolDesk) -> ToolResult:
    cim_id = desk.scope.cim_id
    head = await desk.workspace.head(cim_id)
    if head is None:
        return NO_BOOK
    if arguments.section_id and all(section.id != arguments.section_id for section in head.sections):
        return ToolResult(rejected=f"The outline has no section {arguments.section_id}.")
    slides = [
        slide for slide in await desk.workspace.slides(cim_id) if arguments.section_id in (None, slide.section_id)
    ]
    content: dict[str, JsonValue] = {
        **_state(head),
        "slides": _slides(slides),
        "documents": [source.name for source in await desk.workspace.sources(cim_id)],
        "documents_unread": list(await desk.workspace.unread(cim_id)),
        **_knowledge(await desk.workspace.graph(cim_id)),
    }
    if len(slides) > MOST_SLIDES_LISTED:
        content["slides_left_out"] = len(slides) - MOST_SLIDES_LISTED
    return ToolResult(content=content, summary=f"Read the book at revision {head.rev}.")


def _state(head: CIMHead) -> dict[str, JsonValue]:
    """Everything but the slides. Of an artifact: its value, and why it is stale where it is."""
    artifacts = head.artifacts
    return {
        "title": head.title,
        "status": head.status.value,
        "stage": head.stage.value,
        "completed_stages": [stage.value for stage in head.completed_stages],
        "rev": head.rev,
        "current_section_id": head.current_section_id,
        "current_slide_id": head.current_slide_id,
        "buyer_persona": _artifact(artifacts.buyer_persona),
        "hero_context": _artifact(artifacts.hero_context),
        "outline": _artifact(artifacts.outline),
        "slide_counts": head.slide_counts.model_dump(),
    }


def _artifact(view: Value | None) -> JsonValue:
    return view.model_dump(mode="json", exclude_none=True) if view is not None else None


def _slides(slides: Sequence[SlideHead]) -> list[JsonValue]:
    listed = sorted(slides, key=lambda slide: (slide.section_id, slide.position))[:MOST_SLIDES_LISTED]
    return [
        slide.model_dump(
            mode="json",
            include={"id", "section_id", "position", "title", "layout_type", "status", "stale_reason"},
            exclude_none=True,
        )
        for slide in listed
    ]


def _knowledge(graph: KnowledgeGraph) -> dict[str, JsonValue]:
    return {
        "entities": [
            entity.model_dump(mode="json", include={"id", "kind", "name"})
            for entity in graph.entities[:MOST_ENTITIES_LISTED]
        ],
        "decisions": [f"{one.text} Reason: {one.reason}" for one in graph.decisions[-MOST_DECISIONS_LISTED:]],
    }


async def _slide(arguments: SlideQuery, desk: ToolDesk) -> ToolResult:
    slides = await desk.workspace.slides(desk.scope.cim_id)
    slide = next((one for one in slides if one.id == arguments.slide_id), None)
    if slide is None:
        return ToolResult(rejected=f"The book has no slide {arguments.slide_id}.")
    body = await Desk(desk.workspace, desk.scope.cim_id).load(SlideBody, slide.content_hash)
    content: dict[str, JsonValue] = {
        "id": slide.id,
        "section_id": slide.section_id,
        "status": slide.status.value,
        "stale_reason": slide.stale_reason.value if slide.stale_reason else None,
        "title": body.title,
        "layout_type": body.layout_type,
        "refs": refs_of(body.sources, desk.evidence),
        "notes": body.notes,
        "components": [
            {
                **part.model_dump(mode="json", exclude={"sources"}),
                "refs": refs_of(part.sources, desk.evidence),
            }
            for part in body.components
        ],
    }
    return ToolResult(content=content, summary=f"Read the slide “{slide.title}”.")


def refs_of(sources: Iterable[SourceReference], evidence: Evidence) -> list[JsonValue]:
    """What the references of sources are called in this turn, each with its anchor where it has one."""
    facts = {
        (fact.source.source_id, fact.source.locator, fact.source.quote or fact.statement): evidence.fact_ref(index)
        for index, fact in reversed(list(enumerate(evidence.facts)))
    }
    passages = {
        (one.source_id, one.passage_id): evidence.passage_ref(index) for index, one in enumerate(evidence.passages)
    }
    refs: list[JsonValue] = []
    for source in sources:
        fact = facts.get((source.source_id, source.locator, source.quote or ""))
        ref = fact or passages.get((source.source_id, source.passage_id or "")) or ""
        place = f"{evidence.document(source.source_id)}, {source.locator}"
        refs.append({"ref": ref, "place": place, **({"anchor": source.anchor} if source.anchor else {})})
    return refs


TOOLS: tuple[Tool[Any], ...] = (
    Tool(
        name="read_book",
        description="The book as it is now: persona, hero concept, outline, slides with status and why they are stale, "
        "documents, what it is about and what was decided.",
        arguments=BookQuery,
        permission="read",
        run=_book,
    ),
    Tool(
        name="read_slide",
        description="One slide with all of its components, their ids and their references.",
        arguments=SlideQuery,
        permission="read",
        run=_slide,
    ),
)
