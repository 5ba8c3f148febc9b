"""Presentations."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from evidence.assembly import Assembly
from evidence.cells import text_cell
from evidence.model import Cell, DocumentRefused, ReadLimits, RefusalKind, one_line

_EMU_PER_ROW = 300_000


def read_deck(data: bytes, assembly: Assembly, limits: ReadLimits) -> tuple[str, int]:
    """Titles, texts, tables, chart data and notes, slide by slide. Returns the title and the number of slides."""
    from pptx import Presentation

    deck = Presentation(io.BytesIO(data))
    slides = list(deck.slides)
    if len(slides) > limits.max_pages:
        raise DocumentRefused(
            RefusalKind.TOO_MANY_PAGES,
            f"The presentation has {len(slides)} slides; at most {limits.max_pages} are read.",
        )
    title = ""
    for number, slide in enumerate(slides, start=1):
        assembly.begin(f"slide {number}")
        head = slide.shapes.title
        heading = one_line(head.text_frame.text) if head is not None else ""
        title = title or heading
        assembly.heading(heading)
        skipped = head.shape_id if head is not None else -1
        for shape in flat_shapes(slide.shapes):
            if shape.shape_id != skipped:
                _read_shape(shape, assembly, number)
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
            assembly.paragraph(slide.notes_slide.notes_text_frame.text, where=f"slide {number}, notes")
    return title, len(slides)


def flat_shapes(shapes: Any) -> Iterator[Any]:
    for shape in sorted(shapes, key=lambda item: ((item.top or 0) // _EMU_PER_ROW, item.left or 0)):
        if hasattr(shape, "shapes"):
            yield from flat_shapes(shape.shapes)
        else:
            yield shape


def _read_shape(shape: Any, assembly: Assembly, number: int) -> None:
    if getattr(shape, "has_table", False):
        rows = [[cell.text if not cell.is_spanned else "" for cell in row.cells] for row in shape.table.rows]
        assembly.text_table(rows, "")
    elif getattr(shape, "has_chart", False):
        _read_chart(shape.chart, assembly, number)
    elif shape.has_text_frame:
        paragraphs = [paragraph.text for paragraph in shape.text_frame.paragraphs if paragraph.text.strip()]
        for text in paragraphs:
            assembly.paragraph(text, bullet=len(paragraphs) > 1)


def _read_chart(chart: Any, assembly: Assembly, number: int) -> None:
    plot = chart.plots[0]
    where = f"slide {number}, chart"
    title = one_line(chart.chart_title.text_frame.text) if chart.has_title and chart.chart_title.has_text_frame else ""
    categories = [str(category) for category in plot.categories]
    if not categories:
        return
    rows: list[tuple[list[Cell], str]] = [
        ([Cell(text=title or "Series", locator=where), *(text_cell(name, where) for name in categories)], where)
    ]
    for series in plot.series:
        spot = one_line(f"{where}, series {series.name}")
        values = [text_cell("" if value is None else repr(float(value)), spot) for value in series.values]
        rows.append(([Cell(text=one_line(str(series.name)) or title or "Series", locator=spot), *values], spot))
    assembly.table(title, rows)
