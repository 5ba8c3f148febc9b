"""What a slide says: each figure with its label, the place on the slide, and the sources that are given for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from domain.model import (
    BulletsComponent,
    ChartComponent,
    Component,
    MetricComponent,
    QuoteComponent,
    SlideBody,
    SourceReference,
    TableComponent,
    TextComponent,
)
from evidence.drafts import FactDraft
from evidence.figures import Figure, figure_of, figures_in
from evidence.labels import row_label
from evidence.model import Block, Cell, Document, Passage, Row, Table
from evidence.periods import period_of_header
from evidence.sentences import sentences_of
from evidence.table_facts import table_drafts
from evidence.text_facts import text_drafts
from evidence.units import is_counted, understood, unit_in_label

OPINION = re.compile(
    r"\bopinions?\b|\[\s*(?:view|estimate)\s*\]|\bmanagement (?:believes|view|estimates?)\b", re.IGNORECASE
)
NOT_THERE = re.compile(r"\bnot (?:in the documents|published|disclosed|available in the documents)\b", re.IGNORECASE)
_NO_FIGURE_COLUMN = re.compile(
    r"^\s*(?:fiscal |financial )?(?:years?|periods?|no\.?|#|rank|nr\.?|page)\s*$", re.IGNORECASE
)
_FEWEST_WORDS_OF_A_CLAIM = 3
_ENUMERATED_UP_TO = 12
_HASH = sha256(b"").hexdigest()
_PASSAGE = Passage(passage_id="slide", ordinal=0, text="", locator="-")


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure of a slide. `metric` and `entity` are empty where the slide does not say what it is.

    `exact` tells a figure that stands alone in its place (a cell, a point, a metric) from one in a sentence. `said` is
    what it stands in.
    """

    figure: Figure
    component_id: str
    anchor: str
    said: str
    sources: tuple[SourceReference, ...]
    metric: str = ""
    entity: str = ""
    period: str = ""
    exact: bool = False
    is_opinion: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """A part of a slide that asserts something: a paragraph, a bullet, a quote, a table, a chart, a metric."""

    component_id: str
    anchor: str
    text: str
    sources: tuple[SourceReference, ...]
    without_source: int = 0
    """Figures of a table or chart that have no source of their own."""


def claims_of(body: SlideBody) -> list[Claim]:
    """Every figure of the slide's title and components. Notes are for the speaker, not for the reader."""
    every = (*body.sources, *(source for component in body.components for source in component.sources))
    found = list(_of_text(body.title, "", "", every, body.title))
    for component in body.components:
        found.extend(_of_component(component, body))
    return found


def statements_of(body: SlideBody) -> list[Statement]:
    """What on the slide needs a source. Sources of the slide stand for components without any of their own."""
    return [
        statement
        for component in body.components
        for statement in _statements(component, component.sources or body.sources)
        if not statement.sources or statement.without_source
    ]


def _statements(component: Component, sources: tuple[SourceReference, ...]) -> Iterator[Statement]:
    match component:
        case TextComponent():
            if _asserts(component.text):
                yield Statement(component.id, "", component.text, sources)
        case QuoteComponent():
            if _asserts(component.text) and not OPINION.search(component.by):
                yield Statement(component.id, "", component.text, sources)
        case BulletsComponent():
            for index, item in enumerate(component.items):
                anchor = f"i{index}"
                if _asserts(item):
                    yield Statement(component.id, anchor, item, _for(sources, anchor))
        case MetricComponent():
            yield Statement(component.id, "", component.label, sources)
        case TableComponent():
            cells = [
                (f"r{row}c{column}", cell)
                for row, line in enumerate(component.rows)
                for column, cell in enumerate(line)
                if isinstance(cell, float) and not _NO_FIGURE_COLUMN.match(component.columns[column])
            ]
            open_cells = [anchor for anchor, _ in cells if not _for(sources, anchor)]
            texts = [cell for line in component.rows for cell in line if isinstance(cell, str)]
            if cells or any(_asserts(text) for text in texts):
                name = next((column for column in component.columns if column), "table")
                yield Statement(component.id, open_cells[0] if open_cells else "", name, sources, len(open_cells))
        case ChartComponent():
            open_points = [
                f"s{row}p{point}"
                for row, series in enumerate(component.series)
                for point, value in enumerate(series.values)
                if value is not None and not _for(sources, f"s{row}p{point}")
            ]
            name = ", ".join(series.name for series in component.series if series.name) or "chart"
            yield Statement(component.id, open_points[0] if open_points else "", name, sources, len(open_points))
        case _:
            return


def _asserts(text: str) -> bool:
    return len(text.split()) >= _FEWEST_WORDS_OF_A_CLAIM and not OPINION.search(text) and not NOT_THERE.search(text)


def _for(sources: Sequence[SourceReference], anchor: str) -> tuple[SourceReference, ...]:
    return tuple(source for source in sources if source.anchor in (None, anchor))


def _of_component(component: Component, body: SlideBody) -> Iterator[Claim]:
    sources = component.sources or body.sources
    match component:
        case TextComponent():
            yield from _of_text(component.text, component.id, "", sources, body.title)
        case QuoteComponent():
            opinion = bool(OPINION.search(component.by))
            yield from _of_text(component.text, component.id, "", sources, body.title, opinion=opinion)
        case BulletsComponent():
            for index, item in enumerate(component.items):
                anchor = f"i{index}"
                yield from _of_text(item, component.id, anchor, _for(sources, anchor), body.title)
        case MetricComponent():
            yield from _of_metric(component, sources, body.title)
        case TableComponent():
            cells = {
                f"r{row}c{column}": cell
                for row, line in enumerate(component.rows)
                for column, cell in enumerate(line)
                if cell is not None and not _NO_FIGURE_COLUMN.match(component.columns[column])
            }
            yield from _of_grid(component.id, cells, _grid_of(component), sources, body.title)
        case ChartComponent():
            points = {
                f"s{row}p{point}": value
                for row, series in enumerate(component.series)
                for point, value in enumerate(series.values)
                if value is not None
            }
            yield from _of_grid(component.id, points, _chart_grid(component), sources, body.title, component.unit)
        case _:
            return


def _of_text(
    text: str,
    component_id: str,
    anchor: str,
    sources: tuple[SourceReference, ...],
    heading: str,
    *,
    opinion: bool = False,
) -> Iterator[Claim]:
    figures = [(sentence, figure) for sentence in sentences_of(text) for figure in figures_in(sentence)]
    if not figures:
        return
    labels = {
        (draft.quote, draft.value, draft.unit): draft
        for draft in text_drafts(
            _document(blocks=(Block(text=text, locator="-", heading=heading[:300], passage_id="s"),))
        )
    }
    for sentence, figure in figures:
        if _only_counts(figure):
            continue
        draft = labels.get((sentence, figure.value, figure.unit))
        yield Claim(
            figure=figure,
            component_id=component_id,
            anchor=anchor,
            said=sentence,
            sources=sources,
            metric=draft.metric if draft else "",
            entity=draft.entity if draft else "",
            period=draft.period if draft else figure.period,
            is_opinion=opinion or bool(OPINION.search(sentence)),
        )


def _only_counts(figure: Figure) -> bool:
    """`5 reasons to invest`: a small number of something that no document counts."""
    unit = understood(figure.unit)
    noun = figure.unit.rpartition(" ")[2]
    small = figure.value == int(figure.value) and 0 < figure.value <= _ENUMERATED_UP_TO and unit.scale == 1.0
    named = unit.family.isupper() or unit.family in {"percent", "points", "multiple"} or is_counted(noun)
    return small and not named


def _of_metric(component: MetricComponent, sources: tuple[SourceReference, ...], heading: str) -> Iterator[Claim]:
    label = row_label(component.label, "", "")
    if isinstance(component.value, str):
        figures = figures_in(f"{component.value} {component.unit}".strip()) or figures_in(component.value)
    else:
        figures = [figure_of(component.value, component.unit, period=component.period)]
    for index, figure in enumerate(figures):
        yield Claim(
            figure=figure,
            component_id=component.id,
            anchor="",
            said=f"{component.label}: {component.value} {component.unit}".strip(),
            sources=sources,
            metric=label.metric if not index else "",
            entity=label.entity,
            period=period_of_header(component.period) or component.period,
            exact=not isinstance(component.value, str),
            is_opinion=bool(OPINION.search(component.label)),
        )


def _of_grid(
    component_id: str,
    cells: Mapping[str, str | float],
    table: Table,
    sources: tuple[SourceReference, ...],
    heading: str,
    unit: str = "",
) -> Iterator[Claim]:
    drafts: dict[str, list[FactDraft]] = {}
    for draft in table_drafts(_document(tables=(table,))):
        drafts.setdefault(draft.locator, []).append(draft)
    for anchor, cell in cells.items():
        mine = _for(sources, anchor)
        known = drafts.get(anchor) or [
            draft for draft in drafts.get(anchor.partition("c")[0], []) if draft.value == cell
        ]
        if isinstance(cell, str):
            yield from _of_text(cell, component_id, anchor, mine, heading)
            continue
        draft = known[0] if known else None
        period = draft.period if draft else ""
        yield Claim(
            figure=figure_of(cell, unit or (draft.unit if draft else ""), period=period),
            component_id=component_id,
            anchor=anchor,
            said=draft.quote if draft else "",
            sources=mine,
            metric=draft.metric if draft else "",
            entity=draft.entity if draft else "",
            period=period,
            exact=True,
        )


def _grid_of(component: TableComponent) -> Table:
    header = tuple(Cell(text=column, locator=f"h{index}") for index, column in enumerate(component.columns))
    rows = [Row(cells=header, locator="h", passage_id="s")]
    for row, line in enumerate(component.rows):
        cells = tuple(_cell(cell, f"r{row}c{column}") for column, cell in enumerate(line))
        rows.append(Row(cells=cells, locator=f"r{row}", passage_id="s"))
    return Table(name="", heading="", notes=(), rows=tuple(rows))


def _chart_grid(component: ChartComponent) -> Table:
    """Series as rows over the categories; series that are periods go across, so that what is measured leads a row."""
    series = component.series
    across = all(period_of_header(one.name) for one in series) and not all(
        period_of_header(category) for category in component.categories
    )
    if across:
        header = ["", *(one.name for one in series)]
        lines = [
            (category, [(one.values[point], f"s{row}p{point}") for row, one in enumerate(series)])
            for point, category in enumerate(component.categories)
        ]
    else:
        header = ["", *component.categories]
        lines = [
            (one.name, [(value, f"s{row}p{point}") for point, value in enumerate(one.values)])
            for row, one in enumerate(series)
        ]
    rows = [Row(cells=tuple(Cell(text=text, locator="h") for text in header), locator="h", passage_id="s")]
    for name, values in lines:
        cells = (Cell(text=name, locator="n"), *(_cell(value, place) for value, place in values))
        rows.append(Row(cells=cells, locator="r", passage_id="s"))
    note = (component.unit,) if unit_in_label(f"({component.unit})") else ()
    return Table(name="", heading="", notes=note, rows=tuple(rows))


def _cell(value: str | float | None, place: str) -> Cell:
    if value is None:
        return Cell(locator=place)
    if isinstance(value, str):
        return Cell(text=value, locator=place)
    return Cell(text=f"{value:.10g}", number=value, locator=place)


def _document(blocks: tuple[Block, ...] = (), tables: tuple[Table, ...] = ()) -> Document:
    return Document(
        kind="txt", title="slide", sha256=_HASH, page_count=1, passages=(_PASSAGE,), blocks=blocks, tables=tables
    )
