"""The facts and passages of a book, in the fixed order that references count through, kept under their hash."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from agents.brief import Evidence
from agents.ports import Workspace
from agents.selection import kept
from domain.book import BookSource
from domain.head import CIMHead

MOST_KEPT = 24

Key = TypeVar("Key")
Item = TypeVar("Item")


@dataclass(frozen=True)
class KeptEvidence:
    hash: str
    evidence: Evidence


class EvidenceShelf:
    """Evidence is written once for each set of documents and facts; that of late turns stays in memory."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._by_set: OrderedDict[tuple[str, ...], KeptEvidence] = OrderedDict()
        self._by_hash: OrderedDict[tuple[str, str], Evidence] = OrderedDict()
        self._building = asyncio.Lock()

    async def current(self, head: CIMHead, sources: Sequence[BookSource]) -> KeptEvidence:
        """The evidence of the book as it stands. The same facts and documents give the same hash."""
        batches = (batch.content_hash for batch in head.gathered_context)
        stamp = (head.id, *batches, *(f"{source.id} {source.name}" for source in sources))
        known = self._by_set.get(stamp)
        if known is None:
            async with self._building:
                known = self._by_set.get(stamp) or await self._make(head.id, sources)
        _keep(self._by_set, stamp, known)
        _keep(self._by_hash, (head.id, known.hash), known.evidence)
        return known

    async def load(self, cim_id: str, evidence_hash: str) -> Evidence:
        """What a turn goes by. Raises LookupError when nothing is kept under the hash."""
        known = self._by_hash.get((cim_id, evidence_hash))
        if known is None:
            text = await self._workspace.get_text(cim_id, evidence_hash)
            known = await asyncio.to_thread(Evidence.from_kept, text)
        _keep(self._by_hash, (cim_id, evidence_hash), known)
        return known

    async def _make(self, cim_id: str, sources: Sequence[BookSource]) -> KeptEvidence:
        facts, passages = kept(await self._workspace.facts(cim_id), await self._workspace.passages(cim_id))
        evidence = Evidence(facts=facts, passages=passages, sources=tuple(sources))
        hash_, text = await asyncio.to_thread(_written, evidence)
        await self._workspace.put_text(cim_id, hash_, text)
        return KeptEvidence(hash=hash_, evidence=evidence)


def _written(evidence: Evidence) -> tuple[str, str]:
    text = evidence.model_dump_json()
    return hashlib.sha256(text.encode()).hexdigest(), text


def _keep(shelf: OrderedDict[Key, Item], key: Key, item: Item) -> None:
    shelf[key] = item
    shelf.move_to_end(key)
    while len(shelf) > MOST_KEPT:
        shelf.popitem(last=False)
