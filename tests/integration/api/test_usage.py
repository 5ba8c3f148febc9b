"""What models cost, over HTTP: who sees what, in which sums."""

from __future__ import annotations

import asyncio
import uuid
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from langchain_core.language_models.fake_chat_models import FakeListChatModel
from langchain_core.messages import HumanMessage
from temporalio.exceptions import ApplicationError

from activities.usage import StoreUsageBook
from agents.failures import BUDGET_USED_UP
from agents.models import ChosenModel
from agents.usage import Caller, Hold, Meter, ModelUse, Spent
from domain.spending import Budget, CallOutcome, Price, Tokens, Work
from tests.integration.api.conftest import Site

HOUR = timedelta(hours=1)
DAY = datetime(2026, 3, 2, tzinfo=UTC)


def call(
    site: Site,
    role: str,
    at: datetime,
    *,
    model: str = "openai:gpt-5",
    cost: float = 0.5,
    work: Work = "chat",
    outcome: CallOutcome = "completed",
    team: int = 0,
) -> ModelUse:
    person = site.person(role, team)
    run_id = uuid.uuid4().hex
    return ModelUse(
        id=f"{run_id}/a/0/1",
        caller=Caller(
            org_id=person.org_id or "",
            cim_id="cim",
            run_id=run_id,
            agent_id="a",
            agent_type="assistant",
            person_id=person.user_id,
        ),
        work=work,
        model=model,
        at=at,
        tokens=Tokens(input=100, output=20, cached=10),
        cost_usd=cost,
        seconds=1.5,
        outcome=outcome,
    )


@pytest.fixture(scope="module")
async def calls(site: Site) -> list[ModelUse]:
    book = StoreUsageBook(site.store)
    made = [
        call(site, "lead", DAY),
        call(site, "editor", DAY + timedelta(minutes=10), cost=0.25),
        call(site, "editor", DAY + HOUR, model="anthropic:claude-opus-5", cost=2, work="write", outcome="failed"),
        call(site, "lead", DAY, team=1, cost=70),
    ]
    for use in [*made, made[0]]:
        await book.record(use)
    return made


async def usage(client: httpx.AsyncClient, **query: str) -> httpx.Response:
    given = {"since": DAY.isoformat(), "until": (DAY + 2 * HOUR).isoformat(), **query}
    return await client.get("/usage", params=given)


async def test_what_calls_in_flight_may_cost_is_held_for_all_workers_until_it_is_released(site: Site) -> None:
    org_id, here, there = uuid.uuid4().hex, StoreUsageBook(site.store), StoreUsageBook(site.store)
    until = datetime.now(UTC) + HOUR
    mine = Hold(id=f"{org_id}/1", org_id=org_id, person_id="lea", usd=2, until=until)
    theirs = Hold(id=f"{org_id}/2", org_id=org_id, person_id="tom", usd=3, until=until)
    for hold in (mine, theirs, mine):
        await here.hold(hold)
    assert await there.spent(org_id, "lea", DAY) == Spent(by_org=5, by_person=2)
    await there.release(theirs)
    assert await here.spent(org_id, "tom", DAY) == Spent(by_org=2, by_person=0)
    await here.hold(mine.model_copy(update={"until": datetime.now(UTC) - HOUR}))
    assert await there.spent(org_id, "lea", DAY) == Spent()


async def test_a_budget_holds_over_several_workers(site: Site) -> None:
    org_id, go_on = uuid.uuid4().hex, asyncio.Event()
    model = ChosenModel(
        chat=FakeListChatModel(responses=[]),
        name="openai:gpt",
        work="chat",
        max_tokens=1_000,
        price=Price(output=1_000, input=0),
    )
    meters = [Meter(StoreUsageBook(site.store), {org_id: Budget(usd_per_month=3.5)}) for _ in range(4)]

    decided: list[str] = []

    async def worker(number: int) -> None:
        who = Caller(
            org_id=org_id, cim_id="cim", run_id=uuid.uuid4().hex, agent_id="a", agent_type="assistant", person_id="lea"
        )
        try:
            async with meters[number % 4].call(who, model, [HumanMessage("How much?")]):
                decided.append("called")
                await go_on.wait()
        except ApplicationError as error:
            decided.append(str(error.type))

    async with asyncio.timeout(60), asyncio.TaskGroup() as calls:
        for number in range(12):
            calls.create_task(worker(number))
        while len(decided) < 12:
            await asyncio.sleep(0.05)
        go_on.set()
    assert decided.count("called") <= 3
    assert set(decided) <= {"called", BUDGET_USED_UP}
    assert (await meters[0].book.spent(org_id, "lea", DAY)).by_org == 0


async def test_a_lead_sees_all_of_the_organisation(site: Site, calls: list[ModelUse]) -> None:
    async with site.client("lead") as client:
        report = (await usage(client, group_by="hour")).json()
    assert report["whose"] == "organisation"
    assert [(item["key"], item["calls"], item["cost_usd"]) for item in report["items"]] == [
        (DAY.isoformat(), 2, 0.75),
        ((DAY + HOUR).isoformat(), 1, 2),
    ]
    assert report["total"] == {
        "calls": 3,
        "tokens_in": 300,
        "tokens_out": 60,
        "tokens_cached": 30,
        "cost_usd": 2.75,
        "seconds": 4.5,
    }


@pytest.mark.parametrize("role", ["owner", "admin", "billing"])
async def test_who_pays_sees_all_of_it_without_a_deal(site: Site, calls: list[ModelUse], role: str) -> None:
    async with site.client(role) as client:
        report = (await usage(client)).json()
        budget = (await client.get("/budgets")).json()
    assert (report["whose"], report["total"]["cost_usd"]) == ("organisation", 2.75)
    assert budget["spent_usd"] is not None


async def test_others_see_what_they_caused(site: Site, calls: list[ModelUse]) -> None:
    async with site.client("editor") as client:
        report = (await usage(client, group_by="model")).json()
    assert report["whose"] == "own"
    assert {item["key"]: item["cost_usd"] for item in report["items"]} == {
        "openai:gpt-5": 0.25,
        "anthropic:claude-opus-5": 2,
    }


@pytest.mark.parametrize(
    ("group_by", "keys"),
    [("day", ["2026-03-02"]), ("month", ["2026-03"]), ("work", ["chat", "write"])],
)
async def test_sums_by_what_is_asked(site: Site, calls: list[ModelUse], group_by: str, keys: list[str]) -> None:
    async with site.client("lead") as client:
        report = (await usage(client, group_by=group_by)).json()
    assert [item["key"] for item in report["items"]] == keys
    assert sum(item["calls"] for item in report["items"]) == 3


async def test_another_organisation_is_not_there(site: Site) -> None:
    async with site.client("lead") as client:
        response = await usage(client, org_id=site.person("lead", 1).org_id or "")
    assert response.status_code == 404
    assert response.json()["code"] == "unknown_org"
    async with site.client("outsider") as client:
        assert (await usage(client)).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        {"until": DAY.isoformat(), "since": (DAY + HOUR).isoformat()},
        {"since": "2020-01-01T00:00:00Z"},
        {"group_by": "hour", "since": "2026-01-01T00:00:00Z"},
        {"until": "9999-12-31T23:59:59Z"},
        {"group_by": "colour"},
    ],
)
async def test_what_cannot_be_answered_is_said(site: Site, query: dict[str, str]) -> None:
    async with site.client("lead") as client:
        response = await usage(client, **query)
    assert response.status_code == 422
    assert response.json()["code"] == "invalid_input"


async def test_the_budget_of_this_month(site: Site) -> None:
    org_id = site.person("lead", 1).org_id or ""
    await StoreUsageBook(site.store).record(call(site, "editor", datetime.now(UTC), cost=3, team=1))
    budgets = {org_id: Budget(usd_per_month=500), "default": Budget(usd_per_person_per_month=1)}
    settings = site.settings.model_copy(update={"budgets": budgets})
    async with site.running_api(settings=settings) as api:
        async with api.client(site.person("lead", 1).access_token) as client:
            lead = (await client.get("/budgets")).json()
        async with api.client(site.person("editor", 1).access_token) as client:
            editor = (await client.get("/budgets")).json()
    assert (lead["usd_per_month"], lead["spent_usd"], lead["spent_by_you_usd"]) == (500, 3, 0)
    assert lead["usd_per_person_per_month"] is None
    assert (editor["spent_usd"], editor["spent_by_you_usd"]) == (None, 3)


async def test_calls_recorded_side_by_side_are_all_in_the_sum(site: Site) -> None:
    book, other = StoreUsageBook(site.store), StoreUsageBook(site.store)
    at = DAY + timedelta(days=40)
    uses = [call(site, "lead", at, cost=1) for _ in range(12)]
    async with asyncio.TaskGroup() as group:
        for number, use in enumerate(uses):
            group.create_task((book if number % 2 else other).record(use))
    [hour] = await site.store.usage.hours(uses[0].caller.org_id, at, at + HOUR)
    assert (hour.calls, hour.cost_usd) == (12, 12)
