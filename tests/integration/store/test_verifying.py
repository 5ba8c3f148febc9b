"""What is missing or changed in what is kept of a book is found."""

from __future__ import annotations

import asyncio

from store import Source, Store, book_faults
from store.contents import BLOBS
from store.heads import CIMS
from store.ids import event_key
from store.log import EVENTS
from tests.integration.store.keeping import AT
from tests.integration.store.writing import LEA, Writer


async def faults(store: Store, writer: Writer) -> list[str]:
    return [fault async for fault in book_faults(store, writer.cim_id)]


async def test_a_whole_book_has_no_faults(store: Store, writer: Writer) -> None:
    await writer.book(store)
    assert await faults(store, writer) == []
    assert await store.all_cims() == [writer.cim_id]


async def test_a_missing_event_is_found(store: Store, other_process: Store, writer: Writer) -> None:
    await writer.book(store)
    events = await store._server.collection(EVENTS)  # pyright: ignore[reportPrivateUsage]
    await events.delete_one({"_id": event_key(writer.cim_id, 3)})
    assert await faults(other_process, writer) == [
        f"event 3 is missing from its log, which goes on to {writer.state.rev}"
    ]


async def test_contents_and_files_that_are_missing_are_found(
    store: Store, other_process: Store, writer: Writer
) -> None:
    await writer.book(store)
    source = Source(
        id="d1",
        cim_id=writer.cim_id,
        org_id="org1",
        name="a.md",
        kind="md",
        sha256=await store.contents.put_bytes(writer.cim_id, b"text"),
        size=4,
        created_at=AT,
        created_by=LEA,
    )
    await store.sources.put(source)
    blobs = await store._server.collection(BLOBS)  # pyright: ignore[reportPrivateUsage]
    await blobs.delete_many({"cim_id": writer.cim_id})
    found = await faults(other_process, writer)
    assert "the file of a.md is missing" in found
    assert any(fault.startswith("its slides cannot be read") for fault in found)


async def test_a_head_that_says_something_else_is_found(store: Store, other_process: Store, writer: Writer) -> None:
    await writer.book(store)
    later = Writer()
    await later.record(store, later.create("Another"))
    cims = await store._server.collection(CIMS)  # pyright: ignore[reportPrivateUsage]
    other = await cims.find_one({"_id": later.cim_id})
    assert other is not None
    async with asyncio.timeout(30):
        while not await cims.find_one({"_id": writer.cim_id, "rev": writer.state.rev}):
            await asyncio.sleep(0.05)
    await cims.update_one({"_id": writer.cim_id}, {"$set": {"head": other["head"], "rev": writer.state.rev}})
    assert "its head is not what the log says" in await faults(other_process, writer)
