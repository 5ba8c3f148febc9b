"""The artifacts of the book: persona, hero concept, outline; and the way between their stages."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any

from pydantic import Field, JsonValue

from agents.tools.effects import NAMES, effect_of_going_back, effect_of_saving, effect_on_slides
from agents.tools.permission import words_at
from agents.tools.supported import faults_of, opinions_of, texts_in
from agents.tools.tool import Tool, ToolDesk, ToolResult
from agents.tools.writing import Proposal, command_id, rejected, writing_tool
from domain.commands import Command, Navigate, SaveBuyerPersona, SaveHeroContext, SaveOutline
from domain.comparing import FieldChange, Fields, field_changes, flat_fields
from domain.head import CIMHead
from domain.model import (
    MAX_SECTIONS,
    BuyerPersona,
    HeroContext,
    InvestmentThesis,
    OutlineSection,
    SectionDraft,
)
from domain.values import AgentType, ArtifactName, Line, Paragraph, Stage, Value, content_hash

NO_BOOK = ToolResult(rejected="There is no such book (any more).")
OUTLINERS: frozenset[AgentType] = frozenset({"assistant", "outline"})
ASSISTANT: frozenset[AgentType] = frozenset({"assistant"})

_STAGE_OF: dict[ArtifactName, Stage] = {
    "buyer_persona": Stage.BUYER_PERSONA,
    "hero_context": Stage.HERO_CONCEPT,
    "outline": Stage.OUTLINE,
}


class SavePersona(Value):
    """The whole persona: what stays is repeated."""

    type: Annotated[Line, Field(description="The kind of buyer, such as: Strategic buyer, a global brands group")]
    motivations: Annotated[tuple[Paragraph, ...], Field(max_length=50)]
    concerns: Annotated[tuple[Paragraph, ...], Field(max_length=50)]


class SaveHero(Value):
    """The whole hero concept: what stays is repeated."""

    selected_hero: Annotated[Line, Field(description="The leading idea in one line")]
    asset: Paragraph
    timing: Paragraph
    opportunity: Paragraph


class SaveSections(Value):
    """The whole outline, in order. Sections that stay keep their ids; a new one has none."""

    sections: Annotated[tuple[SectionDraft, ...], Field(min_length=1, max_length=MAX_SECTIONS)]


class GoTo(Value):
    target_stage: Stage
    reason: Paragraph = ""


async def _persona(arguments: SavePersona, desk: ToolDesk) -> Proposal | ToolResult:
    head = await desk.workspace.head(desk.scope.cim_id)
    if head is None:
        return NO_BOOK
    if faults := await asyncio.to_thread(faults_of, desk.evidence, _placed(arguments)):
        return rejected(faults)
    persona = BuyerPersona(
        type=arguments.type, motivations=_said(arguments.motivations), concerns=_said(arguments.concerns)
    )
    view = head.artifacts.buyer_persona
    command = SaveBuyerPersona(type="save_buyer_persona", command_id=command_id(desk), persona=persona)
    return _saving(head, "buyer_persona", command, view.value if view else None, persona)


async def _hero(arguments: SaveHero, desk: ToolDesk) -> Proposal | ToolResult:
    head = await desk.workspace.head(desk.scope.cim_id)
    if head is None:
        return NO_BOOK
    if faults := await asyncio.to_thread(faults_of, desk.evidence, _placed(arguments)):
        return rejected(faults)
    hero = HeroContext(
        selected_hero=arguments.selected_hero,
        investment_thesis=InvestmentThesis(
            asset=arguments.asset, timing=arguments.timing, opportunity=arguments.opportunity
        ),
    )
    view = head.artifacts.hero_context
    command = SaveHeroContext(type="save_hero_context", command_id=command_id(desk), hero=hero)
    return _saving(head, "hero_context", command, view.value if view else None, hero)


async def _outline(arguments: SaveSections, desk: ToolDesk) -> Proposal | ToolResult:
    head = await desk.workspace.head(desk.scope.cim_id)
    if head is None:
        return NO_BOOK
    known = head.artifacts.outline.value.sections if head.artifacts.outline else ()
    unknown = [one.id for one in arguments.sections if one.id and one.id not in {section.id for section in known}]
    if unknown:
        return ToolResult(
            rejected=f"The outline has no section {', '.join(unknown)}. Leave the id of a new section out."
        )
    if faults := await asyncio.to_thread(faults_of, desk.evidence, _placed(arguments)):
        return rejected(faults)
    before = _section_fields(known)
    after = _section_fields(_with_known_ids(arguments.sections, known))
    touched = {
        id_
        for id_ in (section.id for section in known)
        if before.get(f"sections.{id_}") != after.get(f"sections.{id_}")
    }
    slides = await desk.workspace.slides(desk.scope.cim_id)
    return Proposal(
        command=SaveOutline(type="save_outline", command_id=command_id(desk), sections=arguments.sections),
        change=(*field_changes(before, after), *_stage_change(head, "outline")),
        question="Save the outline?",
        done=f"The outline is saved: {', '.join(section.title for section in arguments.sections)}.",
        effect=effect_on_slides(sum(slide.section_id in touched for slide in slides)),
        basis=content_hash(*known),
    )


def _saving(head: CIMHead, artifact: ArtifactName, command: Command, before: Value | None, after: Value) -> Proposal:
    fields = field_changes(_fields(before), _fields(after))
    return Proposal(
        command=command,
        change=(*fields, *_stage_change(head, artifact)),
        question=f"Save the {NAMES[artifact]}?",
        done=f"The {NAMES[artifact]} is saved.",
        effect=effect_of_saving(head, artifact) if fields else "",
        basis=content_hash(before) if before is not None else "",
    )


def _stage_change(head: CIMHead, artifact: ArtifactName) -> tuple[FieldChange, ...]:
    """Saving an artifact completes its stage and enters the next one."""
    following = list(Stage)[_STAGE_OF[artifact].position + 1]
    view: Any = getattr(head.artifacts, artifact)
    stale = view.stale_reason.value if view is not None and view.stale_reason else None
    return field_changes({"stage": head.stage.value, "stale_reason": stale}, {"stage": following.value})


def _fields(value: Value | None) -> Fields:
    return flat_fields(value.model_dump(mode="json")) if value is not None else {}


def _section_fields(sections: Sequence[OutlineSection | SectionDraft]) -> Fields:
    fields: Fields = {"order": [section.title for section in sections]} if sections else {}
    for section in sections:
        entry: JsonValue = {"title": section.title, "description": section.description}
        fields[f"sections.{section.id or section.title}"] = entry
    return fields


def _with_known_ids(sections: Iterable[SectionDraft], known: Sequence[OutlineSection]) -> list[SectionDraft]:
    """As the book takes them: a section without an id that has the title of a known one is that one."""
    ids = {section.title: section.id for section in known}
    return [one if one.id else one.model_copy(update={"id": ids.get(one.title)}) for one in sections]


def _said(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(text.strip() for text in texts if text.strip())


def _placed(arguments: Value) -> list[tuple[str, str]]:
    """Every text of the arguments with the name of its place."""
    return [
        (f"{name.replace('_', ' ').replace('.', ' ').capitalize()}", text)
        for name, value in flat_fields(
            arguments.model_dump(mode="json", exclude={"sections": {"__all__": {"id"}}})
        ).items()
        for text in texts_in(value)
    ]


def holds_opinions(arguments: Value, desk: ToolDesk) -> bool:
    """Whether figures would be written that only an opinion stands for."""
    return bool(opinions_of(desk.evidence, (text for _, text in _placed(arguments))))


_TAKES_AWAY = re.compile(
    r"\b(?:remove|drop|delete|merge|replace|refresh|redo|rework|combine|cut|new outline)\b", re.IGNORECASE
)


def _loses_sections(arguments: SaveSections, desk: ToolDesk) -> bool:
    """Whether sections with slides would go that the person did not ask to take away, or figures be written that only
    an opinion stands for."""
    kept = {one.id for one in _with_known_ids(arguments.sections, desk.context.book.sections)}
    with_slides = {slide.section_id for slide in desk.context.book.slides}
    lost = any(section.id not in kept and section.id in with_slides for section in desk.context.book.sections)
    asked = any(_TAKES_AWAY.search(clause) for clause in words_at(desk).clauses)
    return (lost and not asked) or holds_opinions(arguments, desk)


async def _navigation(arguments: GoTo, desk: ToolDesk) -> Proposal | ToolResult:
    head = await desk.workspace.head(desk.scope.cim_id)
    if head is None:
        return NO_BOOK
    target = arguments.target_stage
    where = target.value.replace("_", " ")
    back = target.position < head.stage.position
    return Proposal(
        command=Navigate(
            type="navigate", command_id=command_id(desk), target_stage=target, reason=arguments.reason or None
        ),
        change=field_changes({"stage": head.stage.value}, {"stage": target.value}),
        question=f"Go {'back' if back else 'on'} to {where}?",
        done=f"The book is at {where}.",
        effect=effect_of_going_back(head, target),
    )


_STAGE_WORDS = {
    Stage.WELCOME: r"\bwelcome\b|\bbeginning\b|\bvery start\b",
    Stage.BUYER_PERSONA: r"\bpersona\b|\bbuyer\b|\breader\b",
    Stage.HERO_CONCEPT: r"\bhero\b|\bconcept\b|\bthesis\b",
    Stage.OUTLINE: r"\boutline\b",
    Stage.BUILDING_SECTIONS: r"\bslides?\b|\bsections?\b|\bbuild(?:ing)?\b",
}


def _goes_elsewhere(arguments: GoTo, desk: ToolDesk) -> bool:
    """Whether the person's words name other stages, or none where the way leads back or past one."""
    named = {
        stage
        for stage, words in _STAGE_WORDS.items()
        if any(re.search(words, clause, re.IGNORECASE) for clause in words_at(desk).clauses)
    }
    step = arguments.target_stage.position - Stage(desk.context.book.stage).position
    return arguments.target_stage not in named if named else step not in (0, 1)


def _always(*ids: str) -> Callable[[Value, ToolDesk], frozenset[str]]:
    def changed(arguments: Value, desk: ToolDesk) -> frozenset[str]:
        return frozenset(ids)

    return changed


TOOLS: tuple[Tool[Any], ...] = (
    writing_tool(
        name="save_buyer_persona",
        description="Saves the buyer persona and completes its stage. Figures have to be in the documents.",
        arguments=SavePersona,
        prepare=_persona,
        confirm=holds_opinions,
        changes=_always("buyer_persona"),
        agents=ASSISTANT,
    ),
    writing_tool(
        name="save_hero_context",
        description="Saves the hero concept with its thesis of asset, timing and opportunity, and completes its stage. "
        "Figures have to be in the documents.",
        arguments=SaveHero,
        prepare=_hero,
        confirm=holds_opinions,
        changes=_always("hero_context"),
        agents=ASSISTANT,
    ),
    writing_tool(
        name="save_outline",
        description="Saves the sections of the outline in order, and completes its stage.",
        arguments=SaveSections,
        prepare=_outline,
        confirm=_loses_sections,
        changes=_always("outline"),
        agents=OUTLINERS,
    ),
    writing_tool(
        name="navigate",
        description="Goes to another stage of the book. Going back marks what rests on the stage as stale.",
        arguments=GoTo,
        prepare=_navigation,
        confirm=_goes_elsewhere,
        agents=OUTLINERS,
    ),
)
