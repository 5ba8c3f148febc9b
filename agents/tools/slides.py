"""Slides: written with a source for every figure and claim, put in order, taken out."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import JsonValue, ValidationError

from agents.desk import Desk
from agents.ports import SourcePicture
from agents.slide_building import build_component
from agents.tools.book import NO_BOOK
from agents.tools.permission import named_at
from agents.tools.slide_arguments import KeptComponent, OneSlide, PictureComponent, SlideArguments, SlideOrder
from agents.tools.supported import OpinionLinker, opinions_of, texts_in
from agents.tools.tool import Tool, ToolDesk, ToolResult
from agents.tools.writing import Proposal, command_id, new_id, own_prefix, rejected, writing_tool
from domain.commands import RemoveSlide, ReorderSlides, SaveSlide
from domain.comparing import Fields, field_changes
from domain.head import SlideHead
from domain.model import (
    Component,
    ImageComponent,
    LayoutType,
    SlideBody,
    SlideDraft,
    SourceReference,
)
from domain.values import AgentType

PREFIX = "ai"
EDITORS: frozenset[AgentType] = frozenset({"assistant", "editor"})
_NEED_NO_COMPONENTS: frozenset[LayoutType] = frozenset({"title", "section"})


async def _slide(arguments: SlideArguments, desk: ToolDesk) -> Proposal | ToolResult:
    cim_id = desk.scope.cim_id
    head = await desk.workspace.head(cim_id)
    if head is None:
        return NO_BOOK
    slides = await desk.workspace.slides(cim_id)
    slide_id = arguments.slide_id or new_id(desk, PREFIX)
    current = next((slide for slide in slides if slide.id == slide_id), None)
    section_id = arguments.section_id or (current.section_id if current else "")
    section = next((one for one in head.sections if one.id == section_id), None)
    if arguments.slide_id and current is None:
        return ToolResult(rejected=f"The book has no slide {slide_id}. Leave slide_id out for a new slide.")
    if section is None:
        return ToolResult(rejected="Name a section of the outline in section_id.")
    double = next(
        (one for one in slides if one.id != slide_id and (one.section_id, one.title) == (section_id, arguments.title)),
        None,
    )
    if double is not None and not arguments.slide_id:
        return ToolResult(rejected=f"The section has a slide of this title: {double.id}. Name it to change it.")
    before = await _body(desk, current) if current else None
    linker = OpinionLinker(desk.evidence)
    pictures = await desk.workspace.pictures(cim_id) if _has_pictures(arguments) else ()
    draft = await asyncio.to_thread(_draft, arguments, section_id, before, linker, pictures)
    if linker.faults or draft is None:
        return rejected(linker.faults)
    body = draft.body
    return Proposal(
        command=SaveSlide(
            type="save_slide", command_id=command_id(desk), slide=draft.model_copy(update={"id": slide_id})
        ),
        change=field_changes(
            slide_fields(before, current.section_id if current else ""), slide_fields(body, section_id)
        ),
        question=f"{'Change' if current else 'Add'} the slide “{body.title}” in “{section.title}”?",
        done=f"The slide “{body.title}” is saved in “{section.title}”.",
        effect="The slide is approved now; it becomes a draft." if current and current.status == "approved" else "",
        basis=f"{current.content_hash}/{current.section_id}" if current else "",
        content={"slide_id": slide_id, "components": [part.id for part in body.components]},
    )


def _draft(
    arguments: SlideArguments,
    section_id: str,
    before: SlideBody | None,
    linker: OpinionLinker,
    pictures: Sequence[SourcePicture],
) -> SlideDraft | None:
    """The slide with its sources; None, with faults, where the documents do not bear it out."""
    title = arguments.title or (before.title if before else "")
    where = f"Slide “{title}”"
    layout = arguments.layout_type or (before.layout_type if before else None)
    if not title or layout is None:
        linker.faults.append("A new slide needs a title and a layout_type.")
        return None
    kept = before.components if before else ()
    sources: tuple[SourceReference, ...] = before.sources if before else ()
    if arguments.title or before is None:
        sources = linker.link(title, list(arguments.refs), f"{where}, title").sources
    if arguments.notes is not None:
        linker.link(arguments.notes, [], f"{where}, notes")
    try:
        parts = kept if arguments.components is None else tuple(_parts(arguments, kept, linker, where, pictures))
        if not parts and layout not in _NEED_NO_COMPONENTS:
            linker.faults.append(f"{where}: there is nothing on it.")
        return SlideDraft(
            section_id=section_id,
            title=title,
            layout_type=layout,
            components=parts,
            sources=sources,
            notes=arguments.notes if arguments.notes is not None else before.notes if before else "",
        )
    except ValidationError as error:
        linker.faults.append(f"{where}: {error.errors()[0]['msg']}.")
        return None


def _parts(
    arguments: SlideArguments,
    kept: Sequence[Component],
    linker: OpinionLinker,
    where: str,
    pictures: Sequence[SourcePicture],
) -> Iterator[Component]:
    for part in arguments.components or ():
        match part:
            case KeptComponent(component_id=component_id):
                component = next((one for one in kept if one.id == component_id), None)
                missing = f"the slide has no component {component_id}"
            case PictureComponent():
                component = _picture(part, pictures)
                missing = f"the documents have no picture {part.image_id}"
            case _:
                component = build_component(part, linker, where)
                missing = f"nothing of the {part.type} is borne out by the documents"
        if component is not None:
            yield component
        else:
            linker.faults.append(f"{where}: {missing}.")


def _picture(part: PictureComponent, pictures: Sequence[SourcePicture]) -> ImageComponent | None:
    picture = next((one for one in pictures if one.image_id == part.image_id), None)
    if picture is None:
        return None
    source = SourceReference(source_id=picture.source_id, locator=picture.locator)
    return ImageComponent(type="image", blob_id=picture.blob_sha256, alt=part.alt, sources=(source,))


def _has_pictures(arguments: SlideArguments) -> bool:
    return any(isinstance(part, PictureComponent) for part in arguments.components or ())


def slide_fields(body: SlideBody | None, section_id: str) -> Fields:
    """A slide as its change is shown to people."""
    if body is None:
        return {}
    components: dict[str, JsonValue] = {
        f"components.{part.id}": part.model_dump(mode="json", exclude={"id"}, exclude_defaults=True)
        for part in body.components
    }
    return {
        "section_id": section_id,
        "title": body.title,
        "layout_type": body.layout_type,
        "component_order": [part.id for part in body.components],
        **components,
        "notes": body.notes,
        "sources": [source.model_dump(mode="json", exclude_defaults=True) for source in body.sources],
    }


async def _body(desk: ToolDesk, slide: SlideHead) -> SlideBody:
    return await Desk(desk.workspace, desk.scope.cim_id).load(SlideBody, slide.content_hash)


def _writes_over(arguments: SlideArguments, desk: ToolDesk) -> bool:
    """Whether a slide would be changed that the person did not name, or figures written that only an opinion has."""
    own = own_prefix(desk, PREFIX)
    if arguments.slide_id and not arguments.slide_id.startswith(own) and arguments.slide_id not in named_at(desk):
        return True
    return bool(opinions_of(desk.evidence, texts_in(arguments.model_dump(mode="json"))))


def _changed(arguments: SlideArguments | OneSlide, desk: ToolDesk) -> frozenset[str]:
    return frozenset({arguments.slide_id} if arguments.slide_id else ())


async def _removal(arguments: OneSlide, desk: ToolDesk) -> Proposal:
    slides = await desk.workspace.slides(desk.scope.cim_id)
    slide = next((one for one in slides if one.id == arguments.slide_id), None)
    title = slide.title if slide else arguments.slide_id
    return Proposal(
        command=RemoveSlide(type="remove_slide", command_id=command_id(desk), slide_id=arguments.slide_id),
        change=field_changes({"slide": title}, {}),
        question=f"Remove the slide “{title}”?",
        done=f"The slide “{title}” is removed.",
        effect="It can be brought back from the history.",
        basis=slide.content_hash if slide else "",
        unknown="" if slide else f"The book has no slide {arguments.slide_id}.",
    )


async def _order(arguments: SlideOrder, desk: ToolDesk) -> Proposal:
    slides = await desk.workspace.slides(desk.scope.cim_id)
    own = sorted((one for one in slides if one.section_id == arguments.section_id), key=lambda one: one.position)
    titles = {slide.id: slide.title for slide in own}
    return Proposal(
        command=ReorderSlides(
            type="reorder_slides",
            command_id=command_id(desk),
            section_id=arguments.section_id,
            slide_ids=arguments.slide_ids,
        ),
        change=field_changes(
            {"order": [slide.title for slide in own]},
            {"order": [titles.get(slide_id, slide_id) for slide_id in arguments.slide_ids]},
        ),
        question="Put the slides of this section into another order?",
        done="The slides are in the new order.",
        basis=" ".join(slide.id for slide in own),
    )


def _section_of(arguments: SlideOrder, desk: ToolDesk) -> frozenset[str]:
    return frozenset({arguments.section_id})


TOOLS: tuple[Tool[Any], ...] = (
    writing_tool(
        name="save_slide",
        description="Adds a slide, or changes one. Every figure and claim is linked to the facts (F..) and passages "
        "(P..) that bear it out; nothing is saved as long as one is not borne out.",
        arguments=SlideArguments,
        prepare=_slide,
        confirm=_writes_over,
        changes=_changed,
        agents=EDITORS,
    ),
    writing_tool(
        name="remove_slide",
        description="Takes a slide out of the book, once a person has confirmed it.",
        arguments=OneSlide,
        prepare=_removal,
        confirm="always",
        changes=_changed,
        agents=EDITORS,
    ),
    writing_tool(
        name="reorder_slides",
        description="Puts the slides of a section into another order: all of their ids, each once.",
        arguments=SlideOrder,
        prepare=_order,
        changes=_section_of,
        agents=EDITORS,
    ),
)
