"""The worker that carries out a deployment is killed at every step; its successor goes on, and does nothing twice."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from temporalio.exceptions import ApplicationError

from deploy.embedded.places import CHECKOUT
from domain.applications import PLANS, UNDOABLE, Action, PlannedStep, StepName, Version
from workflows.platform import STEP_FAILED

from .control import Control


@asynccontextmanager
async def process(control: Control) -> AsyncGenerator[asyncio.subprocess.Process]:
    folder = control.folder.parent
    (folder / "addresses.json").write_text(control.addresses.model_dump_json())
    (folder / "application.json").write_text(control.application.model_dump_json())
    argv = [sys.executable, "-m", "tests.integration.platform.dying_control", str(folder), control.queue]
    running = await asyncio.create_subprocess_exec(*argv, cwd=CHECKOUT)
    try:
        yield running
    finally:
        if running.returncode is None:
            running.kill()
        await running.wait()


async def killed_at(control: Control, action: Action, step: StepName, version: Version | None) -> None:
    """Carries it out with a worker that dies at the step, and then with another one."""
    mark: Path = control.folder.parent / "die"
    mark.write_text(step)
    deployment, handle = await control.start(action, version)
    async with process(control) as first:
        async with asyncio.timeout(120):
            assert await first.wait() == -signal.SIGKILL
    assert not mark.exists()
    async with control.worker(), asyncio.timeout(120):
        assert await handle.result() == "completed"
    steps = await control.registry.steps(deployment.id)
    assert [(each.name, each.status) for each in steps] == [(name, "done") for name in PLANS[action]]
    assert [each.name for each in steps if each.attempt > 1] == [step]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("step", PLANS["deploy"])
async def test_a_deployment_goes_on_after_a_crash(control: Control, step: StepName) -> None:
    version = await control.version("first")
    async with control.supervisor():
        await killed_at(control, "deploy", step, version)
        found = await control.now()
        assert (found.status, found.current_version_id) == ("serving", version.id)
        assert await control.current_build() == version.build_id
        assert control.wanted_builds() == {version.build_id}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("step", PLANS["retire"])
async def test_a_retirement_goes_on_after_a_crash(control: Control, step: StepName) -> None:
    version = await control.version("first")
    async with control.supervisor():
        async with control.worker():
            assert (await control.carried_out("deploy", version))[0] == "completed"
        await killed_at(control, "retire", step, None)
        assert (await control.now()).status == "archived"
        assert await control.current_build() == ""
        assert control.wanted_builds() == set()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("step", PLANS["roll_back"])
async def test_a_roll_back_goes_on_after_a_crash(control: Control, step: StepName) -> None:
    first, second = await control.version("first"), await control.version("second")
    async with control.supervisor():
        async with control.worker():
            for version in (first, second):
                assert (await control.carried_out("deploy", version))[0] == "completed"
        await killed_at(control, "roll_back", step, first)
        assert (await control.now()).current_version_id == first.id
        assert await control.current_build() == first.build_id


@pytest.mark.timeout(300)
@pytest.mark.parametrize("undone", [name for name in PLANS["deploy"] if name in UNDOABLE])
async def test_undoing_goes_on_after_a_crash(control: Control, undone: StepName) -> None:
    """The last step fails, and the worker dies while all before it is undone."""
    folder = control.folder.parent
    (folder / "fail").write_text("tidy")
    (folder / "die").write_text(f"undo_{undone}")

    async def fail(step: PlannedStep) -> None:
        if step == PlannedStep(name="tidy"):
            raise ApplicationError("It broke.", type=STEP_FAILED, non_retryable=True)

    async with control.supervisor():
        deployment, handle = await control.start("deploy", await control.version("broken"))
        async with process(control) as first, asyncio.timeout(120):
            assert await first.wait() == -signal.SIGKILL
        async with control.worker(after=fail), asyncio.timeout(120):
            assert await handle.result() == "undone"
    steps = await control.registry.steps(deployment.id)
    assert [each.name for each in steps if each.attempt > 1] == [f"undo_{undone}"]
    now = await control.now()
    assert now == control.application.model_copy(update={"updated_at": now.updated_at})
    assert await control.current_build() == ""
    assert control.wanted_builds() == set()
    database = control.database(control.application.database)
    assert await database.holder() is None
    await database.close()
