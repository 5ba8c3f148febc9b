"""Answers in a given form, asked of the providers' own clients against a server that speaks their protocols."""

from __future__ import annotations

import json

import pytest
from temporalio.exceptions import ApplicationError

from agents.asking import ask
from agents.brief import Brief
from agents.drafted import DraftedPersona, DraftedSlides
from agents.failures import MODEL_REFUSED
from agents.models import ModelChooser
from agents.usage import MeteredModel
from domain.spending import Effort, ModelChoice
from tests.providers.script import Reply
from tests.providers.server import Provider, serving
from tests.unit.agents.metering import MemoryUsage, metered

PERSONA: dict[str, object] = {
    "type": "Strategic buyer",
    "motivations": [{"text": "Reach", "refs": []}],
    "concerns": [],
    "notes": [],
}
BRIEF = Brief(task="buyer_persona", book_title="Bluecan")
NAMES = ("openai:local-model", "anthropic:claude-local", "ollama:local-model")


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def model(
    provider: Provider,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    usage: MemoryUsage | None = None,
    effort: Effort | None = None,
) -> MeteredModel:
    for variable, value in provider.environment().items():
        monkeypatch.setenv(variable, value)
    return metered(ModelChooser(default=ModelChoice(model=name, effort=effort)), "write", usage)


async def test_a_draft_comes_back_as_a_model_of_ours(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = MemoryUsage()
    with serving(Provider(Reply(text=json.dumps(PERSONA), tokens_in=70, tokens_out=9))) as provider:
        drafted = await ask(model(provider, monkeypatch, name, usage), BRIEF, DraftedPersona)
    assert drafted == DraftedPersona.model_validate(PERSONA)
    [asked] = provider.asked
    assert "Bluecan" in json.dumps(asked.body["messages"])
    [use] = usage.uses.values()
    assert (use.tokens.input, use.tokens.output, use.outcome, use.model) == (70, 9, "completed", name)


async def test_openai_is_held_to_the_form_strictly(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Provider(Reply(text=json.dumps(PERSONA)))) as provider:
        await ask(model(provider, monkeypatch, "openai:local-model"), BRIEF, DraftedPersona)
    [asked] = provider.asked
    assert asked.body["response_format"]["json_schema"]["strict"] is True


async def test_anthropic_thinks_and_keeps_to_the_form(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Provider(Reply(text=json.dumps(PERSONA)))) as provider:
        asking = model(provider, monkeypatch, "anthropic:claude-local", effort="high")
        assert await ask(asking, BRIEF, DraftedPersona) == DraftedPersona.model_validate(PERSONA)
    [asked] = provider.asked
    assert asked.body["output_config"]["effort"] == "high"
    assert asked.body["output_config"]["format"]["type"] == "json_schema"
    assert "tool_choice" not in asked.body


async def test_slides_fit_the_providers_too(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    bullets: dict[str, object] = {"type": "bullets", "items": [{"text": "Sales grew.", "refs": ["F1"]}]}
    slide: dict[str, object] = {
        "topic": "sales",
        "title": "Sales",
        "refs": [],
        "layout_type": "bullets",
        "components": [bullets],
        "notes": "",
    }
    answer: dict[str, object] = {"slides": [slide], "notes": []}
    with serving(Provider(Reply(text=json.dumps(answer)))) as provider:
        brief = Brief(task="slides", book_title="Bluecan")
        drafted = await ask(model(provider, monkeypatch, name), brief, DraftedSlides)
    assert drafted.slides[0].components[0].type == "bullets"


@pytest.mark.parametrize("wrong", ["this is no JSON", '{"type": "Strategic buyer"', '{"motivations": 7}'])
async def test_what_does_not_fit_is_sent_back_once(name: str, wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = MemoryUsage()
    with serving(Provider(Reply(text=wrong), Reply(text=json.dumps(PERSONA)))) as provider:
        drafted = await ask(model(provider, monkeypatch, name, usage), BRIEF, DraftedPersona)
    assert drafted.type == "Strategic buyer"
    first, second = provider.asked
    assert len(second.body["messages"]) == len(first.body["messages"]) + 2
    assert "does not fit the form" in json.dumps(second.body["messages"][-1])
    assert len(usage.uses) == 2


async def test_what_does_not_fit_the_second_time_ends_the_run(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        serving(Provider(Reply(text='{"motivations": 7}'))) as provider,
        pytest.raises(ApplicationError, match="does not have the form") as caught,
    ):
        await ask(model(provider, monkeypatch, name), BRIEF, DraftedPersona)
    assert len(provider.asked) == 2
    assert caught.value.non_retryable


async def test_a_refusal_is_no_answer_to_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("openai:local-model", "anthropic:claude-local"):
        with (
            serving(Provider(Reply(text="I would rather not.", refuses=True))) as provider,
            pytest.raises(ApplicationError, match="declined to answer") as caught,
        ):
            await ask(model(provider, monkeypatch, name), BRIEF, DraftedPersona)
        assert len(provider.asked) == 1
        assert caught.value.type == MODEL_REFUSED


async def test_a_server_error_is_left_to_a_retry(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        serving(Provider(Reply(status=500))) as provider,
        pytest.raises(ApplicationError, match="did not answer") as caught,
    ):
        await ask(model(provider, monkeypatch, name), BRIEF, DraftedPersona)
    assert len(provider.asked) == 1
    assert not caught.value.non_retryable
