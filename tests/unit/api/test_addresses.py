"""Where books belong is kept for some seconds, and believed while the store is away."""

from __future__ import annotations

import asyncio

import pytest

from api.addresses import SECONDS_TRUSTED, AddressBook
from domain.head import CIMHead
from store import StoreUnavailable

HEAD = CIMHead.model_construct(id="cim1", org_id="org1", deal_id="deal1", project_id="project1")


class Heads:
    def __init__(self) -> None:
        self.found: CIMHead | None = HEAD
        self.is_away = False
        self.asked = 0
        self.asked_whether_erased = 0

    async def head(self, cim_id: str) -> CIMHead | None:
        self.asked += 1
        await self._answer()
        return self.found

    async def was_erased(self, cim_id: str) -> bool:
        self.asked_whether_erased += 1
        await self._answer()
        return self.found is None

    async def _answer(self) -> None:
        await asyncio.sleep(0)
        if self.is_away:
            raise StoreUnavailable("away")


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def test_an_address_is_asked_for_once_in_some_seconds(clock: Clock) -> None:
    heads = Heads()
    book = AddressBook(heads, clock=clock)
    first = await book.find("cim1")
    assert first is not None
    assert (first.org_id, first.project_id) == ("org1", "project1")
    assert await book.find("cim1") == first
    assert (heads.asked, heads.asked_whether_erased) == (1, 1)
    clock.now += SECONDS_TRUSTED
    assert await book.find("cim1") == first
    assert await book.find("cim1") == first
    assert (heads.asked, heads.asked_whether_erased) == (1, 2), "the head of a book at work is dear"


async def test_of_many_at_once_one_asks(clock: Clock) -> None:
    heads = Heads()
    book = AddressBook(heads, clock=clock)
    await book.find("cim1")
    for times in (1, 2):
        assert None not in await asyncio.gather(*(book.find("cim1") for _ in range(60)))
        assert (heads.asked, heads.asked_whether_erased) == (1, times)
        clock.now += SECONDS_TRUSTED
    heads.is_away = True
    assert None not in await asyncio.gather(*(book.find("cim1") for _ in range(60)))
    assert heads.asked_whether_erased == 3
    heads.is_away = False
    heads.found = None
    clock.now += SECONDS_TRUSTED
    assert set(await asyncio.gather(*(book.find("cim1") for _ in range(60)))) == {None}


async def test_a_book_that_another_process_deleted_is_soon_unknown(clock: Clock) -> None:
    heads = Heads()
    book = AddressBook(heads, clock=clock)
    assert await book.find("cim1") is not None
    heads.found = None
    clock.now += SECONDS_TRUSTED
    assert await book.find("cim1") is None


async def test_what_is_known_is_believed_while_the_store_is_away(clock: Clock) -> None:
    heads = Heads()
    book = AddressBook(heads, clock=clock)
    known = await book.find("cim1")
    heads.is_away = True
    clock.now += 10 * SECONDS_TRUSTED
    assert await book.find("cim1") == known
    with pytest.raises(StoreUnavailable):
        await book.find("cim2")


async def test_the_oldest_address_goes_first(clock: Clock) -> None:
    heads = Heads()
    book = AddressBook(heads, most=2, clock=clock)
    for cim_id in ("cim1", "cim2", "cim3"):
        heads.found = HEAD.model_copy(update={"id": cim_id})
        await book.find(cim_id)
    heads.is_away = True
    assert await book.find("cim3") is not None
    with pytest.raises(StoreUnavailable):
        await book.find("cim1")


async def test_who_wants_to_know_it_now_believes_nothing(clock: Clock) -> None:
    heads = Heads()
    book = AddressBook(heads, clock=clock)
    known = await book.find("cim1", now=True)
    assert await book.find("cim1", now=True) == known
    heads.is_away = True
    with pytest.raises(StoreUnavailable):
        await book.find("cim1", now=True)
    heads.is_away, heads.found = False, None
    assert await book.find("cim1", now=True) is None
    assert await book.find("cim1") is None
