"""A deployment begins only as the registry has it, whoever started its workflow with whatever input."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast

import pytest
from temporalio.exceptions import ApplicationError

from activities.deploying import DeployingActivities
from activities.deployment_steps import Steps
from audit import AuditEntry
from domain.applications import Application, Deployment, DeploymentStatus, DeploymentStep, Version
from workflows.platform import DeploymentInput

NOW = datetime(2026, 1, 5, tzinfo=UTC)


class Registry:
    def __init__(self, status: DeploymentStatus) -> None:
        self.began: list[Deployment] = []
        self.deployment_kept = Deployment(
            id="00000000-0000-4000-8000-000000000001",
            application_id="app1",
            action="retire",
            status=status,
            requested_by="ann",
            created_at=NOW,
        )

    async def application(self, application_id: str) -> Application | None:
        orgs = {"app1": "org1", "app2": "org2"}
        return Application(
            id=application_id,
            org_id=orgs[application_id],
            name="Desk",
            database="app_1",
            task_queue="app-1",
            created_at=NOW,
            updated_at=NOW,
        )

    async def version(self, version_id: str) -> Version | None:
        return None

    async def deployment(self, deployment_id: str) -> Deployment | None:
        return self.deployment_kept if deployment_id == self.deployment_kept.id else None

    async def set_deployment(self, deployment: Deployment) -> None:
        self.began.append(deployment)

    async def put_step(self, step: DeploymentStep) -> None:
        raise AssertionError("no step is taken here")


class Trail:
    def __init__(self) -> None:
        self.entries: list[AuditEntry] = []

    def record(self, entry: AuditEntry) -> None:
        self.entries.append(entry)


def deploying(registry: Registry, trail: Trail) -> DeployingActivities:
    return DeployingActivities(registry, cast("Steps", None), trail)


@pytest.mark.parametrize("status", ["completed", "undone", "stuck"])
async def test_what_is_over_is_not_done_again(status: DeploymentStatus) -> None:
    registry, trail = Registry(status), Trail()
    start = DeploymentInput(deployment_id=registry.deployment_kept.id, org_id="org1", application_id="app1")
    with pytest.raises(ApplicationError, match="over"):
        await deploying(registry, trail).begin_deployment(start)
    assert (registry.began, trail.entries) == ([], [])


@pytest.mark.parametrize(
    ("deployment_id", "org_id", "application_id"),
    [
        ("00000000-0000-4000-8000-000000000001", "org2", "app2"),
        ("00000000-0000-4000-8000-000000000001", "org2", "app1"),
        ("00000000-0000-4000-8000-000000000001", "org1", "app2"),
        ("00000000-0000-4000-8000-000000000002", "org1", "app1"),
    ],
)
async def test_nothing_is_done_to_another_application(deployment_id: str, org_id: str, application_id: str) -> None:
    registry, trail = Registry("pending"), Trail()
    start = DeploymentInput(deployment_id=deployment_id, org_id=org_id, application_id=application_id)
    with pytest.raises(ApplicationError, match="no such"):
        await deploying(registry, trail).begin_deployment(start)
    assert (registry.began, trail.entries) == ([], [])


@pytest.mark.parametrize("status", ["pending", "running"])
async def test_what_was_asked_for_begins(status: DeploymentStatus) -> None:
    registry, trail = Registry(status), Trail()
    start = DeploymentInput(deployment_id=registry.deployment_kept.id, org_id="org1", application_id="app1")
    brief = await deploying(registry, trail).begin_deployment(start)
    assert (brief.application.id, brief.deployment.status) == ("app1", "running")
    assert [entry.action for entry in trail.entries] == ["deployment.begin"]
