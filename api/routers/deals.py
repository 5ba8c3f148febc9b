"""Deals of a project."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, StrictBool

from access.person import Person
from access.projects import Deal
from api.dependencies import Caller, PartsOf
from api.noting import note_details
from api.organisations import OpenProject, project_of
from api.parts import Parts
from api.problems import ApiProblem, problems
from domain.permissions import Action
from domain.values import Line
from store import Page

router = APIRouter(tags=["projects"])


class NewDeal(BaseModel):
    model_config = ConfigDict(extra="forbid")

    project_id: UUID
    name: Line


class DealChanges(BaseModel):
    """What is left out stays. The books of an archived deal stay readable; new ones cannot be begun."""

    model_config = ConfigDict(extra="forbid")

    name: Line | None = None
    archived: StrictBool | None = None


@router.get("/deals", operation_id="list_deals", responses=problems(403, 404))
async def list_deals(
    parts: PartsOf,
    person: Caller,
    project_id: Annotated[UUID, Query(description="The project to look in.")],
    archived: Annotated[bool, Query(description="Also those that are archived.")] = False,
) -> Page[Deal]:
    """The deals of a project, by name."""
    opened = await project_of(parts, person, project_id)
    opened.require(Action.DEALS_READ)
    deals = await parts.directory.projects.deals(opened.project_id)
    return Page[Deal](items=tuple(deal for deal in deals if archived or deal.archived_at is None))


@router.post("/deals", operation_id="create_deal", status_code=201, responses=problems(403, 404))
async def create_deal(parts: PartsOf, person: Caller, body: NewDeal, response: Response) -> Deal:
    opened = await project_of(parts, person, body.project_id)
    opened.require(Action.DEALS_MANAGE)
    deal = await parts.directory.projects.create_deal(opened.project_id, body.name)
    response.headers["Location"] = f"/deals/{deal.id}"
    return deal


@router.patch("/deals/{deal_id}", operation_id="change_deal", responses=problems(403, 404))
async def change_deal(
    parts: PartsOf, person: Caller, deal_id: Annotated[UUID, Path(description="A deal.")], body: DealChanges
) -> Deal:
    """Rename a deal, put it into the archive or take it out."""
    deal, opened = await _deal(parts, person, deal_id)
    opened.require(Action.DEALS_MANAGE)
    note_details(fields=tuple(sorted(body.model_dump(exclude_none=True))))
    await parts.directory.projects.change_deal(str(deal.id), body.name, body.archived)
    return (await _deal(parts, person, deal_id))[0]


async def _deal(parts: Parts, person: Person, deal_id: UUID) -> tuple[Deal, OpenProject]:
    unknown = ApiProblem("unknown_deal", "There is no such deal.", "Choose one of your deals.")
    deal = await parts.directory.projects.deal(str(deal_id))
    if deal is None:
        raise unknown
    try:
        return deal, await project_of(parts, person, deal.project_id)
    except ApiProblem:
        raise unknown from None
