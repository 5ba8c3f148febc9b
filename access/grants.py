"""Rights that were looked up a short while ago, so that a save costs no question to Supabase."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, Protocol, TypeVar

from access.deals import DealStanding, VisibleDeal
from access.person import AccessUnavailable

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

    async def is_shut_out(self, person_id: str, org_id: str, deal_id: str) -> bool:
        """Whether the person is known to have no role in the deal; False while Supabase does not answer."""
        try:
            standing = await self.standing(person_id, deal_id)
        except AccessUnavailable:
            return False
        return standing is None or standing.org_id != org_id or standing.role is None

    def forget_all(self) -> None:
        self._standings.forget(lambda _: True)
        self._deals.forget(lambda _: True)

    def forget(self, person_id: str) -> None:
        """What is known of this person is asked anew."""
        self._standings.forget(lambda key: key[0] == person_id)
        self._deals.forget(lambda key: key == person_id)
