"""Conversations over HTTP: branches in pages, with the text so far, and the cursor from which the stream goes on."""

from __future__ import annotations

import pytest

from .conftest import Book, Site, new_book
from .talking import Speaker


@pytest.fixture
def speaker(site: Site, book: Book) -> Speaker:
    return Speaker(site.store, book.id)


async def names(book: Book, **params: str | int) -> tuple[list[str], str | None]:
    page = (await book.client.get(f"{book.url}/messages", params=params)).json()
    return [item["id"].rpartition("-")[2] for item in page["items"]], page["next_cursor"]


async def test_the_active_branch_in_pages(site: Site, book: Book, speaker: Speaker) -> None:
    parent = None
    for n in range(5):
        await speaker.question(f"m{n}", parent)
        parent = f"m{n}"
    await speaker.question("side", "m1")
    await speaker.thread(speaker.id("m4"))
    newest, cursor = await names(book, limit=3)
    assert (newest, cursor) == (["m2", "m3", "m4"], speaker.id("m2"))
    assert await names(book, limit=3, before=speaker.id("m2")) == (["m0", "m1"], None)
    assert await names(book, limit=5) == (["m0", "m1", "m2", "m3", "m4"], None)
    assert await names(book, branch=speaker.id("side")) == (["m0", "m1", "side"], None)
    assert await names(book, thread_id="none") == ([], None)


async def test_branches_and_threads_are_listed(site: Site, book: Book, speaker: Speaker) -> None:
    await speaker.question("q1")
    await speaker.question("q2", "q1")
    await speaker.question("q3", "q1")
    await speaker.thread(speaker.id("q2"), speaker.id("q3"))
    branches = (await book.client.get(f"{book.url}/threads/main/branches")).json()["items"]
    assert [(branch["leaf_id"], branch["forks_after"], branch["active"]) for branch in branches] == [
        (speaker.id("q2"), speaker.id("q1"), False),
        (speaker.id("q3"), speaker.id("q1"), True),
    ]
    threads = (await book.client.get(f"{book.url}/threads")).json()["items"]
    assert [thread["id"] for thread in threads] == ["main"]
    assert (await book.client.get(f"{book.url}/threads/none/branches")).json()["items"] == []


async def test_what_is_being_written_reads_as_it_is_by_now(site: Site, book: Book, speaker: Speaker) -> None:
    await speaker.question("q1")
    await speaker.answer("a1", "q1", "writing")
    await speaker.thread(speaker.id("a1"))
    await speaker.add("a1", "Net ")
    await speaker.reset("a1", "Net sales ", attempt=2)
    await speaker.add("a1", "rose", attempt=2)
    page = (await book.client.get(f"{book.url}/messages")).json()
    answer = page["items"][1]
    assert (answer["text"], answer["status"], answer["attempt"]) == ("Net sales rose", "writing", 2)
    assert page["stream_cursor"] == f"1.{await site.store.talk_end(book.id)}"
    one = (await book.client.get(f"{book.url}/messages/{speaker.id('a1')}")).json()
    assert one == answer
    await speaker.answer("a1", "q1", "complete", "Net sales rose.")
    one = (await book.client.get(f"{book.url}/messages/{speaker.id('a1')}")).json()
    assert (one["text"], one["status"], one["attempt"]) == ("Net sales rose.", "complete", 0)


async def test_messages_of_other_books_and_threads_are_unknown(site: Site, book: Book, speaker: Speaker) -> None:
    await speaker.question("q1")
    other = await new_book(book.client, site.person("lead"))
    for url, params in (
        (f"{other.url}/messages/{speaker.id('q1')}", {}),
        (f"{other.url}/messages", {"branch": speaker.id("q1")}),
        (f"{other.url}/messages", {"before": speaker.id("q1")}),
        (f"{book.url}/messages", {"before": speaker.id("q1"), "thread_id": "aside"}),
        (f"{book.url}/messages", {"branch": "none"}),
        (f"{book.url}/messages/none", {}),
    ):
        response = await book.client.get(url, params=params)
        assert (response.status_code, response.json()["code"]) == (404, "unknown_message")
    async with site.client("outsider") as stranger:
        for rest in ("messages", f"messages/{speaker.id('q1')}", "threads", "threads/main/branches"):
            response = await stranger.get(f"{book.url}/{rest}")
            assert (response.status_code, response.json()["code"]) == (404, "unknown_cim")
