"""Where the usage of models is kept: call by call, and in sums by the hour."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from agents.usage import ModelUse, Spent
from store import Store
from store.models import Usage, UsageHour

HOUR = timedelta(hours=1)
MOST_COUNTS = 5


class StoreUsageBook:
    """Recorded again, a call is the same call."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def record(self, use: ModelUse) -> None:
        await self._store.put_usage(_kept(use))
        await self.count_hour(use.caller.org_id, use.at)

    async def spent(self, org_id: str, person_id: str, since: datetime) -> Spent:
        hours = await self._store.usage_hours(org_id, since, datetime.now(UTC) + HOUR)
        return Spent(
            by_org=sum(hour.cost_usd for hour in hours),
            by_person=sum(hour.cost_usd for hour in hours if hour.person_id == person_id),
        )

    async def count_hour(self, org_id: str, at: datetime) -> None:
        """Sums up the hour from its calls, and once more if calls came in between: workers count side by side."""
        began = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        calls = await self._store.usage(org_id, began, began + HOUR)
        for _ in range(MOST_COUNTS):
            await self._store.put_usage_hours(_sums(began, calls))
            now = await self._store.usage(org_id, began, began + HOUR)
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


def _sums(hour: datetime, calls: Sequence[Usage]) -> list[UsageHour]:
    groups: dict[tuple[str, str, str, str], list[Usage]] = defaultdict(list)
    for call in calls:
        groups[call.org_id, call.model, call.person_id, call.work].append(call)
    return [
        UsageHour(
            org_id=org_id,
            hour=hour,
            model=model,
            person_id=person_id,
            work=work,
            calls=len(group),
            tokens_in=sum(call.tokens_in for call in group),
            tokens_out=sum(call.tokens_out for call in group),
            tokens_cached=sum(call.tokens_cached for call in group),
            cost_usd=sum(call.cost_usd for call in group),
            seconds=sum(call.seconds for call in group),
        )
        for (org_id, model, person_id, work), group in groups.items()
    ]
