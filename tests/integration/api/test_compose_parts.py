"""Parts of a compose run that fail or are stopped, on the real stack with a provider as the writers' model."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from domain.spending import ModelChoice
from tests.integration.api.test_providers import with_settings

from .conftest import Site
from .speaking import SpeakingSite, run_over, speaking_site
from .writers import SECTIONS, Writers, agents_of, compose_run, slides_of

BY_RULES = {work: ModelChoice(model="evidence-only") for work in ("plan", "review", "code")}


@pytest.fixture(scope="module")
async def speaking(site: Site) -> AsyncIterator[SpeakingSite]:
    async with speaking_site(with_settings(site, models=BY_RULES)) as found:
        yield found


@pytest.fixture
async def lead(speaking: SpeakingSite) -> AsyncIterator[httpx.AsyncClient]:
    async with speaking.site.client("lead") as client:
        yield client


async def test_a_section_that_fails_fails_alone_and_is_taken_up_again(
    speaking: SpeakingSite, lead: httpx.AsyncClient
) -> None:
    writers = Writers(refused=frozenset({"Markets"}))
    speaking.voice.says = writers
    book = await speaking.book(lead)
    run_id = await compose_run(book, plan_approval=False)
    run = await run_over(lead, run_id, 120)
    assert run["status"] == "failed"
    assert run["error"].startswith("1 of 3 sections failed: Markets: the writer failed.")
    assert "not to my liking" in run["error"]
    [failed] = [one for one in await agents_of(book, run_id) if one["status"] == "failed"]
    assert (failed["agent_type"], failed["title"]) == ("writer", "Markets")
    assert "not to my liking" in failed["error"]
    before = await slides_of(book)
    assert {slide["section_id"] for slide in before} == {"financials", "products"}
    writers.refused = frozenset()
    writers.asked.clear()
    response = await lead.post(f"/runs/{run_id}/resume")
    assert response.status_code == 202, response.text
    resumed_id = response.json()["run_id"]
    resumed = await run_over(lead, resumed_id, 120)
    assert resumed["status"] == "completed", resumed
    assert writers.asked == {"Markets": 1}
    slides = await slides_of(book)
    assert {slide["section_id"] for slide in slides} == {"financials", "markets", "products"}
    assert {(slide["id"], slide["rev"]) for slide in before} == {
        (slide["id"], slide["rev"]) for slide in slides if slide["section_id"] != "markets"
    }
    agents = await agents_of(book, resumed_id)
    assert {(one["title"], one["status"]) for one in agents} == {("Markets", "completed")}


async def test_stopping_a_run_stops_its_whole_tree_and_the_calls_of_models(
    speaking: SpeakingSite, lead: httpx.AsyncClient
) -> None:
    writers = Writers(held_up=frozenset(SECTIONS))
    speaking.voice.says = writers
    speaking.provider.hung_up.clear()
    book = await speaking.book(lead)
    run_id = await compose_run(book, plan_approval=False)
    async with asyncio.timeout(60):
        while set(writers.asked) != set(SECTIONS):
            await asyncio.sleep(0.05)
    response = await lead.post(f"/runs/{run_id}/cancel")
    assert response.status_code == 202, response.text
    assert (await run_over(lead, run_id, 60))["status"] == "cancelled"
    agents = await agents_of(book, run_id)
    stopped = [one for one in agents if one["agent_type"] == "writer"]
    assert {(one["title"], one["status"], one["error"]) for one in stopped} == {
        (title, "failed", "Stopped.") for title in SECTIONS
    }
    assert await slides_of(book) == []
    temporal = await speaking.site.temporal()
    query = f"WorkflowId STARTS_WITH 'agent/{book.id}/' AND ExecutionStatus = 'Running'"
    assert [one.id async for one in temporal.list_workflows(query)] == []
