"""Rights that were looked up a short while ago, so that a save costs no question to Supabase."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, Protocol, TypeVar

from access.deals import DealStanding, VisibleDeal

GRANT_SECONDS = 60.0
REFUSAL_SECONDS = 5.0
DEAL_LIST_SECONDS = 15.0
MOST_GRANTS = 10_000

K = TypeVar("K")
V = TypeVar("V")


class AsksForAccess(Protocol):
    async def standing(self, person_id: str, deal_id: str) -> DealStanding | None: ...
    async def deals_of(self, person_id: str) -> Sequence[VisibleDeal]: ...


class _Kept(Generic[K, V]):
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

    async def _ask(self, key: K) -> V:
        asked_at = self._clock()
        value = await self._look_up(key)
        self._answers[key] = (asked_at + self._seconds(value), value)
        self._answers.move_to_end(key)
        while len(self._answers) > self._most:
            self._answers.popitem(last=False)
        return value

    def _finished(self, key: K, task: asyncio.Task[V]) -> None:
        del self._under_way[key]
        if not task.cancelled():
            task.exception()


class GrantCache:
    """What DealAccess answered, for at most `seconds` (a refusal for 5). Raises AccessUnavailable as it does."""

    def __init__(
        self,
        access: AsksForAccess,
        seconds: float = GRANT_SECONDS,
        most: int = MOST_GRANTS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        async def standing(key: tuple[str, str]) -> DealStanding | None:
            return await access.standing(*key)

        def seconds_of(answer: DealStanding | None) -> float:
            return seconds if answer is not None and answer.role is not None else min(seconds, REFUSAL_SECONDS)

        self._standings = _Kept[tuple[str, str], DealStanding | None](standing, seconds_of, most, clock)
        self._deals = _Kept[str, Sequence[VisibleDeal]](
            access.deals_of, lambda _: min(seconds, DEAL_LIST_SECONDS), most, clock
        )

    async def standing(self, person_id: str, deal_id: str, fresh: bool = False) -> DealStanding | None:
        """`fresh` asks Supabase even where an answer is kept, and keeps the new one."""
        return await self._standings.get((person_id, deal_id), fresh)

    async def deals_of(self, person_id: str) -> Sequence[VisibleDeal]:
        return await self._deals.get(person_id)
