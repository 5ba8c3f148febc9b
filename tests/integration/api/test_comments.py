"""Comments on slides, over HTTP and live."""

from __future__ import annotations

import asyncio

from .conftest import Book, Site
from .reading import Reader


async def _slide(book: Book) -> str:
    await book.with_section()
    answer = await book.save_slide("Household penetration is high.")
    return str(answer["events"][0]["data"]["slide_id"])


async def test_a_comment_is_said_heard_and_settled(site: Site, book: Book) -> None:
    slide_id = await _slide(book)
    async with site.client("reviewer") as reviewer:
        hearing = asyncio.create_task(Reader(reviewer, book.url).until_event("comment"))
        await asyncio.sleep(0.5)
        said = await book.client.post(f"{book.url}/comments", json={"slide_id": slide_id, "text": " Which year? "})
        assert said.status_code == 201, said.text
        comment = said.json()
        assert comment["text"] == "Which year?"
        assert comment["author_email"] == site.person("lead").email
        assert (await hearing).data == comment
        settled = await reviewer.put(f"{book.url}/comments/{comment['id']}/resolution", json={"resolved": True})
        assert settled.json()["resolved_by"]["id"] == site.person("reviewer").user_id
        listed = (await reviewer.get(f"{book.url}/comments", params={"slide_id": slide_id})).json()["items"]
        assert listed == [settled.json()]
        assert (await reviewer.get(f"{book.url}/comments", params={"slide_id": "other"})).json()["items"] == []
        again = await reviewer.put(f"{book.url}/comments/{comment['id']}/resolution", json={"resolved": False})
        assert again.json() == comment


async def test_a_comment_sent_twice_is_said_once(book: Book) -> None:
    slide_id = await _slide(book)
    key = {"Idempotency-Key": "one"}
    body = {"slide_id": slide_id, "text": "Once."}
    first = await book.client.post(f"{book.url}/comments", json=body, headers=key)
    second = await book.client.post(f"{book.url}/comments", json=body, headers=key)
    assert first.json() == second.json()
    assert len((await book.client.get(f"{book.url}/comments")).json()["items"]) == 1


async def test_viewers_read_comments_and_strangers_do_not(site: Site, book: Book) -> None:
    slide_id = await _slide(book)
    body = {"slide_id": slide_id, "text": "May I?"}
    async with site.client("viewer") as viewer, site.client("outsider") as outsider:
        assert (await viewer.get(f"{book.url}/comments")).status_code == 200
        assert (await viewer.post(f"{book.url}/comments", json=body)).status_code == 403
        assert (await outsider.get(f"{book.url}/comments")).status_code == 404


async def test_what_is_not_there_is_a_plain_404(book: Book) -> None:
    unknown_slide = await book.client.post(f"{book.url}/comments", json={"slide_id": "none", "text": "Hm."})
    assert (unknown_slide.status_code, unknown_slide.json()["code"]) == (404, "unknown_slide")
    unknown = await book.client.put(f"{book.url}/comments/none/resolution", json={"resolved": True})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_comment")
    empty = await book.client.post(f"{book.url}/comments", json={"slide_id": "none", "text": "  "})
    assert empty.status_code == 422
