"""A book as Markdown: sources as footnotes, charts as tables, images inside the file."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from domain.book import Book, BookSlide
from domain.model import (
    BulletsComponent,
    ChartComponent,
    Component,
    ImageComponent,
    MetricComponent,
    QuoteComponent,
    SourceReference,
    TableComponent,
    TextComponent,
)
from exports import tables
from exports.citations import Citations, of_part, of_whole
from exports.furniture import stale_sentence, status_word
from exports.images import Picture, pictures
from exports.plan import as_of_date
from exports.tables import TableCell
from exports.text import NOTHING, clean, decimals_of, figure, one_line, with_unit

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~#$&])")
_LIST_START = re.compile(r"^(\d*)([-+.)])(?=\s|-|$)")


def escaped(text: str) -> str:
    """One line in which nothing is markup."""
    return _LIST_START.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", one_line(text)))


@dataclass(frozen=True)
class _Writer:
    book: Book
    citations: Citations
    shown: Mapping[str, Picture]

    def marks(self, refs: Iterable[SourceReference]) -> str:
        return "".join(f"[^{number}]" for number in self.citations.numbers(refs))

    def blocks(self) -> Iterable[str]:
        yield f"# {escaped(self.book.title)}"
        yield f"Confidential Information Memorandum  \nPrivate and Confidential  \n{as_of_date(self.book)}"
        sections = {section.id: section for section in self.book.sections}
        current: str | None = None
        for slide in self.book.slides:
            if slide.section_id != current:
                current = slide.section_id
                if section := sections.get(current):
                    yield f"## {escaped(section.title)}"
                    yield from (escaped(line) for line in clean(section.description).split("\n") if line)
            yield from self._slide(slide)
        yield from self._footnotes()
        yield from self._image_data()

    def _slide(self, slide: BookSlide) -> Iterable[str]:
        yield f"### {escaped(slide.body.title)}{self.marks(slide.body.sources)}"
        notice = stale_sentence(slide) or status_word(slide)
        if notice:
            yield f"> **{notice}**"
        for component in slide.body.components:
            yield from self._component(component)
        if notes := clean(slide.body.notes):
            yield "\n".join(["> Notes:", ">", *(f"> {escaped(line)}  " if line else ">" for line in notes.split("\n"))])

    def _component(self, component: Component) -> Iterable[str]:
        marks = self.marks(of_whole(component))
        match component:
            case TextComponent():
                lines = [escaped(line) for line in clean(component.text).split("\n") if line]
                yield from lines[:-1]
                yield "".join(lines[-1:]) + marks
            case BulletsComponent():
                yield "\n".join(
                    f"- {escaped(item)}{self.marks(of_part(component, f'i{at}'))}"
                    for at, item in enumerate(component.items)
                )
                yield from self._source(marks)
            case TableComponent():
                yield self._table(component)
                yield from self._source(marks)
            case ChartComponent():
                yield from self._chart(component)
                yield from self._source(marks)
            case MetricComponent():
                yield self._metric(component) + marks
            case QuoteComponent():
                by = f"\n>\n> — {escaped(component.by)}" if component.by else ""
                yield f"> {escaped(component.text)}{marks}{by}"
            case ImageComponent():
                yield f"![{escaped(component.alt)}][image-{component.blob_id[:12]}]{marks}"

    @staticmethod
    def _source(marks: str) -> list[str]:
        return [f"Source{marks}"] if marks else []

    @staticmethod
    def _metric(metric: MetricComponent) -> str:
        given = metric.value if isinstance(metric.value, str) else figure(metric.value, context=metric.label)
        shown, unit = with_unit(one_line(given) or NOTHING, metric.unit)
        rest = ", ".join(escaped(part) for part in (unit, metric.period) if part)
        return f"**{escaped(shown)}** {escaped(metric.label)}{f' ({rest})' if rest else ''}"

    def _table(self, table: TableComponent) -> str:
        grid = tables.grid(table, self.citations)

        def cell(content: TableCell, anchor: str) -> str:
            return escaped(content.text) + self.marks(of_part(table, anchor)) or " "

        lines = [
            _row(escaped(content.text) or " " for content in grid.header),
            _row("---:" if content.numeric else "---" for content in grid.header),
            *(_row(cell(content, f"r{r}c{c}") for c, content in enumerate(row)) for r, row in enumerate(grid.rows)),
        ]
        return "\n".join(lines)

    def _chart(self, chart: ChartComponent) -> Iterable[str]:
        yield f"*Chart ({chart.kind.replace('_', ' ')}){': ' + escaped(chart.unit) if chart.unit else ''}*"
        values = [value for series in chart.series for value in series.values if value is not None]
        decimals = max((decimals_of(value) for value in values), default=0)
        lines = [
            _row([" ", *(escaped(series.name) or " " for series in chart.series)]),
            _row(["---", *("---:" for _ in chart.series)]),
        ]
        for p, category in enumerate(chart.categories):
            cells: list[str] = []
            for s, series in enumerate(chart.series):
                value = series.values[p]
                shown = NOTHING if value is None else escaped(figure(value, decimals))
                cells.append(shown + self.marks(of_part(chart, f"s{s}p{p}")))
            lines.append(_row([escaped(category) or " ", *cells]))
        yield "\n".join(lines)

    def _footnotes(self) -> Iterable[str]:
        if self.citations.all:
            yield "## Sources"
        for citation in self.citations.all:
            quote = f": “{escaped(citation.quote)}”" if citation.quote else ""
            yield f"[^{citation.number}]: {escaped(citation.document)}, {escaped(citation.locator)}{quote}"

    def _image_data(self) -> Iterable[str]:
        for blob_id, image in self.shown.items():
            yield f"[image-{blob_id[:12]}]: data:image/png;base64,{b64encode(image.data).decode()}"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def render_markdown(book: Book, images: Mapping[str, bytes] | None = None) -> bytes:
    """UTF-8. Raises UnreadableImage; a book that passed check_book does not."""
    writer = _Writer(book, Citations(book), pictures(book, images or {}))
    return ("\n\n".join(writer.blocks()) + "\n").encode()
