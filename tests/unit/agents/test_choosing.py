"""Which model does which work, for whom, at what price; and how long a provider wants to be left alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from pydantic import ValidationError

from agents.failures import ModelNotConfigured
from agents.models import ModelChooser, price_of
from agents.provider_errors import retry_after
from domain.spending import EVIDENCE_ONLY, ModelChoice, Price, TenantModels
from settings import Settings

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
CHOOSER = ModelChooser(
    default=ModelChoice(model="openai:plain", effort="medium", max_tokens=4_000),
    by_work={"write": ModelChoice(effort="high"), "summarise": ModelChoice(model="ollama:small")},
    by_tenant={
        "acme": TenantModels(
            default=ModelChoice(model="anthropic:big"),
            work={"summarise": ModelChoice(model="openai:tiny", max_tokens=500)},
        ),
        "local": TenantModels(default=ModelChoice(base_url="http://models.internal/v1")),
    },
)


def test_the_default_is_the_built_in_model() -> None:
    chosen = ModelChooser().model_for("any", "chat")
    assert (chosen.name, chosen.is_built_in, chosen.is_free) == (EVIDENCE_ONLY, True, True)


def test_a_kind_of_work_comes_over_the_default() -> None:
    assert CHOOSER.choice_for("any", "chat") == CHOOSER.default
    assert CHOOSER.choice_for("any", "write") == ModelChoice(model="openai:plain", effort="high", max_tokens=4_000)
    assert CHOOSER.choice_for("any", "summarise") == ModelChoice(model="ollama:small", max_tokens=4_000)


def test_a_tenant_comes_over_both() -> None:
    assert CHOOSER.choice_for("acme", "summarise") == ModelChoice(model="openai:tiny", max_tokens=500)
    assert CHOOSER.choice_for("acme", "chat").model == "anthropic:big"
    assert CHOOSER.choice_for("local", "chat") == ModelChoice(
        model="openai:plain", effort="medium", max_tokens=4_000, base_url="http://models.internal/v1"
    )


def test_what_was_said_for_one_model_does_not_pass_to_another() -> None:
    assert CHOOSER.choice_for("acme", "write") == ModelChoice(model="anthropic:big", max_tokens=4_000)


def test_a_model_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "local")
    assert CHOOSER.model_for("any", "chat").chat is CHOOSER.model_for("other", "chat").chat


def test_a_model_that_cannot_be_made_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ModelNotConfigured, match="openai:gone"):
        ModelChooser(ModelChoice(model="openai:gone")).model_for("any", "chat")


def test_prices_are_found_with_and_without_provider_and_date() -> None:
    own = {"openai:gpt-x": Price(input=1, output=2), "gpt-5": Price(input=7, output=8)}
    assert price_of("openai:gpt-x", own) == own["openai:gpt-x"]
    assert price_of("openai:gpt-x-2026-01-31", own) == own["openai:gpt-x"]
    assert price_of("openai:gpt-5", own) == own["gpt-5"]
    listed = price_of("anthropic:claude-sonnet-4-5-20250929", own)
    assert listed is not None
    assert (listed.input, listed.output) == (3, 15)
    assert price_of("openai:gpt-5-turbo-of-tomorrow", own) is None


def test_settings_are_read_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOOKRUNNER_MODELS", '{"chat": {"model": "openai:gpt-5", "effort": "low", "max_tokens": 900}}')
    monkeypatch.setenv("BOOKRUNNER_TENANT_MODELS", '{"o1": {"work": {"write": {"model": "ollama:llama3"}}}}')
    monkeypatch.setenv("BOOKRUNNER_PRICES", '{"gpt-5": {"input": 1, "output": 2}}')
    monkeypatch.setenv("BOOKRUNNER_BUDGETS", '{"default": {"usd_per_month": 5}}')
    settings = Settings()
    chooser = ModelChooser(ModelChoice(model=settings.model), settings.models, settings.tenant_models, settings.prices)
    assert chooser.choice_for("o2", "chat") == ModelChoice(model="openai:gpt-5", effort="low", max_tokens=900)
    assert chooser.choice_for("o1", "write").model == "ollama:llama3"
    assert chooser.choice_for("o2", "write").model == settings.model
    assert settings.budgets["default"].usd_per_month == 5


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("BOOKRUNNER_MODELS", '{"sing": {"model": "openai:gpt-5"}}'),
        ("BOOKRUNNER_MODELS", '{"chat": {"model": "openai:gpt-5", "effort": "heroic"}}'),
        ("BOOKRUNNER_PRICES", '{"gpt-5": {"input": -1, "output": 2}}'),
        ("BOOKRUNNER_BUDGETS", '{"o1": {"usd_per_day": 5}}'),
    ],
)
def test_settings_that_say_nothing_sensible_are_refused(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ValidationError):
        Settings()


class Refused(Exception):
    def __init__(self, headers: dict[str, str]) -> None:
        super().__init__("too many requests")
        self.response = httpx.Response(429, headers=headers)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7),
        ({"Retry-After": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "7"}, 0.25),
        ({"retry-after": "Sat, 21 Nov 2026 12:01:30 GMT"}, 90),
        ({"retry-after": "86400"}, 3_600),
        ({"retry-after": "Sat, 21 Nov 2026 11:00:00 GMT"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "soon"}, None),
        ({}, None),
    ],
)
def test_how_long_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    expected = None if seconds is None else timedelta(seconds=seconds)
    assert retry_after(Refused(headers), NOW) == expected
