"""Answers that are kept for a while, so that not every call asks again."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Kept(Generic[K, V]):
    """Answers by key, each for as long as `seconds` says; one look-up at a time per key, failures not kept."""

    def __init__(
        self,
        look_up: Callable[[K], Awaitable[V]],
        seconds: Callable[[V], float],
        most: int,
        clock: Callable[[], float],
    ) -> None:
        self._look_up = look_up
        self._seconds = seconds
        self._most = most
        self._clock = clock
        self._answers: OrderedDict[K, tuple[float, V]] = OrderedDict()
        self._under_way: dict[K, asyncio.Task[V]] = {}
        self._forgotten = 0

    async def get(self, key: K, fresh: bool = False) -> V:
        known = None if fresh else self._answers.get(key)
        if known is not None and known[0] > self._clock():
            return known[1]
        task = self._under_way.get(key)
        if task is None:
            task = asyncio.create_task(self._ask(key))
            self._under_way[key] = task
            task.add_done_callback(lambda done: self._finished(key, done))
        return await asyncio.shield(task)

    def forget(self, concerned: Callable[[K], bool]) -> None:
        """Answers that are on their way meanwhile are not kept."""
        self._forgotten += 1
        for key in [key for key in self._answers if concerned(key)]:
            del self._answers[key]
        for key in [key for key in self._under_way if concerned(key)]:
            del self._under_way[key]

    async def _ask(self, key: K) -> V:
        asked_at, forgotten = self._clock(), self._forgotten
        value = await self._look_up(key)
        if forgotten != self._forgotten:
            return value
        self._answers[key] = (asked_at + self._seconds(value), value)
        self._answers.move_to_end(key)
        while len(self._answers) > self._most:
            self._answers.popitem(last=False)
        return value

    def _finished(self, key: K, task: asyncio.Task[V]) -> None:
        if self._under_way.get(key) is task:
            del self._under_way[key]
        if not task.cancelled():
            task.exception()
