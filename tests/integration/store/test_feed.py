"""The feed wakes its readers; what they read is complete whatever became of the wake-ups."""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import AsyncIterator

import pytest

from deploy.embedded.stack import EmbeddedStack, running_stack
from store import News, Notice, Store, StoreUnavailable, Subscription
from store.feed import MOST_NOTICES_WAITING
from tests.integration.store.masters import MASTERS
from tests.integration.store.writing import Writer

SECONDS = 15.0


class Reader:
    """Reads the log of one CIM from its own cursor whenever it is woken, as an event stream does."""

    def __init__(self, store: Store, cim_id: str) -> None:
        self._store = store
        self._cim_id = cim_id
        self.seqs: list[int] = []
        self.notices: list[Notice] = []
        self.ready = asyncio.Event()

    async def read_until(self, last: int) -> None:
        async with self._store.feed.subscribe(self._cim_id) as subscription:
            async for notice in subscription:
                if isinstance(notice, Notice):
                    self.notices.append(notice)
                    continue
                try:
                    await self._catch_up()
                except StoreUnavailable:
                    continue
                self.ready.set()
                if self.seqs and self.seqs[-1] >= last:
                    return

    async def _catch_up(self) -> None:
        while page := await self._store.events(self._cim_id, self.seqs[-1] if self.seqs else 0, 7):
            self.seqs.extend(record.seq for record in page)


async def test_every_event_is_read_once_in_order_in_both_processes(
    store: Store, other_process: Store, writer: Writer
) -> None:
    await writer.record(store, writer.create(), writer.outline(a="Summary"))
    last = writer.state.rev + 40
    readers = [Reader(store, writer.cim_id), Reader(other_process, writer.cim_id)]
    reading = [asyncio.create_task(reader.read_until(last)) for reader in readers]
    for n in range(40):
        await writer.record(store, writer.rename(f"Book {n}"))
    await asyncio.wait_for(asyncio.gather(*reading), SECONDS)
    for reader in readers:
        assert reader.seqs == list(range(1, last + 1))


async def test_a_hundred_events_while_away(store: Store, other_process: Store, writer: Writer) -> None:
    await writer.record(store, writer.create())
    reader = Reader(other_process, writer.cim_id)
    await asyncio.wait_for(reader.read_until(1), SECONDS)
    await writer.record(store, *(writer.rename(f"Book {n}") for n in range(100)))
    await asyncio.wait_for(reader.read_until(101), SECONDS)
    assert reader.seqs == list(range(1, 102))


async def woken(subscription: Subscription, rev: int) -> None:
    async for notice in subscription:
        if isinstance(notice, News) and notice.rev >= rev:
            return


async def test_a_reader_is_woken_for_its_own_cim_only(store: Store, other_process: Store) -> None:
    mine, other = Writer(), Writer()
    for writer in (mine, other):
        await writer.record(store, writer.create())
    async with other_process.feed.subscribe(mine.cim_id) as subscription:
        await asyncio.wait_for(woken(subscription, 1), SECONDS)
        await other.record(store, other.rename("Other"))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(subscription), 0.6)
        await mine.record(store, mine.rename("Mine"))
        await asyncio.wait_for(woken(subscription, 2), SECONDS)


async def test_whoever_is_woken_reads_the_head_at_that_rev(store: Store, other_process: Store, writer: Writer) -> None:
    await writer.record(store, writer.create())

    async def write() -> None:
        for n in range(20):
            await writer.record(store, writer.rename(f"Book {n}"))

    writing = asyncio.create_task(write())
    seen = 0
    async with other_process.feed.subscribe(writer.cim_id) as subscription:
        while seen < 21:
            await asyncio.wait_for(anext(subscription), SECONDS)
            for record in await other_process.events(writer.cim_id, seen, 100):
                seen = record.seq
                head = await other_process.head(writer.cim_id)
                assert head is not None
                assert head.rev >= seen
    await writing


async def notices_of(subscription: Subscription, count: int) -> list[Notice]:
    found: list[Notice] = []
    async for notice in subscription:
        if isinstance(notice, Notice):
            found.append(notice)
        if len(found) == count:
            break
    return found


async def test_notices_reach_every_process_in_order(store: Store, other_process: Store) -> None:
    async with store.feed.subscribe("cim1") as here, other_process.feed.subscribe("cim1") as there:
        for subscription in (here, there):
            await anext(subscription)
        await asyncio.sleep(0.5)
        for n in range(10):
            await store.feed.publish("cim1", "run", {"n": n})
            await other_process.feed.publish("cim2", "run", {"n": n})
            await other_process.feed.publish("cim1", "source", {"n": n})
        for subscription in (here, there):
            found = await asyncio.wait_for(notices_of(subscription, 20), SECONDS)
            assert [(notice.kind, notice.data["n"]) for notice in found] == [
                (kind, n) for n in range(10) for kind in ("run", "source")
            ]


async def test_a_slow_reader_holds_a_bounded_number_of_notices() -> None:
    subscription = Subscription("cim1")
    for n in range(1, 3 * MOST_NOTICES_WAITING):
        subscription.wake(News(cim_id="cim1", rev=n))
        subscription.tell(Notice(kind="delta", cim_id="cim1", data={"n": n}))
    first = await anext(subscription)
    assert first == News(cim_id="cim1", rev=3 * MOST_NOTICES_WAITING - 1)
    found = await notices_of(subscription, MOST_NOTICES_WAITING)
    assert found[-1].data == {"n": 3 * MOST_NOTICES_WAITING - 1}
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(anext(subscription), 0.05)


async def test_nothing_watches_when_nobody_listens(store: Store, writer: Writer) -> None:
    async with store.feed.subscribe(writer.cim_id) as subscription:
        await anext(subscription)
    watching = store.feed._watching  # pyright: ignore[reportPrivateUsage]
    assert watching is not None
    await asyncio.wait_for(watching, SECONDS)


@pytest.fixture
async def own_stack() -> AsyncIterator[EmbeddedStack]:
    with running_stack({"mongodb"}) as stack:
        yield stack


@pytest.mark.skipif("MONGODB_URL" in os.environ, reason="the server of the environment is not ours to stop")
async def test_a_server_that_goes_and_comes_back(own_stack: EmbeddedStack, writer: Writer) -> None:
    url = own_stack.addresses.mongodb_url
    assert url is not None
    database = f"store_{uuid.uuid4().hex[:8]}"
    store, other = await Store.connect(url, database, MASTERS), await Store.connect(url, database, MASTERS)
    try:
        await writer.record(store, writer.create(), writer.outline(a="Summary"))
        reader = Reader(other, writer.cim_id)
        last = writer.state.rev + 2
        reading = asyncio.create_task(reader.read_until(last))
        await asyncio.wait_for(reader.ready.wait(), SECONDS)
        own_stack.kill("mongodb")
        began = asyncio.get_running_loop().time()
        batch = writer.batch(writer.rename("While it was away"))
        for call in (store.record(batch), store.head(writer.cim_id), store.ping(), store.feed.publish("c", "run", {})):
            with pytest.raises(StoreUnavailable):
                await call
        assert asyncio.get_running_loop().time() - began < 15
        own_stack.start_again("mongodb")
        await store.record(batch)
        await writer.record(store, writer.rename("And back"))
        await asyncio.wait_for(reading, SECONDS)
        assert reader.seqs == list(range(1, last + 1))
    finally:
        await store.close()
        await other.close()


async def test_no_server_at_all_is_said_soon() -> None:
    store = await Store.connect("mongodb://127.0.0.1:9/", "none", MASTERS)
    began = asyncio.get_running_loop().time()
    with pytest.raises(StoreUnavailable):
        await store.head("cim1")
    assert asyncio.get_running_loop().time() - began < 6
    await store.close()
