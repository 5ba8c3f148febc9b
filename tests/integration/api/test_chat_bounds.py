"""What does not grow: the calls of a turn, and the histories of a conversation."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import httpx
import pytest

from agents.turn.nodes import MOST_STEPS
from domain.values import AgentType
from tests.providers.script import Asked, Reply, ToolUse
from workflows.contract import agent_workflow_id, cim_workflow_id, run_workflow_id

from .conftest import Book, Site
from .speaking import SpeakingSite, message, run_over, say, speaking_site

TWO_THOUSAND_WORDS = " ".join(f"word{number % 97} of remark {number}" for number in range(500))
TURNS = 8


@pytest.fixture(scope="module")
async def speaking(site: Site) -> AsyncIterator[SpeakingSite]:
    async with speaking_site(site) as found:
        yield found


@pytest.fixture
async def lead(speaking: SpeakingSite) -> AsyncIterator[httpx.AsyncClient]:
    async with speaking.site.client("lead") as client:
        yield client


@pytest.mark.parametrize(("mention", "agent_type"), [("@research", "research"), ("", "assistant")])
async def test_an_agent_that_would_look_things_up_for_ever_has_to_answer(
    speaking: SpeakingSite, lead: httpx.AsyncClient, mention: str, agent_type: AgentType
) -> None:
    def says(asked: Asked) -> Reply:
        if not asked.body.get("tools"):
            return Reply(text="That is all I found.")
        query = json.dumps({"query": f"number {len(speaking.asked)}"})
        return Reply(tool_uses=(ToolUse("search_documents", query, id=f"call_{len(speaking.asked)}"),))

    speaking.voice.says = says
    book = await speaking.book(lead)
    before = len(speaking.asked)
    sent = await say(book, f"{mention} look it up.", mode="ask")
    run = await run_over(lead, sent["run_id"], 120)
    assert run["status"] == "completed", run
    assert (await message(book, sent["answer_ids"][0]))["text"] == "That is all I found."
    assert len(speaking.asked) - before == MOST_STEPS[agent_type] + 1
    calls = (await lead.get(f"{book.url}/tool-calls", params={"run_id": sent["run_id"], "limit": 100})).json()["items"]
    assert len(calls) == len(speaking.asked) - before - 1


async def test_histories_do_not_grow_with_the_conversation(speaking: SpeakingSite, lead: httpx.AsyncClient) -> None:
    speaking.voice.says = lambda _: Reply(text=TWO_THOUSAND_WORDS)
    book = await speaking.book(lead)
    sizes: list[tuple[int, int, int]] = []
    for number in range(TURNS):
        sent = await say(book, f"Remark {number}. {TWO_THOUSAND_WORDS}")
        assert (await run_over(lead, sent["run_id"], 60))["status"] == "completed"
        sizes.append(await _sizes(speaking, book, sent["run_id"]))
    for first, last in zip(sizes[0], sizes[-1], strict=True):
        assert last < first * 1.1 + 1_000, sizes
    assert max(max(one) for one in sizes) < 60_000, sizes


async def _sizes(speaking: SpeakingSite, book: Book, run_id: str) -> tuple[int, int, int]:
    """Bytes of the histories of the run, its agent and the book."""
    temporal = await speaking.site.temporal()
    org_id = speaking.site.person("lead").org_id or ""
    ids = (
        run_workflow_id(book.id, run_id),
        agent_workflow_id(book.id, f"{run_id}-0"),
        cim_workflow_id(org_id, book.id),
    )
    histories = [await temporal.get_workflow_handle(id_).fetch_history() for id_ in ids]
    run, agent, cim = (len(history.to_json()) for history in histories)
    return run, agent, cim
