"""What each step of a deployment does to databases, workers, Temporal and the registry, and how it is undone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, NoReturn, Protocol

from temporalio.client import WorkflowFailureError
from temporalio.common import WorkerDeploymentVersion
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from activities.draining import Draining
from activities.fleet import WorkerFleet
from activities.worker_versions import WorkerVersions
from domain.applications import ApplicationStatus, Deployment, PlannedStep, StepName, Version, WantedWorkers
from workflows.platform import STEP_FAILED, Brief, ProbeQuestion

if TYPE_CHECKING:
    from store.application import ApplicationDatabase

HEALTH_SECONDS = 180.0
LOOK_SECONDS = 0.5

Details = dict[str, str | int | bool | list[str] | None]
OpensDatabases = Callable[[str], "ApplicationDatabase"]
Step = Callable[[Brief], Awaitable[Details]]


class KeepsApplications(Protocol):
    async def deployment(self, deployment_id: str) -> Deployment | None: ...
    async def org_exists(self, org_id: str) -> bool: ...
    async def set_application(
        self, application_id: str, status: ApplicationStatus, current_version_id: str | None
    ) -> None: ...


class Steps:
    """`open_database` opens the database of a name. Raises ApplicationError of type StepFailed for good."""

    def __init__(
        self,
        registry: KeepsApplications,
        fleet: WorkerFleet,
        versions: WorkerVersions,
        open_database: OpensDatabases,
        health_seconds: float = HEALTH_SECONDS,
    ) -> None:
        self._registry = registry
        self._fleet = fleet
        self._versions = versions
        self._open_database = open_database
        self._draining = Draining(versions, open_database)
        self._health_seconds = health_seconds
        self._steps: dict[StepName, Step] = {
            "provision": self._provision,
            "start_workers": self._start_workers,
            "check_health": self._check_health,
            "ramp": self._ramp,
            "promote": self._promote,
            "move_books": self._move_books,
            "tidy": self._tidy,
            "close": self._close,
            "drain": self._drain,
            "stop_workers": self._stop_workers,
            "archive": self._archive,
        }
        self._undoing: dict[StepName, Step] = {
            "provision": self._undo_provision,
            "start_workers": self._undo_start_workers,
            "ramp": self._undo_ramp,
            "promote": self._undo_promote,
            "close": self._undo_close,
            "stop_workers": self._undo_stop_workers,
        }

    async def take(self, brief: Brief, step: PlannedStep) -> Details:
        """What it found or did."""
        return await (self._undoing if step.undo else self._steps)[step.name](brief)

    async def _provision(self, brief: Brief) -> Details:
        from store.application import AnotherApplication

        application = brief.application
        if not await self._registry.org_exists(application.org_id):
            _fail("The organisation is not there any more.")
        database = self._open_database(application.database)
        try:
            is_new = await database.claim(application.id, application.org_id)
            await database.ensure_indexes()
        except AnotherApplication as error:
            _fail(f"{str(error).capitalize()}.")
        finally:
            await database.close()
        if application.status == "new":
            await self._registry.set_application(application.id, "ready", None)
        return {"database": application.database, "task_queue": application.task_queue, "made": is_new}

    async def _undo_provision(self, brief: Brief) -> Details:
        """Only what this deployment made, and only while nothing is in it."""
        application = brief.application
        if application.status != "new":
            return {"dropped": False}
        database = self._open_database(application.database)
        try:
            dropped = await database.drop_unused(application.id)
        finally:
            await database.close()
        await self._registry.set_application(application.id, "new", None)
        return {"dropped": dropped}

    async def _start_workers(self, brief: Brief) -> Details:
        if brief.application.scale == 0:
            _fail("The application is scaled to no workers.")
        wanted = WantedWorkers.of(brief.application, _version(brief).build_id)
        await self._fleet.want(wanted)
        return {
            "build_id": wanted.build_id,
            "deployment": wanted.deployment,
            "task_queue": wanted.task_queue,
            "database": wanted.database,
            "workers": wanted.scale,
        }

    async def _undo_start_workers(self, brief: Brief) -> Details:
        """Workers that may have books on them stay: those of the build that serves, or served once."""
        application, version = brief.application, _version(brief)
        if version.id == application.current_version_id or brief.deployment.action == "roll_back":
            return {"stopped": []}
        await self._fleet.drop(application.id, version.build_id)
        return {"stopped": [version.build_id]}

    async def _check_health(self, brief: Brief) -> Details:
        """Workers of the build poll, and one of them answers a probe, before anything is given to them."""
        application, version = brief.application, _version(brief)
        began, another = time.monotonic(), ""
        build = WorkerDeploymentVersion(application.deployment_name, version.build_id)
        question = ProbeQuestion(application_id=application.id, build_id=version.build_id)
        while time.monotonic() - began < self._health_seconds:
            if await self._versions.polls(build.deployment_name, build.build_id, application.task_queue):
                try:
                    answer = await self._versions.probe(application.org_id, application.task_queue, build, question)
                except WorkflowFailureError:
                    continue
                if answer.build_id == version.build_id:
                    return {"answered_after_ms": round((time.monotonic() - began) * 1_000)}
                another = f" A worker of another build ({answer.build_id}) answered."
            await self._refuse_where_called_off(brief)
            await asyncio.sleep(LOOK_SECONDS)
        _fail(f"No worker of build {version.build_id} was well within {self._health_seconds:.0f} s.{another}")

    async def _ramp(self, brief: Brief) -> Details:
        """Growing shares of new work, while the workers stay well. Broken off, it goes on from the share it was at."""
        application, version = brief.application, _version(brief)
        stages = application.settings.ramp
        if brief.previous is None or brief.previous.id == version.id:
            return {"percents": [], "why": "No other version serves."}
        reached = await self._versions.ramp_of(application.deployment_name, version.build_id)
        build = WorkerDeploymentVersion(application.deployment_name, version.build_id)
        question = ProbeQuestion(application_id=application.id, build_id=version.build_id)
        for stage in stages:
            if stage.percent >= reached:
                await self._versions.set_ramp(application.deployment_name, version.build_id, stage.percent)
                await self._hold(brief, stage.seconds)
                try:
                    await self._versions.probe(application.org_id, application.task_queue, build, question)
                except WorkflowFailureError:
                    _fail(f"No worker of build {version.build_id} answered at {stage.percent} % of new work.")
        return {"percents": [str(stage.percent) for stage in stages]}

    async def _hold(self, brief: Brief, seconds: float) -> None:
        ends_at = time.monotonic() + seconds
        while (left := ends_at - time.monotonic()) > 0:
            await self._refuse_where_called_off(brief)
            await asyncio.sleep(min(left, 2 * LOOK_SECONDS))

    async def _refuse_where_called_off(self, brief: Brief) -> None:
        now = await self._registry.deployment(brief.deployment.id)
        if now is not None and now.called_off_by is not None:
            _fail("It was called off.")

    async def _undo_ramp(self, brief: Brief) -> Details:
        """All new work goes to the build before."""
        application, version = brief.application, _version(brief)
        reached = await self._versions.ramp_of(application.deployment_name, version.build_id)
        if reached:
            await self._versions.set_ramp(application.deployment_name, "", 0)
        return {"percent_before": round(reached)}

    async def _promote(self, brief: Brief) -> Details:
        application, version = brief.application, _version(brief)
        await self._versions.set_current(application.deployment_name, version.build_id)
        await self._registry.set_application(application.id, "serving", version.id)
        return {"build_id": version.build_id, "before": brief.previous.build_id if brief.previous else None}

    async def _undo_promote(self, brief: Brief) -> Details:
        before = brief.previous.build_id if brief.previous else ""
        await self._route_to(brief, before)
        await self._restore(brief)
        return {"build_id": before or None}

    async def _move_books(self, brief: Brief) -> Details:
        application = brief.application
        if application.settings.upgrade == "stay":
            return {"moved": 0}
        build = WorkerDeploymentVersion(application.deployment_name, _version(brief).build_id)
        moved, left = await self._draining.move_books(application, build)
        return {"moved": moved, "left": left}

    async def _tidy(self, brief: Brief) -> Details:
        """Workers of builds that have no book left go; those of the build before stay, for a way back."""
        application = brief.application
        kept = {_version(brief).build_id, brief.previous.build_id if brief.previous else ""}
        stopped = [build for build in await self._versions.drained(application.deployment_name) if build not in kept]
        for build_id in stopped:
            await self._fleet.drop(application.id, build_id)
        return {"stopped": stopped}

    async def _close(self, brief: Brief) -> Details:
        await self._registry.set_application(brief.application.id, "retiring", brief.application.current_version_id)
        return {}

    async def _undo_close(self, brief: Brief) -> Details:
        await self._restore(brief)
        return {}

    async def _drain(self, brief: Brief) -> Details:
        closed = await self._draining.drain(brief.application)
        return {"books_closed": closed}

    async def _stop_workers(self, brief: Brief) -> Details:
        application = brief.application
        await self._route_to(brief, "")
        stopped = await self._fleet.drop_all(application.id)
        return {"stopped": stopped}

    async def _undo_stop_workers(self, brief: Brief) -> Details:
        if brief.previous is None:
            return {}
        await self._fleet.want(WantedWorkers.of(brief.application, brief.previous.build_id))
        await self._route_to(brief, brief.previous.build_id)
        return {"build_id": brief.previous.build_id}

    async def _archive(self, brief: Brief) -> Details:
        await self._registry.set_application(brief.application.id, "archived", None)
        return {"database": brief.application.database}

    async def _route_to(self, brief: Brief, build_id: str) -> None:
        """Also back to none, where no worker has ever made the deployment known."""
        try:
            await self._versions.set_current(brief.application.deployment_name, build_id, unattended=True)
        except RPCError as error:
            if build_id or error.status is not RPCStatusCode.NOT_FOUND:
                raise

    async def _restore(self, brief: Brief) -> None:
        """The registry says of the application what it said before."""
        application = brief.application
        status = application.status
        if status == "retiring":
            status = "serving" if application.current_version_id else "ready"
        await self._registry.set_application(application.id, status, application.current_version_id)


def _version(brief: Brief) -> Version:
    if brief.version is None:
        _fail("The deployment names no version.")
    return brief.version


def _fail(why: str) -> NoReturn:
    raise ApplicationError(why, type=STEP_FAILED, non_retryable=True)
