"""The chores of housekeeping against a real store: what they take away, what they keep, and that twice is as once."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from domain.commands import CloseRequest, OpenRequest
from domain.requests import RequestBody, RequestDraft
from domain.values import Actor
from store import Export, Notice, PresentPage, Source, SourcePassage, Store, TalkGap, Thread
from store.contents import CHUNK_BYTES
from store.ids import talk_key
from store.talk import TALK
from tests.integration.store.conversing import answer, question
from tests.integration.store.housekeeping import House, house_on
from tests.integration.store.keeping import AT, call
from tests.integration.store.spoiling import break_seal
from tests.integration.store.writing import LEA, Writer
from tests.providers.server import Provider, serving
from workflows.chores import Chore

NOW = datetime.now(UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def house(store: Store, clock: Clock) -> AsyncIterator[House]:
    async with house_on(store, clock) as opened:
        yield opened


def export_of(sha256: str) -> Export:
    actor = Actor(kind="user", id="lea")
    return Export(
        id="e1", cim_id="c1", org_id="org1", format="pptx", blob_sha256=sha256, created_by=actor, created_at=AT
    )


async def test_a_file_goes_when_nothing_has_named_it_for_a_week(
    store: Store, other_process: Store, clock: Clock, house: House
) -> None:
    named, broken_off = (
        await store.contents.put_bytes("c1", b"a deck"),
        await store.contents.put_bytes("c1", b"half an upload"),
    )
    large = await store.contents.put_bytes("c2", b"x" * (CHUNK_BYTES + 1))
    await store.exports.put(export_of(named))
    assert await house.do(Chore.UNUSED_FILES) == 0
    clock.now += timedelta(days=6)
    assert await house.do(Chore.UNUSED_FILES) == 0
    assert await other_process.contents.bytes("c1", broken_off) == b"half an upload"
    clock.now += timedelta(days=2)
    assert await house.do(Chore.UNUSED_FILES) == 2
    assert await house.do(Chore.UNUSED_FILES) == 0
    assert await other_process.contents.bytes("c1", named) == b"a deck"
    assert await other_process.contents.bytes("c1", broken_off) is None
    assert await other_process.contents.bytes("c2", large) is None


async def test_a_file_that_is_put_again_stays(store: Store, clock: Clock, house: House) -> None:
    data = b"y" * (CHUNK_BYTES + 1)
    sha256 = await store.contents.put_bytes("c1", data)
    await house.do(Chore.UNUSED_FILES)
    clock.now += timedelta(days=8)
    assert await store.contents.put_bytes("c1", data) == sha256
    assert await house.do(Chore.UNUSED_FILES) == 0
    assert await store.contents.bytes("c1", sha256) == data
    clock.now += timedelta(days=8)
    assert await house.do(Chore.UNUSED_FILES) == 1
    assert await store.contents.put_bytes("c1", data) == sha256
    assert await store.contents.bytes("c1", sha256) == data


async def test_a_file_that_is_named_later_is_counted_as_used(store: Store, clock: Clock, house: House) -> None:
    sha256 = await store.contents.put_bytes("c1", b"a deck")
    await house.do(Chore.UNUSED_FILES)
    await store.exports.put(export_of(sha256))
    clock.now += timedelta(days=8)
    assert await house.do(Chore.UNUSED_FILES) == 0
    clock.now += timedelta(days=8)
    assert await house.do(Chore.UNUSED_FILES) == 0
    assert await store.contents.bytes("c1", sha256) == b"a deck"


async def test_silent_pages_are_forgotten_and_the_others_hear_of_it(store: Store, clock: Clock, house: House) -> None:
    for page_id, seconds in (("silent", 121), ("here", 119)):
        at = NOW - timedelta(seconds=seconds)
        await store.presence.put(PresentPage(id=page_id, cim_id="c1", person_id="lea", view="slides", at=at))
    assert [page.id for page in await store.presence.of_cim("c1", NOW - timedelta(minutes=2))] == ["here"]
    async with store.feed.subscribe("c1") as heard:
        await anext(heard)
        assert await house.do(Chore.STALE_PRESENCE) == 1
        while not isinstance(notice := await anext(heard), Notice):
            continue
    assert notice.kind == "presence"
    assert notice.data | {"at": ""} == {
        "person_id": "lea",
        "email": "",
        "page_id": "silent",
        "place": {"view": "slides", "slide_id": None, "is_editing": False},
        "what": "left",
        "at": "",
    }
    assert await house.do(Chore.STALE_PRESENCE) == 0
    assert [page.id for page in await store.presence.of_cim("c1", NOW - timedelta(days=1))] == ["here"]


async def test_old_talk_goes_and_a_week_of_it_stays(store: Store, other_process: Store, house: House) -> None:
    week, minute = timedelta(days=7), timedelta(minutes=1)
    for age in (timedelta(days=8), week + minute, week - minute, timedelta(days=6), timedelta()):
        await aged(store, await store.say("c1", "workspace", {"days": age.days}), age)
    assert await house.do(Chore.OLD_TALK) == 2
    for _ in range(2):
        for reader in (store, other_process):
            with pytest.raises(TalkGap):
                await reader.talk("c1", 0, 10)
            left = await reader.talk("c1", 2, 10)
            assert [(entry.n, entry.data["days"]) for entry in left] == [(3, 6), (4, 6), (5, 0)]
        assert await house.do(Chore.OLD_TALK) == 0


async def aged(store: Store, n: int, age: timedelta) -> None:
    """That entry of the talk was said so long ago."""
    talk = await store._server.collection(TALK)  # pyright: ignore[reportPrivateUsage]
    done = await talk.update_one({"_id": talk_key("c1", n)}, {"$set": {"at": NOW - age}})
    assert done.modified_count == 1


async def test_the_last_hour_of_talk_stays_whatever_the_clock_says(
    store: Store, other_process: Store, clock: Clock, house: House
) -> None:
    for n in range(3):
        await store.say("c1", "workspace", {"n": n})
    clock.now += timedelta(days=30)
    assert await house.do(Chore.OLD_TALK) == 0
    assert [entry.data["n"] for entry in await other_process.talk("c1", 0, 10)] == [0, 1, 2]


async def test_what_is_new_is_embedded_once(
    store: Store, writer: Writer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    cim_id = writer.cim_id
    await writer.book(store)
    await store.messages.put(question("m1", cim_id=cim_id))
    await store.messages.put(answer("m2", "m1", "complete", "It was sold.", cim_id=cim_id))
    await store.threads.put(
        Thread(id="main", cim_id=cim_id, leaf_id="m2", leaves=("m2",), created_at=AT, updated_at=AT)
    )
    await read_document(store, cim_id, "d1", "The plant was sold.", "It is leased.")
    with serving(Provider()) as provider:
        for name, value in provider.environment().items():
            monkeypatch.setenv(name, value)
        async with house_on(store, clock, embeddings="openai:text-embedding-3-small") as house:
            assert await house.do(Chore.SEARCH_INDEX) == 4
            assert embedded(provider) >= {"Question m1?", "It was sold.", "The plant was sold.", "It is leased."}
            provider.asked.clear()
            assert await house.do(Chore.SEARCH_INDEX) == 0
            assert embedded(provider) == set()
            await read_document(store, cim_id, "d2", "Another plant.")
            assert await house.do(Chore.SEARCH_INDEX) == 1
            assert embedded(provider) == {"Another plant."}


async def read_document(store: Store, cim_id: str, source_id: str, *texts: str) -> None:
    source = Source(
        id=source_id,
        cim_id=cim_id,
        org_id="org1",
        name=f"{source_id}.md",
        kind="md",
        sha256=source_id,
        size=1,
        status="ready",
        created_at=AT,
        created_by=LEA,
    )
    await store.sources.put(source)
    passages = [
        SourcePassage(source_id=source_id, passage_id=f"p{n}", ordinal=n, text=text, locator=f"line {n}")
        for n, text in enumerate(texts)
    ]
    await store.passages.put(cim_id, source_id, passages)


def embedded(provider: Provider) -> set[str]:
    return {text for asked in provider.asked for text in asked.body["input"]}


async def test_the_hours_of_usage_are_summed_up_from_the_calls(store: Store, clock: Clock, house: House) -> None:
    clock.now = AT + timedelta(hours=2)
    for n in range(3):
        await store.usage.put(call(f"u{n}", minute=n))
    await store.usage.put(call("u3", minute=70))
    await store.usage.put(call("other", minute=1, org_id="org2"))
    assert await house.do(Chore.USAGE_HOURS) == 3
    hours = await store.usage.hours("org1", AT, AT + timedelta(days=1))
    assert [(hour.hour.hour, hour.calls, hour.tokens_in) for hour in hours] == [(9, 3, 300), (10, 1, 100)]
    assert await house.do(Chore.USAGE_HOURS) == 3
    assert await store.usage.hours("org1", AT, AT + timedelta(days=1)) == hours


async def test_open_books_are_checked_when_they_have_changed(
    store: Store, other_process: Store, writer: Writer, house: House
) -> None:
    await writer.book(store)
    assert await house.do(Chore.BOOK_CHECKS) == 1
    check = await other_process.book_checks.of_cim(writer.cim_id)
    assert check is not None
    assert check.rev == writer.state.rev
    assert await house.do(Chore.BOOK_CHECKS) == 0
    await writer.record(store, writer.slide("new", text="Sales of $999.9 million"))
    assert await house.do(Chore.BOOK_CHECKS) == 1
    later = await other_process.book_checks.of_cim(writer.cim_id)
    assert later is not None
    assert (later.rev, later.blocking > check.blocking) == (writer.state.rev, True)


async def test_people_are_reminded_of_what_waits_and_not_twice(
    store: Store, other_process: Store, clock: Clock, house: House
) -> None:
    writer = Writer(start=NOW)
    body = RequestBody(kind="question", text="Which year?")
    draft = RequestDraft(id="q1", run_id="r1", agent_id="a1", body=body)
    await writer.record(store, writer.create())
    writer.actor = Actor(kind="agent", id="a1", on_behalf_of="lea")
    await writer.record(store, OpenRequest(type="open_request", command_id=uuid.uuid4(), request=draft))
    sent: list[int] = []
    for day in range(16):
        clock.now = NOW + timedelta(days=day, hours=1)
        if await house.do(Chore.REMINDERS):
            sent.append(day)
        assert await house.do(Chore.REMINDERS) == 0
    assert sent == [1, 3, 7, 14]
    assert {
        id_: reminder.count for id_, reminder in (await other_process.reminders.by_request(writer.cim_id)).items()
    } == {"q1": 4}
    close = CloseRequest(type="close_request", command_id=uuid.uuid4(), request_id="q1", how="cancelled")
    await writer.record(store, close)
    assert await house.do(Chore.REMINDERS) == 0
    assert await other_process.reminders.by_request(writer.cim_id) == {}


async def test_a_book_that_cannot_be_read_keeps_no_other_from_its_reminders(
    store: Store, other_process: Store, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    writers = [Writer(start=NOW) for _ in range(3)]
    for writer in writers:
        await writer.record(store, writer.create())
        writer.actor = Actor(kind="agent", id="a1", on_behalf_of="lea")
        body = RequestBody(kind="question", text="Which year?")
        draft = RequestDraft(id=f"q-{writer.cim_id}", run_id="r1", agent_id="a1", body=body)
        await writer.record(store, OpenRequest(type="open_request", command_id=uuid.uuid4(), request=draft))
    first = (await store.open_cims())[0]
    await break_seal(store, first, 1)
    clock.now = NOW + timedelta(days=1, hours=1)
    async with house_on(other_process, clock) as house:
        assert await house.do(Chore.REMINDERS) == 2
    reminded = {writer.cim_id for writer in writers if await store.reminders.by_request(writer.cim_id)}
    assert reminded == {writer.cim_id for writer in writers} - {first}
    assert [record.getMessage().split(":")[0] for record in caplog.records if record.levelname == "ERROR"] == [
        f"book {first} was left out of a chore"
    ]


async def test_books_that_are_complete_or_erased_are_left_alone(store: Store, writer: Writer, house: House) -> None:
    await writer.book(store)
    tombstone = writer.tombstone()
    await store.erase(writer.cim_id, "org1", tombstone)
    assert await store.open_cims() == []
    assert await house.do(Chore.BOOK_CHECKS) == 0


@pytest.mark.parametrize("chore", list(Chore))
async def test_every_chore_can_be_done_on_an_empty_store(chore: Chore, house: House) -> None:
    assert await house.do(chore) == 0
