"""Keyword search over the evidence of a turn: indexes are built once for each set of documents."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agents.brief import Evidence
from agents.ports import SourcePassage
from evidence.model import Passage
from evidence.retrieval import PassageIndex

MOST_EVIDENCE = 24


@dataclass(frozen=True)
class EvidenceIndex:
    evidence: Evidence
    facts: PassageIndex
    passages: PassageIndex
    places: Mapping[str, int]
    """Where the passages stand, by `passage_key`."""

    @classmethod
    def of(cls, evidence: Evidence) -> EvidenceIndex:
        return cls(
            evidence=evidence,
            facts=_index(
                [f"{fact.metric} {fact.entity} {fact.period} {fact.basis} {fact.statement}" for fact in evidence.facts]
            ),
            passages=_index([f"{passage.heading}\n{passage.text}" for passage in evidence.passages]),
            places={passage_key(passage): place for place, passage in enumerate(evidence.passages)},
        )


class EvidenceIndexes:
    """Indexes of the evidence that was searched lately. The same evidence object finds the same index."""

    def __init__(self) -> None:
        self._indexes: OrderedDict[int, EvidenceIndex] = OrderedDict()
        self._building = asyncio.Lock()

    async def facts(self, evidence: Evidence, query: str, limit: int) -> list[int]:
        return _found((await self._of(evidence)).facts, query, limit)

    async def passages(self, evidence: Evidence, query: str, limit: int) -> list[int]:
        return _found((await self._of(evidence)).passages, query, limit)

    async def places(self, evidence: Evidence) -> Mapping[str, int]:
        return (await self._of(evidence)).places

    async def _of(self, evidence: Evidence) -> EvidenceIndex:
        found = self._indexes.get(id(evidence))
        if found is None:
            async with self._building:
                found = self._indexes.get(id(evidence)) or await asyncio.to_thread(EvidenceIndex.of, evidence)
        self._indexes[id(evidence)] = found
        self._indexes.move_to_end(id(evidence))
        while len(self._indexes) > MOST_EVIDENCE:
            self._indexes.popitem(last=False)
        return found


def passage_key(passage: SourcePassage) -> str:
    """A passage among those of all documents of a book."""
    return f"{passage.source_id}/{passage.passage_id}"


def _index(texts: Sequence[str]) -> PassageIndex:
    return PassageIndex(
        [Passage(passage_id=f"n{n}", ordinal=n, text=text[:20_000], locator="-") for n, text in enumerate(texts)]
    )


def _found(index: PassageIndex, query: str, limit: int) -> list[int]:
    return [scored.passage.ordinal for scored in index.search(query, limit)]
