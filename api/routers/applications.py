"""Applications: the isolated instances of organisations."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict

from access.rows import Taken
from api.dependencies import Caller, PartsOf
from api.noting import note_details, note_org, note_target
from api.organisations import OpenedOrg
from api.platform import ManageableApplication, ReadableApplication, operating
from api.problems import ApiProblem, problems
from domain.applications import Application, ApplicationSettings, Scale, database_of, task_queue_of
from domain.permissions import Action
from domain.values import Line
from store import Page

router = APIRouter(tags=["platform"])


class NewApplication(BaseModel):
    """`scale` is how many workers serve it. It gets its database, task queue and workers when it is deployed."""

    model_config = ConfigDict(extra="forbid")

    name: Line
    settings: ApplicationSettings = ApplicationSettings()
    scale: Scale = 1


class ApplicationChanges(BaseModel):
    """What is left out stays. Settings and scale count from the next deployment on."""

    model_config = ConfigDict(extra="forbid")

    name: Line | None = None
    settings: ApplicationSettings | None = None
    scale: Scale | None = None


@router.get("/applications", operation_id="list_all_applications", responses=problems(403))
async def list_all_applications(parts: PartsOf, person: Caller) -> Page[Application]:
    """Every application, the oldest first; for the operators of the platform."""
    operating(parts, person)
    return Page[Application](items=tuple(await parts.registry.applications()))


@router.get("/orgs/{org_id}/applications", operation_id="list_applications", responses=problems(403, 404))
async def list_applications(parts: PartsOf, opened: OpenedOrg) -> Page[Application]:
    """The application that serves an organisation, and archived ones."""
    opened.require(Action.APPLICATIONS_READ)
    return Page[Application](items=tuple(await parts.registry.applications(opened.org_id)))


@router.post(
    "/orgs/{org_id}/applications",
    operation_id="create_application",
    status_code=201,
    responses=problems(403, 404, 409),
)
async def create_application(
    parts: PartsOf, opened: OpenedOrg, body: NewApplication, response: Response
) -> Application:
    """Write an application down; new books go to it once a version is deployed. One at a time for an organisation."""
    opened.require(Action.APPLICATIONS_MANAGE)
    id_, now = str(uuid.uuid4()), datetime.now(UTC)
    note_target("application", id_)
    application = Application(
        id=id_,
        org_id=opened.org_id,
        name=body.name,
        database=database_of(id_),
        task_queue=task_queue_of(id_),
        settings=body.settings,
        scale=body.scale,
        created_at=now,
        updated_at=now,
    )
    try:
        await parts.registry.add_application(application)
    except Taken:
        raise ApiProblem(
            "name_taken",
            "The organisation has an application already, or one had this name.",
            "Retire that one first, or choose another name.",
        ) from None
    response.headers["Location"] = f"/applications/{id_}"
    return application


@router.get("/applications/{application_id}", operation_id="read_application", responses=problems(403, 404))
async def read_application(opened: ReadableApplication) -> Application:
    return opened.application


@router.patch("/applications/{application_id}", operation_id="update_application", responses=problems(403, 404))
async def update_application(parts: PartsOf, opened: ManageableApplication, body: ApplicationChanges) -> Application:
    """Rename an application, or change its settings and scale."""
    changes = body.model_dump(exclude_none=True)
    note_org(opened.application.org_id)
    note_details(fields=tuple(sorted(changes)))
    changed = Application.model_validate(opened.application.model_dump() | changes)
    await parts.registry.configure(changed)
    found = await parts.registry.application(changed.id)
    assert found is not None
    return found
