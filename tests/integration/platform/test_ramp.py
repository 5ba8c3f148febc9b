"""A new version takes over by growing shares of new work, on a real Temporal server."""

from __future__ import annotations

import asyncio
import signal
import uuid
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.exceptions import ApplicationError

from activities.worker_versions import WorkerVersions
from deploy.embedded.stack import Addresses
from domain.applications import ApplicationSettings, PlannedStep, RampStage, plan_of
from workflows.calls import CIMCalls
from workflows.contract import cim_workflow_id
from workflows.platform import STEP_FAILED

from .control import Control, new_control
from .test_crashes import process

pytestmark = pytest.mark.timeout(300)

RAMP = (RampStage(percent=50, seconds=6), RampStage(percent=90, seconds=0))
BOOKS = 40


@pytest.fixture
async def control(addresses: Addresses, tmp_path: Path) -> AsyncIterator[Control]:
    async with new_control(addresses, tmp_path / "fleet", ApplicationSettings(ramp=RAMP)) as found:
        yield found


async def until_ramped(control: Control, build_id: str, percent: float) -> None:
    async with asyncio.timeout(60):
        while await WorkerVersions(control.client).ramp_of(control.application.deployment_name, build_id) < percent:
            await asyncio.sleep(0.05)


async def builds_of_new_books(control: Control) -> Counter[str]:
    application = control.application
    calls = CIMCalls(task_queue=application.task_queue)

    async def open_one() -> str:
        cim_id = uuid.uuid4().hex
        await calls.open(control.client, application.org_id, str(uuid.uuid4()), cim_id)
        handle = control.client.get_workflow_handle(cim_workflow_id(application.org_id, cim_id))
        while True:
            info = (await handle.describe()).raw_description.workflow_execution_info.versioning_info
            if info.deployment_version.build_id:
                return info.deployment_version.build_id
            await asyncio.sleep(0.05)

    async with asyncio.timeout(60):
        return Counter(await asyncio.gather(*(open_one() for _ in range(BOOKS))))


async def test_shares_of_new_books_go_to_the_new_version(control: Control) -> None:
    first, second = await control.version("first"), await control.version("second")
    async with control.worker(), control.supervisor():
        assert (await control.carried_out("deploy", first))[0] == "completed"
        deployment, handle = await control.start("deploy", second)
        await until_ramped(control, second.build_id, 50)
        assert await control.current_build() == first.build_id
        builds = await builds_of_new_books(control)
        assert set(builds) == {first.build_id, second.build_id}
        async with asyncio.timeout(120):
            assert await handle.result() == "completed"
        assert set(await builds_of_new_books(control)) == {second.build_id}
    steps = await control.registry.steps(deployment.id)
    assert [(step.name, step.status) for step in steps] == [
        (name, "done") for name in plan_of("deploy", control.application.settings)
    ]
    assert next(step for step in steps if step.name == "ramp").details == {"percents": ["50", "90"]}
    assert await control.current_build() == second.build_id
    assert ("deployment.ramp", "done") in control.trail.actions


async def test_a_version_that_fails_on_its_way_gets_no_new_books(control: Control) -> None:
    first, second = await control.version("first"), await control.version("second")

    async def fail(step: PlannedStep) -> None:
        if step == PlannedStep(name="ramp"):
            raise ApplicationError("It broke.", type=STEP_FAILED, non_retryable=True)

    async with control.supervisor():
        async with control.worker():
            assert (await control.carried_out("deploy", first))[0] == "completed"
        async with control.worker(after=fail):
            assert (await control.carried_out("deploy", second))[0] == "undone"
        assert await control.current_build() == first.build_id
        assert set(await builds_of_new_books(control)) == {first.build_id}


async def test_a_version_that_is_called_off_on_its_way_gets_no_new_books(addresses: Addresses, tmp_path: Path) -> None:
    slow = ApplicationSettings(ramp=(RampStage(percent=50, seconds=600),))
    async with new_control(addresses, tmp_path / "fleet", slow) as control, control.worker(), control.supervisor():
        first, second = await control.version("first"), await control.version("second")
        assert (await control.carried_out("deploy", first))[0] == "completed"
        deployment, handle = await control.start("deploy", second)
        await until_ramped(control, second.build_id, 50)
        assert await control.registry.call_off(deployment.id, "ann")
        async with asyncio.timeout(60):
            assert await handle.result() == "undone"
        assert set(await builds_of_new_books(control)) == {first.build_id}
        assert await WorkerVersions(control.client).ramp_of(control.application.deployment_name, second.build_id) == 0
        ended = await control.registry.deployment(deployment.id)
        assert ended is not None
        assert (ended.called_off_by, ended.error) == ("ann", "It was called off.")
        assert not await control.registry.call_off(deployment.id, "ann")
        assert control.wanted_builds() == {first.build_id}


async def test_a_ramp_goes_on_after_a_crash(control: Control) -> None:
    first, second = await control.version("first"), await control.version("second")
    async with control.supervisor():
        async with control.worker():
            assert (await control.carried_out("deploy", first))[0] == "completed"
        (control.folder.parent / "die").write_text("ramp")
        deployment, handle = await control.start("deploy", second)
        async with process(control) as dying, asyncio.timeout(120):
            assert await dying.wait() == -signal.SIGKILL
        async with control.worker(), asyncio.timeout(120):
            assert await handle.result() == "completed"
    steps = await control.registry.steps(deployment.id)
    assert [step.name for step in steps if step.attempt > 1] == ["ramp"]
    assert await control.current_build() == second.build_id
