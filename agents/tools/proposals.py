"""Proposals that change nothing: code names, slide templates, and a whole first book from a brief."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Annotated, Any

from pydantic import Field, JsonValue

from agents.brief import Brief, Task
from agents.checking import check
from agents.drafted import Drafted, DraftedSlide, DraftedSlides
from agents.selection import relevant
from agents.tools.code_names import Theme, code_names
from agents.tools.templates import template
from agents.tools.tool import Tool, ToolDesk, ToolResult
from domain.model import LayoutType, OutlineSection
from domain.values import Id, Line, LongText, OptionalLine, Value

MOST_SECTIONS = 12
MOST_FITTING = 8
_SHORTEST_BRIEF = 10


class GenerateNames(Value):
    count: Annotated[int, Field(ge=1, le=20)] = 5
    themes: Annotated[tuple[Theme, ...], Field(max_length=7, description="None: every theme")] = ()
    seed: Annotated[OptionalLine, Field(description="Another seed gives other names")] = ""


class GenerateTemplate(Value):
    layout_type: LayoutType
    topic: Annotated[Line, Field(description="What the slide is to show, such as: net sales by region")]
    section_id: Annotated[Id | None, Field(description="The section that it is for")] = None


class GenesisOutline(Value):
    brief: Annotated[
        LongText, Field(min_length=_SHORTEST_BRIEF, description="What the book is for: reader, leading idea, sections")
    ]
    slides_per_section: Annotated[int, Field(ge=0, le=4)] = 3


async def _names(arguments: GenerateNames, desk: ToolDesk) -> ToolResult:
    graph = await desk.workspace.graph(desk.scope.cim_id)
    taken = [
        desk.context.book.title,
        desk.context.said,
        *(passage.text for passage in desk.evidence.passages),
        *(source.name for source in desk.evidence.sources),
        *(name for entity in graph.entities for name in (entity.name, *entity.aliases)),
    ]
    seed = f"{desk.scope.cim_id}/{arguments.seed}"
    offered = await asyncio.to_thread(lambda: list(code_names(seed, arguments.themes, taken)))
    names: list[JsonValue] = [f"Project {name}" for name in offered[: arguments.count]]
    if not names:
        return ToolResult(rejected="Every name of these themes stands in the documents. Choose other themes.")
    return ToolResult(content={"names": names}, summary=f"Code names: {', '.join(str(name) for name in names)}.")


async def _template(arguments: GenerateTemplate, desk: ToolDesk) -> ToolResult:
    sections = desk.context.book.sections
    section = next((one for one in sections if one.id == arguments.section_id), None)
    if arguments.section_id and section is None:
        return ToolResult(rejected=f"The outline has no section {arguments.section_id}.")
    query = f"{arguments.topic} {section.title if section else ''}".strip()
    chosen = await desk.library.facts(desk.scope.cim_id, desk.evidence, query, MOST_FITTING)
    facts = desk.evidence.brief_facts(list(chosen))
    passages = await desk.library.passages(desk.scope.cim_id, desk.evidence, query, 3)
    slide = template(arguments.layout_type, arguments.topic, facts)
    fitting: list[JsonValue] = [{"ref": fact.ref, "says": fact.statement} for fact in facts]
    refs: list[JsonValue] = [desk.evidence.passage_ref(index) for index in passages]
    return ToolResult(
        content={
            "slide": slide | ({"section_id": section.id} if section else {}),
            "fitting_facts": fitting,
            "fitting_passages": refs,
        },
        summary=f"A template of a {arguments.layout_type.replace('_', ' ')} slide about {arguments.topic}.",
    )


async def _genesis(arguments: GenesisOutline, desk: ToolDesk) -> ToolResult:
    if not desk.evidence.passages and not desk.evidence.facts:
        return ToolResult(rejected="No document has been read yet, so there is nothing to build a book on.")
    return await asyncio.to_thread(_first_book, arguments, desk)


def _first_book(arguments: GenesisOutline, desk: ToolDesk) -> ToolResult:
    """Persona, hero concept and outline by the rules of the built-in model, each on top of the one before.

    What the evidence does not bear out is left out, as it is of every draft.
    """
    ask, evidence, title = _asking(arguments.brief, desk), desk.evidence, desk.context.book.title
    first = check(ask(Brief(task="buyer_persona", book_title=title)), evidence)
    second = check(ask(Brief(task="hero_context", book_title=title, buyer_persona=first.persona)), evidence)
    third = check(
        ask(Brief(task="outline", book_title=title, buyer_persona=first.persona, hero_context=second.hero)), evidence
    )
    notes = [note for checked in (first, second, third) for note in (*checked.notes, *checked.faults)]
    sections = tuple(
        OutlineSection(id=f"new{number}", title=one.title, description=one.description)
        for number, one in enumerate(third.sections[:MOST_SECTIONS], start=1)
    )
    told: list[JsonValue] = []
    count = 0
    for section in sections:
        slides: list[DraftedSlide] = []
        if arguments.slides_per_section:
            drafted = ask(
                Brief(
                    task="slides",
                    book_title=title,
                    buyer_persona=first.persona,
                    hero_context=second.hero,
                    sections=sections,
                    section=section,
                ),
                section,
            )
            assert isinstance(drafted, DraftedSlides)
            slides = drafted.slides[: arguments.slides_per_section]
        count += len(slides)
        stubs: list[JsonValue] = [_stub(slide) for slide in slides]
        told.append({"title": section.title, "description": section.description, "slides": stubs})
    return ToolResult(
        content={
            "buyer_persona": first.persona.model_dump(mode="json") if first.persona else None,
            "hero_context": second.hero.model_dump(mode="json") if second.hero else None,
            "outline": told,
            "notes": list[JsonValue](dict.fromkeys(notes)),
        },
        summary=f"A first book as a proposal: {len(sections)} sections, {count} slides.",
    )


def _asking(instruction: str, desk: ToolDesk) -> Callable[..., Drafted]:
    """Gives a brief the evidence that fits it, and has it drafted."""
    from agents.evidence_only.model import compose

    def ask(brief: Brief, section: OutlineSection | None = None) -> Drafted:
        query = f"{instruction} {section.title} {section.description}" if section else instruction
        facts, passages = relevant(desk.evidence, query)
        return compose(
            brief.model_copy(
                update={
                    "instruction": _instruction_for(brief.task, instruction),
                    "facts": desk.evidence.brief_facts(facts),
                    "passages": desk.evidence.brief_passages(passages),
                }
            )
        )

    return ask


def _instruction_for(task: Task, instruction: str) -> str:
    """What is asked of the whole book is no instruction for one slide."""
    return "" if task == "slides" else instruction


def _stub(slide: DraftedSlide) -> dict[str, JsonValue]:
    return {
        "topic": slide.topic,
        "title": slide.title,
        "layout_type": slide.layout_type,
        "refs": list[JsonValue](dict.fromkeys([*slide.refs, *_refs_of(slide)])),
    }


def _refs_of(slide: DraftedSlide) -> Iterable[str]:
    for component in slide.components:
        match component.type:
            case "metric":
                yield component.fact
            case "chart":
                yield from (fact for series in component.series for fact in series.facts if fact)
            case "table":
                cells = [cell for row in component.rows for cell in row]
                yield from (ref for cell in cells for ref in (cell.fact, *cell.refs) if ref)
            case "bullets":
                yield from (ref for item in component.items for ref in item.refs)
            case "text" | "quote":
                yield from component.refs


TOOLS: tuple[Tool[Any], ...] = (
    Tool(
        name="name_generator",
        description="Proposes code names for the project that give no clue to the company and stand in none of its "
        "documents. The same seed gives the same names.",
        arguments=GenerateNames,
        permission="read",
        run=_names,
        agents=frozenset({"assistant"}),
    ),
    Tool(
        name="generate_template",
        description="Proposes a slide of a layout with placeholders in brackets, and the facts that fit. Nothing is "
        "saved: fill the placeholders, then save_slide.",
        arguments=GenerateTemplate,
        permission="propose",
        run=_template,
        agents=frozenset({"assistant", "editor", "outline"}),
    ),
    Tool(
        name="genesis_outline",
        description="Proposes a whole first book from a brief: buyer persona, hero concept, outline and slides, each "
        "with the references behind it. Nothing is saved: the save tools do that, one by one.",
        arguments=GenesisOutline,
        permission="propose",
        run=_genesis,
        agents=frozenset({"assistant", "outline"}),
    ),
)
