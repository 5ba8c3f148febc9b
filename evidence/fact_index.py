"""Facts found by value, by place and by what they are about, without going through all of them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence

from domain.model import Fact, SourceReference
from evidence.conflicts import topic_key
from evidence.figures import Figure, supports
from evidence.periods import same_period
from evidence.units import understood

_SLACK = 2e-9


class FactIndex:
    """Built once over the facts of a book; every search is a few steps long."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        self._facts = [fact for fact in facts if fact.value is not None]
        plain = sorted((abs(fact.value or 0.0), index) for index, fact in enumerate(self._facts))
        scaled = sorted(
            (abs((fact.value or 0.0) * understood(fact.unit).scale), index) for index, fact in enumerate(self._facts)
        )
        self._plain_keys, self._plain = [key for key, _ in plain], [index for _, index in plain]
        self._scaled_keys, self._scaled = [key for key, _ in scaled], [index for _, index in scaled]
        self._at: dict[tuple[str, str], list[Fact]] = defaultdict(list)
        self._of_passage: dict[tuple[str, str], list[Fact]] = defaultdict(list)
        self._about: dict[tuple[str, str, str], list[Fact]] = defaultdict(list)
        self._measures: set[str] = set()
        for fact in self._facts:
            self._at[fact.source.source_id, fact.source.locator].append(fact)
            if fact.source.passage_id:
                self._of_passage[fact.source.source_id, fact.source.passage_id].append(fact)
            if fact.metric:
                key = topic_key(fact)
                self._about[key].append(fact)
                self._measures.add(key[0])

    def supporting(self, figure: Figure, *, match_period: bool = True) -> list[Fact]:
        """All facts that bear the figure out, in the order of the documents."""
        scale = understood(figure.unit).scale
        step = 10.0**-figure.decimals / 2
        value = abs(figure.value)
        near = self._near(self._scaled_keys, self._scaled, value * scale, step * scale)
        near |= self._near(self._scaled_keys, self._scaled, value, max(step, step * scale))
        near |= self._near(self._plain_keys, self._plain, value, max(step, step * scale))
        found = (self._facts[index] for index in sorted(near))
        return [fact for fact in found if supports(figure, fact, match_period=match_period)]

    @staticmethod
    def _near(keys: Sequence[float], order: Sequence[int], target: float, slack: float) -> set[int]:
        room = slack + target * _SLACK
        return set(order[bisect_left(keys, target - room) : bisect_right(keys, target + room)])

    def at(self, source: SourceReference) -> list[Fact]:
        """The facts that stand exactly where a reference points."""
        return self._at.get((source.source_id, source.locator), [])

    def cited(self, sources: Iterable[SourceReference]) -> list[Fact]:
        """The facts at the places of the references, else in their passages, each once, best place first."""
        sources = list(sources)
        found = {fact.id: fact for source in sources for fact in self.at(source)}
        for source in sources:
            if source.passage_id:
                found |= {
                    fact.id: fact
                    for fact in self._of_passage.get((source.source_id, source.passage_id), [])
                    if fact.id not in found
                }
        return list(found.values())

    def about(self, metric: str, entity: str, family: str, period: str) -> list[Fact]:
        """Facts about one measure (its key) of one subject in one period. Guidance is another thing than what was."""
        return [
            fact
            for fact in self._about.get((metric, entity.casefold(), family), [])
            if same_period(fact.period, period) and ("guidance" in fact.period) == ("guidance" in period)
        ]

    def knows_measure(self, metric: str) -> bool:
        return metric in self._measures
