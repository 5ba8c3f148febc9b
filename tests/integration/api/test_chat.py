"""Talking with the AI over HTTP: on the real stack, with the built-in model."""

from __future__ import annotations

import asyncio
import os
import sys
import uuid

from deploy.embedded.places import CHECKOUT

from .conftest import Book, Site, new_book
from .speaking import message, run_over, say

DOCUMENT = "# Overview\n\n## 1. Company\n\nNet sales in FY2024 were $590.6 million. The company employs 613 people.\n"


async def upload(book: Book, name: str = "overview.md", text: str = DOCUMENT) -> str:
    answer = await book.client.post(f"{book.url}/sources", files={"file": (name, text.encode(), "text/markdown")})
    assert answer.status_code in (200, 201, 202), answer.text
    source_id = answer.json()["source_id"] if "source_id" in answer.json() else answer.json()["id"]
    async with asyncio.timeout(60):
        while True:
            sources = (await book.client.get(f"{book.url}/sources")).json()["items"]
            found = next(source for source in sources if source["id"] == source_id)
            if found["status"] == "ready":
                return source_id
            assert found["status"] != "refused", found
            await asyncio.sleep(0.1)


async def test_a_question_is_answered_with_its_source(book: Book) -> None:
    await upload(book)
    sent = await say(book, "What were net sales in FY2024?")
    run = await run_over(book.client, sent["run_id"])
    assert run["status"] == "completed", run
    answer = await message(book, sent["answer_ids"][0])
    assert answer["status"] == "complete"
    assert "590.6" in answer["text"]
    assert answer["citations"], answer
    assert answer["citations"][0]["document"] == "overview.md"
    assert answer["unsupported"] == []
    agents = (await book.client.get(f"/runs/{sent['run_id']}/agents")).json()["items"]
    assert [agent["status"] for agent in agents] == ["completed"]


async def test_an_idempotency_key_sends_a_message_once(book: Book) -> None:
    key = {"Idempotency-Key": uuid.uuid4().hex}
    first = await book.client.post(f"{book.url}/messages", json={"text": "Hello"}, headers=key)
    second = await book.client.post(f"{book.url}/messages", json={"text": "Hello"}, headers=key)
    assert first.json()["message_id"] == second.json()["message_id"]
    await run_over(book.client, first.json()["run_id"])
    page = (await book.client.get(f"{book.url}/messages")).json()["items"]
    assert [one["role"] for one in page] == ["user", "assistant"]


async def test_an_edited_message_branches_and_nothing_is_overwritten(book: Book) -> None:
    first = await say(book, "What is the first question?")
    await run_over(book.client, first["run_id"])
    edited = await say(book, "What is the other question?", edits=first["message_id"])
    await run_over(book.client, edited["run_id"])
    branches = (await book.client.get(f"{book.url}/threads/main/branches")).json()["items"]
    assert [branch["leaf_id"] for branch in branches] == [first["answer_ids"][0], edited["answer_ids"][0]]
    assert [branch["active"] for branch in branches] == [False, True]
    switched = await book.client.put(f"{book.url}/threads/main/branch", json={"leaf_id": first["answer_ids"][0]})
    assert switched.status_code == 200, switched.text
    page = (await book.client.get(f"{book.url}/messages")).json()["items"]
    assert page[0]["text"] == "What is the first question?"
    third = await say(book, "And then?")
    await run_over(book.client, third["run_id"])
    said = await message(book, third["message_id"])
    assert said["parent_id"] == first["answer_ids"][0]


async def test_who_may_talk(site: Site, book: Book) -> None:
    for role, mode, status in (
        ("viewer", "ask", 403),
        ("reviewer", "draft", 403),
        ("reviewer", "ask", 202),
        ("editor", "draft", 202),
        ("outsider", "ask", 404),
    ):
        async with site.client(role) as client:
            answer = await client.post(f"{book.url}/messages", json={"text": "Hello", "mode": mode})
            assert answer.status_code == status, (role, answer.text)


async def test_a_message_to_a_strangers_message_is_refused(site: Site, book: Book) -> None:
    sent = await say(book, "Hello")
    other = await new_book(book.client, site.person("lead"))
    answer = await other.client.post(f"{other.url}/messages", json={"text": "Hi", "parent_id": sent["message_id"]})
    assert answer.status_code == 404
    assert answer.json()["code"] == "unknown_message"


async def test_the_example_client_prints_the_answer_with_its_sources(site: Site, book: Book) -> None:
    await upload(book)
    environment = {
        **os.environ,
        "BOOKRUNNER_API": site.api.url,
        "BOOKRUNNER_TOKEN": site.person("reviewer").access_token,
    }
    command = [sys.executable, "examples/talk.py", book.id, "What were net sales in FY2024?"]
    process = await asyncio.create_subprocess_exec(
        *command, cwd=CHECKOUT, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await asyncio.wait_for(process.communicate(), 60)
    printed = said.decode()
    assert process.returncode == 0, printed
    assert "590.6" in printed
    assert "overview.md" in printed.splitlines()[-1]
