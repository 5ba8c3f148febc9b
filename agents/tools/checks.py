"""Checks of the book: against its sources, of its making, of its writing, of what it says twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field, JsonValue

from agents.tools.book import NO_BOOK
from agents.tools.tool import Tool, ToolDesk, ToolResult
from domain.book import Book, BookSlide
from domain.findings import Finding, FindingKind
from domain.model import SourceReference
from domain.values import Id, LongText, Value
from evidence.clarity import readability, remarks_on, undefined_abbreviations
from evidence.consistency import check_book
from evidence.issues import issues_of
from evidence.similarity import WordSpace
from evidence.slide_texts import pieces_of, text_of

MOST_SHOWN = 40
MOST_PLACES_SHOWN = 6
MOST_QUOTE = 240
NEAR_DUPLICATE = 0.6

SlideIds = Annotated[tuple[Id, ...], Field(max_length=100, description="None: every slide")]


class CheckConsistency(Value):
    slide_ids: SlideIds = ()
    kinds: Annotated[tuple[FindingKind, ...], Field(max_length=4, description="None: every kind")] = ()


class FindIssues(Value):
    section_ids: Annotated[tuple[Id, ...], Field(max_length=60, description="None: the whole book")] = ()


class ClarityCheck(Value):
    slide_ids: SlideIds = ()
    text: Annotated[LongText, Field(description="A text to check instead of slides")] = ""


class FindSimilarSlides(Value):
    slide_id: Annotated[str, Field(max_length=200, description="The slide that others are compared with")] = ""
    text: Annotated[LongText, Field(description="A text to compare slides with instead")] = ""
    limit: Annotated[int, Field(ge=1, le=20)] = 8


async def _consistency(arguments: CheckConsistency, desk: ToolDesk) -> ToolResult:
    book = await desk.workspace.book(desk.scope.cim_id)
    if book is None:
        return NO_BOOK
    if rejected := _unknown_slides(arguments.slide_ids, book):
        return rejected
    passages = await desk.workspace.passages(desk.scope.cim_id)
    found = await asyncio.to_thread(check_book, book, passages)
    wanted = [
        finding
        for finding in found
        if (not arguments.kinds or finding.kind in arguments.kinds)
        and (not arguments.slide_ids or finding.slide_id in arguments.slide_ids or not finding.slide_id)
    ]
    counts = Counter(finding.kind for finding in wanted)
    told = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in counts.items()) or "nothing"
    blocking = sum(finding.blocks for finding in wanted)
    return ToolResult(
        content={
            "findings": [_finding(finding, book, desk) for finding in wanted[:MOST_SHOWN]],
            "counts": dict[str, JsonValue](counts),
            "blocks_complete": blocking,
            "left_out": max(0, len(wanted) - MOST_SHOWN),
        },
        summary=f"Held {len(arguments.slide_ids or book.slides)} slides against {len(book.sources)} documents: {told}.",
    )


def _finding(finding: Finding, book: Book, desk: ToolDesk) -> dict[str, JsonValue]:
    told: dict[str, JsonValue] = {
        "id": finding.id,
        "kind": finding.kind,
        "message": finding.message,
        "blocks_complete": finding.blocks,
        "places": [_place(place, book) for place in finding.places[:MOST_PLACES_SHOWN]],
    }
    if finding.slide_id:
        title = next((slide.body.title for slide in book.slides if slide.id == finding.slide_id), "")
        told |= {"slide_id": finding.slide_id, "slide": title, "component_id": finding.component_id}
        told |= {"figure": finding.figure, "anchor": finding.anchor}
    else:
        told["slides"] = list[JsonValue](_resting_on(finding, book))
    return told


def _resting_on(finding: Finding, book: Book) -> list[str]:
    """The slides that cite one of the places on which the documents differ."""
    places = {(place.source_id, place.locator) for place in finding.places}
    return [
        slide.id
        for slide in book.slides
        if any((source.source_id, source.locator) in places for source in _sources_of(slide))
    ]


def _sources_of(slide: BookSlide) -> list[SourceReference]:
    return [*slide.body.sources, *(source for component in slide.body.components for source in component.sources)]


def _place(place: SourceReference, book: Book) -> dict[str, JsonValue]:
    document = next((source.name for source in book.sources if source.id == place.source_id), place.source_id)
    told: dict[str, JsonValue] = {"document": document, "locator": place.locator}
    if place.quote:
        told["quote"] = place.quote[:MOST_QUOTE]
    return told


def _unknown_slides(slide_ids: Sequence[str], book: Book) -> ToolResult | None:
    unknown = sorted(set(slide_ids) - {slide.id for slide in book.slides})
    return ToolResult(rejected=f"The book has no slide {', '.join(unknown)}.") if unknown else None


async def _issues(arguments: FindIssues, desk: ToolDesk) -> ToolResult:
    book, head = await desk.workspace.book(desk.scope.cim_id), await desk.workspace.head(desk.scope.cim_id)
    if book is None or head is None:
        return NO_BOOK
    unknown = sorted(set(arguments.section_ids) - {section.id for section in book.sections})
    if unknown:
        return ToolResult(rejected=f"The book has no section {', '.join(unknown)}.")
    found: list[JsonValue] = [
        {name: value for name, value in issue.model_dump(mode="json").items() if value}
        for issue in await asyncio.to_thread(issues_of, book)
        if not arguments.section_ids or issue.section_id in arguments.section_ids
    ]
    artifacts = head.artifacts
    stale: list[JsonValue] = [
        {"kind": "stale_artifact", "message": f"The {name} is stale: {view.stale_reason.value.replace('_', ' ')}."}
        for name, view in (("hero concept", artifacts.hero_context), ("outline", artifacts.outline))
        if view is not None and view.stale_reason is not None and not arguments.section_ids
    ]
    unread: list[JsonValue] = [
        {"kind": "unread_document", "message": f"{name} is still being read."}
        for name in await desk.workspace.unread(desk.scope.cim_id)
    ]
    every: list[JsonValue] = [*stale, *unread, *found]
    counts = Counter(str(one["kind"]) for one in every if isinstance(one, dict))
    told = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in counts.items()) or "nothing to put right"
    return ToolResult(
        content={
            "issues": every[:MOST_SHOWN],
            "counts": dict[str, JsonValue](counts),
            "left_out": max(0, len(every) - MOST_SHOWN),
        },
        summary=f"Looked through {len(book.slides)} slides: {told}.",
    )


async def _clarity(arguments: ClarityCheck, desk: ToolDesk) -> ToolResult:
    if arguments.text.strip():
        remarks = [*remarks_on(arguments.text), *undefined_abbreviations([arguments.text])]
        shown: list[JsonValue] = [remark.model_dump(mode="json") for remark in remarks[:MOST_SHOWN]]
        rated = readability(arguments.text)
        return ToolResult(
            content={"remarks": shown, "readability": rated.model_dump(mode="json")},
            summary=f"{len(remarks)} remarks on {rated.words} words.",
        )
    book = await desk.workspace.book(desk.scope.cim_id)
    if book is None:
        return NO_BOOK
    if rejected := _unknown_slides(arguments.slide_ids, book):
        return rejected
    slides = [slide for slide in book.slides if not arguments.slide_ids or slide.id in arguments.slide_ids]
    names = [source.name for source in book.sources] + [book.title]
    names += [entity.name for entity in (await desk.workspace.graph(desk.scope.cim_id)).entities]
    return await asyncio.to_thread(_clarity_of, slides, names)


def _clarity_of(slides: Sequence[BookSlide], names: Sequence[str]) -> ToolResult:
    shown: list[JsonValue] = []
    count = 0
    for slide in slides:
        remarks = [
            (piece, remark)
            for piece in pieces_of(slide.body)
            if piece.is_prose
            for remark in remarks_on(piece.text, is_bullet=piece.is_bullet)
        ]
        count += len(remarks)
        shown.extend(
            {"slide_id": slide.id, "component_id": piece.component_id, "anchor": piece.anchor}
            | remark.model_dump(mode="json")
            for piece, remark in remarks
        )
    short = undefined_abbreviations([text_of(slide.body) for slide in slides], names)
    prose = "\n".join(piece.text for slide in slides for piece in pieces_of(slide.body) if piece.is_prose)
    abbreviations: list[JsonValue] = [remark.text for remark in short]
    return ToolResult(
        content={
            "remarks": shown[:MOST_SHOWN],
            "undefined_abbreviations": abbreviations[:MOST_SHOWN],
            "readability": readability(prose).model_dump(mode="json"),
            "left_out": max(0, len(shown) - MOST_SHOWN),
        },
        summary=f"{count} remarks on the writing of {len(slides)} slides, {len(short)} abbreviations not spelt out.",
    )


async def _similar(arguments: FindSimilarSlides, desk: ToolDesk) -> ToolResult:
    book = await desk.workspace.book(desk.scope.cim_id)
    if book is None:
        return NO_BOOK
    if arguments.slide_id and (rejected := _unknown_slides([arguments.slide_id], book)):
        return rejected
    return await asyncio.to_thread(_similar_in, arguments, book)


def _similar_in(arguments: FindSimilarSlides, book: Book) -> ToolResult:
    slides = book.slides
    texts = [text_of(slide.body) for slide in slides]
    space = WordSpace(texts)
    if not arguments.slide_id and not arguments.text.strip():
        pairs: list[JsonValue] = [
            {"likeness": round(pair.score, 2), "slides": [_named(slides[pair.one]), _named(slides[pair.other])]}
            for pair in space.pairs(NEAR_DUPLICATE, arguments.limit)
        ]
        return ToolResult(content={"pairs": pairs}, summary=f"{len(pairs)} pairs of slides say much the same.")
    wanted = arguments.text
    if arguments.slide_id:
        wanted = next(text for slide, text in zip(slides, texts, strict=True) if slide.id == arguments.slide_id)
    found = [
        (slides[index], score)
        for index, score in space.like(wanted, arguments.limit + 1)
        if slides[index].id != arguments.slide_id
    ][: arguments.limit]
    shown: list[JsonValue] = [_named(slide) | {"likeness": round(score, 2)} for slide, score in found]
    near = sum(score >= NEAR_DUPLICATE for _, score in found)
    return ToolResult(content={"slides": shown}, summary=f"{len(found)} slides share words, {near} say much the same.")


def _named(slide: BookSlide) -> dict[str, JsonValue]:
    return {"slide_id": slide.id, "title": slide.body.title, "section_id": slide.section_id}


TOOLS: tuple[Tool[Any], ...] = (
    Tool(
        name="check_consistency",
        description="Holds the slides against the documents and the documents against each other. Each contradiction "
        "comes with both places; unsupported and contradicted figures keep the book from being completed.",
        arguments=CheckConsistency,
        permission="read",
        run=_consistency,
        agents=frozenset({"assistant", "research", "editor", "outline", "reviewer", "planner"}),
    ),
    Tool(
        name="find_issues",
        description="Lists what is stale, empty, thin, too full, doubled, missing or without a source in the book.",
        arguments=FindIssues,
        permission="read",
        run=_issues,
        agents=frozenset({"assistant", "research", "editor", "outline", "reviewer", "planner"}),
    ),
    Tool(
        name="clarity_check",
        description="Remarks on the writing of slides or of a text: long sentences, the passive, weak words, praise "
        "that cannot be proved, abbreviations that are not spelt out, readability.",
        arguments=ClarityCheck,
        permission="read",
        run=_clarity,
        agents=frozenset({"assistant", "editor", "reviewer"}),
    ),
    Tool(
        name="find_similar_slides",
        description="Finds slides that say much the same as a slide or a text; without either, near-duplicates "
        "anywhere in the book.",
        arguments=FindSimilarSlides,
        permission="read",
        run=_similar,
        agents=frozenset({"assistant", "research", "editor", "outline", "reviewer", "planner"}),
    ),
)
