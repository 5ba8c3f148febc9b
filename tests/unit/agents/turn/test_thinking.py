"""One call of a model, by the providers' own clients, against a server that speaks their protocols."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
from langchain_core.messages import BaseMessage, HumanMessage, ToolMessage, message_to_dict, messages_from_dict
from temporalio.exceptions import ApplicationError

from agents.failures import BUDGET_USED_UP, MODEL_REFUSED, MODEL_UNAVAILABLE
from agents.models import ModelChooser
from agents.turn.speaking import Speaker
from agents.turn.thinking import Thought, think
from agents.usage import MeteredModel
from domain.spending import Budget, ModelChoice, Price
from tests.providers.script import Reply, ToolUse
from tests.providers.server import Provider, serving
from tests.unit.agents.metering import CALLER, MemoryUsage, metered

NAMES = ("openai:gpt-5-mini", "openai:gpt-6-sol", "anthropic:claude-sonnet-5", "ollama:llama3")
TELLS_JSON_AS_TEXT = NAMES[:3]
SEARCH: Mapping[str, Any] = {
    "type": "function",
    "function": {
        "name": "search",
        "description": "Looks for words in the documents.",
        "parameters": {"type": "object", "properties": {"words": {"type": "string"}}, "required": ["words"]},
    },
}
QUESTION = [HumanMessage("What were the sales?")]
ANSWER = "Net sales were 590.6. They grew by a tenth."


class Sink:
    def __init__(self) -> None:
        self.text = ""

    async def reset(self, cim_id: str, message_id: str, attempt: int, text: str) -> None:
        self.text = text

    async def add(self, cim_id: str, message_id: str, attempt: int, text: str) -> None:
        self.text += text


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


class Desk:
    """A model of one provider, the words that came of it, and what it used."""

    def __init__(self, provider: Provider, monkeypatch: pytest.MonkeyPatch, name: str, key: str | None = None) -> None:
        environment = provider.environment() if key is None else provider.environment(key)
        for variable, value in environment.items():
            monkeypatch.setenv(variable, value)
        self.usage = MemoryUsage()
        self.sink = Sink()
        self.name = name
        self.choice = ModelChoice(model=name, max_tokens=1_000)
        self.budgets: dict[str, Budget] = {}
        self.prices: dict[str, Price] = {}
        self.timeout_seconds = 60.0

    @property
    def model(self) -> MeteredModel:
        chooser = ModelChooser(self.choice, prices=self.prices, timeout_seconds=self.timeout_seconds)
        return metered(chooser, "chat", self.usage, self.budgets)

    async def think(
        self, messages: Sequence[BaseMessage] = QUESTION, tools: Sequence[Mapping[str, Any]] = (SEARCH,)
    ) -> Thought:
        speaker = Speaker(self.sink, "cim1", "m1", step=CALLER.step, attempt=CALLER.attempt)
        return await think(self.model, messages, tools, speaker)

    async def fails(self) -> ApplicationError:
        with pytest.raises(ApplicationError) as caught:
            await self.think()
        return caught.value


async def test_words_stream_and_their_usage_is_recorded(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Provider(Reply(text=ANSWER, tokens_in=1_000, tokens_out=40, tokens_cached=200))) as provider:
        desk = Desk(provider, monkeypatch, name)
        desk.prices = {name: Price(input=10, output=100, cached=1)}
        thought = await desk.think()
    assert desk.sink.text == thought.message.text == ANSWER
    assert not thought.is_cut_short
    [use] = desk.usage.uses.values()
    cached = 0 if name.startswith("ollama") else 200
    assert (use.tokens.input, use.tokens.output, use.tokens.cached) == (1_000, 40, cached)
    assert use.cost_usd == pytest.approx((10 * (1_000 - cached) + cached + 100 * 40) / 1_000_000)
    assert (use.caller, use.work, use.model, use.outcome) == (CALLER, "chat", name, "completed")


async def test_the_provider_is_asked_for_no_more_than_it_may_say(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Provider(Reply(text=ANSWER))) as provider:
        desk = Desk(provider, monkeypatch, name)
        desk.choice = ModelChoice(model=name, max_tokens=777, effort="low")
        await desk.think()
    body = json.dumps(provider.asked[0].body)
    assert "777" in body
    assert '"low"' in body


async def test_a_choice_has_an_address_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Provider(Reply(text=ANSWER))) as elsewhere, serving(Provider()) as usual:
        desk = Desk(usual, monkeypatch, "openai:local")
        desk.choice = ModelChoice(model="openai:local", base_url=f"{elsewhere.url}/v1")
        await desk.think()
    assert len(elsewhere.asked) == 1
    assert usual.asked == []


async def test_calls_of_tools_are_gathered(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    uses = (ToolUse("search", '{"words": "net sales"}', "c1"), ToolUse("search", '{"words": "margin"}', "c2"))
    with serving(Provider(Reply(text="I look.", tool_uses=uses))) as provider:
        desk = Desk(provider, monkeypatch, name)
        thought = await desk.think()
    assert desk.sink.text == "I look."
    assert [call["args"] for call in thought.message.tool_calls] == [{"words": "net sales"}, {"words": "margin"}]
    assert thought.message.invalid_tool_calls == []
    ids = [call["id"] for call in thought.message.tool_calls]
    assert len(set(ids)) == 2
    assert "search" in json.dumps(provider.asked[0].body["tools"])


@pytest.mark.parametrize("name", TELLS_JSON_AS_TEXT)
@pytest.mark.parametrize("arguments", ['{"words": "net sal', "words", '{"words": }'])
async def test_a_malformed_call_is_told_and_can_be_answered(
    name: str, arguments: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    uses = (ToolUse("search", '{"words": "margin"}', "c1"), ToolUse("search", arguments, "c2"))
    with serving(Provider(Reply(text="I look.", tool_uses=uses), Reply(text=ANSWER))) as provider:
        desk = Desk(provider, monkeypatch, name)
        thought = await desk.think()
        [wrong] = thought.message.invalid_tool_calls
        assert (wrong["name"], wrong["id"]) == ("search", "c2")
        assert "JSON" in (wrong["error"] or "")
        assert [call["id"] for call in thought.message.tool_calls] == ["c1"]
        [kept] = messages_from_dict([json.loads(json.dumps(message_to_dict(thought.message)))])
        results = [ToolMessage("Found.", tool_call_id="c1"), ToolMessage("Not JSON.", tool_call_id="c2")]
        await desk.think([*QUESTION, kept, *results])
    sent = json.dumps(provider.asked[1].body)
    assert sent.count('"c2"') == 2


async def test_malformed_arguments_do_not_go_back_to_a_compatible_server(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Provider(Reply(tool_uses=(ToolUse("search", '{"words": "net sal'),)))) as provider:
        desk = Desk(provider, monkeypatch, "openai:gpt-5-mini")
        thought = await desk.think()
        await desk.think([*QUESTION, thought.message, ToolMessage("Not JSON.", tool_call_id="call_1")])
    [_, said, _] = provider.asked[1].body["messages"]
    assert said["tool_calls"][0]["function"] == {"name": "search", "arguments": "{}"}


async def test_arguments_that_are_no_object_are_malformed(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Provider(Reply(tool_uses=(ToolUse("search", "[1]"),)))) as provider:
        thought = await Desk(provider, monkeypatch, "openai:gpt-5-mini").think()
    assert thought.message.tool_calls == []
    assert [call["args"] for call in thought.message.invalid_tool_calls] == ["[1]"]


async def test_a_stream_that_is_cut_is_tried_again(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for reply in (
        Reply(text=ANSWER, cut_after=5),
        Reply(text=ANSWER, ends_silently=True),
        Reply(text=ANSWER, error_midway="Overloaded"),
    ):
        with serving(Provider(reply)) as provider:
            desk = Desk(provider, monkeypatch, name)
            failure = await desk.fails()
        assert (failure.type, failure.non_retryable) == (MODEL_UNAVAILABLE, False)
        assert ANSWER.startswith(desk.sink.text)
        [use] = desk.usage.uses.values()
        assert use.outcome == "failed"


async def test_what_was_heard_of_a_cut_stream_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Provider(Reply(text=ANSWER, ends_silently=True))) as provider:
        desk = Desk(provider, monkeypatch, "openai:gpt-5-mini")
        await desk.fails()
    [use] = desk.usage.uses.values()
    assert use.tokens.output >= len(ANSWER) // 4
    assert use.tokens.input > 0
    assert use.cost_usd > 0


async def test_too_many_requests_wait_as_long_as_they_are_told(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Provider(Reply(status=429, headers={"Retry-After": "7"}))) as provider:
        failure = await Desk(provider, monkeypatch, name).fails()
        assert len(provider.asked) == 1
    assert (failure.type, failure.non_retryable) == (MODEL_UNAVAILABLE, False)
    assert failure.next_retry_delay == timedelta(seconds=7)


@pytest.mark.parametrize("status", [500, 503, 529, 408])
async def test_trouble_of_the_provider_is_left_to_a_retry(
    name: str, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(Provider(Reply(status=status))) as provider:
        failure = await Desk(provider, monkeypatch, name).fails()
        assert len(provider.asked) == 1
    assert (failure.type, failure.non_retryable) == (MODEL_UNAVAILABLE, False)


async def test_a_provider_that_takes_too_long_is_left_to_a_retry(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Provider(Reply(text=ANSWER, delay=3.0))) as provider:
        desk = Desk(provider, monkeypatch, name)
        desk.timeout_seconds = 0.3
        failure = await desk.fails()
    assert (failure.type, failure.non_retryable) == (MODEL_UNAVAILABLE, False)
    [use] = desk.usage.uses.values()
    assert use.outcome == "failed"


async def test_a_provider_that_is_not_there_is_left_to_a_retry(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Provider()) as provider:
        desk = Desk(provider, monkeypatch, name)
    failure = await desk.fails()
    assert (failure.type, failure.non_retryable) == (MODEL_UNAVAILABLE, False)


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(status=400, error="max_tokens is too large"), "max_tokens is too large"),
        (Reply(status=404, error="no such model"), "does not know the model"),
        (Reply(status=413, error="too long"), "more than the model can read"),
    ],
)
async def test_what_no_retry_can_mend_fails_at_once(
    name: str, reply: Reply, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(Provider(reply)) as provider:
        failure = await Desk(provider, monkeypatch, name).fails()
    assert (failure.type, failure.non_retryable) == (MODEL_REFUSED, True)
    assert words in failure.message


async def test_a_bad_key_fails_at_once(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Provider()) as provider:
        desk = Desk(provider, monkeypatch, name, key="bad-key")
        monkeypatch.setenv("OLLAMA_API_KEY", "bad-key")
        failure = await desk.fails()
    assert (failure.type, failure.non_retryable) == (MODEL_REFUSED, True)
    assert "key" in failure.message


async def test_an_account_without_credit_fails_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Provider(Reply(status=429, error="You exceeded it.", error_code="insufficient_quota"))) as provider:
        failure = await Desk(provider, monkeypatch, "openai:gpt-5-mini").fails()
    assert failure.non_retryable
    assert "no credit left" in failure.message


@pytest.mark.parametrize("name", TELLS_JSON_AS_TEXT)
async def test_a_refusal_fails_at_once(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Provider(Reply(text="I would rather not.", refuses=True))) as provider:
        failure = await Desk(provider, monkeypatch, name).fails()
    assert (failure.type, failure.non_retryable) == (MODEL_REFUSED, True)
    assert "declined to answer" in failure.message


async def test_an_answer_that_is_too_long_is_known_to_be_cut_short(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Provider(Reply(text="Net sales", is_cut_short=True))) as provider:
        thought = await Desk(provider, monkeypatch, name).think()
    assert thought.is_cut_short


async def test_a_stop_reaches_the_provider_and_keeps_what_was_said(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Provider(Reply(text=ANSWER * 100, pause=0.01))) as provider:
        desk = Desk(provider, monkeypatch, name)
        task = asyncio.create_task(desk.think())
        while not desk.sink.text:
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await asyncio.to_thread(provider.hung_up.wait, 10)
    assert (ANSWER * 100).startswith(desk.sink.text)
    [use] = desk.usage.uses.values()
    assert use.outcome == "stopped"
    assert use.tokens.output > 0


async def test_a_used_up_budget_asks_nobody(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if name.startswith("ollama"):
        pytest.skip("a model of one's own costs nothing")
    with serving(Provider(Reply(text=ANSWER, tokens_in=1_000, tokens_out=500))) as provider:
        desk = Desk(provider, monkeypatch, name)
        desk.prices = {name: Price(input=10, output=10)}
        desk.budgets = {"org1": Budget(usd_per_month=0.024)}
        await desk.think()
        failure = await desk.fails()
        assert len(provider.asked) == 1
    assert (failure.type, failure.non_retryable) == (BUDGET_USED_UP, True)
    assert "used up for this month" in failure.message
