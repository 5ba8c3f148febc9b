"""A site whose model is a provider on this machine that says what a test tells it to."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from tests.providers.script import Asked, Reply
from tests.providers.server import Provider, serving
from workflows.calls import CIMCalls

from .conftest import Book, Site, new_book, open_store

Says = Callable[[Asked], Reply]


@dataclass
class Voice:
    """What the model says: each test gives it its own words."""

    says: Says = field(default=lambda _: Reply(text="Yes."))

    def in_turn(self, *replies: Reply) -> None:
        """These replies, one for each call; the last from then on."""
        left = list(replies)
        self.says = lambda _: left.pop(0) if len(left) > 1 else left[0]


@dataclass
class SpeakingSite:
    site: Site
    voice: Voice
    provider: Provider

    async def book(self, client: httpx.AsyncClient) -> Book:
        return await new_book(client, self.site.person("lead"))

    @property
    def asked(self) -> list[Asked]:
        return self.provider.asked


@asynccontextmanager
async def speaking_site(site: Site) -> AsyncGenerator[SpeakingSite]:
    voice = Voice()
    with (
        serving(Provider(answering=lambda asked: voice.says(asked))) as provider,
        pytest.MonkeyPatch.context() as patch,
    ):
        for name, value in provider.environment().items():
            patch.setenv(name, value)
        name = f"speaking-{uuid.uuid4().hex[:12]}"
        settings = site.settings.model_copy(update={"mongodb_database": name, "model": "openai:tests"})
        store = await open_store(settings)
        await store.ensure_indexes()
        own = Site(site.addresses, site.people, settings, CIMCalls(task_queue=name), store)
        async with own.running_worker(), own.running_api() as api:
            own.api = api
            yield SpeakingSite(own, voice, provider)
        await store.close()


async def say(book: Book, text: str, **fields: Any) -> dict[str, Any]:
    answer = await book.client.post(f"{book.url}/messages", json={"text": text, **fields})
    assert answer.status_code == 202, answer.text
    return answer.json()


async def run_over(client: httpx.AsyncClient, run_id: str, seconds: float = 60) -> dict[str, Any]:
    async with asyncio.timeout(seconds):
        while True:
            run = (await client.get(f"/runs/{run_id}")).json()
            if run["status"] in ("completed", "failed", "cancelled"):
                return run
            await asyncio.sleep(0.05)


async def message(book: Book, message_id: str) -> dict[str, Any]:
    answer = await book.client.get(f"{book.url}/messages/{message_id}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def until_it_says(book: Book, message_id: str, words: str) -> None:
    async with asyncio.timeout(30):
        while words not in (await message(book, message_id))["text"]:
            await asyncio.sleep(0.03)


async def open_requests(book: Book, number: int = 1) -> list[dict[str, Any]]:
    async with asyncio.timeout(30):
        while True:
            answer = await book.client.get(f"{book.url}/requests")
            assert answer.status_code == 200, answer.text
            items = answer.json()["items"]
            if len(items) >= number:
                return items
            await asyncio.sleep(0.05)


def last_words(asked: Asked) -> str:
    """The last message of a request to the model."""
    content = asked.body["messages"][-1]["content"]
    return content if isinstance(content, str) else json.dumps(content)
