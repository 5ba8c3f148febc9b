"""What the store keeps is sealed; what it kept before there were keys is read as it is; a shredded tenant is gone."""

from __future__ import annotations

import json
import uuid
import zlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from bson.binary import Binary
from pymongo import AsyncMongoClient

from domain.values import Actor
from store import Export, Run, Source, SourcePassage, Store, StoreError, Thread, UnknownCIM
from tests.integration.store.conversing import delta, question
from tests.integration.store.keeping import AT, checkpoint, image, session
from tests.integration.store.masters import MASTERS
from tests.integration.store.writing import Writer
from vault import KeysDestroyed

MARK = "zqxvbluecan"
LEA = Actor(kind="user", id="lea")

Documents = dict[str, list[dict[str, Any]]]


@pytest.fixture
async def mongodb(mongodb_url: str, database: str) -> AsyncIterator[Any]:
    async with AsyncMongoClient[dict[str, Any]](mongodb_url, tz_aware=True) as client:
        yield client[database]


async def dumped(mongodb: Any) -> Documents:
    return {name: [each async for each in mongodb[name].find()] for name in await mongodb.list_collection_names()}


async def fill(store: Store, writer: Writer) -> None:
    """Something of everything that a book has, each with the marked word."""
    await writer.record(store, writer.create(MARK), writer.persona(MARK), writer.hero(), writer.outline(a=MARK, b=MARK))
    for number in range(64):
        await writer.record(store, writer.slide(f"s{number % 3}", text=f"{MARK} {number}"))
    await writer.record(store, writer.facts(MARK))
    cim_id, run_id = writer.cim_id, uuid.uuid4().hex
    await store.contents.put_bytes(cim_id, MARK.encode() * 10)
    await store.contents.put_bytes(cim_id, MARK.encode() * 500_000)
    await store.messages.put(
        question(f"q-{run_id}", cim_id=cim_id).model_copy(update={"text": MARK, "status": "writing"})
    )
    await delta(store, f"q-{run_id}", MARK, cim_id=cim_id)
    await store.sweep_talk(datetime.now(UTC))
    await store.threads.put(Thread(id="main", cim_id=cim_id, title=MARK, created_at=AT, updated_at=AT))
    await store.steers.add(cim_id, run_id, MARK, "lea")
    await store.sources.put(
        Source(
            id=f"d-{run_id}", cim_id=cim_id, org_id="org1", name=MARK, kind="md", sha256="0" * 64, size=1,
            created_at=AT, created_by=LEA,
        )
    )  # fmt: skip
    passage = SourcePassage(source_id="d", passage_id="p1", ordinal=0, text=MARK, locator="page 1")
    await store.passages.put(cim_id, f"d-{run_id}", [passage])
    await store.images.put(cim_id, f"d-{run_id}", [image("i1", cim_id).model_copy(update={"text": MARK})])
    run = Run(id=run_id, cim_id=cim_id, org_id="org1", kind="chat", actor=LEA, instruction=MARK, started_at=AT)
    await store.runs.put(run)
    await store.agents.put(session(f"a-{run_id}", cim_id, run_id, 1).model_copy(update={"title": MARK}))
    await store.checkpoints.put(checkpoint(f"a-{run_id}", 1, cim_id).model_copy(update={"state": {"words": MARK}}))
    await store.exports.put(
        Export(
            id=f"e-{run_id}", cim_id=cim_id, org_id="org1", format="md", problems=(MARK,), created_by=LEA, created_at=AT
        )
    )
    await store.feed.publish(cim_id, "run", {"doing": MARK})


async def test_nothing_is_kept_in_clear(store: Store, writer: Writer, mongodb: Any) -> None:
    await fill(store, writer)
    found = await dumped(mongodb)
    assert {
        "events", "cims", "snapshots", "blobs", "blob_chunks", "messages", "talk", "unfinished", "threads", "steers",
        "sources", "passages", "images", "runs", "agents", "checkpoints", "exports", "notices", "keys",
    } <= set(found)  # fmt: skip
    in_clear = {name for name, documents in found.items() for each in documents if MARK in str(each)}
    compressed = {
        name for name, documents in found.items() for each in documents for value in each.values() if _opens(value)
    }
    assert (in_clear, compressed) == (set(), set())


def _opens(value: object) -> bool:
    """Whether it is merely compressed."""
    if not isinstance(value, bytes):
        return False
    try:
        return bool(zlib.decompress(value))
    except zlib.error:
        return False


async def test_another_process_reads_all_of_it(store: Store, writer: Writer, other_process: Store) -> None:
    await fill(store, writer)
    cim_id = writer.cim_id
    head = await other_process.head(cim_id)
    assert head is not None
    assert head.title == MARK
    assert {slide.title for slide in await other_process.books.slides(cim_id)} == {"Slide s0", "Slide s1", "Slide s2"}
    assert [fact.statement for fact in await other_process.books.facts(cim_id)] == [MARK]
    [source] = await other_process.sources.of_cim(cim_id)
    assert [passage.text for passage in await other_process.passages.of_source(cim_id, source.id)] == [MARK]
    [thread] = await other_process.threads.of_cim(cim_id)
    assert thread.title == MARK


async def test_what_was_kept_in_clear_is_read(store: Store, writer: Writer, other_process: Store, mongodb: Any) -> None:
    """As versions before this one have left it: texts, compressed texts, plain bytes."""
    await fill(store, writer)
    cim_id = writer.cim_id
    for name, field, packed in (("events", "record", False), ("cims", "head", True), ("talk", "data", False)):
        async for document in mongodb[name].find({field: {"$exists": True}}):
            text = await store.keys.open(bytes(document[field]))
            old = Binary(zlib.compress(text, 1)) if packed else text.decode()
            await mongodb[name].update_one({"_id": document["_id"]}, {"$set": {field: old}})
    body = b"\x01 a file that begins like something sealed, but never was"
    await mongodb["blobs"].insert_one(
        {"_id": f"{cim_id}:old", "cim_id": cim_id, "size": len(body), "data": Binary(body)}
    )
    assert await other_process.contents.bytes(cim_id, "old") == body
    head = await other_process.head(cim_id)
    assert head is not None
    assert head.rev == writer.state.rev
    events = [record async for record in other_process.log.all_events(cim_id)]
    assert [record.seq for record in events] == list(range(1, writer.state.rev + 1))
    assert await other_process.talk(cim_id, 0, 100)
    await writer.record(other_process, writer.rename("Goes on"))


async def test_nothing_is_kept_for_a_book_of_nobody(store: Store, mongodb: Any) -> None:
    with pytest.raises(UnknownCIM):
        await store.contents.put_text(uuid.uuid4().hex, "0" * 64, MARK)
    with pytest.raises(UnknownCIM):
        await store.say(uuid.uuid4().hex, "delta", {"text": MARK})
    assert MARK not in json.dumps(await dumped(mongodb), default=str)


async def test_a_process_finds_out_whose_a_book_is(store: Store, writer: Writer, other_process: Store) -> None:
    await writer.record(store, writer.create())
    assert await other_process.org_of(writer.cim_id) == "org1"
    erased = Writer("org2")
    await erased.record(store, erased.create())
    await store.erase(erased.cim_id, "org2", erased.tombstone())
    assert await other_process.org_of(erased.cim_id) == "org2"
    with pytest.raises(UnknownCIM):
        await other_process.org_of(uuid.uuid4().hex)


async def test_tenants_do_not_share_a_key(store: Store, writer: Writer, mongodb: Any) -> None:
    other = Writer("org2", "deal2")
    await writer.record(store, writer.create())
    await other.record(store, other.create())
    assert {key["_id"] async for key in mongodb["keys"].find()} == {"org1/1", "org2/1"}


async def test_a_shredded_tenant_is_gone_and_others_stay(
    mongodb_url: str, database: str, store: Store, writer: Writer, mongodb: Any
) -> None:
    other = Writer("org2", "deal2")
    await fill(store, writer)
    await other.book(store)
    before = await dumped(mongodb)
    sealed = [bytes(value) for each in before["events"] for value in each.values() if isinstance(value, bytes)]
    own = [each for each in sealed if b"org1/1" in each[:16]]
    assert await store.shred("org1") == [writer.cim_id]
    assert await store.head(writer.cim_id) is None
    assert await store.books.book(writer.cim_id) is None
    fresh = await Store.connect(mongodb_url, database, MASTERS)
    try:
        for each in own:
            with pytest.raises(KeysDestroyed):
                await fresh.keys.open(each)
        assert await fresh.head(other.cim_id) is not None
        left = await dumped(mongodb)
        assert [
            name for name, found in left.items() if any(each.get("cim_id") == writer.cim_id for each in found)
        ] == []
        assert await fresh.shred("org1") == [writer.cim_id]
        with pytest.raises(StoreError):
            await fresh.contents.put_text(writer.cim_id, "0" * 64, MARK)
    finally:
        await fresh.close()
