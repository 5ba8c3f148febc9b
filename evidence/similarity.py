"""How alike texts are by their words, rare words counting more."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from evidence.retrieval import tokens_of


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two texts by index; `score` from 0 (no word in common) to 1 (the same words)."""

    one: int
    other: int
    score: float


class WordSpace:
    """Texts as weighted words (tf-idf); compared by the cosine of their angle."""

    def __init__(self, texts: Sequence[str]) -> None:
        counts = [Counter(tokens_of(text)) for text in texts]
        spread = Counter(token for count in counts for token in count)
        self._size = len(texts)
        self._idf = {token: math.log(1 + self._size / times) for token, times in spread.items()}
        self._vectors = [self._weighted(count) for count in counts]

    def _weighted(self, count: Counter[str]) -> dict[str, float]:
        raw = {token: (1 + math.log(times)) * self._idf.get(token, 1.0) for token, times in count.items()}
        length = math.sqrt(sum(weight * weight for weight in raw.values()))
        return {token: weight / length for token, weight in raw.items()} if length else {}

    def like(self, text: str, limit: int) -> list[tuple[int, float]]:
        """The texts that share words with another one, most alike first."""
        wanted = self._weighted(Counter(tokens_of(text)))
        scored = ((index, _cosine(wanted, vector)) for index, vector in enumerate(self._vectors))
        return sorted((one for one in scored if one[1] > 0), key=lambda one: (-one[1], one[0]))[:limit]

    def pairs(self, least: float, limit: int) -> list[Likeness]:
        """Pairs that are at least so much alike, most alike first."""
        found = [
            Likeness(one, other, score)
            for one in range(self._size)
            for other in range(one + 1, self._size)
            if (score := _cosine(self._vectors[one], self._vectors[other])) >= least
        ]
        return sorted(found, key=lambda pair: (-pair.score, pair.one, pair.other))[:limit]


def _cosine(one: dict[str, float], other: dict[str, float]) -> float:
    small, large = (one, other) if len(one) <= len(other) else (other, one)
    return sum(weight * large[token] for token, weight in small.items() if token in large)
