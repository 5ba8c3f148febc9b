"""Deployments as walks: every one ends, and what was begun is undone in the reverse order."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.applications import (
    PLANS,
    UNDOABLE,
    Action,
    Application,
    ApplicationSettings,
    ApplicationStatus,
    NotPossible,
    PlannedStep,
    RampStage,
    StepEnded,
    Version,
    Walk,
    after,
    check,
    next_step,
    outcome,
    plan_of,
)

NOW = datetime(2026, 11, 21, tzinfo=UTC)
actions: st.SearchStrategy[Action] = st.sampled_from(["provision", "deploy", "roll_back", "retire"])


def walk_with(action: Action, fails_at: int | None, undo_fails_at: int | None = None) -> tuple[Walk, list[PlannedStep]]:
    walk, undone = Walk(action=action), 0
    taken: list[PlannedStep] = []
    while (step := next_step(walk)) is not None:
        assert outcome(walk) == "running"
        taken.append(step)
        fails = undone == undo_fails_at if step.undo else len(walk.done) == fails_at
        undone += step.undo
        walk = after(walk, StepEnded(step=step, error="it broke" if fails else None))
        assert len(taken) < 50
    return walk, taken


@given(actions)
def test_a_walk_that_goes_well_takes_its_plan(action: Action) -> None:
    walk, taken = walk_with(action, None)
    assert tuple(step.name for step in taken) == PLANS[action]
    assert not any(step.undo for step in taken)
    assert outcome(walk) == "completed"


@given(actions, st.integers(0, 9))
def test_what_was_begun_is_undone_in_the_reverse_order(action: Action, fails_at: int) -> None:
    plan = PLANS[action]
    walk, taken = walk_with(action, fails_at)
    if fails_at >= len(plan):
        assert outcome(walk) == "completed"
        return
    begun = plan[: fails_at + 1]
    assert tuple(step.name for step in taken if not step.undo) == begun
    undone = [step.name for step in taken if step.undo]
    assert undone == [name for name in reversed(begun) if name in UNDOABLE]
    assert outcome(walk) == "undone"
    assert walk.error == "it broke"


@given(actions, st.integers(0, 5), st.integers(0, 5))
def test_what_cannot_be_undone_is_told(action: Action, fails_at: int, undo_fails_at: int) -> None:
    walk, taken = walk_with(action, fails_at, undo_fails_at)
    to_undo = [name for name in PLANS[action][: fails_at + 1] if name in UNDOABLE]
    if fails_at < len(PLANS[action]) and undo_fails_at < len(to_undo):
        assert outcome(walk) == "stuck"
        assert len([step for step in taken if step.undo]) == undo_fails_at + 1
    else:
        assert outcome(walk) in ("completed", "undone")


def application(status: ApplicationStatus, current: str | None = None) -> Application:
    return Application(
        id="a",
        org_id="o",
        name="Desk",
        database="d",
        task_queue="q",
        status=status,
        current_version_id=current,
        created_at=NOW,
        updated_at=NOW,
    )


VERSION = Version(id="v1", build_id="1.0", created_at=NOW)


@pytest.mark.parametrize("action", list(PLANS))
def test_nothing_is_done_with_what_is_archived(action: Action) -> None:
    with pytest.raises(NotPossible):
        check(application("archived"), action, VERSION)


def test_what_is_being_retired_can_only_be_retired() -> None:
    check(application("retiring"), "retire", None)
    with pytest.raises(NotPossible):
        check(application("retiring"), "deploy", VERSION)


def test_what_may_be_deployed_and_rolled_back() -> None:
    check(application("new"), "deploy", VERSION)
    check(application("serving", "v2"), "roll_back", VERSION)
    check(application("ready"), "retire", None)


RETIRED = VERSION.model_copy(update={"retired_at": NOW})
REFUSED: list[tuple[ApplicationStatus, Action, Version | None]] = [
    ("new", "deploy", None),
    ("new", "deploy", RETIRED),
    ("ready", "roll_back", VERSION),
    ("serving", "roll_back", VERSION),
]


@pytest.mark.parametrize(("status", "action", "version"), REFUSED)
def test_what_may_not(status: ApplicationStatus, action: Action, version: Version | None) -> None:
    with pytest.raises(NotPossible):
        check(application(status, "v1"), action, version)


RAMP = (RampStage(percent=10, seconds=60), RampStage(percent=50, seconds=60))


def test_only_a_deployment_with_a_ramp_takes_it_and_before_it_promotes() -> None:
    settings = ApplicationSettings(ramp=RAMP)
    plan = plan_of("deploy", settings)
    assert plan[plan.index("promote") - 1] == "ramp"
    assert tuple(name for name in plan if name != "ramp") == PLANS["deploy"]
    assert plan_of("deploy", ApplicationSettings()) == PLANS["deploy"]
    assert plan_of("roll_back", settings) == PLANS["roll_back"]


@pytest.mark.parametrize("fails_at", range(len(PLANS["deploy"]) + 1))
def test_a_ramp_is_undone_like_any_step(fails_at: int) -> None:
    plan = plan_of("deploy", ApplicationSettings(ramp=RAMP))
    walk = Walk(action="deploy", plan=plan)
    taken: list[PlannedStep] = []
    while (step := next_step(walk)) is not None:
        taken.append(step)
        fails = not step.undo and len(walk.done) == fails_at
        walk = after(walk, StepEnded(step=step, error="it broke" if fails else None))
    assert outcome(walk) == "undone"
    assert [step.name for step in taken if step.undo] == [
        name for name in reversed(plan[: fails_at + 1]) if name in UNDOABLE
    ]


@pytest.mark.parametrize(
    "ramp",
    [
        [(50, 1), (50, 1)],
        [(50, 1), (20, 1)],
        [(100, 1)],
        [(0, 1)],
        [(10, 400), (20, 400)],
        [(10, -1)],
        [(n + 1, 0) for n in range(11)],
    ],
)
def test_ramps_grow_and_are_bounded(ramp: list[tuple[int, int]]) -> None:
    with pytest.raises(ValidationError):
        ApplicationSettings.model_validate({"ramp": [{"percent": p, "seconds": s} for p, s in ramp]})
