"""A row of the old table as a book: what it holds, in our own words."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from uuid import UUID

from pydantic import Field, ValidationError

from cli.import_supabase.components import components_of, layout_of
from cli.import_supabase.shape import Shape, Unreadable, shape_of, snake
from domain.model import (
    MAX_SECTIONS,
    MAX_SLIDES,
    BuyerPersona,
    HeroContext,
    InvestmentThesis,
    SectionDraft,
    SlideDraft,
)
from domain.values import Line, Stage, Value

NAMESPACE = uuid.UUID("0f2c1f4e-5d0b-4d9e-8d57-2f3a6a9f7c11")
COLUMNS = frozenset(
    {
        "id",
        "deal_id",
        "project_id",
        "user_id",
        "title",
        "workflow_state",
        "slides",
        "buyer_persona",
        "hero_context",
        "outline",
    }
)
_ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")
_STAGES = {
    "welcome": Stage.WELCOME,
    "start": Stage.WELCOME,
    "buyer_persona": Stage.BUYER_PERSONA,
    "persona": Stage.BUYER_PERSONA,
    "hero_concept": Stage.HERO_CONCEPT,
    "hero_context": Stage.HERO_CONCEPT,
    "hero": Stage.HERO_CONCEPT,
    "outline": Stage.OUTLINE,
    "building_sections": Stage.BUILDING_SECTIONS,
    "building": Stage.BUILDING_SECTIONS,
    "sections": Stage.BUILDING_SECTIONS,
    "slides": Stage.BUILDING_SECTIONS,
    "complete": Stage.BUILDING_SECTIONS,
    "completed": Stage.BUILDING_SECTIONS,
}


_CONTENTS = ("subtitle", "components", "content", "elements", "blocks", "body", "text", "bullets", "table", "chart")


class OldBook(Value):
    """What was read of one row. `approved`: ids of slides; `left_out`: what was there and has no place in a book."""

    row_id: str
    deal_id: UUID
    project_id: UUID | None
    user_id: UUID
    title: Line
    stage: Stage | None = None
    persona: BuyerPersona | None = None
    hero: HeroContext | None = None
    sections: tuple[SectionDraft, ...] = Field(default=(), max_length=MAX_SECTIONS)
    slides: tuple[SlideDraft, ...] = Field(default=(), max_length=MAX_SLIDES)
    approved: frozenset[str] = frozenset()
    left_out: tuple[str, ...] = ()


def read_book(row: Mapping[str, object]) -> OldBook:
    """Raises Unreadable: a row is taken whole or not at all."""
    left_out: set[str] = set()
    columns = {name: shape_of(name, row.get(name), left_out) for name in COLUMNS}
    try:
        sections = _sections(columns["outline"])
        slides, approved, sections = _slides(columns["slides"], sections)
        book = OldBook(
            row_id=row_id_of(row),
            deal_id=_uuid(columns["deal_id"]),
            project_id=None if columns["project_id"].is_empty else _uuid(columns["project_id"]),
            user_id=_uuid(columns["user_id"]),
            title=columns["title"].text() if not columns["title"].is_empty else "Untitled",
            stage=_stage(columns["workflow_state"]),
            persona=_persona(columns["buyer_persona"]),
            hero=_hero(columns["hero_context"]),
            sections=sections,
            slides=slides,
            approved=approved,
        )
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise Unreadable(".".join(str(part) for part in first["loc"]), first["msg"]) from None
    return book.model_copy(update={"left_out": tuple(sorted(left_out))})


def row_id_of(row: Mapping[str, object]) -> str:
    """The row's own id; without one, what tells it from others."""
    given = row.get("id")
    if given is not None:
        return str(given)[:200]
    return uuid.uuid5(NAMESPACE, "/".join(str(row.get(name)) for name in ("deal_id", "user_id", "title"))).hex


def _uuid(shape: Shape) -> UUID:
    try:
        return UUID(shape.text())
    except ValueError:
        raise shape.unreadable("is not a UUID") from None


def _stage(state: Shape) -> Stage | None:
    if state.is_empty:
        return None
    found = state if state.is_text else state.pick("current_stage", "stage", "current_step", "step", "current", "state")
    if found is None or not found.is_text:
        raise state.unreadable("names no stage")
    stage = _STAGES.get(snake(found.text()))
    if stage is None:
        raise found.unreadable(f"the stage {found.text()[:60]!r} is not known")
    return stage


def _persona(shape: Shape) -> BuyerPersona | None:
    if shape.is_empty:
        return None
    if shape.is_text:
        return BuyerPersona(type=shape.text())
    type_ = shape.pick("type", "persona_type", "buyer_type", "name", "title", "persona")
    if type_ is None:
        raise shape.unreadable("says no type of buyer")
    motivations = shape.pick("motivations", "goals", "drivers", "interests")
    concerns = shape.pick("concerns", "objections", "risks", "worries")
    shape.done()
    return BuyerPersona(
        type=type_.text(),
        motivations=motivations.texts() if motivations else (),
        concerns=concerns.texts() if concerns else (),
    )


def _hero(shape: Shape) -> HeroContext | None:
    if shape.is_empty:
        return None
    if shape.is_text:
        raise shape.unreadable("an object with a hero and an investment thesis was expected")
    hero = shape.pick("selected_hero", "hero", "hero_concept", "selected", "name", "title")
    thesis = shape.pick("investment_thesis", "thesis")
    if hero is None:
        raise shape.unreadable("says no hero")
    shape.done()
    return HeroContext(selected_hero=hero.text(), investment_thesis=_thesis(thesis))


def _thesis(shape: Shape | None) -> InvestmentThesis:
    if shape is None:
        return InvestmentThesis(asset="", timing="", opportunity="")
    if shape.is_text:
        return InvestmentThesis(asset=shape.text(), timing="", opportunity="")
    thesis = InvestmentThesis(
        asset=shape.text_of("asset", "why_this_asset", "why_asset", "why_this_company", "what"),
        timing=shape.text_of("timing", "why_now", "when"),
        opportunity=shape.text_of("opportunity", "why_this_opportunity", "why_opportunity", "upside"),
    )
    if thesis == InvestmentThesis(asset="", timing="", opportunity=""):
        raise shape.unreadable("has neither asset, timing nor opportunity")
    shape.done()
    return thesis


def _sections(shape: Shape) -> tuple[SectionDraft, ...]:
    if shape.is_object:
        inner = shape.pick("sections", "outline", "items")
        if inner is None and not shape.is_empty:
            raise shape.unreadable("has no sections")
        shape.done()
        shape = inner or shape
    if shape.is_empty:
        return ()
    return tuple(_section(item, n) for n, item in enumerate(shape.items()))


def _section(item: Shape, position: int) -> SectionDraft:
    if item.is_text:
        return SectionDraft(id=f"s{position + 1}", title=item.text())
    title = item.pick("title", "name", "heading", "label")
    if title is None:
        raise item.unreadable("a section needs a title")
    given = item.text_of("id", "section_id", "key", default=f"s{position + 1}")
    description = item.pick("description", "summary", "purpose", "content")
    item.ignore("order", "position", "status", "progress", "completed", "slides")
    item.done()
    return SectionDraft(
        id=_id(given), title=title.text(), description="" if description is None else "\n".join(description.texts())
    )


def _id(given: str) -> str:
    """The same id where it can be one of ours, else one that follows from it."""
    return given if _ID.match(given) else uuid.uuid5(NAMESPACE, given).hex


def _slides(
    shape: Shape, sections: tuple[SectionDraft, ...]
) -> tuple[tuple[SlideDraft, ...], frozenset[str], tuple[SectionDraft, ...]]:
    """The slides in their order, which of them were approved, and the sections, with those that only slides name."""
    if shape.is_empty:
        return (), frozenset(), sections
    if shape.is_object and (inner := shape.pick("slides", "items")) is not None:
        shape = inner
    by_id = () if shape.is_list else shape.named_items()
    found = list(shape.items()) if shape.is_list else [item.with_default("id", id_) for id_, item in by_id]
    found.sort(key=_order)
    if not sections:
        sections = _named_by(found)
    made: list[SlideDraft] = []
    approved: set[str] = set()
    for n, item in enumerate(found):
        if not item.is_object:
            raise item.unreadable("a slide was expected")
        slide = _slide(item, n, sections)
        if any(other.id == slide.id for other in made):
            raise item.unreadable(f"another slide has the id {slide.id!r} too")
        made.append(slide)
        if _is_approved(item) and slide.id is not None:
            approved.add(slide.id)
        item.done()
    return tuple(made), frozenset(approved), sections


def _named_by(slides: list[Shape]) -> tuple[SectionDraft, ...]:
    """Without an outline, the sections that the slides name, in their order."""
    titles = list(dict.fromkeys(_section_name(item) for item in slides if item.is_object))
    if not any(titles):
        return (SectionDraft(id="s1", title="Slides"),)
    return tuple(SectionDraft(id=f"s{n + 1}", title=title or "Slides") for n, title in enumerate(titles))


def _section_name(item: Shape) -> str:
    named = item.pick("section_id", "section", "section_title", "section_name")
    return "" if named is None else named.text()


def _slide(item: Shape, position: int, sections: tuple[SectionDraft, ...]) -> SlideDraft:
    title = item.text_of("title", "heading", "name", default=f"Slide {position + 1}")
    components = tuple(
        made for name in _CONTENTS if (content := item.pick(name)) is not None for made in components_of(content)
    )
    given = item.text_of("id", "slide_id", default=f"slide{position + 1}")
    return SlideDraft(
        id=_id(given),
        section_id=_section_of(item, sections),
        title=title,
        layout_type=layout_of(item.text_of("layout_type", "layout", "type", "template"), components),
        components=components,
        notes=item.text_of("notes", "speaker_notes"),
    )


def _section_of(item: Shape, sections: tuple[SectionDraft, ...]) -> str:
    given = ("section_id", "section", "section_title", "section_name")
    names = [found.text() for name in given if (found := item.pick(name))]
    for name in names:
        for section in sections:
            if section.id is not None and (section.id == _id(name) or section.title.lower() == name.lower()):
                return section.id
    if not names and (len(sections) == 1 or sections[0].title == "Slides") and sections[0].id is not None:
        return sections[0].id
    raise item.unreadable(f"the section {names[0]!r} is not in the outline" if names else "names no section")


def _is_approved(item: Shape) -> bool:
    flag = item.pick("approved", "is_approved")
    status = item.text_of("status").lower()
    return status in ("approved", "final", "done") or (flag is not None and flag.value is True)


def _order(item: Shape) -> float:
    found = item.pick("order", "position", "index", "slide_number", "order_index")
    return float(found.value) if found is not None and isinstance(found.value, int | float) else float("inf")
