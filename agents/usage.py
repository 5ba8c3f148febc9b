"""What calls of models take: counted, paid for and held against the budget, call by call."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import math
import time
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Generator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from langchain_core.messages import BaseMessage
from langchain_core.messages.ai import UsageMetadata

from agents.failures import MODEL_REFUSED, ModelNotConfigured, budget_used_up, price_unknown, run_failed
from agents.models import ChosenModel, ModelChooser, price_of
from domain.spending import Budget, CallOutcome, Price, Tokens, UsedFor, Work, budget_of, month_of
from domain.values import AgentType, Instant, Value

CHARACTERS_OF_A_TOKEN = 3
"""Rather too few: an estimate should not be exceeded."""
LAST_WRITE_SECONDS = 5.0
NOTHING = Tokens()

logger = logging.getLogger(__name__)


class Caller(Value):
    """Whose call it is, and which of the run: the step of its agent, and how often that step was tried."""

    org_id: str
    cim_id: str
    run_id: str
    agent_id: str
    agent_type: AgentType
    person_id: str
    step: int = 0
    attempt: int = 1


class ModelUse(Value):
    """One call of a model. `id` is the same however often the call is recorded."""

    id: str
    caller: Caller
    work: UsedFor
    model: str
    at: Instant
    tokens: Tokens
    cost_usd: float
    seconds: float
    outcome: CallOutcome


class Spent(Value):
    """What a month's calls cost so far, in USD."""

    by_org: float = 0.0
    by_person: float = 0.0


class UsageBook(Protocol):
    async def record(self, use: ModelUse) -> None: ...

    async def spent(self, org_id: str, person_id: str, since: datetime) -> Spent: ...


@dataclass
class Tally:
    """What one call has taken so far: what the provider says, and where it says nothing, what the texts make likely."""

    sent: Tokens
    reported: Tokens = NOTHING
    characters: int = 0
    is_counted: bool = True

    def heard(self, words: str) -> None:
        self.characters += len(words)

    def reports(self, usage: UsageMetadata | None) -> None:
        """Reports of one call add up."""
        if usage is None:
            return
        details = usage.get("input_token_details") or {}
        self.reported += Tokens(
            input=usage["input_tokens"],
            output=usage["output_tokens"],
            cached=details.get("cache_read") or 0,
            cache_written=details.get("cache_creation") or 0,
        )

    def tokens(self, is_complete: bool) -> Tokens:
        """Of a call that ended early, at least what was heard of it."""
        if not self.is_counted:
            return NOTHING
        heard = math.ceil(self.characters / CHARACTERS_OF_A_TOKEN)
        if self.reported == NOTHING:
            return Tokens(input=self.sent.input if heard or is_complete else 0, output=heard)
        if is_complete:
            return self.reported
        return self.reported.model_copy(update={"output": max(self.reported.output, heard)})


@dataclass
class Meter:
    """Records every call and lets none through that the budget cannot bear.

    A call counts with its estimate while it runs; calls in flight in other processes are not known here.
    """

    book: UsageBook
    budgets: Mapping[str, Budget] = field(default_factory=dict[str, Budget])
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def __post_init__(self) -> None:
        self._reserved_by_org: dict[str, float] = defaultdict(float)
        self._reserved_by_person: dict[tuple[str, str], float] = defaultdict(float)
        self._checking: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @asynccontextmanager
    async def call(
        self, caller: Caller, chosen: ChosenModel, messages: Sequence[BaseMessage], extra: str = "", part: str = ""
    ) -> AsyncGenerator[Tally]:
        """One call. `extra` is what goes to the model beside the messages; `part` names a second call of one step."""
        sent = Tokens(input=estimated_tokens(messages, extra), output=chosen.max_tokens)
        reserved = await self._reserve(caller, chosen, sent)
        tally = Tally(sent=sent, is_counted=not chosen.is_built_in)
        started_at, started = self.clock(), time.monotonic()

        def use(outcome: CallOutcome) -> ModelUse:
            tokens = tally.tokens(outcome == "completed")
            return ModelUse(
                id=f"{caller.run_id}/{caller.agent_id}/{caller.step}/{caller.attempt}{part}",
                caller=caller,
                work=chosen.work,
                model=chosen.name,
                at=started_at,
                tokens=tokens,
                cost_usd=chosen.price.of(tokens) if chosen.price else 0.0,
                seconds=round(time.monotonic() - started, 3),
                outcome=outcome,
            )

        try:
            yield tally
        except BaseException as error:
            is_stop = isinstance(error, asyncio.CancelledError | GeneratorExit)
            await self._record_at_last(use("stopped" if is_stop else "failed"))
            raise
        else:
            await self.book.record(use("completed"))
        finally:
            self._reserved_by_org[caller.org_id] -= reserved
            self._reserved_by_person[caller.org_id, caller.person_id] -= reserved

    async def _reserve(self, caller: Caller, chosen: ChosenModel, sent: Tokens) -> float:
        budget = budget_of(caller.org_id, self.budgets)
        if not budget.is_bound or chosen.is_free:
            return 0.0
        if chosen.price is None:
            raise price_unknown(chosen.name)
        estimate = chosen.price.of(sent)
        async with self._checking[caller.org_id]:
            spent = await self.book.spent(caller.org_id, caller.person_id, month_of(self.clock()))
            by_org = spent.by_org + self._reserved_by_org[caller.org_id]
            by_person = spent.by_person + self._reserved_by_person[caller.org_id, caller.person_id]
            if budget.usd_per_month is not None and by_org + estimate > budget.usd_per_month:
                raise budget_used_up("The organisation's budget", by_org, budget.usd_per_month, estimate)
            most = budget.usd_per_person_per_month
            if most is not None and by_person + estimate > most:
                raise budget_used_up("Your budget", by_person, most, estimate)
            self._reserved_by_org[caller.org_id] += estimate
            self._reserved_by_person[caller.org_id, caller.person_id] += estimate
        return estimate

    async def _record_at_last(self, use: ModelUse) -> None:
        """The error that ended the call counts for more than one of the record."""
        try:
            await asyncio.wait_for(self.book.record(use), LAST_WRITE_SECONDS)
        except Exception:
            logger.warning("the usage of call %s was not kept", use.id, exc_info=True)


_account: ContextVar[Caller | None] = ContextVar("account", default=None)


def upkeep_of(org_id: str, cim_id: str) -> Caller:
    """Whose account it is when the indexes of a book are made again and no person has asked for it."""
    return Caller(
        org_id=org_id,
        cim_id=cim_id,
        run_id=f"search-index/{cim_id}",
        agent_id="search-index",
        agent_type="assistant",
        person_id="system",
    )


@contextmanager
def on_account_of(caller: Caller) -> Generator[None]:
    """Embeddings that are made within are the caller's."""
    token = _account.set(caller)
    try:
        yield
    finally:
        _account.reset(token)


@dataclass(frozen=True)
class EmbeddingAccount:
    """Records calls of embeddings on whose account they are made. They are cheap: no budget is asked before them."""

    book: UsageBook
    prices: Mapping[str, Price] = field(default_factory=dict[str, Price])

    async def record(self, model: str, texts: Sequence[str], seconds: float, outcome: CallOutcome) -> None:
        """Tokens are estimated by the length of the texts. What cannot be kept is logged: no search fails for it."""
        caller = _account.get()
        if caller is None:
            return
        count = math.ceil(sum(map(len, texts)) / CHARACTERS_OF_A_TOKEN) if outcome == "completed" else 0
        tokens, price = Tokens(input=count), price_of(model, self.prices)
        name = hashlib.sha256("\n".join(texts).encode()).hexdigest()[:12]
        use = ModelUse(
            id=f"{caller.run_id}/{caller.agent_id}/{caller.step}/{caller.attempt}/embed/{name}",
            caller=caller,
            work="embed",
            model=model,
            at=datetime.now(UTC),
            tokens=tokens,
            cost_usd=price.of(tokens) if price else 0.0,
            seconds=round(seconds, 3),
            outcome=outcome,
        )
        try:
            await asyncio.wait_for(self.book.record(use), LAST_WRITE_SECONDS)
        except Exception:
            logger.warning("the usage of embeddings %s was not kept", use.id, exc_info=True)


def estimated_tokens(messages: Sequence[BaseMessage], extra: str = "") -> int:
    """About as many as a provider would count."""
    return math.ceil((sum(_length(message) for message in messages) + len(extra)) / CHARACTERS_OF_A_TOKEN)


def _length(message: BaseMessage) -> int:
    calls: Sequence[Any] = getattr(message, "tool_calls", ())
    return len(message.text) + sum(len(str(call)) for call in calls)


@dataclass(frozen=True)
class MeteredModel:
    """A model that was chosen for a caller, with the meter that its calls go through."""

    chosen: ChosenModel
    meter: Meter
    caller: Caller

    def call(
        self, messages: Sequence[BaseMessage], extra: str = "", part: str = ""
    ) -> AbstractAsyncContextManager[Tally]:
        return self.meter.call(self.caller, self.chosen, messages, extra, part)


@dataclass(frozen=True)
class Models:
    """What nodes are given: the right model for the work, metered."""

    chooser: ModelChooser
    meter: Meter

    def open(self, caller: Caller, work: Work) -> MeteredModel:
        """Raises ApplicationError, without retry, when the model cannot be made."""
        try:
            return MeteredModel(self.chooser.model_for(caller.org_id, work), self.meter, caller)
        except ModelNotConfigured as error:
            raise run_failed(str(error), MODEL_REFUSED) from error
