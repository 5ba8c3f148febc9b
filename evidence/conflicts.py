"""Figures on which two sources disagree, and which of two documents is believed first."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations

from domain.model import Fact
from domain.values import Value
from evidence.figures import agree, figures_in
from evidence.labels import metric_key
from evidence.periods import same_period
from evidence.units import is_counted, singular, understood

_AUTHORITY = (".xlsx", ".xlsm", ".csv", ".pptx", ".docx", ".pdf", ".md", ".txt")
_IN_A_TABLE = re.compile(r"table row|!|^row \d")
_MORE = re.compile(r"(?:more than|over|above|at least|upwards of|in excess of|exceed\w*)")
_LESS = re.compile(r"(?:less than|under|below|at most|up to|fewer than)")
_HEDGE = re.compile(
    r"\b((?:about|around|approximately|roughly|some|nearly|almost|close to|circa|c\.|ca\.)"
    rf"|{_MORE.pattern}|{_LESS.pattern})"
    r"\s*(?:the\s+)?$",
    re.IGNORECASE,
)
_WILL_BE = re.compile(
    r"\b(?:will|would|could|should|may|might|expect\w*|plan\w*|hope\w*|aim\w*|target\w*)\b", re.IGNORECASE
)
_BOUND_ROOM, _ABOUT_ROOM = 0.2, 0.03
MOST_FACTS_OF_ONE_MEASURE = 400


class Conflict(Value):
    """Two facts about the same thing that cannot both be right; rounding apart is no conflict."""

    one: Fact
    other: Fact

    @property
    def topic(self) -> str:
        """What they are about, for people."""
        period = self.one.period or self.other.period
        return ", ".join(part for part in (self.one.metric, self.one.entity, period) if part not in {"", "-"})


def authority(document: str, locator: str, basis: str = "") -> float:
    """Lower is better: workbooks, then tables, then text; opinions last."""
    name = document.lower()
    rank = next((float(at) for at, ending in enumerate(_AUTHORITY) if name.endswith(ending)), float(len(_AUTHORITY)))
    if _IN_A_TABLE.search(locator):
        rank -= 0.5
    return rank + (10.0 if "opinion" in basis.lower() else 0.0)


def topic_key(fact: Fact) -> tuple[str, str, str]:
    """Measure, subject and kind of unit: facts that differ in one of them are about different things."""
    metric = metric_key(fact.metric)
    family = understood(fact.unit).family
    return metric, fact.entity.casefold(), family or (singular(metric) if is_counted(metric) else "")


def conflicts_in(facts: Sequence[Fact]) -> list[Conflict]:
    """Pairs of facts of different sources with one metric, entity and period, and values apart.

    A fact without a period is compared only where the other source gives a single period for that metric.
    """
    groups: dict[tuple[str, str, str], list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.value is not None and fact.metric and not _is_forecast(fact):
            groups[topic_key(fact)].append(fact)
    found: list[Conflict] = []
    for group in groups.values():
        periods: dict[str, set[str]] = defaultdict(set)
        for fact in group:
            periods[fact.source.source_id].add(fact.period)
        if len(periods) < 2:
            continue
        for one, other in combinations(group[:MOST_FACTS_OF_ONE_MEASURE], 2):
            if one.source.source_id == other.source.source_id or not _same_time(one, other, periods):
                continue
            if not _agree(one, other):
                found.append(Conflict(one=one, other=other))
    return found


def _same_time(one: Fact, other: Fact, periods: dict[str, set[str]]) -> bool:
    if one.period and other.period:
        return same_period(one.period, other.period) and ("guidance" in one.period) == ("guidance" in other.period)
    return len(periods[one.source.source_id]) == 1 and len(periods[other.source.source_id]) == 1


def _agree(one: Fact, other: Fact) -> bool:
    if one.value is None or other.value is None:
        return True
    if agree(one.value, one.unit, other.value, other.unit):
        return True
    return _within_words(one, other) or _within_words(other, one)


def _within_words(loose: Fact, exact: Fact) -> bool:
    """Whether a figure that is said with `about`, `more than` or `below` leaves room for the other one."""
    hedge = _hedge_of(loose)
    if not hedge:
        return False
    said, given = (abs((fact.value or 0.0) * understood(fact.unit).scale) for fact in (loose, exact))
    apart = (given - said) / said if said else 0.0
    if _MORE.fullmatch(hedge):
        return 0 <= apart <= _BOUND_ROOM
    if _LESS.fullmatch(hedge):
        return -_BOUND_ROOM <= apart <= 0
    return abs(apart) <= _ABOUT_ROOM


def _hedge_of(fact: Fact) -> str:
    quote = fact.source.quote or ""
    figure = next((one for one in figures_in(quote) if abs(one.value) == abs(fact.value or 0.0)), None)
    found = _HEDGE.search(quote[: figure.start]) if figure else None
    return found[1].lower() if found else ""


def _is_forecast(fact: Fact) -> bool:
    """Whether somebody says what they think will be, which nothing that is can contradict."""
    return "opinion" in fact.basis.lower() and (not fact.period or bool(_WILL_BE.search(fact.source.quote or "")))
