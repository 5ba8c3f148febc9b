"""What the routes of applications ask for: the application, and whether the caller may read or change it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path

from access.person import Person
from api.dependencies import Caller, PartsOf
from api.noting import note_org
from api.organisations import require
from api.parts import Parts
from api.problems import ApiProblem
from domain.applications import Application, Version
from domain.permissions import Action


@dataclass(frozen=True)
class OpenApplication:
    application: Application
    person: Person


async def application_for(parts: Parts, person: Person, application_id: UUID | str, action: Action) -> OpenApplication:
    """Raises `unknown_application` for strangers, `forbidden` for colleagues; operators of the platform pass."""
    application = await parts.registry.application(str(application_id))
    if application is None:
        raise _unknown()
    note_org(application.org_id)
    if person.person_id not in parts.operators:
        organisation = await parts.directory.organisations.find(person.person_id, application.org_id)
        if organisation is None:
            raise _unknown()
        require(person, action, organisation.role)
        await parts.rates.count_tenant(application.org_id)
    return OpenApplication(application, person)


async def readable_application(
    application_id: Annotated[UUID, Path(description="An application.")], parts: PartsOf, person: Caller
) -> OpenApplication:
    return await application_for(parts, person, application_id, Action.APPLICATIONS_READ)


async def manageable_application(
    application_id: Annotated[UUID, Path(description="An application.")], parts: PartsOf, person: Caller
) -> OpenApplication:
    return await application_for(parts, person, application_id, Action.APPLICATIONS_MANAGE)


ReadableApplication = Annotated[OpenApplication, Depends(readable_application)]
ManageableApplication = Annotated[OpenApplication, Depends(manageable_application)]


def operating(parts: Parts, person: Person) -> None:
    """Raises `forbidden` for everybody but the operators of the platform."""
    if person.person_id not in parts.operators:
        raise ApiProblem(
            "forbidden", "This concerns every organisation.", "Ask the people who run the platform (docs/platform.md)."
        )


async def version_of(parts: Parts, version_id: str | UUID) -> Version:
    version = await parts.registry.version(str(version_id))
    if version is None:
        raise ApiProblem("unknown_version", "There is no such version.", "Choose one of GET /versions.")
    return version


def _unknown() -> ApiProblem:
    return ApiProblem("unknown_application", "There is no such application.", "Choose one of your organisation.")
