"""What the workflows of the platform, the API and the control worker must agree on."""

from __future__ import annotations

from datetime import timedelta

from temporalio.common import RetryPolicy

from domain.applications import Application, Deployment, DeploymentStatus, PlannedStep, StepName, Version
from domain.values import Value

DEPLOYMENT_WORKFLOW = "DeploymentWorkflow"
PROBE_WORKFLOW = "ProbeWorkflow"
PROBE_ACTIVITY = "probe"
DEPLOYMENT_MEMO = "deployment_id"
STEP_FAILED = "StepFailed"
"""Type of the error with which a step ends for good; trying again would not help."""

REGISTRY_TIMEOUT = timedelta(seconds=30)
REGISTRY_RETRY = RetryPolicy(initial_interval=timedelta(milliseconds=500), maximum_interval=timedelta(seconds=10))
STEP_RETRY = RetryPolicy(
    initial_interval=timedelta(milliseconds=500),
    maximum_interval=timedelta(seconds=15),
    non_retryable_error_types=[STEP_FAILED],
)
STEP_TRY = timedelta(minutes=15)
"""One attempt at a step."""
STEP_HEARTBEAT = timedelta(seconds=10)
"""Without one for so long, a worker that was at it counts as gone."""
STEP_PATIENCE = timedelta(hours=1)
"""All attempts at a step."""
UNDO_PATIENCE = timedelta(hours=24)
PROBE_TIMEOUT = timedelta(seconds=20)


def deployment_workflow_id(org_id: str, application_id: str) -> str:
    """One for each application, so that only one thing at a time is done to it."""
    return f"deployment/{org_id}/{application_id}"


def probe_workflow_id(org_id: str, application_id: str, build_id: str) -> str:
    return f"application/{org_id}/{application_id}/probe/{build_id}"


class DeploymentInput(Value):
    deployment_id: str
    org_id: str
    application_id: str


class Brief(Value):
    """What a deployment is about, as it was when it began."""

    deployment: Deployment
    application: Application
    version: Version | None = None
    previous: Version | None = None
    """The version that takes work before the deployment."""
    plan: tuple[StepName, ...] = ()
    """Deployments that began before plans depended on settings have none: theirs is that of the action."""


class StepCall(Value):
    brief: Brief
    step: PlannedStep
    position: int


class DeploymentEnd(Value):
    """How a deployment ended, to be written down."""

    brief: Brief
    status: DeploymentStatus
    error: str | None = None


class ProbeQuestion(Value):
    """Asked of a worker: does it serve this application, and reach what it needs?"""

    application_id: str
    build_id: str


class ProbeAnswer(Value):
    build_id: str
