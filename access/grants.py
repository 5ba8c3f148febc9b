"""Rights that were looked up a short while ago, so that a save costs no question to Supabase."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Protocol

from access.deals import DealStanding, VisibleDeal
from access.kept import Kept
from access.person import AccessUnavailable

GRANT_SECONDS = 60.0
REFUSAL_SECONDS = 5.0
DEAL_LIST_SECONDS = 15.0
MOST_GRANTS = 10_000


class AsksForAccess(Protocol):
    async def standing(self, person_id: str, deal_id: str) -> DealStanding | None: ...
    async def deals_of(self, person_id: str) -> Sequence[VisibleDeal]: ...


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

        self._standings = Kept[tuple[str, str], DealStanding | None](standing, seconds_of, most, clock)
        self._deals = Kept[str, Sequence[VisibleDeal]](
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
