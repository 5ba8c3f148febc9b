"""Slides of figures: over time, side by side, split by entity, and the key ones alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agents.drafted import (
    DraftedCell,
    DraftedChart,
    DraftedComponent,
    DraftedMetric,
    DraftedSeries,
    DraftedSlide,
    DraftedTable,
)
from agents.evidence_only.figure_words import change_in_words, dated, entity_value, name_of, notes_on, value_in_words
from agents.evidence_only.series import Series, range_end
from agents.evidence_only.wording import in_sentence, listed, written

MOST_ROWS, MOST_YEARS, MOST_METRICS, MOST_LINES = 8, 6, 6, 4


@dataclass(frozen=True, slots=True)
class Candidate:
    """A slide that could be shown, how much it says, and what kind it is."""

    slide: DraftedSlide
    weight: float
    kind: str


def trend(series: Series) -> DraftedSlide | None:
    """One metric over its years: chart and table."""
    years = series.timeline[-MOST_YEARS:]
    if len(years) < 3:
        return None
    chart = DraftedChart(
        kind="line" if series.unit == "percent" else "bar",
        categories=years,
        series=[DraftedSeries(name=name_of(series), facts=[series.points[year].ref for year in years])],
        unit=series.unit,
    )
    return DraftedSlide(
        topic=f"trend {series.key}",
        title=change_in_words(series),
        refs=[series.points[years[0]].ref, series.points[years[-1]].ref],
        layout_type="chart",
        components=[chart, over_years([series], years)],
        notes=notes_on([series], years),
    )


def several(rows: Sequence[Series], topic: str, *, chart: bool = False) -> DraftedSlide | None:
    """Several metrics over the same years: a table, with a chart of those that share the first one's unit."""
    rows = [series for series in rows if len(series.timeline) >= 2]
    rows = [series for series in rows if set(series.timeline) & set(rows[0].timeline)][:MOST_ROWS]
    if len(rows) < 2:
        return None
    years = rows[0].timeline[-MOST_YEARS:]
    components: list[DraftedComponent] = []
    if chart:
        alike = [series for series in rows if series.unit == rows[0].unit][:MOST_LINES]
        components.append(
            DraftedChart(
                kind="line" if rows[0].unit == "percent" else "bar",
                categories=years,
                series=[DraftedSeries(name=name_of(one), facts=[_ref(one, year) for year in years]) for one in alike],
                unit=rows[0].unit,
            )
        )
    components.append(over_years(rows, years))
    lead = rows[0]
    return DraftedSlide(
        topic=topic,
        title=change_in_words(lead, and_others=[series for series in rows[1:3]]),
        refs=[ref for series in rows[:3] for ref in (_ref(series, years[0]), _ref(series, years[-1])) if ref],
        layout_type="chart" if chart else "table",
        components=components,
        notes=notes_on(rows, years),
    )


def over_years(rows: Sequence[Series], years: Sequence[str]) -> DraftedTable:
    one_unit = len({series.unit for series in rows}) == 1
    head = f"{rows[0].unit}" if one_unit else ""
    return DraftedTable(
        columns=[head, *years],
        rows=[
            [
                DraftedCell(
                    text=name_of(series) if one_unit or not series.unit else f"{name_of(series)} ({series.unit})"
                ),
                *(
                    DraftedCell(fact=_ref(series, year))
                    if _ref(series, year)
                    else DraftedCell(text="not in the documents")
                    for year in years
                ),
            ]
            for series in rows
        ],
    )


def split(parts: Sequence[Series]) -> DraftedSlide | None:
    """One metric by entity, in its latest common period, with the period before where it is told."""
    common = [period for period in parts[0].points if all(period in series.points for series in parts)] if parts else []
    if len(parts) < 2 or not common:
        return None
    latest = common[-1]
    ordered = sorted(parts, key=lambda series: -(series.value(latest) or 0.0))
    first = ordered[0]
    shares = first.unit == "percent" and abs(sum(series.value(latest) or 0.0 for series in parts) - 100.0) <= 1.5
    negative = any((series.value(latest) or 0.0) < 0 for series in parts)
    periods = common[-2:]
    chart = DraftedChart(
        kind="pie" if shares and not negative else "bar",
        categories=[series.entity for series in ordered],
        series=[
            DraftedSeries(name=period, facts=[series.points[period].ref for series in ordered])
            for period in ([latest] if shares else periods)
        ],
        unit=first.unit,
    )
    others = f"followed by {listed([entity_value(series, latest) for series in ordered[1:4]])}"
    biggest = entity_value(first, latest)
    period = f" in {latest}" if latest not in ("", "-") else ""
    return DraftedSlide(
        topic=f"split {first.metric.casefold()}|{first.unit}",
        title=f"{first.metric}{period}: {biggest}, {others}"[:300],
        refs=[series.points[latest].ref for series in ordered[:4]],
        layout_type="chart",
        components=[chart, _by_entity(ordered, periods)],
        notes=notes_on(ordered, periods),
    )


def _by_entity(ordered: Sequence[Series], periods: Sequence[str]) -> DraftedTable:
    first = ordered[0]
    return DraftedTable(
        columns=[f"{first.metric} ({first.unit})" if first.unit else first.metric, *periods],
        rows=[
            [DraftedCell(text=series.entity), *(DraftedCell(fact=series.points[period].ref) for period in periods)]
            for series in ordered[:MOST_ROWS]
        ],
    )


def ranges(ends: Sequence[Series], topic: str, lead: str) -> DraftedSlide | None:
    """Figures that are told as a range: a table of low and high ends."""
    pairs: dict[tuple[str, str, str, str], dict[str, Series]] = {}
    for series in ends:
        for period, fact in series.points.items():
            pairs.setdefault((series.metric, series.entity, period, series.unit), {})[range_end(fact.metric)] = series
    whole = {key: both for key, both in pairs.items() if {"low", "high"} <= both.keys()}
    if not whole:
        return None
    metrics = {metric for metric, _, _, _ in whole}
    by_entity = len(metrics) == 1 and all(entity for _, entity, _, _ in whole)
    rows: list[list[DraftedCell]] = []
    words: list[str] = []
    refs: list[str] = []
    for (metric, entity, period, unit), both in list(whole.items())[:MOST_ROWS]:
        low, high = both["low"].points[period], both["high"].points[period]
        label = entity if by_entity else ", ".join(part for part in (metric, entity) if part)
        cells = [DraftedCell(text=f"{label} ({unit})"), DraftedCell(text=period)]
        rows.append([*cells, DraftedCell(fact=low.ref), DraftedCell(fact=high.ref)])
        name = label if by_entity else in_sentence(label)
        words.append(f"{name} {written(low.value or 0.0, unit)} to {written(high.value or 0.0, unit)}")
        refs.extend((low.ref, high.ref))
    title = f"{next(iter(metrics))}: {listed(words[:3])}" if by_entity else f"{lead}: {listed(words[:3])}"
    return DraftedSlide(
        topic=topic,
        title=title[:300],
        refs=refs[:6],
        layout_type="table",
        components=[DraftedTable(columns=["", "Period", "Low end", "High end"], rows=rows)],
        notes=notes_on([one for both in whole.values() for one in both.values()], sorted({key[2] for key in whole})),
    )


def single_figures(parts: Sequence[Series], topic: str) -> DraftedSlide | None:
    """The same kind of figure for several entities of one period, such as increases by product: a table and bars."""
    if len(parts) < 2:
        return None
    parts = _top_level(parts)
    ordered = sorted(parts, key=lambda series: -(series.latest.value or 0.0))[:MOST_ROWS]
    first = ordered[0]
    period = f" in {first.latest.period}" if first.latest.period not in ("", "-") else ""
    told = listed([f"{series.entity} {written(series.latest.value or 0.0, series.unit)}" for series in ordered[:3]])
    return DraftedSlide(
        topic=topic,
        title=f"{first.metric}{period}: {told}"[:300],
        refs=[series.latest.ref for series in ordered[:3]],
        layout_type="chart",
        components=[
            DraftedChart(
                kind="bar",
                categories=[series.entity for series in ordered],
                series=[DraftedSeries(name=first.metric, facts=[series.latest.ref for series in ordered])],
                unit=first.unit,
            ),
            DraftedTable(
                columns=[f"{first.metric} ({first.unit})", first.latest.period or "Latest"],
                rows=[[DraftedCell(text=series.entity), DraftedCell(fact=series.latest.ref)] for series in ordered],
            ),
        ],
        notes=notes_on(ordered, []),
    )


def _top_level(parts: Sequence[Series]) -> Sequence[Series]:
    """Without entities that are a part of another one (`EIMEA, product A` beside `product A`), if two are left."""
    names = {series.entity for series in parts}
    top = [series for series in parts if not any(piece in names for piece in series.entity.split(", ")[1:])]
    return top if len(top) >= 2 else parts


def key_figures(chosen: Sequence[Series], topic: str) -> DraftedSlide | None:
    chosen = list(chosen)[:MOST_METRICS]
    if len(chosen) < 2:
        return None
    period = chosen[0].latest.period
    told = [value_in_words(series) for series in chosen[:3]]
    at = f"{period}: " if period not in ("", "-") else "Key figures: "
    same = all(series.latest.period == period for series in chosen[:3])
    return DraftedSlide(
        topic=topic,
        title=f"{at}{listed(told)}"[:300]
        if same
        else f"Key figures: {', '.join(dated(series) for series in chosen[:3])}",
        refs=[series.latest.ref for series in chosen[:3]],
        layout_type="metrics",
        components=[DraftedMetric(label=name_of(series), fact=series.latest.ref) for series in chosen],
        notes=notes_on(chosen, []),
    )


def _ref(series: Series, year: str) -> str:
    fact = series.points.get(year)
    return fact.ref if fact else ""
