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
from agents.evidence_only.series import Series, kind_of, range_end
from agents.evidence_only.wording import in_sentence, listed, spans, written

MOST_ROWS, MOST_YEARS, MOST_METRICS, MOST_LINES = 8, 6, 6, 4


@dataclass(frozen=True, slots=True)
class Candidate:
    """A slide that could be shown, how much it says, and what kind it is."""

    slide: DraftedSlide
    weight: float
    kind: str


def trend(series: Series) -> DraftedSlide | None:
    """One metric over its years: chart and table."""
    years = series.years[-MOST_YEARS:]
    if len(years) < 3:
        return None
    chart = DraftedChart(
        kind="line" if series.unit == "percent" else "bar",
        categories=years,
        series=[DraftedSeries(name=_name(series), facts=[series.points[year].ref for year in years])],
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
    rows = [series for series in rows if len(series.years) >= 2][:MOST_ROWS]
    if len(rows) < 2:
        return None
    years = sorted({year for series in rows for year in series.years})[-MOST_YEARS:]
    components: list[DraftedComponent] = []
    if chart:
        alike = [series for series in rows if series.unit == rows[0].unit][:MOST_LINES]
        components.append(
            DraftedChart(
                kind="line" if rows[0].unit == "percent" else "bar",
                categories=years,
                series=[DraftedSeries(name=_name(one), facts=[_ref(one, year) for year in years]) for one in alike],
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
                DraftedCell(text=_name(series) if one_unit or not series.unit else f"{_name(series)} ({series.unit})"),
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
    others = f"followed by {listed([_entity_value(series, latest) for series in ordered[1:4]])}"
    biggest = _entity_value(first, latest)
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
    told = [_value_in_words(series) for series in chosen[:3]]
    at = f"{period}: " if period not in ("", "-") else "Key figures: "
    same = all(series.latest.period == period for series in chosen[:3])
    return DraftedSlide(
        topic=topic,
        title=f"{at}{listed(told)}"[:300]
        if same
        else f"Key figures: {', '.join(_dated(series) for series in chosen[:3])}",
        refs=[series.latest.ref for series in chosen[:3]],
        layout_type="metrics",
        components=[DraftedMetric(label=_name(series), fact=series.latest.ref) for series in chosen],
        notes=notes_on(chosen, []),
    )


def change_in_words(series: Series, and_others: Sequence[Series] = ()) -> str:
    """`Net sales grew from $488.1 million in FY2021 to $590.6 million in FY2024`."""
    years = series.years[-MOST_YEARS:]
    first, last = series.points[years[0]], series.points[years[-1]]
    before, after = first.value or 0.0, last.value or 0.0
    verb = "grew" if after > before else "fell" if after < before else "stood still"
    if series.unit == "percent":
        verb = {"grew": "rose", "fell": "fell"}.get(verb, verb)
    start, end = f"{written(before, series.unit)} in {years[0]}", f"{written(after, series.unit)} in {years[-1]}"
    lead = f"{_name(series)} {verb} from {start} to {end}"
    if verb == "stood still":
        lead = f"{_name(series)} was {written(after, series.unit)} in {years[0]} and in {years[-1]}"
    for other in and_others:
        value = other.points.get(years[-1])
        if value is not None and len(lead) < 110:
            lead += f"; {in_sentence(_name(other))} {written(value.value or 0.0, other.unit)}"
    return lead[:300]


def notes_on(shown: Sequence[Series], years: Sequence[str]) -> str:
    """Speaker notes: where the figures stand, what is derived, and where documents differ."""
    places: dict[str, list[str]] = {}
    derived: list[str] = []
    for series in shown:
        for period in years or [series.latest.period]:
            fact = series.points.get(period)
            if fact is None:
                continue
            places.setdefault(fact.document, []).append(fact.locator)
            if "formula" in fact.basis.lower() or "derived" in fact.basis.lower():
                derived.append(_name(series))
    told = [f"{document}: {', '.join(spans(locators))}" for document, locators in places.items()]
    notes = [f"Sources: {'; '.join(told)}."] if told else []
    if derived:
        notes.append(f"Derived in the source, not reported as such: {', '.join(dict.fromkeys(derived))}.")
    for series in shown:
        notes.extend(conflict_in_words(series, conflict.kept.ref, conflict.other.ref) for conflict in series.conflicts)
    return "\n".join(dict.fromkeys(notes))


def conflict_in_words(series: Series, kept_ref: str, other_ref: str) -> str:
    conflict = next(one for one in series.conflicts if (one.kept.ref, one.other.ref) == (kept_ref, other_ref))
    kept, other = conflict.kept, conflict.other
    period = f" in {kept.period}" if kept.period not in ("", "-") else ""
    one, two = (
        f"{written(fact.value or 0.0, fact.unit)} in {fact.document} ({fact.locator})" for fact in (kept, other)
    )
    return f"The documents differ on {in_sentence(_name(series))}{period}: {one}, {two}. The first is shown."


def _dated(series: Series) -> str:
    period = series.latest.period
    at = f" in {period}" if period not in ("", "-") else ""
    return f"{_value_in_words(series)}{at}"


def _value_in_words(series: Series) -> str:
    """`net sales of $590.6 million`, but `613 people`."""
    value = written(series.latest.value or 0.0, series.unit)
    speaks_for_itself = kind_of(series.metric) in ("people", "reach") or series.metric.lower() in series.unit.lower()
    counted = series.unit not in ("percent", "x") and not series.unit.startswith(("USD", "EUR", "GBP"))
    return value if counted and speaks_for_itself else f"{in_sentence(_name(series))} of {value}"


def _name(series: Series) -> str:
    return f"{series.metric}, {series.entity}" if series.entity else series.metric


def _entity_value(series: Series, period: str) -> str:
    return f"{series.entity} {written(series.value(period) or 0.0, series.unit)}"


def _ref(series: Series, year: str) -> str:
    fact = series.points.get(year)
    return fact.ref if fact else ""
