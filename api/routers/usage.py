"""What the calls of models cost, and what may still be spent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict

from access import Person
from api.dependencies import AskedTime, Caller, PartsOf
from api.parts import Parts
from api.problems import ApiProblem, problems
from api.runs import find_run
from domain.permissions import Action, AnyRole, may
from domain.spending import budget_of, month_of
from domain.values import Id
from store.models import Usage, UsageHour

router = APIRouter(tags=["usage"])

HOUR = timedelta(hours=1)
LONGEST = timedelta(days=400)
LONGEST_BY_HOUR = timedelta(days=32)

GroupBy = Literal["hour", "day", "month", "model", "person", "work"]
Whose = Literal["organisation", "own"]

_KEYS: dict[GroupBy, Callable[[UsageHour], str]] = {
    "hour": lambda sums: sums.hour.astimezone(UTC).isoformat(),
    "day": lambda sums: sums.hour.astimezone(UTC).date().isoformat(),
    "month": lambda sums: f"{sums.hour.astimezone(UTC):%Y-%m}",
    "model": lambda sums: sums.model,
    "person": lambda sums: sums.person_id,
    "work": lambda sums: sums.work,
}

OrgId = Annotated[Id | None, Query(description="Needed by people who work for several organisations.")]


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class UsageSums(_Answer):
    """`cached` tokens are part of `tokens_in`; `seconds` is the time that models took to answer."""

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    tokens_cached: int = 0
    cost_usd: float = 0.0
    seconds: float = 0.0


class UsageGroup(UsageSums):
    """`key` is a time in UTC, a model, a person's id or a kind of work."""

    key: str


class UsageReport(_Answer):
    """Whole hours from `since` on and before `until`. `whose`: all of the organisation, or only what you caused."""

    org_id: str
    whose: Whose
    since: AwareDatetime
    until: AwareDatetime
    group_by: GroupBy
    items: tuple[UsageGroup, ...]
    total: UsageSums


class RunUsage(_Answer):
    """What the models of a run took. `key` of an item is the id of the agent that called them.

    `whose`: all calls, or only what you caused.
    """

    run_id: str
    whose: Literal["all", "own"]
    items: tuple[UsageGroup, ...]
    total: UsageSums


class BudgetReport(_Answer):
    """Of this calendar month (UTC), in USD. No number means without a bound; all spending only with `usage.read`."""

    org_id: str
    month: AwareDatetime
    usd_per_month: float | None
    usd_per_person_per_month: float | None
    spent_usd: float | None
    spent_by_you_usd: float


@router.get("/usage", operation_id="read_usage", responses=problems(403, 404))
async def read_usage(
    parts: PartsOf,
    person: Caller,
    org_id: OrgId = None,
    since: Annotated[AskedTime | None, Query(description="Absent: the beginning of this month.")] = None,
    until: Annotated[AskedTime | None, Query(description="Absent: now.")] = None,
    group_by: Annotated[GroupBy, Query()] = "day",
) -> UsageReport:
    """What the calls of models took. With `usage.read` all of the organisation, else what you caused."""
    org, sees_all = await _org(parts, person, org_id)
    now = datetime.now(UTC)
    start, end = _span(since or month_of(now), until or now, group_by)
    hours = await _hours(parts, org, start, end, None if sees_all else person.person_id)
    groups: dict[str, list[UsageHour]] = defaultdict(list)
    for sums in hours:
        groups[_KEYS[group_by](sums)].append(sums)
    return UsageReport(
        org_id=org,
        whose="organisation" if sees_all else "own",
        since=start,
        until=end,
        group_by=group_by,
        items=tuple(UsageGroup(key=key, **_sum(group).model_dump()) for key, group in sorted(groups.items())),
        total=_sum(hours),
    )


@router.get("/runs/{run_id}/usage", operation_id="read_run_usage", responses=problems(403, 404))
async def read_run_usage(parts: PartsOf, person: Caller, run_id: Annotated[Id, Path()]) -> RunUsage:
    """What the calls of models of one run took, agent by agent. With `usage.read` all of them, else what you caused."""
    run, _ = await find_run(parts, person, run_id)
    _, sees_all = await _org(parts, person, run.org_id)
    calls = [
        call
        for call in await parts.store.usage.calls_of_run(run.org_id, run.id)
        if sees_all or call.person_id == person.person_id
    ]
    agents: dict[str, list[Usage]] = defaultdict(list)
    for call in calls:
        agents[call.agent_id].append(call)
    return RunUsage(
        run_id=run.id,
        whose="all" if sees_all else "own",
        items=tuple(UsageGroup(key=key, **_sum(own).model_dump()) for key, own in agents.items()),
        total=_sum(calls),
    )


async def _hours(parts: Parts, org_id: str, since: datetime, until: datetime, person_id: str | None) -> list[UsageHour]:
    """Of all the places where books of the organisation are."""
    seats = await parts.everywhere({org_id})
    return [hour for each in seats for hour in await each.store.usage.hours(org_id, since, until, person_id)]


@router.get("/budgets", operation_id="read_budget", responses=problems(403, 404))
async def read_budget(parts: PartsOf, person: Caller, org_id: OrgId = None) -> BudgetReport:
    """What may be spent on models this month, and what was."""
    org, sees_all = await _org(parts, person, org_id)
    now = datetime.now(UTC)
    month = month_of(now)
    hours = await _hours(parts, org, month, now + HOUR, None if sees_all else person.person_id)
    budget = budget_of(org, parts.budgets)
    return BudgetReport(
        org_id=org,
        month=month,
        usd_per_month=budget.usd_per_month,
        usd_per_person_per_month=budget.usd_per_person_per_month,
        spent_usd=_cost(hours) if sees_all else None,
        spent_by_you_usd=_cost(sums for sums in hours if sums.person_id == person.person_id),
    )


async def _org(parts: Parts, person: Person, wanted: str | None) -> tuple[str, bool]:
    """The organisation, and whether the person may see what all of it have used; whoever tries it never does."""
    members = await parts.directory.organisations.of(person.person_id)
    roles: dict[str, set[AnyRole]] = {str(organisation.org_id): {organisation.role} for organisation in members}
    tried: dict[str, set[AnyRole]] = {}
    for deal in await parts.grants.deals_of(person.person_id):
        if deal.org_id in roles:
            roles[deal.org_id].add(deal.role)
        else:
            tried[deal.org_id] = set()
    roles |= tried
    if wanted is None and len(roles) > 1:
        raise ApiProblem(
            "invalid_input",
            "You work for several organisations.",
            f"Say which with `org_id`: {', '.join(sorted(roles))}.",
        )
    org_id = wanted or next(iter(roles), None)
    if org_id is None or org_id not in roles:
        raise ApiProblem("unknown_org", "There is no such organisation.", "Choose one that you work for.")
    await parts.rates.count_tenant(org_id)
    return org_id, may(roles[org_id], Action.USAGE_READ) and person.reaches(Action.USAGE_READ)


def _span(since: datetime, until: datetime, group_by: GroupBy) -> tuple[datetime, datetime]:
    """The whole hours that hold the span."""
    longest = LONGEST_BY_HOUR if group_by == "hour" else LONGEST
    try:
        start, end = _whole_hour(since), _whole_hour(until + HOUR - timedelta(microseconds=1))
    except OverflowError as error:
        raise ApiProblem("invalid_input", "That time is out of reach.", "Give a time of this century.") from error
    if not start < end:
        raise ApiProblem("invalid_input", "`since` is not before `until`.", "Give an earlier `since`.")
    if end - start > longest:
        raise ApiProblem("invalid_input", f"That is more than {longest.days} days.", "Ask for less at a time.")
    return start, end


def _whole_hour(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _cost(hours: Iterable[UsageHour | Usage]) -> float:
    return round(sum(sums.cost_usd for sums in hours), 6)


def _sum(hours: Sequence[UsageHour | Usage]) -> UsageSums:
    return UsageSums(
        calls=sum(1 if isinstance(sums, Usage) else sums.calls for sums in hours),
        tokens_in=sum(sums.tokens_in for sums in hours),
        tokens_out=sum(sums.tokens_out for sums in hours),
        tokens_cached=sum(sums.tokens_cached for sums in hours),
        cost_usd=_cost(hours),
        seconds=round(sum(sums.seconds for sums in hours), 3),
    )
