"""What calls of models take: counted, paid for and held against the budget, call by call."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import math
import time
from collections import defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from langchain_core.messages import BaseMessage
from langchain_core.messages.ai import UsageMetadata
from opentelemetry import trace

from agents.failures import MODEL_REFUSED, ModelNotConfigured, budget_used_up, price_unknown, run_failed
from agents.models import ChosenModel, ModelChooser, price_of
from domain.spending import Budget, CallOutcome, Price, Tokens, UsedFor, Work, budget_of, month_of
from domain.values import AgentType, Instant, Value

CHARACTERS_OF_A_TOKEN = 3
"""Rather too few: an estimate should not be exceeded."""
LAST_WRITE_SECONDS = 5.0
LONGEST_HOLD = timedelta(minutes=15)
"""A call takes less; past it, the worker that made it is gone."""
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


class Hold(Value):
    """What a call in flight may cost at the most, in USD. It counts until it is released, and never past `until`."""

    id: str
    org_id: str
    person_id: str
    usd: float
    until: Instant


class Spent(Value):
    """What a month's calls cost so far and what is held for calls in flight, in USD."""

    by_org: float = 0.0
    by_person: float = 0.0


class UsageBook(Protocol):
    """Kept for all workers together."""

    async def record(self, use: ModelUse) -> None: ...

    async def hold(self, hold: Hold) -> None:
        """Whoever asks what is spent after this sees it."""
        ...

    async def release(self, hold: Hold) -> None: ...

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

    A call counts with its estimate while it runs. The estimate is held before the sum is read, so that of calls that
    begin at once in several workers none is overlooked.
    """

    book: UsageBook
    budgets: Mapping[str, Budget] = field(default_factory=dict[str, Budget])
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def __post_init__(self) -> None:
        self._checking: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @asynccontextmanager
    async def call(
        self, caller: Caller, chosen: ChosenModel, messages: Sequence[BaseMessage], extra: str = "", part: str = ""
    ) -> AsyncGenerator[Tally]:
        """One call. `extra` is what goes to the model beside the messages; `part` names a second call of one step."""
        sent = Tokens(input=estimated_tokens(messages, extra), output=chosen.max_tokens)
        call_id = f"{caller.run_id}/{caller.agent_id}/{caller.step}/{caller.attempt}{part}"
        held = await self._held(call_id, caller, chosen, sent)
        tally = Tally(sent=sent, is_counted=not chosen.is_built_in)
        started_at, started = self.clock(), time.monotonic()

        def use(outcome: CallOutcome) -> ModelUse:
            tokens = tally.tokens(outcome == "completed")
            return ModelUse(
                id=call_id,
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
            with trace.get_tracer("bookrunner.agents").start_as_current_span(
                f"model {chosen.name}", attributes={"gen_ai.request.model": chosen.name, "bookrunner.work": chosen.work}
            ):
                yield tally
        except BaseException as error:
            is_stop = isinstance(error, asyncio.CancelledError | GeneratorExit)
            await self._record_at_last(use("stopped" if is_stop else "failed"))
            raise
        else:
            await self.book.record(use("completed"))
        finally:
            await self._release(held)

    async def _held(self, call_id: str, caller: Caller, chosen: ChosenModel, sent: Tokens) -> Hold | None:
        """Raises ApplicationError, without retry, for a call that the budget cannot bear."""
        budget = budget_of(caller.org_id, self.budgets)
        if not budget.is_bound or chosen.is_free:
            return None
        if chosen.price is None:
            raise price_unknown(chosen.name)
        hold = Hold(
            id=call_id,
            org_id=caller.org_id,
            person_id=caller.person_id,
            usd=chosen.price.of(sent),
            until=self.clock() + LONGEST_HOLD,
        )
        async with self._checking[caller.org_id]:
            await self.book.hold(hold)
            try:
                self._check(budget, hold, await self.book.spent(hold.org_id, hold.person_id, month_of(self.clock())))
            except BaseException:
                await self._release(hold)
                raise
        return hold

    def _check(self, budget: Budget, hold: Hold, spent: Spent) -> None:
        """`spent` has the hold in it."""
        bounds = (
            ("The organisation's budget", spent.by_org, budget.usd_per_month),
            ("Your budget", spent.by_person, budget.usd_per_person_per_month),
        )
        for whose, so_far, most in bounds:
            if most is not None and so_far > most:
                raise budget_used_up(whose, so_far - hold.usd, most, hold.usd)

    async def _release(self, hold: Hold | None) -> None:
        if hold is not None:
            await self._at_last(self.book.release(hold), "a hold", hold.id)

    async def _record_at_last(self, use: ModelUse) -> None:
        await self._at_last(self.book.record(use), "the usage", use.id)

    async def _at_last(self, write: Awaitable[None], what: str, call_id: str) -> None:
        """The error that ended the call counts for more than one of the record."""
        try:
            await asyncio.wait_for(write, LAST_WRITE_SECONDS)
        except Exception:
            logger.warning("%s of call %s was not kept", what, call_id, exc_info=True)


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
