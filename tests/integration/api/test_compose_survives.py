"""A compose run outlives the worker that was at it: what was written stays, what was not is written, nothing twice."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.providers.server import Provider, serving

from .conftest import Site, new_book
from .dying import site_without_worker, worker_process
from .speaking import open_requests, run_over
from .writers import SECTIONS, Writers, agents_of, compose_run, slides_of


@pytest.fixture
async def lonely(site: Site) -> AsyncIterator[Site]:
    async with site_without_worker(site) as own:
        yield own


@pytest.mark.timeout(300)
async def test_a_compose_run_goes_on_after_its_worker_was_killed(lonely: Site, tmp_path: Path) -> None:
    writers = Writers(held_up=frozenset({"Markets", "Products"}))
    with serving(Provider(answering=writers)) as provider:
        models = json.dumps({"write": {"model": "openai:tests"}})
        environment = {**provider.environment(), "BOOKRUNNER_MODEL": "evidence-only", "BOOKRUNNER_MODELS": models}
        async with lonely.client("lead") as client:
            async with worker_process(lonely, environment, tmp_path) as first:
                book = await new_book(client, lonely.person("lead"))
                run_id = await compose_run(book)
                [request] = await open_requests(book)
                planned = request["body"]["arguments"]["sections"]
                assert {section["title"] for section in planned} == set(SECTIONS)
                answer = {"approved": True}
                taken = await client.post(f"/runs/{run_id}/answers/{request['id']}", json=answer)
                assert taken.status_code == 200, taken.text
                async with asyncio.timeout(60):
                    while set(writers.asked) < set(SECTIONS) or not await slides_of(book):
                        await asyncio.sleep(0.05)
                first.kill()
                first.wait()
            before = await slides_of(book)
            assert {slide["section_id"] for slide in before} == {"financials"}
            writers.held_up = frozenset()
            async with worker_process(lonely, environment, tmp_path):
                run = await run_over(client, run_id, 180)
            assert run["status"] == "completed", run
            slides = await slides_of(book)
            agents = await agents_of(book, run_id)
    assert Counter(slide["section_id"] for slide in slides) == {
        section["section_id"]: len(section["items"]) for section in planned
    }
    assert {(slide["id"], slide["rev"]) for slide in before} <= {(slide["id"], slide["rev"]) for slide in slides}
    assert len({slide["title"] for slide in slides}) == len(slides)
    assert {one["status"] for one in agents} == {"completed"}
    assert Counter(one["title"] for one in agents if one["agent_type"] == "writer") == Counter(SECTIONS)
    assert writers.asked == {"Financials": 1, "Markets": 2, "Products": 2}
