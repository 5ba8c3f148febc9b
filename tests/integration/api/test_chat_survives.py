"""An answer outlives the worker that was writing it: nothing twice, nothing missing, for everybody who looks on."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.embedded.places import CHECKOUT
from tests.providers.script import Reply, ToolUse
from tests.providers.server import Provider, serving
from workflows.calls import CIMCalls

from .conftest import Book, Site, new_book, open_store
from .speaking import message, open_requests, run_over, say, until_it_says

WORDS = "".join(f"Sentence {n} of the answer. " for n in range(60))


@pytest.fixture
def provider() -> Iterator[Provider]:
    with serving(Provider(Reply(text=WORDS, pause=0.02))) as found:
        yield found


@pytest.fixture
async def lonely(site: Site) -> AsyncIterator[Site]:
    """An API without a worker."""
    name = f"lonely-{uuid.uuid4().hex[:12]}"
    settings = site.settings.model_copy(update={"mongodb_database": name})
    store = await open_store(settings)
    own = Site(site.addresses, site.people, settings, CIMCalls(task_queue=name), store)
    async with own.running_api() as api:
        own.api = api
        yield own
    await store.close()


@asynccontextmanager
async def worker_process(site: Site, provider: Provider, folder: Path) -> AsyncGenerator[subprocess.Popen[bytes]]:
    settings, ready = site.settings, folder / f"ready-{uuid.uuid4().hex}"
    assert settings.supabase_service_role_key is not None
    assert settings.supabase_jwt_secret is not None
    environment = {
        **os.environ,
        **provider.environment(),
        "TEMPORAL_ADDRESS": settings.temporal_address,
        "MONGODB_URL": settings.mongodb_url.get_secret_value(),
        "BOOKRUNNER_MONGODB_DATABASE": settings.mongodb_database,
        "SUPABASE_URL": settings.supabase_url,
        "SUPABASE_SERVICE_ROLE_KEY": settings.supabase_service_role_key.get_secret_value(),
        "SUPABASE_JWT_SECRET": settings.supabase_jwt_secret.get_secret_value(),
        "BOOKRUNNER_MASTER_KEYS_FILE": str(settings.master_keys_file),
        "BOOKRUNNER_MODEL": "openai:tests",
        "BOOKRUNNER_READY_FILE": str(ready),
    }
    command = [sys.executable, "-m", "tests.integration.api.worker_process", site.calls.task_queue]
    process = subprocess.Popen(command, cwd=CHECKOUT, env=environment)
    try:
        async with asyncio.timeout(90):
            while not ready.exists():
                assert process.poll() is None, "the worker did not start"
                await asyncio.sleep(0.1)
        yield process
    finally:
        process.kill()
        process.wait()


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
        worker_process(lonely, provider, tmp_path) as first,
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
        async with worker_process(lonely, provider, tmp_path):
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
            async with worker_process(lonely, provider, tmp_path) as first:
                book = await new_book(client, lonely.person("lead"))
                sent = await say(book, "Write the persona.")
                [request] = await open_requests(book)
                first.kill()
                first.wait()
            url = f"/runs/{sent['run_id']}/answers/{request['id']}"
            taken = await client.post(url, json={"text": "A sponsor."})
            assert taken.status_code in (200, 202), taken.text
            async with worker_process(lonely, provider, tmp_path):
                run = await run_over(client, sent["run_id"], 120)
                assert run["status"] == "completed", run
                assert (await message(book, sent["answer_ids"][0]))["text"] == "So be it."
