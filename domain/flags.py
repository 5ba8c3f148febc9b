"""Feature flags: which of them are on for an organisation, a team, a person. Pure; the same answer everywhere.

A roll-out is stable: each flag deals every organisation, team or person a lot of its own, from 0 to 9,999, and is on
for the lots below its percentage. So a higher percentage keeps everybody who had it, and flags do not hang together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from domain.values import NO_TRUTH, Id, Instant, OptionalLine, Value

LOTS = 10_000
MOST_RULES = 50
MOST_NAMED = 500

FlagKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Percent = Annotated[int, Field(ge=0, le=100), NO_TRUTH]
Unit = Literal["organization", "team", "person"]
"""Whom a roll-out counts by. By team: on for a person when it is on for one of their teams."""


class FlagRule(Value):
    """Says it for some: `percent` of the people and teams that are named."""

    person_ids: Annotated[tuple[Id, ...], Field(max_length=MOST_NAMED)] = ()
    team_ids: Annotated[tuple[Id, ...], Field(max_length=MOST_NAMED)] = ()
    percent: Percent = 100


class FlagSetting(Value):
    """A flag as it is set: for one organisation, or (without `org_id`) for all that set nothing themselves.

    `enabled` is the kill switch: false is off for everybody, rules or not. The first rule that names a person or one
    of their teams counts; else the roll-out to `percent` of the units.
    """

    key: FlagKey
    org_id: str | None = None
    enabled: bool = True
    percent: Percent = 0
    unit: Unit = "person"
    rules: Annotated[tuple[FlagRule, ...], Field(max_length=MOST_RULES)] = ()
    description: OptionalLine = ""
    updated_by: str | None = None
    updated_at: Instant | None = None


class Subject(Value):
    """Whom a flag is asked for. Without a person: the organisation as a whole."""

    org_id: str
    team_ids: tuple[str, ...] = ()
    person_id: str | None = None


class KnownFlag(Value):
    """A flag that the product asks for. `default` counts where nothing is set."""

    key: FlagKey
    description: str
    default: bool


COMPOSE_RUNS = "compose_runs"
KNOWN_FLAGS: Mapping[str, KnownFlag] = {
    flag.key: flag
    for flag in (
        KnownFlag(key=COMPOSE_RUNS, description="Agents plan, write and review whole books together.", default=True),
    )
}


def evaluate(key: str, settings: Iterable[FlagSetting], subject: Subject) -> bool:
    """Whether a flag is on for somebody. `settings` may hold those of other flags and organisations too."""
    found = {setting.org_id: setting for setting in settings if setting.key == key}
    for_all, own = found.get(None), found.get(subject.org_id)
    if for_all is not None and not for_all.enabled:
        return False
    counts = own or for_all
    if counts is None:
        known = KNOWN_FLAGS.get(key)
        return known is not None and known.default
    return counts.enabled and _is_on(counts, subject)


def evaluate_all(settings: Iterable[FlagSetting], subject: Subject) -> dict[str, bool]:
    """Every flag that the product knows or that is set, by key."""
    given = tuple(settings)
    keys = sorted({*KNOWN_FLAGS, *(setting.key for setting in given if setting.org_id in (None, subject.org_id))})
    return {key: evaluate(key, given, subject) for key in keys}


def lot(key: str, unit_id: str) -> int:
    """The lot of an organisation, team or person in a flag."""
    return int.from_bytes(hashlib.sha256(f"{key}/{unit_id}".encode()).digest()[:8]) % LOTS


def _is_on(setting: FlagSetting, subject: Subject) -> bool:
    for rule in setting.rules:
        named_teams = set(rule.team_ids) & set(subject.team_ids)
        if subject.person_id is not None and (subject.person_id in rule.person_ids or named_teams):
            return _is_drawn(setting.key, subject.person_id, rule.percent)
    return any(_is_drawn(setting.key, unit_id, setting.percent) for unit_id in _units(setting.unit, subject))


def _units(unit: Unit, subject: Subject) -> tuple[str, ...]:
    match unit:
        case "organization":
            return (subject.org_id,)
        case "team":
            return subject.team_ids
        case "person":
            return (subject.person_id or subject.org_id,)


def _is_drawn(key: str, unit_id: str, percent: int) -> bool:
    return lot(key, unit_id) * 100 < percent * LOTS
