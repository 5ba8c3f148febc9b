"""What stands in the way of an export, and what its reader should know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from domain.book import Book, BookSlide
from domain.model import (
    BulletsComponent,
    ChartComponent,
    Component,
    ImageComponent,
    MetricComponent,
    QuoteComponent,
    TableComponent,
    TextComponent,
)
from exports import tables
from exports.charts import drawn_kind, is_empty
from exports.citations import Citations, references
from exports.fonts import unprintable
from exports.furniture import CONTENT_WIDTH, stale_sentence
from exports.images import UnreadableImage, picture, used_blobs
from exports.layout import METRIC_LIMITS
from exports.plan import fitted_title, plan_book
from exports.problems import ExportProblem, ProblemCode
from exports.text import clean, one_line

MAX_CHART_VALUE = 1e15
MAX_CHART_POINTS = 60
MAX_DESCRIPTION = 2_500


def check_book(book: Book, images: Mapping[str, bytes] | None = None) -> list[ExportProblem]:
    """Errors and warnings, errors first. Without `images` the bytes of images are not looked at."""
    if not book.slides:
        message = f"“{one_line(book.title)}” has no slides yet, so there is nothing to export. Build a slide first."
        return [ExportProblem(severity="error", code="no_slides", message=message)]
    citations = Citations(book)
    problems = [problem for slide in book.slides for problem in _of_slide(book, slide, citations)]
    if images is not None:
        problems.extend(_of_images(book, images))
    problems.extend(_of_sections(book))
    problems.extend(_of_pages(book))
    return sorted(problems, key=lambda problem: problem.severity)


def _named(slide: BookSlide) -> str:
    return f"“{one_line(slide.body.title)}”"


def _of_slide(book: Book, slide: BookSlide, citations: Citations) -> Iterable[ExportProblem]:
    known = {source.id for source in book.sources}
    refs = list(references(slide.body))
    for source_id in sorted({ref.source_id for ref in refs} - known):
        yield ExportProblem(
            severity="error",
            code="unknown_source",
            message=f"{_named(slide)} cites {source_id}, which is not among the documents of this book. "
            "Upload the document again or take the reference out.",
            slide_id=slide.id,
        )
    if stale := stale_sentence(slide):
        yield _warning("stale_slide", f"{_named(slide)} is marked in the export. {stale}", slide)
    if not slide.body.components and slide.body.layout_type not in ("title", "section"):
        yield _warning("empty_slide", f"{_named(slide)} has a title but no content.", slide)
    if slide.body.components and not refs:
        yield _warning("uncited_slide", f"{_named(slide)} names no source.", slide)
    for component in slide.body.components:
        yield from _of_component(component, slide, citations)


def _of_component(component: Component, slide: BookSlide, citations: Citations) -> Iterable[ExportProblem]:
    match component:
        case ChartComponent():
            yield from _of_chart(component, slide)
        case TableComponent():
            room = CONTENT_WIDTH / 2 if slide.body.layout_type == "two_columns" else CONTENT_WIDTH
            parts = tables.pieces(component, citations, room)
            if len(parts) > 1:
                message = f"A table on {_named(slide)} has {len(component.columns)} columns, too many for one page; "
                yield _warning("wide_table", f"{message}it is shown in {len(parts)} parts.", slide)
            if any(tables.has_cut_header(part, room) for part in parts):
                yield _warning("shortened_text", f"A column heading on {_named(slide)} is too long and is cut.", slide)
        case MetricComponent():
            value = component.value if isinstance(component.value, str) else ""
            given = {"value": value, "label": component.label}
            notes = (component.unit, component.period)
            if any(len(one_line(text)) > METRIC_LIMITS[name] for name, text in given.items()) or any(
                len(one_line(note)) > METRIC_LIMITS["note"] for note in notes
            ):
                yield _warning("shortened_text", f"A figure on {_named(slide)} has a long text, which is cut.", slide)
        case _:
            pass


def _of_chart(chart: ChartComponent, slide: BookSlide) -> Iterable[ExportProblem]:
    values = [value for series in chart.series for value in series.values if value is not None]
    if is_empty(chart):
        yield ExportProblem(
            severity="error",
            code="empty_chart",
            message=f"A chart on {_named(slide)} has no values. Give it figures or remove it.",
            slide_id=slide.id,
        )
    if any(abs(value) > MAX_CHART_VALUE for value in values):
        yield ExportProblem(
            severity="error",
            code="unsuited_chart",
            message=f"A chart on {_named(slide)} has a value beyond 1,000,000,000,000,000. Use a larger unit.",
            slide_id=slide.id,
        )
    if drawn_kind(chart) != chart.kind:
        yield _warning(
            "unsuited_chart",
            f"A pie on {_named(slide)} has several series or parts that do not add up to a whole; it is drawn as bars.",
            slide,
        )
    if len(chart.categories) > MAX_CHART_POINTS:
        message = f"A chart on {_named(slide)} has {len(chart.categories)} categories; not every label can be read."
        yield _warning("crowded_chart", message, slide)


def _of_images(book: Book, images: Mapping[str, bytes]) -> Iterable[ExportProblem]:
    titles = {slide.id: _named(slide) for slide in book.slides}
    for blob_id, slide_id in used_blobs(book).items():
        if blob_id not in images:
            message = f"The image on {titles[slide_id]} is not in the store any more. Upload it again or remove it."
            yield ExportProblem(severity="error", code="missing_image", message=message, slide_id=slide_id)
            continue
        try:
            picture(images[blob_id])
        except UnreadableImage as problem:
            message = f"The image on {titles[slide_id]} cannot be shown: {problem}."
            yield ExportProblem(severity="error", code="unreadable_image", message=message, slide_id=slide_id)


def _of_sections(book: Book) -> Iterable[ExportProblem]:
    used = {slide.section_id for slide in book.slides}
    for section in book.sections:
        if section.id not in used:
            message = f"The section “{one_line(section.title)}” has no slides and is left out."
            yield ExportProblem(severity="warning", code="empty_section", message=message, section_id=section.id)
        elif len(section.description) > MAX_DESCRIPTION:
            message = f"The description of the section “{one_line(section.title)}” is too long for its page and is cut."
            yield ExportProblem(severity="warning", code="shortened_text", message=message, section_id=section.id)


def _of_pages(book: Book) -> Iterable[ExportProblem]:
    """What only the laid-out pages show."""
    plan = plan_book(book, {})
    counts: dict[str, int] = {}
    for page in plan.pages:
        if page.slide_id:
            counts[page.slide_id] = counts.get(page.slide_id, 0) + 1
    for slide in book.slides:
        if counts.get(slide.id, 0) > 1:
            message = f"{_named(slide)} does not fit on one page and goes on over {counts[slide.id]}."
            yield _warning("continued_slide", message, slide)
        if not fitted_title(slide.body.title).text.endswith(one_line(slide.body.title)[-20:]):
            yield _warning("shortened_text", f"The title of {_named(slide)} is too long and is cut.", slide)
        missing = unprintable(clean(" ".join(_texts(slide))))
        if missing:
            message = f"{_named(slide)} has characters that the PDF's fonts lack: {missing[:20]}"
            yield _warning("unprintable_text", message, slide)


def _texts(slide: BookSlide) -> Iterable[str]:
    """Every text of the slide that is printed."""
    yield slide.body.title
    for component in slide.body.components:
        match component:
            case TextComponent():
                yield component.text
            case BulletsComponent():
                yield from component.items
            case TableComponent():
                yield from component.columns
                yield from (cell for row in component.rows for cell in row if isinstance(cell, str))
            case ChartComponent():
                yield from (component.unit, *component.categories, *(series.name for series in component.series))
            case MetricComponent():
                yield from (component.label, component.unit, component.period, str(component.value))
            case QuoteComponent():
                yield from (component.text, component.by)
            case ImageComponent():
                pass


def _warning(code: ProblemCode, message: str, slide: BookSlide) -> ExportProblem:
    return ExportProblem(severity="warning", code=code, message=message, slide_id=slide.id)
