"""Which chat model does which work, for whom."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from langchain_core.language_models import BaseChatModel

from agents.failures import ModelNotConfigured
from agents.provider_errors import first_line
from domain.prices import LIST_PRICES
from domain.spending import DEFAULT_MAX_TOKENS, EVIDENCE_ONLY, Effort, ModelChoice, Price, TenantModels, Work

TIMEOUT_SECONDS = 240.0
PAID_BY_NOBODY = frozenset({"ollama"})
"""Providers that run on a machine of one's own."""

_DATED = re.compile(r"-(\d{8}|\d{4}-\d{2}-\d{2})$")


@dataclass(frozen=True)
class ChosenModel:
    """A model for one kind of work. `max_tokens` bounds its answer; `price` is None where nobody has said it."""

    chat: BaseChatModel
    name: str
    work: Work
    max_tokens: int
    price: Price | None = None

    @property
    def provider(self) -> str:
        return self.name.partition(":")[0]

    @property
    def is_built_in(self) -> bool:
        return self.name == EVIDENCE_ONLY

    @property
    def is_free(self) -> bool:
        return self.is_built_in or self.provider in PAID_BY_NOBODY


@dataclass
class ModelChooser:
    """Models by work and by tenant. What a tenant says of a kind of work counts first, then what it says of all work,
    then what the settings say of the kind, then their default."""

    default: ModelChoice = field(default_factory=lambda: ModelChoice(model=EVIDENCE_ONLY))
    by_work: Mapping[Work, ModelChoice] = field(default_factory=dict[Work, ModelChoice])
    by_tenant: Mapping[str, TenantModels] = field(default_factory=dict[str, TenantModels])
    prices: Mapping[str, Price] = field(default_factory=dict[str, Price])
    timeout_seconds: float = TIMEOUT_SECONDS

    def __post_init__(self) -> None:
        self._made: dict[ModelChoice, BaseChatModel] = {}

    def choice_for(self, org_id: str, work: Work) -> ModelChoice:
        tenant = self.by_tenant.get(org_id, TenantModels())
        choice = ModelChoice()
        for one in (tenant.work.get(work), tenant.default, self.by_work.get(work), self.default):
            choice = choice if one is None else choice.over(one)
        return choice

    def model_for(self, org_id: str, work: Work) -> ChosenModel:
        """Raises ModelNotConfigured."""
        choice = self.choice_for(org_id, work)
        name = choice.model or EVIDENCE_ONLY
        if choice not in self._made:
            self._made[choice] = chat_model(name, choice, self.timeout_seconds)
        return ChosenModel(
            chat=self._made[choice],
            name=name,
            work=work,
            max_tokens=choice.max_tokens or DEFAULT_MAX_TOKENS,
            price=price_of(name, self.prices),
        )


def price_of(name: str, prices: Mapping[str, Price]) -> Price | None:
    """By the whole name, then without the provider, each also without the date that ends it; then the list price."""
    plain = name.partition(":")[2] or name
    names = (name, plain, _DATED.sub("", name), _DATED.sub("", plain))
    return next((known[one] for known in (prices, LIST_PRICES) for one in names if one in known), None)


def chat_model(
    name: str = EVIDENCE_ONLY, choice: ModelChoice | None = None, timeout_seconds: float = TIMEOUT_SECONDS
) -> BaseChatModel:
    """The built-in model, or the one that langchain knows by `provider:name`. Raises ModelNotConfigured.

    Models do not retry by themselves: Temporal does.
    """
    if name == EVIDENCE_ONLY:
        from agents.evidence_only.model import EvidenceOnlyChatModel

        return EvidenceOnlyChatModel()
    from langchain.chat_models import init_chat_model

    make = cast("Callable[..., BaseChatModel]", init_chat_model)
    try:
        return make(name, **_parameters(name.partition(":")[0], choice or ModelChoice(), timeout_seconds))
    except ImportError as error:
        raise ModelNotConfigured(
            f"The chat model {name!r} needs a package that is not installed. Install the extra of its provider "
            f"(for instance `uv sync --extra openai`), or choose {EVIDENCE_ONLY!r}. ({error})"
        ) from error
    except Exception as error:  # each provider has its own error for a missing key or a wrong name
        raise ModelNotConfigured(
            f"The chat model {name!r} could not be set up: {first_line(error)} Check the model's name and that "
            "the key of its provider is in the environment."
        ) from error


def _parameters(provider: str, choice: ModelChoice, timeout_seconds: float) -> dict[str, Any]:
    """Of the provider's client, in the provider's own words."""
    most = choice.max_tokens or DEFAULT_MAX_TOKENS
    given: dict[str, Any] = {} if choice.base_url is None else {"base_url": choice.base_url}
    match provider:
        case "ollama":
            given |= {"num_predict": most, "client_kwargs": {"timeout": timeout_seconds}}
            return given if choice.effort is None else given | {"reasoning": choice.effort}
        case "openai" | "azure_openai":
            given |= {"max_retries": 0, "timeout": timeout_seconds, "max_tokens": most, "stream_usage": True}
            return given | _effort("reasoning_effort", choice.effort)
        case "anthropic":
            given |= {"max_retries": 0, "timeout": timeout_seconds, "max_tokens": most}
            return given | _effort("effort", choice.effort)
        case _:
            given |= {"max_retries": 0, "timeout": timeout_seconds, "max_tokens": most}
            return given | _effort("reasoning_effort", choice.effort)


def _effort(parameter: str, effort: Effort | None) -> dict[str, Any]:
    return {} if effort is None else {parameter: effort}
