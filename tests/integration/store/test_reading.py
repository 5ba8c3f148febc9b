"""Lists of CIMs, conversations, documents, runs and exports; contents under their hash."""

from __future__ import annotations

import asyncio
import os
import random
from datetime import timedelta

import pytest

from domain.events import EventRecord
from domain.values import Actor, CIMStatus, Stage
from store import BadCursor, Export, Message, Run, RunProgress, Source, SourcePassage, Store, Thread
from store.contents import CHUNK_BYTES
from store.passages import PASSAGES_PER_PORTION
from tests.integration.store.conversing import answer, delta
from tests.integration.store.keeping import checkpoint, image, session
from tests.integration.store.writing import LEA, START, Writer


async def cims(store: Store, count: int, deal_id: str = "deal1", org_id: str = "org1") -> list[str]:
    """Ids of new CIMs, newest first. Pairs of them are equally old."""
    made: list[tuple[int, str]] = []
    for n in range(count):
        writer = Writer(org_id, deal_id, START + timedelta(minutes=n // 2))
        await writer.record(store, writer.create(f"Book {n}"))
        made.append((n // 2, writer.cim_id))
    return [cim_id for _, cim_id in sorted(made, reverse=True)]


async def test_pages_of_heads_are_complete_and_in_order(store: Store) -> None:
    newest_first = await cims(store, 11)
    found: list[str] = []
    cursor = None
    while True:
        page = await store.heads(["deal1"], cursor=cursor, limit=3)
        found.extend(head.id for head in page.items)
        cursor = page.next_cursor
        if cursor is None:
            break
        assert len(page.items) == 3
    assert found == newest_first
    assert (await store.heads(["deal1"], limit=11)).next_cursor is None


async def test_only_allowed_deals_are_listed(store: Store) -> None:
    first = await cims(store, 2, "deal1")
    second = await cims(store, 2, "deal2")
    other = await cims(store, 2, "deal3", "org2")
    assert {head.id for head in (await store.heads(["deal1", "deal3"])).items} == {*first, *other}
    assert {head.id for head in (await store.heads(["deal1", "deal3"], org_id="org2")).items} == {*other}
    assert {head.id for head in (await store.heads(["deal1", "deal2"], deal_id="deal2")).items} == {*second}
    assert (await store.heads(["deal1"], deal_id="deal2")).items == ()
    assert (await store.heads([])).items == ()


async def test_some_heads_are_asked_for_by_their_ids(store: Store) -> None:
    first, _, third = await cims(store, 3)
    [hidden] = await cims(store, 1, "deal2")
    assert [head.id for head in (await store.heads(["deal1"], ids=[third, first, hidden, "none"])).items] == [
        first,
        third,
    ]
    assert (await store.heads(["deal1"], ids=["none"])).items == ()


async def test_heads_by_status_stage_and_owner(store: Store, writer: Writer) -> None:
    await cims(store, 2)
    await writer.record(store, writer.create(), writer.persona())
    head = await store.head(writer.cim_id)
    assert head is not None
    for wanted in ({"stage": Stage.HERO_CONCEPT}, {"status": CIMStatus.IN_PROGRESS}):
        page = await store.heads(["deal1"], **wanted)  # pyright: ignore[reportArgumentType]
        assert page.items == (head,)
    assert len((await store.heads(["deal1"], owner_id="lea")).items) == 3
    assert (await store.heads(["deal1"], owner_id="sam")).items == ()


@pytest.mark.parametrize("cursor", ["", "x", "e30", "ÿ", "bnVsbA", "%%%"])
async def test_a_made_up_cursor_is_refused(store: Store, cursor: str) -> None:
    with pytest.raises(BadCursor):
        await store.heads(["deal1"], cursor=cursor)


async def test_slides_follow_the_outline_and_their_positions(
    store: Store, other_process: Store, writer: Writer
) -> None:
    await writer.record(store, writer.create(), writer.outline(z="First", a="Second"))
    await writer.record(store, *(writer.slide(f"{section}{n}", section) for n in range(3) for section in "az"))
    for reader in (store, other_process):
        slides = await reader.books.slides(writer.cim_id)
        assert [slide.id for slide in slides] == ["z0", "z1", "z2", "a0", "a1", "a2"]


async def test_texts_under_their_hash_belong_to_their_cim(store: Store, other_process: Store) -> None:
    long = "ä" * 5_000
    await store.contents.put_text("cim1", "a" * 64, long)
    await store.contents.put_text("cim1", "b" * 64, "short")
    await store.contents.put_text("cim1", "a" * 64, long)
    for reader in (store, other_process):
        assert await reader.contents.text("cim1", "a" * 64) == long
        assert await reader.contents.texts("cim1", ["b" * 64, "c" * 64]) == {"b" * 64: "short"}
        assert await reader.contents.text("cim2", "a" * 64) is None


@pytest.mark.parametrize("size", [0, 10, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES + 17])
async def test_bytes_come_back_whole(store: Store, other_process: Store, size: int) -> None:
    data = random.Random(size).randbytes(size)
    sha256 = await store.contents.put_bytes("cim1", data)
    assert await store.contents.put_bytes("cim1", data) == sha256
    assert await other_process.contents.bytes("cim1", sha256) == data
    assert await other_process.contents.bytes("cim2", sha256) is None
    assert await other_process.contents.bytes("cim1", "0" * 64) is None


def message(n: int, cim_id: str = "cim1", thread_id: str = "main") -> Message:
    return Message(
        id=f"{cim_id}-{n:06}",
        cim_id=cim_id,
        thread_id=thread_id,
        role="user",
        text=f"{n}",
        author=LEA,
        created_at=START,
    )


async def test_messages_page_backwards(store: Store) -> None:
    for n in range(7):
        await store.messages.put(message(n))
        await store.messages.put(message(n, "cim2"))
    await store.messages.put(message(100, thread_id="side"))
    newest = await store.messages.page("cim1", limit=3, thread_id="main")
    assert [m.text for m in newest.items] == ["4", "5", "6"]
    older = await store.messages.page("cim1", limit=3, thread_id="main", before=newest.next_cursor)
    assert [m.text for m in older.items] == ["1", "2", "3"]
    oldest = await store.messages.page("cim1", limit=3, thread_id="main", before=older.next_cursor)
    assert ([m.text for m in oldest.items], oldest.next_cursor) == (["0"], None)
    assert [m.text for m in (await store.messages.page("cim1")).items][-1] == "100"
    assert await store.messages.get("none") is None


def source(n: int, cim_id: str = "cim1") -> Source:
    return Source(
        id=f"{cim_id}-s{n}",
        cim_id=cim_id,
        org_id="org1",
        name=f"{n}.pdf",
        kind="pdf",
        sha256=f"{n:064}",
        size=n,
        created_at=START + timedelta(seconds=n),
        created_by=LEA,
    )


async def test_sources_are_known_by_their_hash_within_their_cim(store: Store) -> None:
    for n in (2, 1, 3):
        await store.sources.put(source(n))
    await store.sources.put(source(9, "cim2"))
    ready = source(1).model_copy(update={"status": "ready", "passages": 12})
    await store.sources.put(ready)
    assert await store.sources.of_cim("cim1") == [ready, source(2), source(3)]
    assert await store.sources.by_hash("cim1", f"{1:064}") == ready
    assert await store.sources.by_hash("cim1", f"{9:064}") is None
    assert await store.sources.get("cim2-s9") == source(9, "cim2")


def passages(source_id: str, count: int) -> list[SourcePassage]:
    return [
        SourcePassage(source_id=source_id, passage_id=f"p{n}", ordinal=n, text="words " * 50, locator=f"page {n}")
        for n in range(count)
    ]


async def test_passages_are_read_in_order_and_replaced_together(store: Store) -> None:
    for n, count in ((1, 2 * PASSAGES_PER_PORTION + 5), (2, 3), (3, 0)):
        await store.sources.put(source(n))
        await store.passages.put("cim1", f"cim1-s{n}", passages(f"cim1-s{n}", count))
    both = passages("cim1-s1", 2 * PASSAGES_PER_PORTION + 5) + passages("cim1-s2", 3)
    assert await store.passages.of_cim("cim1") == both
    assert await store.passages.of_source("cim1", "cim1-s2") == passages("cim1-s2", 3)
    assert await store.passages.of_cim("cim2") == []
    assert await store.passages.of_source("cim2", "cim1-s2") == []
    await store.passages.put("cim1", "cim1-s1", passages("cim1-s1", 4))
    assert await store.passages.of_source("cim1", "cim1-s1") == passages("cim1-s1", 4)


async def test_runs_and_exports_are_listed_newest_first(store: Store) -> None:
    runs = [
        Run(
            id=f"r{n}",
            cim_id="cim1",
            org_id="org1",
            kind="draft_slides",
            actor=Actor(kind="agent", id="drafter", on_behalf_of="lea"),
            started_at=START + timedelta(seconds=n),
        )
        for n in range(3)
    ]
    exports = [
        Export(
            id=f"e{n}",
            cim_id="cim1",
            org_id="org1",
            format="pdf",
            created_by=LEA,
            created_at=START + timedelta(seconds=n),
        )
        for n in range(3)
    ]
    for run in runs:
        await store.runs.put(run)
    for export in exports:
        await store.exports.put(export)
    halfway = runs[1].model_copy(update={"status": "running", "progress": RunProgress(done=1, total=2, doing="b")})
    await store.runs.put(halfway)
    assert await store.runs.get("r1") == halfway
    assert (await store.runs.of_cim("cim1")).items == (runs[2], halfway, runs[0])
    assert (await store.runs.of_cim("cim1", status="running")).items == (halfway,)
    first = await store.runs.of_cim("cim1", limit=1)
    rest = await store.runs.of_cim("cim1", limit=2, cursor=first.next_cursor)
    assert (first.items, rest.items, rest.next_cursor) == ((runs[2],), (halfway, runs[0]), None)
    assert await store.exports.of_cim("cim1") == exports[::-1]
    assert await store.exports.get("e2") == exports[2]
    assert (await store.runs.of_cim("cim2")).items == ()
    assert await store.runs.get("none") is None


async def test_no_head_comes_back_after_erasing(store: Store, other_process: Store, writer: Writer) -> None:
    await writer.book(store)
    await writer.record(store, writer.rename("Named right before it was erased"))
    await store.erase(writer.cim_id, "org1", writer.tombstone())
    await asyncio.sleep(0.3)
    kept = await other_process._heads.kept(writer.cim_id)  # pyright: ignore[reportPrivateUsage]
    assert kept is not None
    assert kept.erased


async def converse(store: Store, cim_id: str) -> None:
    """Something in every place of a conversation."""
    await store.messages.put(answer(f"{cim_id}-a", None, "writing", cim_id=cim_id))
    await delta(store, f"{cim_id}-a", "words", cim_id=cim_id)
    await store.threads.put(Thread(id="main", cim_id=cim_id, leaf_id=f"{cim_id}-a", created_at=START, updated_at=START))
    await store.steers.add(cim_id, f"{cim_id}-r", "shorter", "lea")
    await store.images.put(cim_id, "s1", [image("i1", cim_id)])
    await store.agents.put(session(f"{cim_id}-g", cim_id, f"{cim_id}-r", 0))
    await store.checkpoints.put(checkpoint(f"{cim_id}-g", 1, cim_id))


async def test_erasing_leaves_one_tombstone_and_no_trace(store: Store, other_process: Store, writer: Writer) -> None:
    other = Writer()
    secret = os.urandom(8).hex()
    for each in (writer, other):
        await each.book(store)
        await each.record(store, each.slide("a9", text=f"{secret} {each.cim_id}"), each.facts("fact"))
        await store.messages.put(message(1, each.cim_id))
        await converse(store, each.cim_id)
        await store.sources.put(source(1, each.cim_id))
        await store.passages.put(each.cim_id, f"{each.cim_id}-s1", passages(f"{each.cim_id}-s1", 3))
        await store.contents.put_bytes(each.cim_id, b"bytes")
        await store.feed.publish(each.cim_id, "run", {"n": 1})
    kept = await other_process.books.slides(other.cim_id)
    assert len(await other_process.books.slides(writer.cim_id)) == 4
    tombstone = writer.tombstone()
    for _ in range(2):
        await store.erase(writer.cim_id, "org1", tombstone)
    for reader in (store, other_process):
        assert await reader.head(writer.cim_id) is None
        assert await reader.books.state(writer.cim_id) is None
        assert await reader.books.state_at(writer.cim_id) is None
        assert await reader.books.state_at(writer.cim_id, 3) is None
        assert await reader.books.slides(writer.cim_id) == []
        assert await reader.books.facts(writer.cim_id) == []
        assert [record async for record in reader.log.all_events(writer.cim_id)] == [tombstone]
        assert (await reader.messages.page(writer.cim_id)).items == ()
        assert await reader.messages.get(f"{writer.cim_id}-a") is None
        assert await reader.threads.of_cim(writer.cim_id) == []
        assert await reader.images.of_cim(writer.cim_id) == []
        assert (await reader.agents.of_cim(writer.cim_id)).items == ()
        assert await reader.checkpoints.of_agent(writer.cim_id, f"{writer.cim_id}-g") == []
        assert await reader.steers.after(f"{writer.cim_id}-r") == []
        assert await reader.sources.of_cim(writer.cim_id) == []
        assert await reader.passages.of_source(writer.cim_id, f"{writer.cim_id}-s1") == []
        assert {head.id for head in (await reader.heads(["deal1"])).items} == {other.cim_id}
        assert await reader.books.slides(other.cim_id) == kept
        assert len(await reader.passages.of_cim(other.cim_id)) == 3
    database = await store._server.database()  # pyright: ignore[reportPrivateUsage]
    left: list[tuple[str, object]] = []
    for name in await database.list_collection_names():
        found = database[name].find({"$or": [{"cim_id": writer.cim_id}, {"_id": writer.cim_id}]})
        left.extend([(name, document["_id"]) async for document in found])
    marks = [("events", f"{writer.cim_id}:{tombstone.seq:010}"), ("cims", writer.cim_id), ("tombstones", writer.cim_id)]
    assert sorted(left, key=str) == sorted(marks, key=str)


async def test_who_reads_a_book_at_the_same_time_shares_the_reading(
    store: Store, other_process: Store, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    from_kept = EventRecord.from_kept

    def counting(kept: str) -> EventRecord:
        read.append(kept)
        return from_kept(kept)

    monkeypatch.setattr(EventRecord, "from_kept", counting)
    await writer.record(store, writer.create())
    for _ in range(3):
        for n in range(20):
            await writer.record(store, writer.rename(f"Name {n}"))
        read.clear()
        states = await asyncio.gather(*(other_process.books.state(writer.cim_id) for _ in range(60)))
        assert {state.rev for state in states if state is not None} == {writer.state.rev}
        assert len(read) <= writer.state.rev + 60, "each asks how far the log goes, and one reads it"
