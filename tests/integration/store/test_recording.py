"""What is recorded can be read, whatever was repeated, broken off or done at once."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from datetime import timedelta

import pytest

from domain.events import EventRecord
from domain.head import head_of
from domain.recording import RecordBatch
from domain.state import CIMState
from domain.values import SlideStatus
from store import CIMErased, LogConflict, LogGap, Store, StoreError
from store.command_index import CommandIndex
from store.contents import Contents
from store.heads import Heads
from store.log import Log
from store.server import Collection
from tests.integration.store.writing import Writer


async def everything(store: Store, cim_id: str) -> list[EventRecord]:
    return [record async for record in store.log.all_events(cim_id)]


async def test_what_was_recorded_is_read_back(store: Store, other_process: Store, writer: Writer) -> None:
    await writer.book(store)
    for reader in (store, other_process):
        assert await reader.head(writer.cim_id) == head_of(writer.state)
        assert await reader.books.state_at(writer.cim_id) == writer.state
        assert await reader.books.state(writer.cim_id) == writer.state
        slides = await reader.books.slides(writer.cim_id)
        assert [(slide.id, slide.status) for slide in slides] == [
            ("a1", SlideStatus.APPROVED),
            ("a2", SlideStatus.DRAFT),
            ("b1", SlideStatus.DRAFT),
        ]
        assert slides[0].components[0].type == "text"
        assert slides[0].notes == "say: text"
        assert await reader.books.slide(writer.cim_id, "b1") == slides[2]
        assert await reader.books.slide(writer.cim_id, "none") is None
        log = await everything(reader, writer.cim_id)
        assert [record.seq for record in log] == list(range(1, writer.state.rev + 1))
        assert await reader.events(writer.cim_id, 3, 2) == log[3:5]
        assert await reader.events(writer.cim_id, writer.state.rev, 10) == []


async def test_an_unknown_cim_is_nothing(store: Store) -> None:
    assert await store.head("unknown") is None
    assert await store.books.state("unknown") is None
    assert await store.books.state_at("unknown") is None
    assert await store.books.slides("unknown") == []
    assert await store.books.facts("unknown") == []
    assert await store.events("unknown", 0, 10) == []


async def test_a_repeated_batch_changes_nothing(store: Store, other_process: Store, writer: Writer) -> None:
    first = await writer.record(store, writer.create())
    second = await writer.record(store, writer.persona(), writer.rename("Bluecan II"))
    log = await everything(store, writer.cim_id)
    for batch in (second, first, second):
        await store.record(batch)
        await other_process.record(batch)
    assert await everything(store, writer.cim_id) == log
    assert await store.head(writer.cim_id) == head_of(writer.state)


async def test_an_overlapping_batch_adds_what_is_new(store: Store, writer: Writer) -> None:
    first = await writer.record(store, writer.create(), writer.persona())
    second = writer.batch(writer.rename("Bluecan II"))
    await store.record(second.model_copy(update={"events": (*first.events[1:], *second.events)}))
    assert [record.seq for record in await everything(store, writer.cim_id)] == list(range(1, writer.state.rev + 1))
    assert await store.head(writer.cim_id) == head_of(writer.state)


async def test_the_same_decided_again_later_is_nothing_new(store: Store, writer: Writer) -> None:
    await writer.record(store, writer.create())
    batch = writer.batch(writer.rename("This"))
    await store.record(batch)
    later = tuple(event.model_copy(update={"at": event.at + timedelta(seconds=10)}) for event in batch.events)
    await store.record(batch.model_copy(update={"events": later}))
    assert [record.event() for record in await everything(store, writer.cim_id)][-1] == batch.events[-1]


async def test_another_event_in_the_same_place_is_fatal(store: Store, writer: Writer) -> None:
    await writer.record(store, writer.create())
    saved = writer.session
    await writer.record(store, writer.rename("This"))
    head = await store.head(writer.cim_id)
    writer.session = saved
    with pytest.raises(LogConflict):
        await store.record(writer.batch(writer.rename("That")))
    assert await store.head(writer.cim_id) == head


async def test_a_batch_after_a_gap_is_fatal(store: Store, writer: Writer) -> None:
    await writer.record(store, writer.create())
    writer.batch(writer.persona())
    with pytest.raises(LogGap):
        await store.record(writer.batch(writer.rename("Too early")))


async def test_an_older_batch_does_not_bring_back_what_is_gone(
    store: Store, other_process: Store, writer: Writer
) -> None:
    await writer.record(store, writer.create(), writer.outline(a="Summary"))
    saved = await writer.record(store, writer.slide("a1"))
    await writer.record(store, writer.remove("a1"), writer.rename("Without"))
    await other_process.record(saved)
    await other_process.close()
    for reader in (store, other_process):
        assert await reader.books.slides(writer.cim_id) == []
        assert await reader.head(writer.cim_id) == head_of(writer.state)


async def test_restore_brings_old_contents_back(store: Store, other_process: Store, writer: Writer) -> None:
    await writer.record(store, writer.create(), writer.outline(a="Summary"), writer.slide("a1", text="first"))
    then = writer.state
    await writer.record(store, writer.slide("a1", text="second"))
    await writer.record(store, writer.remove("a1"))
    assert await store.books.state_at(writer.cim_id, then.rev) == then
    await writer.record(store, writer.restore(then))
    for reader in (store, other_process):
        (slide,) = await reader.books.slides(writer.cim_id)
        assert slide.notes == "say: first"
        assert await reader.books.state_at(writer.cim_id, then.rev) == then


Step = tuple[type[Contents] | type[Log] | type[Heads], str]
STEPS: list[Step] = [(Contents, "put_texts"), (Log, "append"), (Heads, "write")]


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("step", STEPS, ids=lambda step: step[1])
async def test_broken_off_at_any_step_and_done_again(
    store: Store, other_process: Store, writer: Writer, monkeypatch: pytest.MonkeyPatch, step: Step, moment: str
) -> None:
    late = step == (Heads, "write") and await store._heads.are_late()  # pyright: ignore[reportPrivateUsage]
    await writer.book(store)
    before = await other_process.head(writer.cim_id)
    batch = writer.batch(writer.slide("a1", text="new"), writer.rename("New"), writer.remove("a2"))
    owner, name = step
    original: Callable[..., Awaitable[object]] = getattr(owner, name)

    async def broken(*args: object, **kwargs: object) -> None:
        if moment == "after":
            await original(*args, **kwargs)
        raise StoreError("the power is gone")

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, broken)
        with nullcontext() if late else pytest.raises(StoreError, match="power"):
            await store.record(batch)
        head = await other_process.head(writer.cim_id)
        assert head in (before, batch.head)
        assert head is not None
        readable = await other_process.events(writer.cim_id, 0, 1_000)
        assert [record.seq for record in readable] == list(range(1, head.rev + 1))
        assert len(await other_process.books.slides(writer.cim_id)) == (2 if head == batch.head else 3)
    await store.record(batch)
    for reader in (store, other_process):
        assert await reader.head(writer.cim_id) == head_of(writer.state)
        assert await reader.books.state(writer.cim_id) == writer.state
        assert [slide.id for slide in await reader.books.slides(writer.cim_id)] == ["a1", "b1"]


async def test_readers_do_not_depend_on_a_head_that_is_written_late(
    store: Store, other_process: Store, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await writer.book(store)
    deal_id = writer.state.deal_id

    async def lost(*args: object, **kwargs: object) -> None:
        raise StoreError("the power is gone")

    with monkeypatch.context() as patch:
        if await store._heads.are_late():  # pyright: ignore[reportPrivateUsage]
            patch.setattr(Heads, "write", lost)
        await writer.record(store, writer.slide("a1", text="new"), writer.rename("New"))
        for reader in (store, other_process):
            assert await reader.head(writer.cim_id) == head_of(writer.state)
            assert await reader.books.state(writer.cim_id) == writer.state
            page = await reader.heads([deal_id])
            assert head_of(writer.state) in page.items
            assert (await reader.events(writer.cim_id, 0, 1_000))[-1].seq == writer.state.rev
    await writer.record(store, writer.rename("Newer"))
    await store.close()
    kept = await other_process._heads.kept(writer.cim_id)  # pyright: ignore[reportPrivateUsage]
    assert kept is not None
    assert kept.rev == writer.state.rev


async def test_two_record_at_once(store: Store, other_process: Store, writer: Writer) -> None:
    await writer.record(store, writer.create(), writer.outline(a="Summary"))
    batches = [writer.batch(writer.slide(f"a{n % 5}", text=str(n))) for n in range(30)]

    async def record_all(through: Store, overlap: int) -> None:
        for n, batch in enumerate(batches):
            earlier = [event for old in batches[max(0, n - overlap) : n] for event in old.events]
            await through.record(batch.model_copy(update={"events": (*earlier, *batch.events)}))

    await asyncio.gather(record_all(store, 0), record_all(other_process, 2))
    await asyncio.gather(store.close(), other_process.close())
    assert await store.head(writer.cim_id) == head_of(writer.state)
    assert await store.books.state(writer.cim_id) == writer.state
    log = await everything(other_process, writer.cim_id)
    assert [record.seq for record in log] == list(range(1, writer.state.rev + 1))


async def test_a_head_that_fell_behind_its_log_is_made_again(
    store: Store, other_process: Store, writer: Writer
) -> None:
    await writer.book(store)
    old = writer.batch(writer.rename("Old"))
    await store.record(old)
    await writer.record(store, writer.rename("New"))
    standing = await store._heads.standing(writer.cim_id)  # pyright: ignore[reportPrivateUsage]
    assert standing is not None
    # What a server without guarded writes may do to two heads at once.
    cims = await store._server.collection("cims")  # pyright: ignore[reportPrivateUsage]
    await cims.update_one({"_id": writer.cim_id}, {"$set": {"rev": 0}})
    await store._heads.write(old.head)  # pyright: ignore[reportPrivateUsage]
    await other_process.record(old)
    await other_process.close()
    head = await store.head(writer.cim_id)
    assert head == head_of(writer.state)


async def test_many_cims_at_once(store: Store) -> None:
    writers = [Writer(deal_id=f"deal{n}") for n in range(20)]
    for _ in range(3):
        batches: list[RecordBatch] = []
        for writer in writers:
            commands = (writer.create(),) if writer.session.state is None else (writer.rename(uuid.uuid4().hex),)
            batches.append(writer.batch(*commands))
        await asyncio.gather(*(store.record(batch) for batch in batches))
    for writer in writers:
        assert await store.head(writer.cim_id) == head_of(writer.state)
        assert await store.books.state_at(writer.cim_id) == writer.state


async def test_one_bad_batch_among_many_harms_no_other(store: Store) -> None:
    bad, good = Writer(), [Writer() for _ in range(5)]
    await bad.record(store, bad.create())
    saved = bad.session
    await bad.record(store, bad.rename("This"))
    bad.session = saved
    batches = [bad.batch(bad.rename("That")), *(writer.batch(writer.create()) for writer in good)]
    results = await asyncio.gather(*(store.record(batch) for batch in batches), return_exceptions=True)
    assert isinstance(results[0], LogConflict)
    assert results[1:] == [None] * 5


async def test_a_long_log_is_folded_from_its_snapshots(store: Store, other_process: Store, writer: Writer) -> None:
    await writer.record(store, writer.create(), writer.outline(a="Summary"))
    states: dict[int, CIMState] = {}
    for n in range(12):
        await writer.record(store, *(writer.slide(f"a{n}", text=f"{n} {m}") for m in range(50)))
        states[writer.state.rev] = writer.state
    for rev, state in states.items():
        assert await other_process.books.state_at(writer.cim_id, rev) == state
    assert await other_process.books.state(writer.cim_id) == writer.state
    log = await everything(other_process, writer.cim_id)
    assert [record.seq for record in log] == list(range(1, writer.state.rev + 1))
    page = await other_process.events(writer.cim_id, 100, 200)
    assert page == log[100:300]


async def test_the_events_of_a_command(store: Store, writer: Writer) -> None:
    await writer.book(store)
    command = writer.persona("financial")
    batch = await writer.record(store, command)
    assert len(batch.events) > 1
    found = await store.log.events_of_command(writer.cim_id, command.command_id)
    assert found == [EventRecord.of(event) for event in batch.events]
    assert await store.log.events_of_command(writer.cim_id, uuid.uuid4()) == []


async def test_old_commands_are_found_while_the_log_grows_and_by_one_scan(
    store: Store, other_process: Store, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    scans: list[str] = []
    scanned = CommandIndex._scanned  # pyright: ignore[reportPrivateUsage]

    async def counting(self: CommandIndex, events: Collection, cim_id: str) -> object:
        scans.append(cim_id)
        return await scanned(self, events, cim_id)

    monkeypatch.setattr(CommandIndex, "_scanned", counting)
    await writer.book(store)
    batches = [await writer.record(store, writer.persona("financial"))]
    for n in range(3):
        batches += [await writer.record(store, writer.rename(f"Name {n}-{m}")) for m in range(30)]
        for batch in batches[:: n + 1] + batches[-1:]:
            command_id, expected = batch.events[0].command_id, [EventRecord.of(event) for event in batch.events]
            for reader in (store, other_process):
                assert await reader.log.events_of_command(writer.cim_id, command_id) == expected
        assert await other_process.log.events_of_command(writer.cim_id, uuid.uuid4()) == []
    assert len(scans) <= 2, "one for each process"
    await store.erase(writer.cim_id, "org1", writer.tombstone())
    for reader in (store, other_process):
        assert await reader.log.events_of_command(writer.cim_id, batches[0].events[0].command_id) == []


async def test_the_longest_unused_go_when_there_are_too_many_commands(store: Store) -> None:
    writers = [Writer() for _ in range(3)]
    for writer in writers:
        await writer.book(store)
    first = writers[0].state
    events = await store._server.collection("events")  # pyright: ignore[reportPrivateUsage]
    index = CommandIndex(most_events=2 * first.rev)
    for writer in (*writers, writers[0]):
        assert await index.first_seq(events, writer.cim_id, uuid.uuid4()) is None
    assert list(index._by_cim) == [writers[2].cim_id, writers[0].cim_id]  # pyright: ignore[reportPrivateUsage]


async def test_facts_come_in_the_order_of_gathering(store: Store, other_process: Store, writer: Writer) -> None:
    await writer.record(store, writer.create())
    await writer.record(store, writer.facts("one", "two"))
    await writer.record(store, writer.facts("three"))
    for reader in (store, other_process):
        assert [fact.statement for fact in await reader.books.facts(writer.cim_id)] == ["one", "two", "three"]


async def test_nothing_is_recorded_for_an_erased_cim(store: Store, other_process: Store, writer: Writer) -> None:
    await writer.book(store)
    late = writer.batch(writer.rename("Late"))
    tombstone = writer.tombstone()
    await store.erase(writer.cim_id, "org1", tombstone)
    for recorder in (store, other_process):
        with pytest.raises(CIMErased):
            await recorder.record(late)
    assert await everything(store, writer.cim_id) == [tombstone]


async def test_what_comes_late_for_an_erased_cim_is_erased_again(
    store: Store, other_process: Store, writer: Writer
) -> None:
    await writer.book(store)
    await writer.record(other_process, writer.rename("Known there"))
    late = writer.batch(writer.rename("Late"), writer.slide("a1", text="late"))
    tombstone = writer.tombstone()
    await store.erase(writer.cim_id, "org1", tombstone)
    # A process that knew the CIM as living, and was hung meanwhile.
    await other_process.record(late)
    await other_process.close()
    assert await store.head(writer.cim_id) is None
    assert await store.books.slides(writer.cim_id) == []
    assert await everything(store, writer.cim_id) == [tombstone]
    assert await store.contents.text(writer.cim_id, next(iter(late.bodies))) is None
