"""The steps of a deployment and how each is undone. Every one may be broken off anywhere and taken again."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.deployment_steps import Details, Steps
from agents.heartbeat import beating
from audit import AuditActor, AuditEntry, Result, Target, Trail
from domain.applications import DeploymentStep, StepStatus, plan_of
from workflows.platform import STEP_FAILED, Brief, DeploymentEnd, DeploymentInput, StepCall

if TYPE_CHECKING:
    from domain.applications import Application, Deployment, Version

OPEN = ("pending", "running")
"""What somebody has asked for and is not over; nothing else is begun, whoever starts a workflow for it."""


class KeepsDeployments(Protocol):
    async def application(self, application_id: str) -> Application | None: ...
    async def version(self, version_id: str) -> Version | None: ...
    async def deployment(self, deployment_id: str) -> Deployment | None: ...
    async def set_deployment(self, deployment: Deployment) -> None: ...
    async def put_step(self, step: DeploymentStep) -> None: ...


class DeployingActivities:
    def __init__(self, registry: KeepsDeployments, steps: Steps, trail: Trail) -> None:
        self._registry = registry
        self._steps = steps
        self._trail = trail

    @activity.defn
    async def begin_deployment(self, start: DeploymentInput) -> Brief:
        """What is to be done, as the registry has it, and what there is before."""
        deployment = await self._registry.deployment(start.deployment_id)
        application = await self._registry.application(start.application_id)
        is_of_it = deployment is not None and deployment.application_id == start.application_id
        if deployment is None or application is None or not is_of_it or application.org_id != start.org_id:
            raise ApplicationError("There is no such deployment.", type=STEP_FAILED, non_retryable=True)
        if deployment.status not in OPEN:
            raise ApplicationError("This deployment is over.", type=STEP_FAILED, non_retryable=True)
        version = await self._version(deployment.version_id)
        previous = await self._version(application.current_version_id)
        begun = deployment.model_copy(
            update={"status": "running", "previous_version_id": application.current_version_id}
        )
        await self._registry.set_deployment(begun)
        plan = plan_of(deployment.action, application.settings)
        brief = Brief(deployment=begun, application=application, version=version, previous=previous, plan=plan)
        self._note(brief, "begin", "accepted", {"action": deployment.action})
        return brief

    @activity.defn
    async def carry_out(self, call: StepCall) -> None:
        """Take one step, or undo it, and write down how it went."""
        attempt = activity.info().attempt
        began = datetime.now(UTC)
        await self._write(call, "running", attempt, began)
        try:
            async with beating():
                details = await self._steps.take(call.brief, call.step)
        except ApplicationError as error:
            await self._write(call, "failed", attempt, began, error=error.message)
            raise
        await self._write(call, "done", attempt, began, details=details)

    @activity.defn
    async def end_deployment(self, end: DeploymentEnd) -> None:
        deployment = end.brief.deployment.model_copy(
            update={"status": end.status, "error": end.error, "finished_at": datetime.now(UTC)}
        )
        await self._registry.set_deployment(deployment)
        self._note(end.brief, "end", "done" if end.status == "completed" else "failed", {"status": end.status})

    async def _version(self, version_id: str | None) -> Version | None:
        return None if version_id is None else await self._registry.version(version_id)

    async def _write(
        self,
        call: StepCall,
        status: StepStatus,
        attempt: int,
        began: datetime,
        details: Details | None = None,
        error: str | None = None,
    ) -> None:
        name = f"undo_{call.step.name}" if call.step.undo else call.step.name
        await self._registry.put_step(
            DeploymentStep(
                deployment_id=call.brief.deployment.id,
                position=call.position,
                name=name,
                status=status,
                attempt=attempt,
                details=details or {},
                error=error,
                started_at=began,
                finished_at=None if status == "running" else datetime.now(UTC),
            )
        )
        if status != "running":
            told: dict[str, int | str] = {"position": call.position, "attempt": attempt}
            self._note(call.brief, name, "done" if status == "done" else "failed", told)

    def _note(self, brief: Brief, verb: str, result: Result, details: dict[str, int | str]) -> None:
        deployment = brief.deployment
        place = str(details.get("position", ""))
        self._trail.record(
            AuditEntry(
                org_id=brief.application.org_id,
                actor=AuditActor(kind="system", id="deployment", on_behalf_of=deployment.requested_by),
                action=f"deployment.{verb}",
                target=Target(kind="application", id=brief.application.id),
                result=result,
                details={"deployment_id": deployment.id, **_build(brief), **details},
                entry_id=uuid.uuid5(uuid.UUID(deployment.id), f"{verb}/{place}/{result}"),
            )
        )


def _build(brief: Brief) -> dict[str, str]:
    return {} if brief.version is None else {"build_id": brief.version.build_id}
