"""A drafted slide as the domain keeps it: facts filled in, every sentence and figure linked."""

from __future__ import annotations

from agents.drafted import (
    DraftedBullets,
    DraftedChart,
    DraftedComponent,
    DraftedMetric,
    DraftedParagraph,
    DraftedQuote,
    DraftedSlide,
    DraftedTable,
)
from agents.linking import Linker
from domain.model import (
    BulletsComponent,
    Cell,
    ChartComponent,
    ChartSeries,
    Component,
    MetricComponent,
    QuoteComponent,
    SlideDraft,
    SourceReference,
    TableComponent,
    TextComponent,
)


def build_slide(drafted: DraftedSlide, section_id: str, linker: Linker) -> SlideDraft | None:
    """The slide, without what the evidence does not bear out; None when nothing is left of it."""
    where = f"Slide “{drafted.title}”"
    components = [
        component for part in drafted.components if (component := build_component(part, linker, where)) is not None
    ]
    if not components:
        linker.faults.append(f"{where}: nothing on it is borne out by the documents.")
        return None
    title = linker.link(drafted.title, drafted.refs, f"{where}, title")
    notes = linker.link(drafted.notes, [], f"{where}, notes").text if drafted.notes else ""
    return SlideDraft(
        section_id=section_id,
        title=(title.text or _plain_title(drafted))[:300],
        layout_type=drafted.layout_type,
        components=tuple(components),
        sources=title.sources,
        notes=notes[:20_000],
    )


def _plain_title(drafted: DraftedSlide) -> str:
    return drafted.topic.replace("-", " ").strip().capitalize() or "Untitled"


def build_component(part: DraftedComponent, linker: Linker, where: str) -> Component | None:
    match part:
        case DraftedParagraph():
            linked = linker.link(part.text, part.refs, where, needs_source=True)
            return TextComponent(type="text", text=linked.text, sources=linked.sources) if linked.text else None
        case DraftedBullets():
            return _bullets(part, linker, where)
        case DraftedTable():
            return _table(part, linker, where)
        case DraftedChart():
            return _chart(part, linker, where)
        case DraftedMetric():
            fact = linker.fact(part.fact, where)
            if fact is None or fact.value is None:
                return None
            label = linker.link(part.label, [part.fact], where).text or fact.metric
            return MetricComponent(
                type="metric",
                label=label[:300],
                value=fact.value,
                unit=fact.unit,
                period="" if fact.period == "-" else fact.period,
                sources=(linker.fact_source(fact),),
            )
        case DraftedQuote():
            linked = linker.link(part.text, part.refs, where, needs_source=True)
            if not linked.text:
                return None
            return QuoteComponent(type="quote", text=linked.text[:4_000], by=part.by[:300], sources=linked.sources)


def _bullets(part: DraftedBullets, linker: Linker, where: str) -> BulletsComponent | None:
    items: list[str] = []
    sources: list[SourceReference] = []
    for drafted in part.items:
        linked = linker.link(drafted.text, drafted.refs, where, needs_source=True, anchor=f"i{len(items)}")
        if linked.text:
            items.append(linked.text[:4_000])
            sources.extend(linked.sources)
    return BulletsComponent(type="bullets", items=tuple(items), sources=tuple(sources)) if items else None


def _table(part: DraftedTable, linker: Linker, where: str) -> TableComponent | None:
    rows: list[tuple[Cell, ...]] = []
    sources: list[SourceReference] = []
    for drafted in part.rows:
        cells: list[Cell] = []
        for column, cell in enumerate(drafted[: len(part.columns)]):
            anchor = f"r{len(rows)}c{column}"
            fact = linker.fact(cell.fact, where) if cell.fact else None
            if fact is not None:
                cells.append(fact.value)
                sources.append(linker.fact_source(fact, anchor))
            elif cell.text:
                linked = linker.link(cell.text, cell.refs, where, anchor=anchor)
                cells.append(linked.text or None)
                sources.extend(linked.sources)
            else:
                cells.append(None)
        cells.extend([None] * (len(part.columns) - len(cells)))
        rows.append(tuple(cells))
    if not part.columns or not sources:
        return None
    return TableComponent(
        type="table", columns=tuple(column[:300] for column in part.columns), rows=tuple(rows), sources=tuple(sources)
    )


def _chart(part: DraftedChart, linker: Linker, where: str) -> ChartComponent | None:
    series: list[ChartSeries] = []
    sources: list[SourceReference] = []
    for drafted in part.series:
        values: list[float | None] = []
        for point in range(len(part.categories)):
            ref = drafted.facts[point] if point < len(drafted.facts) else ""
            fact = linker.fact(ref, where) if ref else None
            values.append(fact.value if fact else None)
            if fact is not None:
                sources.append(linker.fact_source(fact, f"s{len(series)}p{point}"))
        if any(value is not None for value in values):
            series.append(ChartSeries(name=drafted.name[:300], values=tuple(values)))
    if not series or not part.categories:
        return None
    return ChartComponent(
        type="chart",
        kind=part.kind,
        categories=tuple(category[:300] for category in part.categories),
        series=tuple(series),
        unit=part.unit[:300],
        sources=tuple(sources),
    )
