"""The cache of rights: how long it knows, how often it asks."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from access import AccessUnavailable, DealStanding, GrantCache, VisibleDeal
from domain.permissions import Role

LEAD = DealStanding(deal_id="d", org_id="o", project_id="p", role=Role.LEAD)


class Access:
    def __init__(self) -> None:
        self.answer: DealStanding | None = LEAD
        self.asked: list[tuple[str, str]] = []
        self.down = False
        self.gate: asyncio.Event | None = None

    async def standing(self, person_id: str, deal_id: str) -> DealStanding | None:
        self.asked.append((person_id, deal_id))
        if self.gate is not None:
            await self.gate.wait()
        if self.down:
            raise AccessUnavailable("down")
        return self.answer

    async def deals_of(self, person_id: str) -> Sequence[VisibleDeal]:
        self.asked.append((person_id, "*"))
        return ()


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def access() -> Access:
    return Access()


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def test_a_grant_is_kept_for_a_minute(access: Access, clock: Clock) -> None:
    cache = GrantCache(access, clock=clock)
    assert await cache.standing("a", "d") == LEAD
    clock.now = 59.9
    assert await cache.standing("a", "d") == LEAD
    assert len(access.asked) == 1
    clock.now = 60.0
    access.answer = None
    assert await cache.standing("a", "d") is None
    assert len(access.asked) == 2


async def test_a_refusal_is_kept_for_seconds_only(access: Access, clock: Clock) -> None:
    cache = GrantCache(access, clock=clock)
    access.answer = LEAD.model_copy(update={"role": None})
    await cache.standing("a", "d")
    clock.now = 4.0
    await cache.standing("a", "d")
    assert len(access.asked) == 1
    clock.now = 5.0
    access.answer = LEAD
    assert await cache.standing("a", "d") == LEAD


async def test_people_do_not_share_grants(access: Access) -> None:
    cache = GrantCache(access)
    await cache.standing("a", "d")
    access.answer = None
    assert await cache.standing("b", "d") is None
    assert await cache.standing("a", "d") == LEAD


async def test_many_at_once_ask_once(access: Access) -> None:
    access.gate = asyncio.Event()
    cache = GrantCache(access)
    asking = [asyncio.create_task(cache.standing("a", "d")) for _ in range(20)]
    await asyncio.sleep(0)
    asking[0].cancel()
    await asyncio.sleep(0)
    access.gate.set()
    answers = await asyncio.gather(*asking, return_exceptions=True)
    assert isinstance(answers[0], asyncio.CancelledError)
    assert answers[1:] == [LEAD] * 19
    assert len(access.asked) == 1


async def test_an_outage_is_not_kept(access: Access) -> None:
    cache = GrantCache(access)
    access.down = True
    with pytest.raises(AccessUnavailable):
        await cache.standing("a", "d")
    access.down = False
    assert await cache.standing("a", "d") == LEAD


async def test_fresh_asks_again_and_replaces(access: Access) -> None:
    cache = GrantCache(access)
    await cache.standing("a", "d")
    access.answer = None
    assert await cache.standing("a", "d", fresh=True) is None
    assert await cache.standing("a", "d") is None


async def test_it_is_bounded(access: Access) -> None:
    cache = GrantCache(access, most=3)
    for n in range(10):
        await cache.standing(f"p{n}", "d")
    asked = len(access.asked)
    await cache.standing("p9", "d")
    assert len(access.asked) == asked
    await cache.standing("p0", "d")
    assert len(access.asked) == asked + 1


async def test_the_list_of_deals_is_kept_shortly(access: Access, clock: Clock) -> None:
    cache = GrantCache(access, clock=clock)
    await cache.deals_of("a")
    clock.now = 14.0
    await cache.deals_of("a")
    assert len(access.asked) == 1
    clock.now = 15.0
    await cache.deals_of("a")
    assert len(access.asked) == 2
