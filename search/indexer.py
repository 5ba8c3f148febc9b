"""Brings the vectors of a book up to date with its documents and conversations. Searching never waits for it."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Sequence

from agents.ports import Conversation, Workspace
from domain.values import Value
from search.embedding import Embedder
from search.library import passage_key
from search.parts import SearchText, TextKind, parts_of
from search.turns import BookSearch
from search.vectors import Point, Vectors

NEWEST_MESSAGES = 6
"""Made findable by their words here, so that the next turn has not to do it."""
LATEST_MESSAGES = 200
"""Looked at after each turn: what came before them was looked at earlier."""
MOST_MESSAGES = 5_000
MOST_PASSAGES = 10_000
TEXTS_AT_ONCE = 32
SECONDS_AFTER_A_TURN = 30.0
MOST_BOOKS = 64

_Mark = tuple[TextKind, str, int]
"""A text that has its vectors: kind, id, and which of the texts that were under the id."""


class CaughtUp(Value):
    """How many parts of texts got a vector now, and whether some are left for the next time."""

    embedded: int = 0
    is_complete: bool = True


class Indexer:
    """Idempotent: a text that has its vectors is not embedded again, in this process or another."""

    def __init__(
        self,
        workspace: Workspace,
        conversation: Conversation,
        search: BookSearch,
        embedder: Embedder | None = None,
        vectors: Vectors | None = None,
    ) -> None:
        self._workspace = workspace
        self._conversation = conversation
        self._search = search
        self._embedder = embedder
        self._vectors = vectors
        self._dimension: int | None = None
        self._done: OrderedDict[str, set[_Mark]] = OrderedDict()

    async def catch_up(
        self,
        cim_id: str,
        leaf_ids: Sequence[str] = (),
        *,
        messages: int = LATEST_MESSAGES,
        seconds: float = SECONDS_AFTER_A_TURN,
    ) -> CaughtUp:
        """Of the latest messages of the branches that end in `leaf_ids`, and of the passages of the documents.

        Begins no new batch past `seconds`. Raises EmbeddingsUnavailable and VectorsUnavailable; what was embedded until
        then stays.
        """
        for leaf_id in leaf_ids:
            await self._search.learn(cim_id, await self._conversation.path(leaf_id, NEWEST_MESSAGES))
        if self._embedder is None or self._vectors is None:
            return CaughtUp()
        until = time.monotonic() + seconds
        said = {
            message.id: SearchText(id=message.id, text=message.text)
            for leaf_id in leaf_ids
            for message in await self._conversation.path(leaf_id, messages)
        }
        read = [
            SearchText(id=passage_key(passage), text=f"{passage.heading}\n{passage.text}".strip())
            for passage in (await self._workspace.passages(cim_id))[:MOST_PASSAGES]
        ]
        batches = [*_batches("message", list(said.values())), *_batches("passage", read)]
        embedded = 0
        for kind, texts in batches:
            if time.monotonic() > until:
                return CaughtUp(embedded=embedded, is_complete=False)
            embedded += await self._embed(cim_id, kind, texts)
        return CaughtUp(embedded=embedded)

    async def rebuild(self, cim_id: str, leaf_ids: Sequence[str]) -> CaughtUp:
        """Everything again, from the store."""
        await self.forget(cim_id)
        return await self.catch_up(cim_id, leaf_ids, messages=MOST_MESSAGES, seconds=math.inf)

    async def forget(self, cim_id: str) -> None:
        """Takes away all vectors of a CIM."""
        self._done.pop(cim_id, None)
        if self._vectors is not None:
            await self._vectors.forget(cim_id)

    async def _embed(self, cim_id: str, kind: TextKind, texts: Sequence[SearchText]) -> int:
        assert self._embedder is not None
        assert self._vectors is not None
        done = self._done_of(cim_id)
        fresh = [text for text in texts if (kind, text.id, hash(text.text)) not in done]
        points = [Point(text.id, number, part) for text in fresh for number, part in enumerate(parts_of(text.text))]
        if not points:
            return 0
        if self._dimension is None:
            [first] = await self._embedder.documents([points[0].text])
            self._dimension = len(first)
        missing = await self._vectors.missing(cim_id, kind, points, self._dimension)
        vectors = await self._embedder.documents([point.text for point in missing])
        await self._vectors.put(cim_id, kind, missing, vectors)
        done.update((kind, text.id, hash(text.text)) for text in fresh)
        return len(missing)

    def _done_of(self, cim_id: str) -> set[_Mark]:
        done = self._done.setdefault(cim_id, set())
        self._done.move_to_end(cim_id)
        while len(self._done) > MOST_BOOKS:
            self._done.popitem(last=False)
        return done


def _batches(kind: TextKind, texts: Sequence[SearchText]) -> list[tuple[TextKind, Sequence[SearchText]]]:
    return [(kind, texts[start : start + TEXTS_AT_ONCE]) for start in range(0, len(texts), TEXTS_AT_ONCE)]
