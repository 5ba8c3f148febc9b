"""The search that turns and tools use: by words always, and by meaning where there are embeddings."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Collection, Sequence

from agents.brief import Evidence
from agents.ports import TalkMessage
from search.embedding import Embedder, EmbeddingsUnavailable, Vector
from search.fusion import fused
from search.library import EvidenceIndexes
from search.messages import MessageIndexes
from search.parts import SearchText, TextKind
from search.vectors import Vectors, VectorsUnavailable

AT_ONCE = 50
"""Messages that are indexed in one go before others get their turn."""
OVERFETCH = 4
SECONDS_FOR_A_QUESTION = 2.0
SECONDS_WITHOUT = 30.0
"""How long nobody asks for embeddings after they failed."""
MOST_QUESTIONS = 256

logger = logging.getLogger(__name__)


class BookSearch:
    """Facts, passages and messages of a book. Where embeddings or vectors fail, words alone are searched."""

    def __init__(self, embedder: Embedder | None = None, vectors: Vectors | None = None) -> None:
        self._evidence = EvidenceIndexes()
        self._messages = MessageIndexes()
        self._meanings = None if embedder is None or vectors is None else _Meanings(embedder, vectors)

    @property
    def note(self) -> str:
        """Why only words are searched just now, for people; empty when all is well."""
        return "" if self._meanings is None else self._meanings.note

    async def facts(self, cim_id: str, evidence: Evidence, query: str, limit: int) -> Sequence[int]:
        return await self._evidence.facts(evidence, query, limit)

    async def passages(self, cim_id: str, evidence: Evidence, query: str, limit: int) -> Sequence[int]:
        near = await self._near(cim_id, "passage", query, limit)
        by_words = await self._evidence.passages(evidence, query, limit if near is None else limit * OVERFETCH)
        if near is None:
            return by_words
        places = await self._evidence.places(evidence)
        by_meaning = [places[passage] for passage in near if passage in places]
        return fused([by_words, by_meaning], limit)

    async def learn(self, cim_id: str, messages: Sequence[TalkMessage]) -> None:
        fresh = [message for message in messages if not self._messages.knows(cim_id, (message.id,))]
        for start in range(0, len(fresh), AT_ONCE):
            portion = fresh[start : start + AT_ONCE]
            self._messages.add(cim_id, [SearchText(id=message.id, text=message.text) for message in portion])
            if len(fresh) > AT_ONCE:
                await asyncio.sleep(0)

    async def knows(self, cim_id: str, ids: Collection[str]) -> bool:
        return self._messages.knows(cim_id, ids)

    async def messages(self, cim_id: str, among: Collection[str], query: str, limit: int) -> Sequence[str]:
        near = await self._near(cim_id, "message", query, limit)
        by_words = self._messages.find(cim_id, query, among, limit if near is None else limit * OVERFETCH)
        if near is None:
            return by_words
        return fused([by_words, [message for message in near if message in among]], limit)

    def forget(self, cim_id: str) -> None:
        """Takes what belongs to an erased CIM out of memory."""
        self._messages.forget(cim_id)

    async def _near(self, cim_id: str, kind: TextKind, query: str, limit: int) -> list[str] | None:
        """Ids of the nearest texts; None where only words can be searched."""
        if self._meanings is None or not query.strip():
            return None
        return await self._meanings.near(cim_id, kind, query, limit * OVERFETCH * OVERFETCH)


class _Meanings:
    """Nearest texts by their vectors. After a failure it rests for a while, so that turns do not wait for it."""

    def __init__(self, embedder: Embedder, vectors: Vectors) -> None:
        self._embedder = embedder
        self._vectors = vectors
        self._asked: OrderedDict[str, asyncio.Task[Vector]] = OrderedDict()
        self._rests_until = 0.0
        self.note = ""

    async def near(self, cim_id: str, kind: TextKind, query: str, limit: int) -> list[str] | None:
        if time.monotonic() < self._rests_until:
            return None
        try:
            found = await self._vectors.find(cim_id, kind, await self._vector(query), limit)
        except (EmbeddingsUnavailable, VectorsUnavailable) as error:
            if not self.note:
                logger.warning("searching by words only: %s", error)
            self._rests_until = time.monotonic() + SECONDS_WITHOUT
            self.note = f"Only words were searched, since the search by meaning failed: {error}"
            return None
        self.note = ""
        return found

    async def _vector(self, query: str) -> Vector:
        """Asked once for each question, however many searches want it."""
        task = self._asked.get(query)
        if task is None or (task.done() and (task.cancelled() or task.exception() is not None)):
            task = asyncio.create_task(self._embedder.query(query, SECONDS_FOR_A_QUESTION))
            self._asked[query] = task
            while len(self._asked) > MOST_QUESTIONS:
                self._asked.popitem(last=False)
        return await asyncio.shield(task)
