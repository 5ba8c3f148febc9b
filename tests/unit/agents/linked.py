"""Says of a slide which of its figures are not in the documents, or not linked to where they stand."""

from __future__ import annotations

from collections.abc import Sequence

from domain.model import (
    BulletsComponent,
    ChartComponent,
    Component,
    Fact,
    MetricComponent,
    QuoteComponent,
    SlideBody,
    SourceReference,
    TableComponent,
    TextComponent,
)
from evidence.figures import Figure, figure_of, figures_in, supports

Point = tuple[str, str | None, list[Figure]]


def unlinked(body: SlideBody, facts: Sequence[Fact]) -> list[str]:
    """One line for each figure without a fact of its own value behind one of its sources."""
    faults = [
        f"title: {figure.text}"
        for figure in figures_in(body.title)
        if not _borne_out(figure, body.sources, None, facts)
    ]
    for component in body.components:
        for where, anchor, figures in _points(component):
            faults.extend(
                f"{component.id} {where}: {figure.text}"
                for figure in figures
                if not _borne_out(figure, component.sources, anchor, facts)
            )
    return faults


def figure_count(body: SlideBody) -> int:
    return sum(len(figures) for component in body.components for _, _, figures in _points(component))


def _borne_out(figure: Figure, sources: Sequence[SourceReference], anchor: str | None, facts: Sequence[Fact]) -> bool:
    mine = [source for source in sources if source.anchor in (None, anchor)]
    named = [
        fact
        for fact in facts
        if any((fact.source.source_id, fact.source.locator) == (source.source_id, source.locator) for source in mine)
    ]
    return any(supports(figure, fact) for fact in named)


def _points(component: Component) -> list[Point]:
    match component:
        case TextComponent():
            return [("text", None, figures_in(component.text))]
        case QuoteComponent():
            return [("quote", None, figures_in(component.text))]
        case BulletsComponent():
            return [(f"i{n}", f"i{n}", figures_in(item)) for n, item in enumerate(component.items)]
        case MetricComponent():
            assert isinstance(component.value, float)
            return [("metric", None, [figure_of(component.value, component.unit)])]
        case ChartComponent():
            return [
                (f"s{s}p{p}", f"s{s}p{p}", [figure_of(value, component.unit)])
                for s, series in enumerate(component.series)
                for p, value in enumerate(series.values)
                if value is not None
            ]
        case TableComponent():
            return [
                (f"r{r}c{c}", f"r{r}c{c}", [figure_of(cell, "")] if isinstance(cell, float) else figures_in(str(cell)))
                for r, row in enumerate(component.rows)
                for c, cell in enumerate(row)
                if cell is not None and c > 0
            ]
        case _:
            return []
