"""A document that is being read outlives the worker that was at it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from .conftest import Site, new_book
from .dying import site_without_worker, worker_process

ROWS = 30_000
PATIENCE_SECONDS = 200
"""Less than the ten minutes that a try may take, more than a worker of a busy machine needs to be missed."""


@pytest.fixture
async def lonely(site: Site) -> AsyncIterator[Site]:
    async with site_without_worker(site) as own:
        yield own


@pytest.mark.timeout(420)
async def test_a_document_is_read_on_after_its_worker_was_killed(lonely: Site, tmp_path: Path) -> None:
    data = "year,net sales\n" + "".join(f"{2000 + n % 25},{n}.5\n" for n in range(ROWS))
    async with lonely.client("lead") as client:
        async with worker_process(lonely, {}, tmp_path) as first:
            book = await new_book(client, lonely.person("lead"))
            sent = await client.post(f"/cims/{book.id}/sources", files={"file": ("sales.csv", data.encode())})
            assert sent.status_code == 202, sent.text
            source_id = sent.json()["id"]
            await until(client, source_id, "reading")
            first.kill()
            first.wait()
        async with worker_process(lonely, {}, tmp_path):
            assert (await until(client, source_id, "ready", "refused"))["status"] == "ready"


async def until(client: httpx.AsyncClient, source_id: str, *wanted: str) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            source = (await client.get(f"/sources/{source_id}")).json()
            if source["status"] in wanted:
                return source
            await asyncio.sleep(0.02)
