"""What figures say in a line: changes over time, key values, and where they come from."""

from __future__ import annotations

from collections.abc import Sequence

from agents.evidence_only.series import Series, kind_of
from agents.evidence_only.wording import in_sentence, spans, written

MOST_PERIODS = 6
MOST_TITLE = 110


def change_in_words(series: Series, and_others: Sequence[Series] = ()) -> str:
    """`Net sales grew from $488.1 million in FY2021 to $590.6 million in FY2024`."""
    years = series.timeline[-MOST_PERIODS:]
    first, last = series.points[years[0]], series.points[years[-1]]
    before, after = first.value or 0.0, last.value or 0.0
    verb = "grew" if after > before else "fell" if after < before else "stood still"
    if series.unit == "percent" and verb == "grew":
        verb = "rose"
    if min(before, after) < 0 and verb != "stood still":
        verb = "went"
    start, end = f"{written(before, series.unit)} in {years[0]}", f"{written(after, series.unit)} in {years[-1]}"
    lead = f"{name_of(series)} {verb} from {start} to {end}"
    if verb == "stood still":
        lead = f"{name_of(series)} was {written(after, series.unit)} in {years[0]} and in {years[-1]}"
    for other in and_others:
        value = other.points.get(years[-1])
        if value is not None and len(lead) < MOST_TITLE:
            lead += f"; {in_sentence(name_of(other))} {written(value.value or 0.0, other.unit)}"
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
                derived.append(name_of(series))
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
    return f"The documents differ on {in_sentence(name_of(series))}{period}: {one}, {two}. The first is shown."


def dated(series: Series) -> str:
    period = series.latest.period
    at = f" in {period}" if period not in ("", "-") else ""
    return f"{value_in_words(series)}{at}"


def value_in_words(series: Series) -> str:
    """`net sales of $590.6 million`, but `613 people`."""
    value = written(series.latest.value or 0.0, series.unit)
    if not series.unit and kind_of(series.metric) in ("people", "reach"):
        return f"{value} {in_sentence(name_of(series))}"
    speaks_for_itself = kind_of(series.metric) in ("people", "reach") or series.metric.lower() in series.unit.lower()
    counted = series.unit not in ("percent", "x") and not series.unit.startswith(("USD", "EUR", "GBP"))
    return value if counted and speaks_for_itself else f"{in_sentence(name_of(series))} of {value}"


def name_of(series: Series) -> str:
    return f"{series.metric}, {series.entity}" if series.entity else series.metric


def entity_value(series: Series, period: str) -> str:
    return f"{series.entity} {written(series.value(period) or 0.0, series.unit)}"
