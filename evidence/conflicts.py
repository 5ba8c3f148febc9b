"""Figures on which two sources disagree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations

from domain.model import Fact
from domain.values import Value
from evidence.figures import figure_of, supports
from evidence.labels import metric_key
from evidence.periods import same_period
from evidence.units import understood


class Conflict(Value):
    """Two facts about the same thing that cannot both be right; rounding apart is no conflict."""

    one: Fact
    other: Fact

    @property
    def topic(self) -> str:
        """What they are about, for people."""
        period = self.one.period or self.other.period
        return ", ".join(part for part in (self.one.metric, self.one.entity, period) if part not in {"", "-"})


def conflicts_in(facts: Sequence[Fact]) -> list[Conflict]:
    """Pairs of facts of different sources with one metric, entity and period, and values apart.

    A fact without a period is compared only where the other source gives a single period for that metric.
    """
    groups: dict[tuple[str, str, str], list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.value is not None and fact.metric:
            family = understood(fact.unit).family
            groups[metric_key(fact.metric), fact.entity.casefold(), family].append(fact)
    found: list[Conflict] = []
    for group in groups.values():
        periods: dict[str, set[str]] = defaultdict(set)
        for fact in group:
            periods[fact.source.source_id].add(fact.period)
        for one, other in combinations(group, 2):
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
    return supports(figure_of(one.value, one.unit), other) or supports(figure_of(other.value, other.unit), one)
