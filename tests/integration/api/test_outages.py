"""Each part away for a while: what is told, and that nothing acknowledged is lost."""

from __future__ import annotations

import asyncio
import time
import uuid

import httpx
from pydantic import SecretStr

from .conftest import Book, Site, new_book, slide
from .test_commands import until_rev


async def test_the_worker_is_down(site: Site) -> None:
    """Commands are durable all the same: 202, and carried out when a worker is there."""
    alone = Site(
        site.addresses,
        site.people,
        site.settings,
        site.calls.model_copy(update={"task_queue": uuid.uuid4().hex}),
        site.store,
    )
    async with alone.running_api() as api, api.client(site.person("lead").access_token) as client:
        async with alone.running_worker():
            book = await new_book(client, site.person("lead"))
            await book.with_section()
        began = time.monotonic()
        responses = await asyncio.gather(
            *(book.send("save_slide", slide=slide(f"while away {n}", f"s{n}")) for n in range(12))
        )
        assert time.monotonic() - began < 30, "they wait together, not one after the other"
        assert [response.status_code for response in responses] == [202] * 12
        assert {response.json()["results"][0]["status"] for response in responses} == {"accepted"}
        async with alone.running_worker():
            head = await until_rev(book, 16)
        assert head["slide_counts"]["draft"] == 12
        assert head["rev"] == 16


async def test_temporal_is_away(site: Site, book: Book) -> None:
    away = site.settings.model_copy(update={"temporal_address": "127.0.0.1:9"})
    async with (
        site.running_api(settings=away) as api,
        api.client(site.person("lead").access_token) as client,
    ):
        response = await Book(client, {"id": book.id}).send("rename", title="Lost?")
        assert (response.status_code, response.json()["code"]) == (503, "workflow_unavailable")
        assert int(response.headers["retry-after"]) > 0
        ready = await client.get("/ready")
        assert ready.status_code == 503
        states = {name: part["state"] for name, part in ready.json()["dependencies"].items()}
        assert states == {"temporal": "down", "store": "up", "access": "up"}
        assert (await client.get(book.url)).json()["rev"] == 1


async def test_the_store_is_away(site: Site, book: Book) -> None:
    away = site.settings.model_copy(update={"mongodb_url": SecretStr("mongodb://127.0.0.1:9/")})
    async with site.running_api(settings=away) as api, api.client(site.person("lead").access_token) as client:
        response = await client.get(book.url)
        assert (response.status_code, response.json()["code"]) == (503, "store_unavailable")
        assert (await client.get("/health")).status_code == 200
        assert (await client.get("/ready")).json()["dependencies"]["store"]["state"] == "down"


async def test_supabase_is_away(site: Site, book: Book) -> None:
    away = site.settings.model_copy(update={"supabase_url": "http://127.0.0.1:9"})
    async with site.running_api(settings=away) as api, api.client(site.person("lead").access_token) as client:
        response = await client.get(book.url)
        assert (response.status_code, response.json()["code"]) == (503, "access_unavailable")
        assert (await client.get("/ready")).json()["dependencies"]["access"]["state"] == "down"


async def test_everything_is_ready(site: Site, lead: httpx.AsyncClient) -> None:
    ready = (await lead.get("/ready")).json()
    assert ready["status"] == "ready"
    assert all(part["latency_ms"] >= 0 for part in ready["dependencies"].values())
