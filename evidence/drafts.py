"""Facts in the making: how they are named, worded and given ids."""

from __future__ import annotations

from dataclasses import dataclass

from domain.model import Fact, SourceReference
from evidence.model import one_line, stable_id
from evidence.units import understood


@dataclass(frozen=True, slots=True)
class FactDraft:
    """All that a fact says, before it has an id and a source."""

    metric: str
    value: float
    unit: str
    period: str
    locator: str
    passage_id: str
    quote: str
    entity: str = ""
    basis: str = ""
    statement: str = ""


def amount(value: float, unit: str) -> str:
    """A figure as people write it: `USD 590.6 million`, `53.4%`, `2.47x`, `613 people`."""
    if unit == "year":
        return f"{value:.0f}"
    number = f"{value:,.10g}" if abs(value) < 1e15 else f"{value:g}"
    if unit == "percent":
        return f"{number}%"
    if unit == "x":
        return f"{number}x"
    family = understood(unit).family
    if family.isupper() and unit.startswith(family):
        return f"{family} {number}{unit.removeprefix(family)}"
    return f"{number} {unit}".strip()


def worded(draft: FactDraft) -> str:
    """One sentence that says the fact."""
    if draft.statement:
        return draft.statement
    what = ", ".join(part for part in (draft.metric, draft.entity) if part)
    when = (
        f" in {draft.period}"
        if draft.period not in {"", "-", "long term"}
        else ", long term"
        if draft.period == "long term"
        else ""
    )
    return f"{what}{when}: {amount(draft.value, draft.unit)}."


def finished(draft: FactDraft, source_id: str, sha256: str, times_seen: int) -> Fact:
    """The fact under its stable id; `times_seen` tells apart several figures of one metric in one place."""
    parts = [sha256, draft.locator, draft.metric, draft.period, draft.entity]
    return Fact(
        id=stable_id("f", *parts, *([times_seen] if times_seen else [])),
        statement=one_line(worded(draft), 1_000),
        value=draft.value,
        unit=one_line(draft.unit, 100),
        period=one_line(draft.period, 60),
        source=SourceReference(
            source_id=source_id,
            locator=one_line(draft.locator),
            passage_id=draft.passage_id,
            quote=one_line(draft.quote, 1_000),
        ),
        metric=one_line(draft.metric, 200),
        entity=one_line(draft.entity, 200),
        basis=one_line(draft.basis, 300),
    )
