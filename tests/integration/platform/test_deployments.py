"""Deployments on a real Temporal, Supabase and MongoDB server: done, undone at each step, rolled back, retired."""

from __future__ import annotations

import pytest
from temporalio.exceptions import ApplicationError

from domain.applications import PLANS, UNDOABLE, Application, PlannedStep, StepName
from workflows.platform import STEP_FAILED

from .control import Control


async def test_a_version_is_deployed_step_by_step(control: Control) -> None:
    version = await control.version("first")
    async with control.worker(), control.supervisor():
        status, steps = await control.carried_out("deploy", version)
    assert status == "completed"
    assert [(step.name, step.status) for step in steps] == [(name, "done") for name in PLANS["deploy"]]
    found = await control.now()
    assert (found.status, found.current_version_id) == ("serving", version.id)
    assert await control.current_build() == version.build_id
    database = control.database(found.database)
    assert await database.holder() == found.id
    await database.close()
    assert control.trail.actions == [
        ("deployment.begin", "accepted"),
        *((f"deployment.{name}", "done") for name in PLANS["deploy"]),
        ("deployment.end", "done"),
    ]
    assert {entry.org_id for entry in control.trail.entries.values()} == {found.org_id}
    assert {entry.actor.on_behalf_of for entry in control.trail.entries.values()} == {"ann"}


@pytest.mark.parametrize("name", PLANS["deploy"])
async def test_a_step_that_fails_leaves_everything_as_it_was(control: Control, name: StepName) -> None:
    """The step has had its effect when it fails, which is the worst moment."""
    version = await control.version("broken")

    async def fail(step: PlannedStep) -> None:
        if step == PlannedStep(name=name):
            raise ApplicationError("It broke.", type=STEP_FAILED, non_retryable=True)

    async with control.worker(after=fail), control.supervisor():
        status, steps = await control.carried_out("deploy", version)
    assert status == "undone"
    begun = PLANS["deploy"][: PLANS["deploy"].index(name) + 1]
    undone = [f"undo_{each}" for each in reversed(begun) if each in UNDOABLE]
    assert [step.name for step in steps] == [*begun, *undone]
    assert [step.status for step in steps] == ["done"] * (len(begun) - 1) + ["failed"] + ["done"] * len(undone)
    await _is_as_it_was(control, control.application)
    assert control.wanted_builds() == set()
    assert await control.current_build() == ""
    database = control.database(control.application.database)
    assert await database.holder() is None
    await database.close()
    assert ("deployment.end", "failed") in control.trail.actions


async def test_a_failed_second_version_leaves_the_first_in_service(control: Control) -> None:
    first, second = await control.version("first"), await control.version("second")

    async def fail(step: PlannedStep) -> None:
        if step == PlannedStep(name="promote"):
            raise ApplicationError("It broke.", type=STEP_FAILED, non_retryable=True)

    async with control.supervisor():
        async with control.worker():
            assert (await control.carried_out("deploy", first))[0] == "completed"
        served = await control.now()
        async with control.worker(after=fail):
            assert (await control.carried_out("deploy", second))[0] == "undone"
    await _is_as_it_was(control, served)
    assert await control.current_build() == first.build_id
    assert control.wanted_builds() == {first.build_id}


async def test_workers_that_do_not_come_up_are_told_and_undone(control: Control) -> None:
    version = await control.version("absent")
    async with control.worker(health_seconds=2):
        deployment, handle = await control.start("deploy", version)
        assert await handle.result() == "undone"
    found = await control.registry.deployment(deployment.id)
    assert found is not None
    assert found.error == f"No worker of build {version.build_id} was well within 2 s."
    assert found.finished_at is not None
    await _is_as_it_was(control, control.application)


async def test_a_version_is_rolled_back_and_the_application_retired(control: Control) -> None:
    first, second = await control.version("first"), await control.version("second")
    async with control.worker(), control.supervisor():
        for version in (first, second):
            assert (await control.carried_out("deploy", version))[0] == "completed"
        assert await control.current_build() == second.build_id
        assert control.wanted_builds() == {first.build_id, second.build_id}
        assert (await control.carried_out("roll_back", first))[0] == "completed"
        assert await control.current_build() == first.build_id
        assert (await control.now()).current_version_id == first.id
        status, steps = await control.carried_out("retire")
    assert status == "completed"
    assert [(step.name, step.status) for step in steps] == [(name, "done") for name in PLANS["retire"]]
    assert (await control.now()).status == "archived"
    assert await control.current_build() == ""
    assert control.wanted_builds() == set()


@pytest.mark.parametrize("name", PLANS["retire"])
async def test_a_retirement_that_fails_leaves_it_in_service(control: Control, name: StepName) -> None:
    version = await control.version("first")

    async def fail(step: PlannedStep) -> None:
        if step == PlannedStep(name=name):
            raise ApplicationError("It broke.", type=STEP_FAILED, non_retryable=True)

    async with control.supervisor():
        async with control.worker():
            assert (await control.carried_out("deploy", version))[0] == "completed"
        served = await control.now()
        async with control.worker(after=fail):
            assert (await control.carried_out("retire"))[0] == "undone"
    await _is_as_it_was(control, served)
    assert await control.current_build() == version.build_id
    assert control.wanted_builds() == {version.build_id}


async def _is_as_it_was(control: Control, before: Application) -> None:
    now = await control.now()
    assert now == before.model_copy(update={"updated_at": now.updated_at})
