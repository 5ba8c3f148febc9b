"""A whole book into a file and into another store with other keys: equal afterwards."""

from __future__ import annotations

import gzip
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from pymongo import AsyncMongoClient

from cli.books import read_archive, write_archive
from deploy.embedded.steps import StackError
from domain.values import Actor
from store import Comment, Export, Store, Thread
from store.contents import CHUNK_BYTES
from tests.integration.store.conversing import question
from tests.integration.store.keeping import AT, checkpoint, session
from tests.integration.store.writing import Writer
from vault import LocalMasterKeys, fresh_master_key

LEA = Actor(kind="user", id="lea")
LARGE = bytes(range(256)) * (CHUNK_BYTES // 256 + 1)


@pytest.fixture
async def elsewhere(mongodb_url: str) -> AsyncIterator[Store]:
    """Another installation: another database, other keys."""
    name = f"store_{uuid.uuid4().hex[:12]}"
    masters = LocalMasterKeys.given({"other": SecretStr(fresh_master_key())})
    opened = await Store.connect(mongodb_url, name, masters)
    await opened.ensure_indexes()
    yield opened
    await opened.close()
    async with AsyncMongoClient[dict[str, object]](mongodb_url) as client:
        await client.drop_database(name)


@pytest.fixture
async def book(store: Store, writer: Writer) -> Writer:
    """With everything beside it."""
    await writer.book(store)
    cim_id = writer.cim_id
    await store.messages.put(question("m1", None).model_copy(update={"cim_id": cim_id}))
    await store.threads.put(Thread(id="main", cim_id=cim_id, leaf_id="m1", created_at=AT, updated_at=AT))
    await store.comments.put(Comment(id="k1", cim_id=cim_id, slide_id="s1", text="Wrong year", author=LEA, at=AT))
    await store.agents.put(session("a1", cim_id, "r1", 1))
    await store.checkpoints.put(checkpoint("a1", 1, cim_id))
    sha256 = await store.contents.put_bytes(cim_id, LARGE)
    await store.exports.put(
        Export(id="e1", cim_id=cim_id, org_id="org1", format="pptx", blob_sha256=sha256, created_by=LEA, created_at=AT)
    )
    return writer


async def told(store: Store, cim_id: str) -> dict[str, object]:
    """What is read of a book, in full."""
    exports = await store.exports.of_cim(cim_id)
    return {
        "state": await store.books.state(cim_id),
        "head": await store.head(cim_id),
        "events": [event async for event in store.log.all_events(cim_id)],
        "slides": await store.books.slides(cim_id),
        "message": await store.messages.get("m1"),
        "threads": await store.threads.of_cim(cim_id),
        "talk": await store.talk(cim_id, 0, 100),
        "comments": await store.comments.of_cim(cim_id),
        "agent": await store.agents.get("a1"),
        "checkpoints": await store.checkpoints.of_agent(cim_id, "a1"),
        "exports": exports,
        "files": [await store.contents.bytes(cim_id, one.blob_sha256 or "") for one in exports],
        "earlier": await store.books.state_at(cim_id, 3),
    }


async def test_a_book_is_equal_elsewhere_and_goes_on_there(
    store: Store, elsewhere: Store, book: Writer, tmp_path: Path
) -> None:
    file = tmp_path / "book.gz"
    lines = await write_archive(store, book.cim_id, file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert await read_archive(elsewhere, file) == lines
    here, there = await told(store, book.cim_id), await told(elsewhere, book.cim_id)
    assert here["state"] is not None
    assert there == here
    assert there["files"] == [LARGE]
    assert await elsewhere.open_cims() == [book.cim_id]
    await book.record(elsewhere, book.slide("new"))
    head = await elsewhere.head(book.cim_id)
    assert head is not None
    assert head.rev == book.state.rev


async def test_taking_it_again_changes_nothing(store: Store, elsewhere: Store, book: Writer, tmp_path: Path) -> None:
    file = tmp_path / "book.gz"
    await write_archive(store, book.cim_id, file)
    await read_archive(elsewhere, file)
    before = await told(elsewhere, book.cim_id)
    await read_archive(elsewhere, file)
    await read_archive(store, file)
    assert await told(elsewhere, book.cim_id) == before


async def test_an_older_archive_does_not_take_a_newer_book_back(store: Store, book: Writer, tmp_path: Path) -> None:
    file = tmp_path / "book.gz"
    await write_archive(store, book.cim_id, file)
    await book.record(store, book.rename("Later"))
    with pytest.raises(StackError, match="is here already, at revision"):
        await read_archive(store, file)
    head = await store.head(book.cim_id)
    assert head is not None
    assert head.title == "Later"


async def test_a_deleted_book_does_not_come_back(store: Store, book: Writer, tmp_path: Path) -> None:
    file = tmp_path / "book.gz"
    await write_archive(store, book.cim_id, file)
    await store.erase(book.cim_id, "org1", book.tombstone())
    with pytest.raises(StackError, match="was deleted here"):
        await read_archive(store, file)
    assert await store.books.state(book.cim_id) is None


@pytest.mark.parametrize("fault", ["cut", "changed", "other file"])
async def test_what_is_no_whole_archive_is_refused(
    store: Store, elsewhere: Store, book: Writer, tmp_path: Path, fault: str
) -> None:
    file = tmp_path / "book.gz"
    await write_archive(store, book.cim_id, file)
    lines = gzip.decompress(file.read_bytes()).splitlines(keepends=True)
    if fault == "cut":
        file.write_bytes(gzip.compress(b"".join(lines[:-2])))
    elif fault == "changed":
        lines[3] = lines[3].replace(b"cim_id", b"cim_ix")
        file.write_bytes(gzip.compress(b"".join(lines)))
    else:
        file.write_bytes(b"a deck")
    with pytest.raises(StackError, match="no whole archive"):
        await read_archive(elsewhere, file)
    assert await elsewhere.head(book.cim_id) is None
    assert await elsewhere.open_cims() == []


async def test_an_unknown_book(store: Store, tmp_path: Path) -> None:
    with pytest.raises(StackError, match="There is no book"):
        await write_archive(store, "nothing", tmp_path / "book.gz")
    assert list(tmp_path.iterdir()) == []
