"""Calls are counted once, paid for by the price list, and held against the budget before they are made."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from langchain_core.language_models.fake_chat_models import FakeListChatModel
from langchain_core.messages import HumanMessage
from temporalio.exceptions import ApplicationError

from agents.failures import BUDGET_USED_UP
from agents.models import ChosenModel
from agents.usage import Caller, Meter, Tally
from domain.spending import Budget, Price, Tokens, budget_of, month_of
from tests.unit.agents.metering import CALLER, MemoryUsage

QUESTION = [HumanMessage("x" * 3_000)]
"""Counts as 1,000 tokens before anybody has counted them."""


def chosen(name: str = "openai:gpt", max_tokens: int = 1_000, price: Price | None = None) -> ChosenModel:
    return ChosenModel(
        chat=FakeListChatModel(responses=["Yes."]),
        name=name,
        work="chat",
        max_tokens=max_tokens,
        price=price or Price(input=1_000, output=1_000),
    )


def meter(usage: MemoryUsage, budgets: Mapping[str, Budget], at: datetime | None = None) -> Meter:
    return Meter(usage, budgets, clock=lambda: at or datetime.now(UTC))


def caller(step: int = 1, attempt: int = 1, person_id: str = "lea") -> Caller:
    return CALLER.model_copy(update={"step": step, "attempt": attempt, "person_id": person_id})


async def call(metering: Meter, who: Caller, model: ChosenModel | None = None) -> None:
    async with metering.call(who, model or chosen(), QUESTION) as tally:
        tally.reports({"input_tokens": 1_000, "output_tokens": 500, "total_tokens": 1_500})


async def test_a_repeated_record_is_no_second_call() -> None:
    usage = MemoryUsage()
    metering = meter(usage, {})
    await call(metering, caller())
    await call(metering, caller())
    await call(metering, caller(attempt=2))
    await call(metering, caller(step=2))
    assert len(usage.uses) == 3


async def test_a_call_that_could_pass_the_bound_is_not_made() -> None:
    usage = MemoryUsage()
    metering = meter(usage, {"org1": Budget(usd_per_month=3.4)})
    await call(metering, caller(step=1))
    with pytest.raises(ApplicationError, match="organisation's budget for models is used up") as caught:
        await call(metering, caller(step=2))
    assert (caught.value.type, caught.value.non_retryable) == (BUDGET_USED_UP, True)
    assert len(usage.uses) == 1


async def test_a_person_has_a_budget_of_their_own() -> None:
    metering = meter(MemoryUsage(), {"default": Budget(usd_per_person_per_month=3)})
    await call(metering, caller(step=1))
    with pytest.raises(ApplicationError, match="Your budget for models is used up"):
        await call(metering, caller(step=2))
    await call(metering, caller(step=3, person_id="tom"))


async def test_calls_in_flight_count_with_their_estimate() -> None:
    usage = MemoryUsage()
    metering = meter(usage, {"org1": Budget(usd_per_month=5)})
    go_on = asyncio.Event()

    async def slow(step: int) -> None:
        async with metering.call(caller(step), chosen(), QUESTION) as tally:
            await go_on.wait()
            tally.reports({"input_tokens": 1_000, "output_tokens": 500, "total_tokens": 1_500})

    tasks = [asyncio.create_task(slow(step)) for step in range(6)]
    done, pending = await asyncio.wait(tasks, timeout=0.2)
    assert (len(done), len(pending)) == (4, 2)
    assert all(isinstance(task.exception(), ApplicationError) for task in done)
    go_on.set()
    await asyncio.gather(*pending)
    assert sum(use.cost_usd for use in usage.uses.values()) == pytest.approx(3)


async def test_calls_in_flight_of_other_workers_count_too() -> None:
    usage, budgets = MemoryUsage(), {"org1": Budget(usd_per_month=5, usd_per_person_per_month=3)}
    here, there = meter(usage, budgets), meter(usage, budgets)
    async with here.call(caller(1), chosen(), QUESTION):
        with pytest.raises(ApplicationError, match="Your budget"):
            await call(there, caller(2))
        async with there.call(caller(2, person_id="tom"), chosen(), QUESTION):
            with pytest.raises(ApplicationError, match="organisation's budget"):
                await call(here, caller(3, person_id="ann"))
    assert usage.holds == {}


async def test_what_was_reserved_is_free_again_after_a_failure() -> None:
    usage = MemoryUsage()
    metering = meter(usage, {"org1": Budget(usd_per_month=2)})

    async def fail(step: int) -> None:
        async with metering.call(caller(step), chosen(), QUESTION):
            raise ConnectionError("gone")

    for step in range(5):
        with pytest.raises(ConnectionError):
            await fail(step)
    await call(metering, caller(9))
    assert [use.outcome for use in usage.uses.values()] == ["failed"] * 5 + ["completed"]
    assert sum(use.cost_usd for use in usage.uses.values()) == pytest.approx(1.5)


async def test_the_budget_is_of_the_month() -> None:
    usage = MemoryUsage()
    budgets = {"org1": Budget(usd_per_month=2)}
    await call(meter(usage, budgets, datetime(2026, 1, 31, 23, 59, tzinfo=UTC)), caller(1))
    await call(meter(usage, budgets, datetime(2026, 2, 1, tzinfo=UTC)), caller(2))
    with pytest.raises(ApplicationError):
        await call(meter(usage, budgets, datetime(2026, 2, 28, tzinfo=UTC)), caller(3))


async def test_a_model_without_a_price_is_not_called_under_a_budget() -> None:
    unpriced = ChosenModel(chat=FakeListChatModel(responses=[]), name="openai:new", work="chat", max_tokens=100)
    with pytest.raises(ApplicationError, match="nobody has said what the model openai:new costs"):
        await call(meter(MemoryUsage(), {"org1": Budget(usd_per_month=5)}), caller(), unpriced)
    usage = MemoryUsage()
    await call(meter(usage, {}), caller(), unpriced)
    assert [use.cost_usd for use in usage.uses.values()] == [0]


@pytest.mark.parametrize("name", ["ollama:llama3", "evidence-only"])
async def test_a_model_of_ones_own_needs_no_budget(name: str) -> None:
    free = ChosenModel(chat=FakeListChatModel(responses=[]), name=name, work="chat", max_tokens=100)
    await call(meter(MemoryUsage(), {"org1": Budget(usd_per_month=0)}), caller(), free)


async def test_a_usage_book_that_is_away_does_not_hide_an_error() -> None:
    class Away(MemoryUsage):
        async def record(self, use: object) -> None:
            raise ConnectionError("the store is gone")

    async def fail() -> None:
        async with meter(Away(), {}).call(caller(), chosen(), QUESTION):
            raise ValueError("the model broke")

    with pytest.raises(ValueError, match="the model broke"):
        await fail()
    with pytest.raises(ConnectionError, match="the store is gone"):
        await call(meter(Away(), {}), caller())


def test_what_the_provider_does_not_count_is_estimated() -> None:
    tally = Tally(sent=Tokens(input=1_000, output=99))
    assert tally.tokens(is_complete=False) == Tokens()
    tally.heard("x" * 300)
    assert tally.tokens(is_complete=False) == Tokens(input=1_000, output=100)
    tally.reports({"input_tokens": 900, "output_tokens": 1, "total_tokens": 901})
    assert tally.tokens(is_complete=False) == Tokens(input=900, output=100)
    assert tally.tokens(is_complete=True) == Tokens(input=900, output=1)


def test_a_price_tells_cached_tokens_apart() -> None:
    price = Price(input=10, output=100, cached=1, cache_write=12)
    tokens = Tokens(input=1_000_000, output=10_000, cached=500_000, cache_written=100_000)
    assert price.of(tokens) == pytest.approx(4 + 1 + 0.5 + 1.2)
    assert Price(input=10, output=100).of(tokens) == pytest.approx(11)


def test_budgets_by_name_and_for_all_others() -> None:
    budgets = {"a": Budget(usd_per_month=1), "default": Budget(usd_per_month=2)}
    assert [budget_of(org, budgets).usd_per_month for org in ("a", "b")] == [1, 2]
    assert not budget_of("b", {}).is_bound
    assert month_of(datetime(2026, 5, 17, 8, 30, tzinfo=UTC)) == datetime(2026, 5, 1, tzinfo=UTC)
