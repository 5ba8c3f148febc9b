"""Feature flags as properties: monotone in the percentage, stable, independent of each other, and killed for all."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.flags import (
    COMPOSE_RUNS,
    LOTS,
    FlagRule,
    FlagSetting,
    Subject,
    Unit,
    evaluate,
    evaluate_all,
    lot,
)

keys = st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True)
ids = st.uuids().map(str)
percents = st.integers(0, 100)
units: st.SearchStrategy[Unit] = st.sampled_from(["organization", "team", "person"])
subjects = st.builds(
    Subject, org_id=ids, team_ids=st.lists(ids, max_size=3).map(tuple), person_id=st.one_of(st.none(), ids)
)


@given(keys, subjects, units, percents, percents)
def test_a_higher_percentage_takes_it_from_nobody(key: str, subject: Subject, unit: Unit, one: int, other: int) -> None:
    low, high = sorted((one, other))
    was_on = evaluate(key, [FlagSetting(key=key, percent=low, unit=unit)], subject)
    is_on = evaluate(key, [FlagSetting(key=key, percent=high, unit=unit)], subject)
    assert is_on or not was_on


@given(keys, subjects)
def test_none_and_all(key: str, subject: Subject) -> None:
    assert not evaluate(key, [FlagSetting(key=key, percent=0)], subject)
    assert evaluate(key, [FlagSetting(key=key, percent=100)], subject)


@given(keys, subjects, units, percents, st.lists(st.builds(FlagSetting, key=keys, org_id=ids), max_size=4))
def test_nothing_else_matters(key: str, subject: Subject, unit: Unit, percent: int, others: list[FlagSetting]) -> None:
    """Settings of other flags and organisations do not count, nor does the order."""
    setting = FlagSetting(key=key, percent=percent, unit=unit)
    strange = [other for other in others if other.org_id != subject.org_id]
    alone = evaluate(key, [setting], subject)
    assert evaluate(key, [*strange, setting], subject) == alone
    assert evaluate(key, [setting, *reversed(strange)], subject) == alone


@given(keys, ids)
def test_a_lot_is_in_range_and_stays(key: str, unit_id: str) -> None:
    assert 0 <= lot(key, unit_id) < LOTS
    assert lot(key, unit_id) == lot(key, unit_id)


def test_lots_of_today_are_those_of_tomorrow() -> None:
    """A change of the hash would turn features on and off for people who did nothing."""
    assert [lot("compose_runs", "a"), lot("compose_runs", "b"), lot("other", "a")] == [1689, 3149, 779]


def test_percentages_are_met_and_flags_are_independent() -> None:
    people = [str(uuid.uuid5(uuid.NAMESPACE_OID, str(number))) for number in range(20_000)]
    on = {
        key: {person for person in people if lot(key, person) * 100 < 30 * LOTS}
        for key in ("first_flag", "second_flag")
    }
    first, second = on["first_flag"], on["second_flag"]
    assert 0.28 < len(first) / len(people) < 0.32
    assert 0.28 < len(second) / len(people) < 0.32
    assert 0.08 < len(first & second) / len(people) < 0.10


@given(keys, subjects, percents)
def test_the_kill_switch_of_all_wins(key: str, subject: Subject, percent: int) -> None:
    named = FlagRule(person_ids=(subject.person_id,) if subject.person_id else ())
    own = FlagSetting(key=key, org_id=subject.org_id, percent=percent, rules=(named,))
    assert not evaluate(key, [FlagSetting(key=key, enabled=False, percent=100), own], subject)


@given(keys, subjects, st.booleans())
def test_an_organisation_decides_for_itself(key: str, subject: Subject, wanted: bool) -> None:
    own = FlagSetting(key=key, org_id=subject.org_id, percent=100 if wanted else 0)
    for_all = FlagSetting(key=key, percent=0 if wanted else 100)
    assert evaluate(key, [for_all, own], subject) is wanted


def test_the_first_rule_that_names_somebody_counts() -> None:
    setting = FlagSetting(
        key="drafts",
        percent=100,
        rules=(FlagRule(person_ids=("ann",), percent=0), FlagRule(team_ids=("deals",)), FlagRule(person_ids=("ann",))),
    )
    assert not evaluate("drafts", [setting], Subject(org_id="org", team_ids=("deals",), person_id="ann"))
    assert evaluate("drafts", [setting], Subject(org_id="org", team_ids=("deals",), person_id="ben"))
    closed = setting.model_copy(update={"percent": 0})
    assert evaluate("drafts", [closed], Subject(org_id="org", team_ids=("deals",), person_id="ben"))
    assert not evaluate("drafts", [closed], Subject(org_id="org", person_id="cat"))


def test_by_team_nobody_without_a_team() -> None:
    setting = FlagSetting(key="drafts", percent=100, unit="team")
    assert evaluate("drafts", [setting], Subject(org_id="org", team_ids=("deals",), person_id="ann"))
    assert not evaluate("drafts", [setting], Subject(org_id="org", person_id="ann"))


def test_what_is_not_set_is_as_the_product_says() -> None:
    subject = Subject(org_id="org")
    assert evaluate(COMPOSE_RUNS, [], subject)
    assert not evaluate("nobody_knows", [], subject)
    assert evaluate_all([FlagSetting(key="drafts", org_id="other", percent=100)], subject) == {COMPOSE_RUNS: True}
    assert evaluate_all([FlagSetting(key="drafts", percent=100)], subject) == {COMPOSE_RUNS: True, "drafts": True}


@pytest.mark.parametrize("percent", [-1, 101])
def test_percentages_are_bounded(percent: int) -> None:
    with pytest.raises(ValidationError):
        FlagSetting(key="drafts", percent=percent)
