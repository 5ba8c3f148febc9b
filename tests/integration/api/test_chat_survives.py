"""An answer outlives the worker that was writing it: nothing twice, nothing missing, for everybody who looks on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.providers.script import Reply, ToolUse
from tests.providers.server import Provider, serving

from .conftest import Book, Site, new_book
from .dying import site_without_worker, worker_process
from .speaking import message, open_requests, run_over, say, until_it_says

WORDS = "".join(f"Sentence {n} of the answer. " for n in range(60))


@pytest.fixture
def provider() -> Iterator[Provider]:
    with serving(Provider(Reply(text=WORDS, pause=0.02))) as found:
        yield found


@pytest.fixture
async def lonely(site: Site) -> AsyncIterator[Site]:
    """An API without a worker."""
    async with site_without_worker(site) as own:
        yield own


def speaking(provider: Provider) -> dict[str, str]:
    """The environment of a worker whose model is this provider."""
    return {**provider.environment(), "BOOKRUNNER_MODEL": "openai:tests"}


async def heard(client: httpx.AsyncClient, book: Book, until: asyncio.Event) -> dict[str, str]:
    """What somebody who listens from the beginning has of each message in the end, over one connection."""
    texts: dict[str, str] = {}
    attempts: dict[str, int] = {}
    async with client.stream("GET", f"{book.url}/stream", params={"after": 0, "talk_after": 0}, timeout=120) as stream:
        kind = ""
        async for line in stream.aiter_lines():
            if line.startswith("event: "):
                kind = line.removeprefix("event: ")
            elif line.startswith("data: "):
                _take(kind, json.loads(line.removeprefix("data: ")), texts, attempts)
            if until.is_set() and kind == "message" and line == "":
                return texts
    return texts


def _take(kind: str, data: dict[str, Any], texts: dict[str, str], attempts: dict[str, int]) -> None:
    match kind:
        case "message":
            texts[data["id"]] = data["text"]
        case "message_reset":
            attempts[data["message_id"]] = data["attempt"]
            texts[data["message_id"]] = data["text"]
        case "delta":
            assert data["attempt"] >= attempts.get(data["message_id"], 0), "a delta of an attempt that was given up"
            texts[data["message_id"]] += data["text"]
        case _:
            return


@pytest.mark.timeout(240)
async def test_an_answer_goes_on_after_its_worker_was_killed(lonely: Site, provider: Provider, tmp_path: Path) -> None:
    async with (
        worker_process(lonely, speaking(provider), tmp_path) as first,
        lonely.client("lead") as client,
        lonely.client("editor") as other,
    ):
        book = await new_book(client, lonely.person("lead"))
        is_over = asyncio.Event()
        listening = asyncio.create_task(heard(other, book, is_over))
        sent = await say(book, "Tell me.")
        answer_id = sent["answer_ids"][0]
        await until_it_says(book, answer_id, "Sentence 5")
        first.kill()
        first.wait()
        partial = (await message(book, answer_id))["text"]
        assert partial
        assert WORDS.startswith(partial)
        async with worker_process(lonely, speaking(provider), tmp_path):
            run = await run_over(client, sent["run_id"], 120)
            assert run["status"] == "completed", run
            answer = await message(book, answer_id)
            assert answer["text"] == WORDS.strip()
            is_over.set()
            await say(book, "Thanks.")
            texts = await asyncio.wait_for(listening, 60)
            assert texts[answer_id] == WORDS.strip()
    assert len([asked for asked in provider.asked if asked.streams]) >= 2


@pytest.mark.timeout(240)
async def test_a_question_outlives_the_worker_that_asked_it(lonely: Site, tmp_path: Path) -> None:
    arguments = json.dumps({"question": "Which buyer?", "options": [], "multiple": False, "hint": ""})
    asking = Reply(tool_uses=(ToolUse("ask_question", arguments),))
    with serving(Provider(asking, Reply(text="So be it."))) as provider:
        async with lonely.client("lead") as client:
            async with worker_process(lonely, speaking(provider), tmp_path) as first:
                book = await new_book(client, lonely.person("lead"))
                sent = await say(book, "Write the persona.")
                [request] = await open_requests(book)
                first.kill()
                first.wait()
            url = f"/runs/{sent['run_id']}/answers/{request['id']}"
            taken = await client.post(url, json={"text": "A sponsor."})
            assert taken.status_code in (200, 202), taken.text
            async with worker_process(lonely, speaking(provider), tmp_path):
                run = await run_over(client, sent["run_id"], 120)
                assert run["status"] == "completed", run
                assert (await message(book, sent["answer_ids"][0]))["text"] == "So be it."
