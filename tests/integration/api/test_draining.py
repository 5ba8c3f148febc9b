"""Processes that are asked to stop (SIGTERM) leave in good order: nothing lost, nothing twice, exit code 0."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx
import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from activities.handing_back import HANDED_BACK
from deploy.embedded.places import CHECKOUT
from deploy.embedded.services import free_port
from tests.providers.script import Reply
from tests.providers.server import Provider, serving

from .conftest import Book, Site, new_book
from .dying import environment_of, site_without_worker, worker_process
from .reading import Reader
from .speaking import message, run_over, say, until_it_says

WORDS = "".join(f"Sentence {n} of the answer. " for n in range(60))
PATIENCE_SECONDS = 60.0


LONG_ANSWER = "".join(f"Sentence {n} of the answer. " for n in range(600))
"""At the pace of its first try it takes longer than a worker takes to start."""


@pytest.fixture
def provider() -> Iterator[Provider]:
    with serving(Provider(Reply(text=WORDS, pause=0.05))) as found:
        yield found


@pytest.fixture
def long_winded() -> Iterator[Provider]:
    with serving(Provider(Reply(text=LONG_ANSWER, pause=0.05), Reply(text=LONG_ANSWER))) as found:
        yield found


@pytest.fixture
async def lonely(site: Site) -> AsyncIterator[Site]:
    """An API without a worker."""
    async with site_without_worker(site) as own:
        yield own


@asynccontextmanager
async def process(command: list[str], environment: Mapping[str, str]) -> AsyncGenerator[subprocess.Popen[bytes]]:
    running = subprocess.Popen(command, cwd=CHECKOUT, env=dict(environment))
    try:
        yield running
    finally:
        running.kill()
        running.wait()


async def until_gone(running: subprocess.Popen[bytes]) -> int:
    return await asyncio.wait_for(asyncio.to_thread(running.wait), PATIENCE_SECONDS)


@asynccontextmanager
async def draining_worker(
    site: Site, provider: Provider, folder: Path, seconds: float
) -> AsyncGenerator[tuple[subprocess.Popen[bytes], Path]]:
    """`worker.py` itself, with the file that says that it is ready."""
    ready = folder / f"ready-{uuid.uuid4().hex}"
    ready.touch()
    environment = {
        **environment_of(site),
        **speaking(provider),
        "BOOKRUNNER_TASK_QUEUE": site.calls.task_queue,
        "BOOKRUNNER_AUDIT_FOLDER": str(folder),
        "BOOKRUNNER_READY_FILE": str(ready),
        "BOOKRUNNER_WORKER_DRAIN_SECONDS": str(seconds),
    }
    stale = ready.stat().st_mtime_ns
    async with process([sys.executable, "worker.py"], environment) as running:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not ready.exists() or ready.stat().st_mtime_ns == stale:
                assert running.poll() is None, "the worker did not start"
                await asyncio.sleep(0.05)
        yield running, ready


def speaking(provider: Provider) -> dict[str, str]:
    """The environment of a worker whose model is this provider."""
    return {**provider.environment(), "BOOKRUNNER_MODEL": "openai:tests"}


async def resets(site: Site, book: Book) -> list[dict[str, Any]]:
    """Every `message_reset` of the talk of a book, from its beginning to what is there now."""
    entries = await site.store.talk(book.id, 0, 10_000)
    return [dict(entry.data) for entry in entries if entry.kind == "message_reset"]


async def failed_tries(site: Site, book: Book, kind: str = "agent") -> list[tuple[str, int]]:
    """Of the activities of such workflows of a book: how the try before the last one ended, and the number of the
    last."""
    client = await site.temporal()
    found: list[tuple[str, int]] = []
    async for agent in client.list_workflows(f'WorkflowId STARTS_WITH "{kind}/{book.id}"'):
        history = await client.get_workflow_handle(agent.id, run_id=agent.run_id).fetch_history()
        for event in history.events:
            if _is_second_try(event):
                started = event.activity_task_started_event_attributes
                found.append((started.last_failure.application_failure_info.type, started.attempt))
    return found


def _is_second_try(event: HistoryEvent) -> bool:
    return (
        event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED
        and event.activity_task_started_event_attributes.attempt > 1
    )


@pytest.mark.timeout(240)
async def test_what_takes_too_long_is_handed_back_and_goes_on_at_once(
    lonely: Site, long_winded: Provider, tmp_path: Path
) -> None:
    async with (
        lonely.client("lead") as client,
        draining_worker(lonely, long_winded, tmp_path, seconds=0.5) as (first, ready),
    ):
        book = await new_book(client, lonely.person("lead"))
        sent = await say(book, "Tell me.")
        answer_id = sent["answer_ids"][0]
        await until_it_says(book, answer_id, "Sentence 5")
        async with worker_process(lonely, speaking(long_winded), tmp_path):
            first.send_signal(signal.SIGTERM)
            assert await until_gone(first) == 0
            assert not ready.exists()
            run = await run_over(client, sent["run_id"], 120)
            assert run["status"] == "completed", run
            assert (await message(book, answer_id))["text"] == LONG_ANSWER.strip()
            [reset] = await resets(lonely, book)
            assert reset["text"] == ""
            assert await failed_tries(lonely, book) == [(HANDED_BACK, 2)]


@pytest.mark.timeout(240)
async def test_a_draft_is_handed_back_and_saved_once(lonely: Site, tmp_path: Path) -> None:
    persona = json.dumps({"type": "Sponsor", "motivations": [], "concerns": []})
    with serving(Provider(Reply(text=persona, delay=300.0), Reply(text=persona))) as provider:
        async with (
            lonely.client("lead") as client,
            draining_worker(lonely, provider, tmp_path, seconds=0.5) as (first, _),
        ):
            book = await new_book(client, lonely.person("lead"))
            begun = await client.post(f"{book.url}/runs", json={"kind": "draft_buyer_persona"})
            assert begun.status_code == HTTPStatus.ACCEPTED, begun.text
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not provider.asked:
                    await asyncio.sleep(0.02)
            async with worker_process(lonely, speaking(provider), tmp_path):
                first.send_signal(signal.SIGTERM)
                assert await until_gone(first) == 0
                run = await run_over(client, begun.json()["run_id"], 120)
                assert run["status"] == "completed", run
                assert await failed_tries(lonely, book, "run") == [(HANDED_BACK, 2)]
        saved = [event for event in await lonely.store.events(book.id, 0, 100) if event.type == "buyer_persona_saved"]
        assert len(saved) == 1


@pytest.mark.timeout(240)
async def test_what_can_be_finished_is_and_nothing_new_is_begun(
    lonely: Site, provider: Provider, tmp_path: Path
) -> None:
    async with lonely.client("lead") as client:
        async with draining_worker(lonely, provider, tmp_path, seconds=60) as (first, ready):
            book, other = [await new_book(client, lonely.person("lead"), title) for title in ("One", "Other")]
            sent = await say(book, "Tell me.")
            await until_it_says(book, sent["answer_ids"][0], "Sentence 5")
            first.send_signal(signal.SIGTERM)
            while ready.exists():
                await asyncio.sleep(0.02)
            unheard = await client.post(f"{other.url}/messages", json={"text": "And me."})
            assert unheard.status_code == HTTPStatus.SERVICE_UNAVAILABLE, "a worker that stops takes no more"
            assert await until_gone(first) == 0
        assert len(provider.asked) == 1
        async with worker_process(lonely, speaking(provider), tmp_path):
            assert (await run_over(client, sent["run_id"], 120))["status"] == "completed"
        assert await resets(lonely, book) == []
        assert await failed_tries(lonely, book) == []
        assert (await message(book, sent["answer_ids"][0]))["text"] == WORDS.strip()


@asynccontextmanager
async def draining_api(site: Site, folder: Path, seconds: float) -> AsyncGenerator[tuple[subprocess.Popen[bytes], str]]:
    port = free_port()
    environment = {
        **environment_of(site),
        "BOOKRUNNER_API_PORT": str(port),
        "BOOKRUNNER_AUDIT_FOLDER": str(folder),
        "BOOKRUNNER_API_DRAIN_SECONDS": str(seconds),
    }
    url = f"http://127.0.0.1:{port}"
    async with process([sys.executable, "-m", "api"], environment) as running:
        async with asyncio.timeout(PATIENCE_SECONDS), httpx.AsyncClient() as client:
            while await status_of(client, f"{url}/ready") != HTTPStatus.OK:
                assert running.poll() is None, "the API did not start"
                await asyncio.sleep(0.05)
        yield running, url


async def status_of(client: httpx.AsyncClient, url: str) -> int:
    try:
        return (await client.get(url)).status_code
    except httpx.TransportError:
        return 0


@pytest.mark.timeout(240)
async def test_an_api_turns_people_away_ends_streams_and_finishes_requests(site: Site, tmp_path: Path) -> None:
    token = site.person("lead").access_token
    async with site.client("lead") as elsewhere, draining_api(site, tmp_path, seconds=30) as (running, url):
        book = await new_book(elsewhere, site.person("lead"))
        async with httpx.AsyncClient(base_url=url, headers={"authorization": f"Bearer {token}"}, timeout=30) as client:
            reader = Reader(client, book.url)
            said: list[tuple[str, Any]] = []

            async def listen() -> None:
                async for one in reader.messages():
                    said.append((one.event, one.data))

            listening = asyncio.create_task(listen())
            while not said:
                await asyncio.sleep(0.02)
            running.send_signal(signal.SIGTERM)
            await asyncio.wait_for(listening, PATIENCE_SECONDS)
            assert said[-1] == ("closing", {"reason": "draining"})
            turned_away = await client.get("/ready")
            assert (turned_away.status_code, turned_away.json()["status"]) == (503, "draining")
            assert turned_away.headers["retry-after"]
            assert (await client.get("/health")).status_code == 200
            refused = await client.get(f"{book.url}/stream")
            assert (refused.status_code, refused.json()["code"]) == (503, "draining")
            assert (await client.get(book.url)).status_code == 200, "requests are taken while it drains"
            running.send_signal(signal.SIGTERM)
            assert await until_gone(running) == 0
        before = len(reader.seqs)
        reader.client = elsewhere
        await book.with_section()
        async for one in reader.messages():
            if one.event == "outline_saved":
                break
        assert reader.seqs == sorted(set(reader.seqs)), "an event came twice or out of order"
        assert len(reader.seqs) > before


@pytest.mark.timeout(240)
async def test_a_request_under_way_is_answered_before_an_api_is_gone(site: Site, book: Book, tmp_path: Path) -> None:
    token = site.person("lead").access_token
    command = {"type": "rename", "command_id": str(uuid.uuid4()), "title": "Under way"}
    body = json.dumps(command).encode()
    is_stopping = asyncio.Event()

    async def slowly() -> AsyncGenerator[bytes]:
        yield body[:10]
        await is_stopping.wait()
        yield body[10:]

    async with (
        draining_api(site, tmp_path, seconds=30) as (running, url),
        httpx.AsyncClient(base_url=url, headers={"authorization": f"Bearer {token}"}, timeout=30) as client,
    ):
        saving = asyncio.create_task(
            client.post(f"{book.url}/commands", content=slowly(), headers={"content-type": "application/json"})
        )
        running.send_signal(signal.SIGTERM)
        async with httpx.AsyncClient() as other:
            while (await other.get(f"{url}/ready")).json()["status"] != "draining":
                await asyncio.sleep(0.02)
        running.send_signal(signal.SIGTERM)
        async with httpx.AsyncClient() as late:
            while await status_of(late, f"{url}/health") != 0:
                await asyncio.sleep(0.02)
        is_stopping.set()
        answer = await saving
        assert answer.status_code == HTTPStatus.OK, answer.text
        assert await until_gone(running) == 0
