"""Rankings of several searches as one, by reciprocal rank fusion (Cormack, Clarke and Buettcher, 2009)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

K = 60
"""Of the paper: the larger, the less the first places count."""

Found = TypeVar("Found", int, str)


def fused(rankings: Sequence[Sequence[Found]], limit: int) -> list[Found]:
    """The best first; of equals the one that an earlier ranking has."""
    scores: dict[Found, float] = {}
    for ranking in rankings:
        for place, found in enumerate(ranking, start=1):
            scores[found] = scores.get(found, 0.0) + 1.0 / (K + place)
    return sorted(scores, key=lambda found: -scores[found])[:limit]
