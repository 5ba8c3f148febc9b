"""Deployments of applications: begin one, and see its steps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict

from access.person import Person
from access.rows import Taken
from api.dependencies import AskedTime, Caller, Limit, PartsOf
from api.headers import IdempotencyKey
from api.noting import note_details, note_target
from api.parts import Parts
from api.platform import ManageableApplication, ReadableApplication, application_for, version_of
from api.problems import ApiProblem, problems
from api.starting import id_of, start_or_problem
from domain.applications import Action as DeploymentAction
from domain.applications import Application, Deployment, DeploymentStep, NotPossible, Version, check
from domain.permissions import Action
from workflows.platform import DeploymentInput, deployment_workflow_id

router = APIRouter(tags=["platform"])

MOST_LOOKED_BACK = 100


class NewDeployment(BaseModel):
    """`deploy` provisions what is missing, starts workers of the version, checks them and gives them new work.

    `roll_back` without a version goes to the one that served before.
    """

    model_config = ConfigDict(extra="forbid")

    action: DeploymentAction
    version_id: UUID | None = None


class DeploymentWithSteps(BaseModel):
    """A deployment, and its steps in the order in which they were taken."""

    deployment: Deployment
    steps: tuple[DeploymentStep, ...]


class DeploymentPage(BaseModel):
    """The newest first. `next_before` asks for what came earlier."""

    items: tuple[Deployment, ...]
    next_before: AwareDatetime | None = None


@router.get("/applications/{application_id}/deployments", operation_id="list_deployments", responses=problems(403, 404))
async def list_deployments(
    parts: PartsOf,
    opened: ReadableApplication,
    before: Annotated[AskedTime | None, Query()] = None,
    limit: Limit = 50,
) -> DeploymentPage:
    """What was done to an application."""
    found = await parts.registry.deployments(opened.application.id, before, limit)
    more = len(found) == limit
    return DeploymentPage(items=tuple(found), next_before=found[-1].created_at if more else None)


@router.post(
    "/applications/{application_id}/deployments",
    operation_id="start_deployment",
    status_code=202,
    responses=problems(403, 404, 409),
)
async def start_deployment(
    parts: PartsOf,
    opened: ManageableApplication,
    body: NewDeployment,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> Deployment:
    """Do something to an application, one thing at a time. It goes on by itself; its steps tell how far it is."""
    application, person = opened.application, opened.person
    deployment_id = str(UUID(id_of("deployment", application.id, person.person_id, idempotency_key)))
    note_target("application", application.id)
    note_details(deployment_id=deployment_id, action=body.action)
    known = await parts.registry.deployment(deployment_id)
    if known is None:
        known = await _written_down(parts, application, body, deployment_id, person.person_id)
    if known.status == "pending":
        await _begun(parts, application, known)
    response.headers["Location"] = f"/deployments/{deployment_id}"
    return known


@router.get("/deployments/{deployment_id}", operation_id="read_deployment", responses=problems(403, 404))
async def read_deployment(
    parts: PartsOf, person: Caller, deployment_id: Annotated[UUID, Path(description="A deployment.")]
) -> DeploymentWithSteps:
    """How far a deployment is, step by step."""
    deployment = await _deployment(parts, person, deployment_id, Action.APPLICATIONS_READ)
    steps = await parts.registry.steps(deployment.id)
    return DeploymentWithSteps(deployment=deployment, steps=tuple(steps))


@router.post(
    "/deployments/{deployment_id}/call-off",
    operation_id="call_off_deployment",
    status_code=202,
    responses=problems(403, 404, 409),
)
async def call_off_deployment(
    parts: PartsOf, person: Caller, deployment_id: Annotated[UUID, Path(description="A deployment.")]
) -> Deployment:
    """Have a deployment undone that waits for its workers, or gives growing shares of new books to them."""
    deployment = await _deployment(parts, person, deployment_id, Action.APPLICATIONS_MANAGE)
    note_target("application", deployment.application_id)
    note_details(deployment_id=deployment.id)
    if not await parts.registry.call_off(deployment.id, person.person_id):
        raise ApiProblem(
            "not_possible", f"The deployment is {deployment.status}.", "Roll back, or deploy another version."
        )
    return deployment.model_copy(update={"called_off_by": person.person_id})


async def _deployment(parts: Parts, person: Person, deployment_id: UUID, action: Action) -> Deployment:
    deployment = await parts.registry.deployment(str(deployment_id))
    if deployment is None:
        raise _unknown()
    try:
        await application_for(parts, person, deployment.application_id, action)
    except ApiProblem as problem:
        raise (_unknown() if problem.details.code == "unknown_application" else problem) from None
    return deployment


async def _written_down(
    parts: Parts, application: Application, body: NewDeployment, deployment_id: str, person_id: str
) -> Deployment:
    version = await _version(parts, application, body)
    try:
        check(application, body.action, version)
    except NotPossible as refused:
        raise ApiProblem("not_possible", str(refused), refused.next_step) from None
    deployment = Deployment(
        id=deployment_id,
        application_id=application.id,
        version_id=version.id if version else None,
        action=body.action,
        status="pending",
        workflow_id=deployment_workflow_id(application.org_id, application.id),
        requested_by=person_id,
        created_at=datetime.now(UTC),
    )
    try:
        await parts.registry.add_deployment(deployment)
    except Taken:
        return await parts.registry.deployment(deployment_id) or deployment
    return deployment


async def _begun(parts: Parts, application: Application, deployment: Deployment) -> None:
    start = DeploymentInput(deployment_id=deployment.id, org_id=application.org_id, application_id=application.id)
    if await start_or_problem(parts.gateway.start_deployment(start)):
        return
    dropped = deployment.model_copy(
        update={"status": "undone", "error": "Another deployment was under way.", "finished_at": datetime.now(UTC)}
    )
    await parts.registry.set_deployment(dropped)
    raise ApiProblem(
        "deployment_under_way", "Something else is being done to this application.", "Wait until that is over."
    )


async def _version(parts: Parts, application: Application, body: NewDeployment) -> Version | None:
    if body.action in ("provision", "retire"):
        return None
    if body.version_id is not None:
        return await version_of(parts, body.version_id)
    if body.action == "deploy":
        return None
    before = _served_before(application, await parts.registry.deployments(application.id, None, MOST_LOOKED_BACK))
    return None if before is None else await parts.registry.version(before)


def _served_before(application: Application, deployments: Sequence[Deployment]) -> str | None:
    """The version that the current one took over from."""
    return next(
        (
            each.previous_version_id
            for each in deployments
            if each.status == "completed"
            and each.version_id == application.current_version_id
            and each.previous_version_id not in (None, application.current_version_id)
        ),
        None,
    )


def _unknown() -> ApiProblem:
    return ApiProblem("unknown_deployment", "There is no such deployment.", "Look at those of the application.")
