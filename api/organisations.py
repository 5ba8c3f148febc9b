"""What the routes of organisations and projects ask for: the caller's standing, and whether the matrix allows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path
from pydantic import StringConstraints

from access.connection import Conflict
from access.organisations import Organisation
from access.person import Person
from access.projects import Project
from api.dependencies import Caller, PartsOf
from api.noting import note_org
from api.parts import Parts
from api.problems import ApiProblem
from domain.permissions import Action, AnyRole, may

Email = Annotated[
    str, StringConstraints(pattern=r"^[^@\x00-\x20\x7f-\xa0]{1,64}@[^@\x00-\x20\x7f-\xa0]{1,190}$", to_lower=True)
]
"""An address of a person; whether it exists is found out by writing to it."""


@dataclass(frozen=True)
class OpenOrg:
    """An organisation that the caller belongs to."""

    organisation: Organisation
    person: Person

    @property
    def org_id(self) -> str:
        return str(self.organisation.org_id)

    def require(self, action: Action) -> None:
        """Raises `forbidden` where the role does not allow it."""
        require(self.person, action, self.organisation.role)


@dataclass(frozen=True)
class OpenProject:
    """A project whose organisation the caller belongs to, or that the caller tries."""

    project: Project
    person: Person

    @property
    def project_id(self) -> str:
        return str(self.project.project_id)

    @property
    def org_id(self) -> str:
        return str(self.project.org_id)

    def require(self, action: Action) -> None:
        """Raises `forbidden` where neither role allows it; people on trial read, and keep their project as it is."""
        roles = (self.project.org_role, self.project.project_role)
        if not may(roles, Action.PROJECTS_READ):
            raise ApiProblem("forbidden", "You have no role in this project.", "Ask the project lead for access.")
        require(self.person, action, *roles)
        if self.project.org_role is None and action not in (Action.PROJECTS_READ, Action.DEALS_READ):
            raise ApiProblem("forbidden", "A trial does not allow this.", "Make an account to keep your work.")


def require(person: Person, action: Action, *roles: AnyRole | None) -> None:
    if may(roles, action):
        if person.reaches(action):
            return
        raise ApiProblem("forbidden", f"The scopes of this key do not name {action}.", "Make a key with that scope.")
    held = " and ".join(role.value for role in roles if role is not None) or "nobody"
    raise ApiProblem("forbidden", f"Not allowed ({action}): you are {held} here.", "Ask an owner or admin.")


async def open_org(
    org_id: Annotated[UUID, Path(description="An organisation.")], parts: PartsOf, person: Caller
) -> OpenOrg:
    return await org_of(parts, person, org_id)


async def org_of(parts: Parts, person: Person, org_id: UUID) -> OpenOrg:
    note_org(str(org_id))
    organisation = await parts.directory.organisations.find(person.person_id, str(org_id))
    if organisation is None:
        raise ApiProblem("unknown_org", "There is no such organisation.", "Choose one that you belong to.")
    await parts.rates.count_tenant(str(org_id))
    return OpenOrg(organisation, person)


async def open_project(
    project_id: Annotated[UUID, Path(description="A project.")], parts: PartsOf, person: Caller
) -> OpenProject:
    return await project_of(parts, person, project_id)


async def project_of(parts: Parts, person: Person, project_id: UUID) -> OpenProject:
    project = await parts.directory.projects.find(person.person_id, str(project_id))
    if project is None:
        raise ApiProblem("unknown_project", "There is no such project.", "Choose one of your projects.")
    note_org(str(project.org_id))
    await parts.rates.count_tenant(str(project.org_id))
    return OpenProject(project, person)


OpenedOrg = Annotated[OpenOrg, Depends(open_org)]
OpenedProject = Annotated[OpenProject, Depends(open_project)]


def told(conflict: Conflict) -> ApiProblem:
    """A refusal of Supabase as a problem."""
    match conflict.reason:
        case "last_owner":
            return ApiProblem(
                "last_owner",
                "The last owner of an organisation cannot leave, be removed or get another role.",
                "Make somebody else an owner first.",
            )
        case "not_a_member":
            return ApiProblem(
                "not_a_member", "This person is not a member of the organisation.", "Invite the person first."
            )
        case "23505":
            return ApiProblem("name_taken", "There is one with this name already.", "Choose another name.")
        case _:
            return ApiProblem("unknown_person", "There is no such person.", "Choose one of the members.")
