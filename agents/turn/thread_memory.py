"""What this process knows of the branches of a thread: which message follows which. Messages never change places."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence

from agents.ports import Conversation, TalkMessage
from agents.turn.searching import TurnSearch

MOST_THREADS = 128
MOST_MESSAGES = 5_000
SECONDS_TO_WAIT = 20.0
"""How long the first answer in a long thread waits until this process has read the thread."""


class ThreadMemory:
    """Learns threads from the messages that turns read, and gives them to the search."""

    def __init__(self, conversation: Conversation, search: TurnSearch) -> None:
        self._conversation = conversation
        self._search = search
        self._threads: OrderedDict[tuple[str, str], dict[str, str | None]] = OrderedDict()
        self._learning: dict[tuple[str, str, str], asyncio.Task[None]] = {}

    async def before(self, cim_id: str, thread_id: str, recent: Sequence[TalkMessage], limit: int) -> frozenset[str]:
        """Ids of the messages of the branch before `recent`, which is its end as `path` gives it for `limit`.

        A long branch that is not known yet is read first; where that takes too long, the answer is what is known of it.
        """
        if len(recent) < limit:
            await self.learn(cim_id, thread_id, recent, is_whole=True)
            return frozenset()
        await self.learn(cim_id, thread_id, recent, is_whole=False)
        ids, is_whole = self._walk(cim_id, thread_id, recent[0].id)
        if not is_whole or not await self._search.knows(cim_id, ids):
            await self._read_whole(cim_id, thread_id, recent[0].id)
            ids, _ = self._walk(cim_id, thread_id, recent[0].id)
        return frozenset(ids)

    async def learn(self, cim_id: str, thread_id: str, path: Sequence[TalkMessage], *, is_whole: bool) -> None:
        """Takes in a part of a branch, oldest first; `is_whole` when it begins with the first message of the thread."""
        if not path:
            return
        parents = self._threads.setdefault((cim_id, thread_id), {})
        self._threads.move_to_end((cim_id, thread_id))
        while len(self._threads) > MOST_THREADS:
            self._threads.popitem(last=False)
        if is_whole:
            parents[path[0].id] = None
        parents.update(zip((message.id for message in path[1:]), (message.id for message in path), strict=False))
        await self._search.learn(cim_id, path)

    def _walk(self, cim_id: str, thread_id: str, from_id: str) -> tuple[list[str], bool]:
        """Ids before the message, newest first, and whether they reach the beginning."""
        parents = self._threads.get((cim_id, thread_id), {})
        ids: list[str] = []
        at: str | None = from_id
        while at is not None and len(ids) < MOST_MESSAGES:
            if at not in parents:
                return ids, False
            at = parents[at]
            if at is not None:
                ids.append(at)
        return ids, True

    async def _read_whole(self, cim_id: str, thread_id: str, leaf_id: str) -> None:
        key = (cim_id, thread_id, leaf_id)
        task = self._learning.get(key)
        if task is None:
            task = self._learning[key] = asyncio.create_task(self._learn_whole(cim_id, thread_id, leaf_id))
            task.add_done_callback(lambda done: self._learnt(key, done))
        await asyncio.wait({task}, timeout=SECONDS_TO_WAIT)

    async def _learn_whole(self, cim_id: str, thread_id: str, leaf_id: str) -> None:
        path = await self._conversation.path(leaf_id, MOST_MESSAGES)
        await self.learn(cim_id, thread_id, path, is_whole=len(path) < MOST_MESSAGES)

    def _learnt(self, key: tuple[str, str, str], task: asyncio.Task[None]) -> None:
        self._learning.pop(key, None)
        if not task.cancelled():
            task.exception()
