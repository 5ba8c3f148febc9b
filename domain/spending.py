"""Which model does which work, what its calls cost, and how much may be spent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import Field

from domain.values import Value

Work = Literal["chat", "plan", "write", "review", "code", "summarise"]
UsedFor = Work | Literal["embed"]
Effort = Literal["low", "medium", "high"]
CallOutcome = Literal["completed", "failed", "stopped"]

EVIDENCE_ONLY = "evidence-only"
TOKENS_PER_PRICE = 1_000_000
DEFAULT_MAX_TOKENS = 16_000

_Money = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class ModelChoice(Value):
    """A model for a kind of work; what is left out comes from the choice behind it.

    `model` is `evidence-only` or a name that langchain's init_chat_model knows, such as `anthropic:...`. `base_url` is
    for servers that speak a provider's protocol. `max_tokens` bounds one answer.
    """

    model: Annotated[str, Field(max_length=200)] = ""
    effort: Effort | None = None
    max_tokens: Annotated[int, Field(ge=16, le=1_000_000)] | None = None
    base_url: Annotated[str, Field(pattern=r"^https?://[!-~]+$", max_length=500)] | None = None

    def over(self, other: ModelChoice) -> ModelChoice:
        """This choice, with what it leaves out from the other. Another model takes over no effort and no address."""
        if self.model and self.model != other.model:
            return self.model_copy(update={"max_tokens": self.max_tokens or other.max_tokens})
        return ModelChoice(
            model=other.model,
            effort=self.effort or other.effort,
            max_tokens=self.max_tokens or other.max_tokens,
            base_url=self.base_url or other.base_url,
        )


class TenantModels(Value):
    """Choices of one organisation: for all its work, and for single kinds of it."""

    default: ModelChoice = ModelChoice()
    work: Mapping[Work, ModelChoice] = Field(default_factory=dict[Work, ModelChoice])


class Price(Value):
    """USD for a million tokens. Cached tokens that have no price of their own cost as much as others."""

    input: _Money
    output: _Money
    cached: _Money | None = None
    cache_write: _Money | None = None

    def of(self, tokens: Tokens) -> float:
        cached = self.input if self.cached is None else self.cached
        written = self.input if self.cache_write is None else self.cache_write
        plain = max(0, tokens.input - tokens.cached - tokens.cache_written)
        sum_ = (
            plain * self.input + tokens.cached * cached + tokens.cache_written * written + tokens.output * self.output
        )
        return sum_ / TOKENS_PER_PRICE


class Tokens(Value):
    """What a call took. `input` counts all that was sent; `cached` and `cache_written` are parts of it."""

    input: int = 0
    output: int = 0
    cached: int = 0
    cache_written: int = 0

    def __add__(self, other: Tokens) -> Tokens:
        return Tokens(
            input=self.input + other.input,
            output=self.output + other.output,
            cached=self.cached + other.cached,
            cache_written=self.cache_written + other.cache_written,
        )


class Budget(Value):
    """The most that may be spent in a calendar month (UTC), in USD; absent means without a bound."""

    usd_per_month: _Money | None = None
    usd_per_person_per_month: _Money | None = None

    @property
    def is_bound(self) -> bool:
        return self.usd_per_month is not None or self.usd_per_person_per_month is not None


ANY_ORG = "default"


def budget_of(org_id: str, budgets: Mapping[str, Budget]) -> Budget:
    """Of the organisation, or the one for those that are not named."""
    return budgets.get(org_id) or budgets.get(ANY_ORG) or Budget()


def month_of(at: datetime) -> datetime:
    """When the calendar month began, in UTC."""
    return at.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
