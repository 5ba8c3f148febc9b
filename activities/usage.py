"""Where the usage of models is kept: call by call, and in sums by the hour."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from agents.usage import Hold, ModelUse, Spent
from store import Store, UsageHold
from store.models import Usage, UsageHour
from telemetry.metrics import MODEL_CALLS, MODEL_COST, MODEL_SECONDS, MODEL_TOKENS

logger = logging.getLogger(__name__)

HOUR = timedelta(hours=1)
MOST_COUNTS = 5


class StoreUsageBook:
    """Recorded again, a call is the same call."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def record(self, use: ModelUse) -> None:
        call = _kept(use)
        MODEL_CALLS.labels(call.model, call.work, call.outcome).inc()
        MODEL_SECONDS.labels(call.model, call.work).observe(call.seconds)
        MODEL_TOKENS.labels(call.model, "in").inc(call.tokens_in)
        MODEL_TOKENS.labels(call.model, "out").inc(call.tokens_out)
        MODEL_COST.labels(call.model).inc(call.cost_usd)
        logger.info("%s, %s: %s in %.0f ms", call.model, call.work, call.outcome, 1000 * call.seconds)
        await self._store.usage.put(call)
        await self._count_hour_of(call)

    async def hold(self, hold: Hold) -> None:
        await self._store.usage.put_hold(UsageHold.model_validate(hold.model_dump()))

    async def release(self, hold: Hold) -> None:
        await self._store.usage.remove_hold(hold.id)

    async def spent(self, org_id: str, person_id: str, since: datetime) -> Spent:
        now = datetime.now(UTC)
        holds = [hold for hold in await self._store.usage.holds(org_id) if hold.until > now]
        hours = await self._store.usage.hours(org_id, since, now + HOUR)
        costs = [*((hold.person_id, hold.usd) for hold in holds), *((hour.person_id, hour.cost_usd) for hour in hours)]
        return Spent(by_org=sum(usd for _, usd in costs), by_person=sum(usd for who, usd in costs if who == person_id))

    async def recount(self, since: datetime) -> int:
        """Sums up the calls of every hour from that of `since` on again, for every organisation. How many sums."""
        began = since.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        calls = await self._store.usage.calls_since(began)
        sums: dict[tuple[str, datetime, str, str, str], list[Usage]] = {}
        for call in calls:
            hour = call.at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
            sums.setdefault((call.org_id, hour, call.model, call.person_id, call.work), []).append(call)
        for alike in sums.values():
            await self._count_hour_of(alike[0])
        return len(sums)

    async def _count_hour_of(self, call: Usage) -> None:
        """Sums up the hour from the calls that are like this one; once more if some came in between, since workers
        count side by side."""
        began = call.at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)

        async def alike() -> list[Usage]:
            calls = await self._store.usage.calls(call.org_id, began, began + HOUR, call.person_id)
            return [one for one in calls if (one.model, one.work) == (call.model, call.work)]

        calls = await alike()
        for _ in range(MOST_COUNTS):
            await self._store.usage.put_hours([_sum(began, calls)])
            now = await alike()
            if now == calls:
                return
            calls = now


def _kept(use: ModelUse) -> Usage:
    caller = use.caller
    return Usage(
        id=use.id,
        cim_id=caller.cim_id,
        org_id=caller.org_id,
        run_id=caller.run_id,
        agent_id=caller.agent_id,
        agent_type=caller.agent_type,
        person_id=caller.person_id,
        work=use.work,
        model=use.model,
        at=use.at,
        tokens_in=use.tokens.input,
        tokens_out=use.tokens.output,
        tokens_cached=use.tokens.cached,
        cost_usd=use.cost_usd,
        seconds=use.seconds,
        outcome=use.outcome,
    )


def _sum(hour: datetime, calls: Sequence[Usage]) -> UsageHour:
    """Of at least one call."""
    return UsageHour(
        org_id=calls[0].org_id,
        hour=hour,
        model=calls[0].model,
        person_id=calls[0].person_id,
        work=calls[0].work,
        calls=len(calls),
        tokens_in=sum(call.tokens_in for call in calls),
        tokens_out=sum(call.tokens_out for call in calls),
        tokens_cached=sum(call.tokens_cached for call in calls),
        cost_usd=sum(call.cost_usd for call in calls),
        seconds=sum(call.seconds for call in calls),
    )
