"""Projects and the people who work in them."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict

from access.connection import Conflict
from access.projects import Project, ProjectMember
from api.dependencies import Caller, PartsOf
from api.leaving import end_access
from api.noting import note_details, note_target
from api.organisations import Email, OpenedProject, OpenProject, org_of, project_of, told
from api.parts import Parts
from api.problems import ApiProblem, problems
from domain.permissions import Action, Role
from domain.values import Line
from store import Page

router = APIRouter(tags=["projects"])


class NewProject(BaseModel):
    model_config = ConfigDict(extra="forbid")

    org_id: uuid.UUID
    name: Line


class ProjectChanges(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Line


class Appointment(BaseModel):
    """`person`: the id or the address of a member of the organisation. Who has a role already gets this one instead."""

    model_config = ConfigDict(extra="forbid")

    person: uuid.UUID | Email
    role: Role


@router.get("/projects", operation_id="list_projects", responses=problems())
async def list_projects(parts: PartsOf, person: Caller) -> Page[Project]:
    """The projects that you work in, and all of the organisations that you run."""
    return Page[Project](items=tuple(await parts.directory.projects.of(person.person_id)))


@router.post("/projects", operation_id="create_project", status_code=201, responses=problems(403, 404))
async def create_project(parts: PartsOf, person: Caller, body: NewProject, response: Response) -> Project:
    """Begin a project in an organisation; you lead it."""
    (await org_of(parts, person, body.org_id)).require(Action.PROJECTS_MANAGE)
    project_id = uuid.uuid4()
    await parts.directory.projects.create(str(project_id), str(body.org_id), body.name, person.person_id)
    response.headers["Location"] = f"/projects/{project_id}"
    return (await project_of(parts, person, project_id)).project


@router.get("/projects/{project_id}", operation_id="read_project", responses=problems(403, 404))
async def read_project(opened: OpenedProject) -> Project:
    """A project and your roles in it."""
    opened.require(Action.PROJECTS_READ)
    return opened.project


@router.patch("/projects/{project_id}", operation_id="rename_project", responses=problems(403, 404))
async def rename_project(parts: PartsOf, opened: OpenedProject, body: ProjectChanges) -> Project:
    opened.require(Action.PROJECTS_MANAGE)
    await parts.directory.projects.rename(opened.project_id, body.name)
    return opened.project.model_copy(update={"name": body.name})


@router.get("/projects/{project_id}/members", operation_id="list_project_members", responses=problems(403, 404))
async def list_project_members(parts: PartsOf, opened: OpenedProject) -> Page[ProjectMember]:
    """Who works in a project, and with which role."""
    opened.require(Action.PROJECT_MEMBERS_READ)
    return Page[ProjectMember](items=tuple(await parts.directory.projects.members(opened.project_id)))


@router.post("/projects/{project_id}/members", operation_id="set_project_member", responses=problems(403, 404, 409))
async def set_project_member(parts: PartsOf, opened: OpenedProject, body: Appointment) -> ProjectMember:
    """Give a member of the organisation a role in the project."""
    opened.require(Action.PROJECT_MEMBERS_MANAGE)
    user_id = await _person(parts, opened, body.person)
    note_target("member", user_id)
    note_details(role=body.role.value)
    try:
        await parts.directory.projects.set_role(opened.project_id, user_id, body.role)
    except Conflict as conflict:
        raise told(conflict) from conflict
    await end_access(parts, user_id, opened.org_id)
    members = await parts.directory.projects.members(opened.project_id)
    return next(member for member in members if str(member.user_id) == user_id)


@router.delete(
    "/projects/{project_id}/members/{user_id}",
    operation_id="remove_project_member",
    status_code=204,
    responses=problems(403, 404),
)
async def remove_project_member(
    parts: PartsOf, opened: OpenedProject, user_id: Annotated[uuid.UUID, Path(description="A person.")]
) -> Response:
    """Take somebody's role in the project, or give up your own."""
    if str(user_id) != opened.person.person_id:
        opened.require(Action.PROJECT_MEMBERS_MANAGE)
    else:
        opened.require(Action.PROJECT_MEMBERS_READ)
    note_target("member", str(user_id))
    if all(member.user_id != user_id for member in await parts.directory.projects.members(opened.project_id)):
        raise ApiProblem("unknown_person", "This person has no role in the project.", "Choose one of its members.")
    await parts.directory.projects.remove(opened.project_id, str(user_id))
    await end_access(parts, str(user_id), opened.org_id)
    return Response(status_code=204)


async def _person(parts: Parts, opened: OpenProject, named: uuid.UUID | str) -> str:
    if isinstance(named, uuid.UUID):
        return str(named)
    members = await parts.directory.organisations.members(opened.org_id)
    found = next((member for member in members if (member.email or "").lower() == named.lower()), None)
    if found is None:
        raise ApiProblem(
            "not_a_member", "Nobody with this address is a member of the organisation.", "Invite the person first."
        )
    return str(found.user_id)
