"""The talk: gap-free whoever writes, found again by whoever was away, and short."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from store import CIMErased, Message, Store, StoreUnavailable, TalkEntry, TalkGap, TooMany
from store.numbered import last_number
from tests.integration.store.conversing import answer, delta, question, reset
from tests.integration.store.writing import Writer

LATER = datetime.now(UTC) + timedelta(days=2)


@pytest.fixture
def without_a_shortest_age(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.talk.SHORTEST_AGE", timedelta(days=-3))
    monkeypatch.setattr("store.talk.SECONDS_CHECKED", 0.0)


async def everything(store: Store, cim_id: str, page: int = 7) -> list[TalkEntry]:
    found: list[TalkEntry] = []
    while entries := await store.talk(cim_id, found[-1].n if found else 0, page):
        found.extend(entries)
    return found


async def test_many_writers_in_two_processes_leave_no_gap(store: Store, other_process: Store) -> None:
    async def write(one: Store, name: str) -> list[int]:
        return [await one.say("c1", "delta", {"message_id": name, "attempt": 1, "text": f"{n}"}) for n in range(15)]

    writers = [(store, "a"), (store, "b"), (other_process, "c"), (other_process, "d")]
    numbers = await asyncio.gather(*(write(one, name) for one, name in writers))
    assert sorted(n for each in numbers for n in each) == list(range(1, 61))
    for reader in (store, other_process):
        entries = await everything(reader, "c1")
        assert [entry.n for entry in entries] == list(range(1, 61))
        for (_, name), own in zip(writers, numbers, strict=True):
            said = [(entry.n, entry.data["text"]) for entry in entries if entry.data["message_id"] == name]
            assert said == [(n, f"{text}") for text, n in enumerate(own)]
    assert await store.talk("c2", 0, 10) == []


@pytest.mark.parametrize("length", [0, 1, 2, 3, 9, 17])
async def test_who_was_away_finds_the_end(store: Store, other_process: Store, length: int) -> None:
    for n in range(length):
        await store.say("c1", "delta", {"n": n})
    assert await other_process.talk_end("c1") == length
    assert await other_process.say("c1", "delta", {}) == length + 1
    assert await store.talk_end("c1") == length + 1


async def test_a_cursor_that_never_was_is_told(store: Store) -> None:
    await store.say("c1", "delta", {})
    assert await store.talk("c1", 1, 10) == []
    for after in (2, 100):
        with pytest.raises(TalkGap):
            await store.talk("c1", after, 10)


async def test_what_is_too_long_is_refused(store: Store) -> None:
    with pytest.raises(TooMany):
        await store.say("c1", "delta", {"text": "x" * 2_000_001})
    assert await store.talk_end("c1") == 0


async def test_texts_while_they_are_written(store: Store, other_process: Store) -> None:
    await store.messages.put(question("q1"))
    await store.messages.put(answer("a1", "q1", "queued"))
    await store.messages.put(answer("a1", "q1", "writing"))
    await delta(store, "a1", "Net ")
    await delta(store, "a1", "sales")
    assert await other_process.messages.text_so_far("a1") == "Net sales"
    await reset(store, "a1", "Net ", attempt=2)
    await delta(other_process, "a1", "late", attempt=1)
    await delta(store, "a1", "income", attempt=2)
    for reader in (store, other_process):
        assert await reader.messages.text_so_far("a1") == "Net income"
        spoken = await reader.unfinished.now("c1")
        assert (spoken.n, {id_: said.text for id_, said in spoken.texts.items()}) == (8, {"a1": "Net income"})
        assert spoken.texts["a1"].attempt == 2
    await store.messages.put(answer("a1", "q1", "complete", "Net income rose."))
    assert (await other_process.unfinished.now("c1")).texts == {}
    assert await other_process.messages.text_so_far("a1") == "Net income rose."
    assert await other_process.messages.text_so_far("none") == ""


async def test_texts_at_every_entry_are_what_was_said(store: Store, other_process: Store) -> None:
    """Readers in both processes look while two answers are written, and never see a text that was not."""
    await store.messages.put(question("q1"))
    for id_ in ("a1", "a2"):
        await store.messages.put(answer(id_, "q1", "writing"))
    said: dict[int, dict[str, str]] = {}
    texts = {"a1": "", "a2": ""}
    done = asyncio.Event()

    async def write() -> None:
        for n in range(60):
            id_ = f"a{n % 2 + 1}"
            texts[id_] += f"{n} "
            said[await delta(store, id_, f"{n} ")] = dict(texts)
        done.set()

    async def look(reader: Store) -> int:
        looks = 0
        while not done.is_set() or looks == 0:
            spoken = await reader.unfinished.now("c1")
            await asyncio.sleep(0)
            if spoken.n in said:
                assert {id_: each.text for id_, each in spoken.texts.items()} == said[spoken.n]
                looks += 1
        return looks

    looks = await asyncio.gather(write(), look(store), look(other_process))
    assert looks[1] > 0
    assert looks[2] > 0


async def test_a_final_message_stays_as_it_is(store: Store, other_process: Store) -> None:
    await store.messages.put(question("q1"))
    await store.messages.put(answer("a1", "q1", "writing"))
    stopped = answer("a1", "q1", "stopped", "Net sa")
    assert await store.messages.put(stopped) == stopped
    for writer in (store, other_process):
        for late in (answer("a1", "q1", "writing"), answer("a1", "q1", "complete", "Net sales rose.")):
            assert await writer.messages.put(late) == stopped
    assert await other_process.messages.get("a1") == stopped
    kinds = [(entry.kind, entry.data["status"]) for entry in await everything(other_process, "c1")]
    assert kinds == [("message", "complete"), ("message", "writing"), ("message", "stopped")]
    await store.messages.put(stopped)
    assert await other_process.messages.get("a1") == stopped


@pytest.mark.parametrize("broken", ["say", "unmark"])
async def test_a_message_whose_keeping_broke_off_is_said_when_it_is_repeated(
    store: Store, other_process: Store, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    await store.messages.put(question("q1"))
    await store.messages.put(answer("a1", "q1", "writing"))
    final = answer("a1", "q1", "complete", "Net sales rose.")
    part = store.messages if broken == "say" else store.unfinished  # pyright: ignore[reportPrivateUsage]
    name = "_say" if broken == "say" else "unmark"

    async def fail(*_: object) -> int:
        raise StoreUnavailable("broken off")

    with monkeypatch.context() as patch:
        patch.setattr(part, name, fail)
        with pytest.raises(StoreUnavailable):
            await store.messages.put(final)
    assert await other_process.messages.get("a1") == final
    later = final.model_copy(update={"text": "Net sales rose again."})
    for writer in (other_process, store):
        assert await writer.messages.put(later) == final
    statuses = [entry.data["status"] for entry in await everything(other_process, "c1")]
    assert statuses == ["complete", "writing", *(["complete"] if broken == "say" else ["complete", "complete"])]
    assert (await store.unfinished.now("c1")).texts == {}


@pytest.mark.usefixtures("without_a_shortest_age")
async def test_old_entries_go_and_the_talk_goes_on(store: Store, other_process: Store) -> None:
    await store.messages.put(question("q1"))
    await store.messages.put(answer("a1", "q1", "writing"))
    for n in range(30):
        await delta(store, "a1", f"{n} ")
    text = await store.messages.text_so_far("a1")
    assert await store.talk_end("c1") == 32
    assert await other_process.sweep_talk(LATER) == 31
    for after in (0, 30):
        with pytest.raises(TalkGap):
            await other_process.talk("c1", after, 10)
    for reader in (store, other_process):
        assert [entry.n for entry in await reader.talk("c1", 31, 10)] == [32]
        assert await reader.messages.text_so_far("a1") == text
    assert await other_process.sweep_talk(LATER) == 0
    await delta(store, "a1", "on")
    assert await delta(other_process, "a1", ".") == 34
    assert await store.messages.text_so_far("a1") == f"{text}on."
    assert await other_process.sweep_talk(LATER) == 2
    assert await delta(store, "a1", ".") == 35
    assert await other_process.messages.text_so_far("a1") == f"{text}on.."


@pytest.mark.usefixtures("without_a_shortest_age")
async def test_the_floor_passes_who_slept(store: Store, other_process: Store) -> None:
    await store.say("c1", "delta", {"n": 1})
    for _ in range(20):
        await other_process.say("c1", "delta", {})
    await other_process.sweep_talk(LATER)
    assert await store.talk_end("c1") == 21
    assert await store.say("c1", "delta", {}) == 22


async def test_young_entries_stay(store: Store) -> None:
    for _ in range(5):
        await store.say("c1", "delta", {})
    assert await store.sweep_talk(LATER) == 0
    assert len(await everything(store, "c1")) == 5


@pytest.mark.usefixtures("without_a_shortest_age")
async def test_talk_is_tidied_while_it_goes_on(
    store: Store, other_process: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.tidying.KEPT", timedelta(days=-2))
    monkeypatch.setattr("store.tidying.ENTRIES_BETWEEN", 16)
    for n in range(40):
        assert await store.say("c1", "delta", {}) == n + 1
    async with asyncio.timeout(10):
        while True:
            try:
                await other_process.talk("c1", 0, 1)
                await asyncio.sleep(0.01)
            except TalkGap:
                break
    assert await other_process.talk_end("c1") == 40


async def test_nothing_is_said_in_an_erased_book(store: Store, other_process: Store, writer: Writer) -> None:
    await writer.record(store, writer.create())
    await store.say(writer.cim_id, "delta", {})
    await store.erase(writer.cim_id, "org1", writer.tombstone())
    with pytest.raises(CIMErased):
        await store.say(writer.cim_id, "delta", {})
    with pytest.raises(CIMErased):
        await other_process.messages.put(question("q1", cim_id=writer.cim_id))
    assert await other_process.messages.get("q1") is None
    assert await other_process.talk_end(writer.cim_id) == 0


async def test_the_last_number_is_found_from_any_that_is_there(store: Store) -> None:
    for _ in range(21):
        await store.say("c1", "delta", {})
    database = await store._server.database()  # pyright: ignore[reportPrivateUsage]
    for known in range(22):
        assert await last_number(database["talk"], lambda n: f"c1:{n:010}", known) == 21


def _ids(messages: list[Message]) -> list[str]:
    return [message.id for message in messages]


async def test_paths_follow_the_parents(store: Store, other_process: Store) -> None:
    parent = None
    for n in range(80):
        await store.messages.put(question(f"m{n:03}", parent))
        parent = f"m{n:03}"
    await store.messages.put(question("side", "m039"))
    for reader in (store, other_process, other_process):
        assert _ids(await reader.messages.path("m079", 1_000)) == [f"m{n:03}" for n in range(80)]
        assert _ids(await reader.messages.path("m079", 3)) == ["m077", "m078", "m079"]
        assert _ids(await reader.messages.path("side", 2)) == ["m039", "side"]
        assert await reader.messages.path("none", 10) == []
    assert _ids(await store.messages.path("side", 1_000)) == [*(f"m{n:03}" for n in range(40)), "side"]
