"""Which facts and passages go into a brief, when there are too many for one."""

from __future__ import annotations

from collections.abc import Sequence

from agents.brief import Evidence
from agents.ports import SourcePassage
from domain.model import Fact
from evidence.model import Passage
from evidence.retrieval import PassageIndex

MOST_FACTS_KEPT, MOST_PASSAGES_KEPT = 4_000, 3_000
MOST_FACTS, MOST_PASSAGES = 500, 160


def kept(
    facts: Sequence[Fact], passages: Sequence[SourcePassage]
) -> tuple[tuple[Fact, ...], tuple[SourcePassage, ...]]:
    """Bounds what one run carries: facts without a figure go first, then the later passages of long documents."""
    ranked = sorted(range(len(facts)), key=lambda index: (facts[index].value is None, not facts[index].period, index))
    chosen = sorted(ranked[:MOST_FACTS_KEPT])
    return tuple(facts[index] for index in chosen), tuple(_fair_share(passages))


def relevant(evidence: Evidence, query: str) -> tuple[list[int], list[int]]:
    """Indexes of the facts and passages that fit the query best, in document order."""
    return (
        _closest(
            [f"{fact.metric} {fact.entity} {fact.period} {fact.statement}" for fact in evidence.facts],
            query,
            MOST_FACTS,
        ),
        _closest([f"{passage.heading}\n{passage.text}" for passage in evidence.passages], query, MOST_PASSAGES),
    )


def _closest(texts: list[str], query: str, most: int) -> list[int]:
    if len(texts) <= most:
        return list(range(len(texts)))
    index = PassageIndex(
        [Passage(passage_id=f"n{number}", ordinal=number, text=text, locator="-") for number, text in enumerate(texts)]
    )
    found = [scored.passage.ordinal for scored in index.search(query, most)]
    rest = [number for number in range(len(texts)) if number not in set(found)]
    return sorted((found + rest)[:most])


def _fair_share(passages: Sequence[SourcePassage]) -> list[SourcePassage]:
    if len(passages) <= MOST_PASSAGES_KEPT:
        return list(passages)
    by_source: dict[str, list[SourcePassage]] = {}
    for passage in passages:
        by_source.setdefault(passage.source_id, []).append(passage)
    share = max(1, MOST_PASSAGES_KEPT // len(by_source))
    return [passage for group in by_source.values() for passage in group[:share]]
