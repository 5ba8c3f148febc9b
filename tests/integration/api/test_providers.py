"""A chat with a provider that fails, on the real stack: what people see, and what it costs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from domain.spending import Budget, Price
from tests.providers.script import Reply, ToolUse

from .conftest import Site
from .speaking import SpeakingSite, message, run_over, say, speaking_site

ANSWER = "Net sales were high. They grew by a tenth. Nobody knows why."
PRICE = Price(input=1_000, output=1_000)


@pytest.fixture(scope="module")
async def speaking(site: Site) -> AsyncIterator[SpeakingSite]:
    async with speaking_site(with_settings(site, prices={"openai:tests": PRICE})) as found:
        yield found


@pytest.fixture
async def lead(speaking: SpeakingSite) -> AsyncIterator[httpx.AsyncClient]:
    async with speaking.site.client("lead") as client:
        yield client


def with_settings(site: Site, **changes: Any) -> Site:
    return Site(site.addresses, site.people, site.settings.model_copy(update=changes), site.calls, site.store)


async def answered(
    speaking: SpeakingSite, client: httpx.AsyncClient, *replies: Reply
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The run and the answer that come of these replies of the model."""
    speaking.voice.in_turn(*replies)
    book = await speaking.book(client)
    sent = await say(book, "What were the sales?")
    run = await run_over(client, sent["run_id"])
    return run, await message(book, sent["answer_ids"][0])


async def calls_of(speaking: SpeakingSite, run: dict[str, Any]) -> list[tuple[str, int, int]]:
    """Outcome and tokens of each call of a model that the run has made."""
    org_id = speaking.site.person("lead").org_id or ""
    month = datetime.now(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    calls = await speaking.site.store.usage.calls(org_id, month, datetime.now(UTC))
    return [(call.outcome, call.tokens_in, call.tokens_out) for call in calls if call.run_id == run["id"]]


async def test_a_stream_that_is_cut_is_said_again_once(speaking: SpeakingSite, lead: httpx.AsyncClient) -> None:
    run, answer = await answered(
        speaking, lead, Reply(text=ANSWER, pause=0.02, cut_after=6), Reply(text=ANSWER, tokens_in=70, tokens_out=30)
    )
    assert run["status"] == "completed", run
    assert answer["text"] == ANSWER
    [failed, completed] = await calls_of(speaking, run)
    assert failed[0] == "failed"
    assert completed == ("completed", 70, 30)
    report = (await lead.get("/usage", params={"group_by": "model"})).json()
    assert [item["key"] for item in report["items"]] == ["openai:tests"]
    assert report["total"]["cost_usd"] >= 0.1


async def test_what_a_run_cost_is_told_agent_by_agent(speaking: SpeakingSite, lead: httpx.AsyncClient) -> None:
    run, _ = await answered(speaking, lead, Reply(text=ANSWER, tokens_in=70, tokens_out=30))
    [agent] = (await lead.get(f"/runs/{run['id']}/agents")).json()["items"]
    report = (await lead.get(f"/runs/{run['id']}/usage")).json()
    assert (report["run_id"], report["whose"]) == (run["id"], "all")
    assert [(item["key"], item["calls"]) for item in report["items"]] == [(agent["id"], 1)]
    assert (report["total"]["tokens_in"], report["total"]["tokens_out"]) == (70, 30)
    assert report["total"]["cost_usd"] == pytest.approx(0.1)  # pyright: ignore[reportUnknownMemberType]
    async with speaking.site.client("editor") as editor:
        own = (await editor.get(f"/runs/{run['id']}/usage")).json()
    assert (own["whose"], own["items"], own["total"]["calls"]) == ("own", [], 0)
    async with speaking.site.client("outsider") as outsider:
        assert (await outsider.get(f"/runs/{run['id']}/usage")).status_code == 404


async def test_too_many_requests_pass(speaking: SpeakingSite, lead: httpx.AsyncClient) -> None:
    run, answer = await answered(
        speaking, lead, Reply(status=429, headers={"Retry-After": "0.2"}), Reply(status=503), Reply(text=ANSWER)
    )
    assert (run["status"], answer["text"]) == ("completed", ANSWER)


async def test_what_no_retry_can_mend_is_said_to_the_person(speaking: SpeakingSite, lead: httpx.AsyncClient) -> None:
    asked = len(speaking.asked)
    run, answer = await answered(speaking, lead, Reply(status=400, error="max_tokens is too large."))
    assert run["status"] == "failed"
    assert "max_tokens is too large" in run["error"]
    assert answer["status"] == "failed"
    assert len(speaking.asked) == asked + 1


async def test_the_model_hears_that_its_call_was_malformed(speaking: SpeakingSite, lead: httpx.AsyncClient) -> None:
    malformed = Reply(text="I look.", tool_uses=(ToolUse("search_documents", '{"query": "net sal'),))
    run, answer = await answered(speaking, lead, malformed, Reply(text=ANSWER))
    assert run["status"] == "completed", run
    assert answer["text"] == f"I look.\n\n{ANSWER}"
    told = speaking.asked[-1].body["messages"][-1]
    assert (told["role"], told["tool_call_id"]) == ("tool", "call_1")
    assert "JSON" in told["content"]


async def test_a_used_up_budget_stops_a_run_before_it_is_overspent(site: Site) -> None:
    budgets = {"default": Budget(usd_per_month=45)}
    async with (
        speaking_site(with_settings(site, prices={"openai:tests": PRICE}, budgets=budgets)) as speaking,
        speaking.site.client("lead") as client,
    ):
        run, answer = await answered(speaking, client, Reply(text=ANSWER, tokens_in=20_000, tokens_out=10_000))
        assert run["status"] == "completed", run
        run, answer = await answered(speaking, client, Reply(text=ANSWER))
        assert run["status"] == "failed"
        assert "budget for models is used up for this month" in run["error"]
        assert answer["status"] == "failed"
        assert len(speaking.asked) == 1
        budget = (await client.get("/budgets")).json()
    assert (budget["usd_per_month"], budget["spent_usd"]) == (45, 30)
