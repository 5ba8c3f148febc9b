"""Organisations, and who somebody is in them."""

from __future__ import annotations

import uuid
from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from access.connection import Json
from access.organisations import Organisation
from access.projects import Project
from access.trials import Trial
from api.dependencies import Caller, PartsOf
from api.noting import note_details, note_org, note_target
from api.organisations import OpenedOrg, org_of
from api.problems import problems
from domain.permissions import Action
from domain.retention import KeptAfter
from domain.values import NO_TRUTH, Line
from store import Page

router = APIRouter(tags=["organisations"])

RetentionDays = Annotated[int, Field(ge=1, le=36_500), NO_TRUTH]
BooksKeptDays = Annotated[int, Field(ge=14, le=36_500), NO_TRUTH]


class Me(BaseModel):
    """Who the token or key belongs to. A machine `acts_for` the person who made its key, within its `scopes`."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["user", "machine"]
    person_id: str
    email: str | None
    acts_for: str | None
    scopes: tuple[str, ...] | None
    organisations: tuple[Organisation, ...]
    projects: tuple[Project, ...]
    trial: Trial | None


class NewOrganisation(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Line


class OrganisationChanges(BaseModel):
    """What is left out stays. `retention_days` is how long the audit log is kept.

    `books_kept_days`: how long books are kept after they were completed, or after their last change; null is for ever.
    A book is announced for seven days before it is deleted.
    """

    model_config = ConfigDict(extra="forbid")

    name: Line | None = None
    trial_allowed: StrictBool | None = None
    retention_days: RetentionDays | None = None
    books_kept_days: BooksKeptDays | None = None
    books_kept_after: KeptAfter | None = None

    def fields(self) -> dict[str, Json]:
        """What is to be changed. Only `books_kept_days` may be taken away."""
        given: dict[str, Json] = self.model_dump(exclude_none=True)
        return given | ({"books_kept_days": self.books_kept_days} if "books_kept_days" in self.model_fields_set else {})


@router.get("/me", operation_id="read_me", responses=problems())
async def read_me(parts: PartsOf, person: Caller) -> Me:
    """Who you are, where you belong, and with which roles."""
    directory = parts.directory
    trial = await directory.trials.find(person.person_id)
    return Me(
        kind="machine" if person.is_machine else "user",
        person_id=person.person_id,
        email=person.email,
        acts_for=person.acts_for,
        scopes=tuple(sorted(person.scopes)) if person.scopes is not None else None,
        organisations=tuple(await directory.organisations.of(person.person_id)),
        projects=tuple(await directory.projects.of(person.person_id)),
        trial=trial if trial is not None and trial.upgraded_at is None else None,
    )


@router.get("/orgs", operation_id="list_orgs", responses=problems())
async def list_orgs(parts: PartsOf, person: Caller) -> Page[Organisation]:
    """The organisations that you belong to, by name."""
    return Page[Organisation](items=tuple(await parts.directory.organisations.of(person.person_id)))


@router.post("/orgs", operation_id="create_org", status_code=201, responses=problems(403))
async def create_org(parts: PartsOf, person: Caller, body: NewOrganisation, response: Response) -> Organisation:
    """Begin an organisation; you are its owner."""
    org_id = uuid.uuid4()
    note_org(str(org_id))
    note_target("org", str(org_id))
    await parts.directory.organisations.create(str(org_id), body.name, person.person_id)
    response.headers["Location"] = f"/orgs/{org_id}"
    return (await org_of(parts, person, org_id)).organisation


@router.get("/orgs/{org_id}", operation_id="read_org", responses=problems(403, 404))
async def read_org(opened: OpenedOrg) -> Organisation:
    """An organisation and its settings."""
    opened.require(Action.ORG_READ)
    return opened.organisation


@router.patch("/orgs/{org_id}", operation_id="update_org", responses=problems(403, 404))
async def update_org(parts: PartsOf, opened: OpenedOrg, body: OrganisationChanges) -> Organisation:
    """Rename an organisation, or change its settings."""
    opened.require(Action.ORG_UPDATE)
    changes = body.fields()
    note_details(fields=tuple(sorted(changes)))
    if changes:
        await parts.directory.organisations.update(opened.org_id, changes)
    return (await org_of(parts, opened.person, opened.organisation.org_id)).organisation


@router.get("/orgs/{org_id}/trials", operation_id="list_trials", responses=problems(403, 404))
async def list_trials(parts: PartsOf, opened: OpenedOrg) -> Page[Trial]:
    """Who tries, and until when."""
    opened.require(Action.TRIALS_READ)
    return Page[Trial](items=tuple(await parts.directory.trials.of(opened.org_id)))
