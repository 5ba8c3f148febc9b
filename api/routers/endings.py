"""The end of an organisation: asked for by an owner who repeats its name, and taken back until its day has come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from access.endings import Ending
from api.dependencies import PartsOf
from api.noting import note_details
from api.organisations import OpenedOrg
from api.problems import ApiProblem, problems
from domain.permissions import Action
from domain.values import Line

router = APIRouter(tags=["organisations"])

AfterDays = Annotated[int, Field(ge=0, le=90)]


class NewEnding(BaseModel):
    """`confirm` repeats the name of the organisation. It goes on as ever for `after_days`, and ends then."""

    model_config = ConfigDict(extra="forbid")

    confirm: Line
    after_days: AfterDays = 7


@router.get("/orgs/{org_id}/ending", operation_id="read_ending", responses=problems(403, 404))
async def read_ending(parts: PartsOf, opened: OpenedOrg) -> Ending | None:
    """When the organisation ends; null where nobody asked for that."""
    opened.require(Action.ORG_READ)
    return await parts.directory.endings.find(opened.org_id)


@router.put("/orgs/{org_id}/ending", operation_id="end_org", status_code=202, responses=problems(403, 404, 409))
async def end_org(parts: PartsOf, opened: OpenedOrg, body: NewEnding) -> Ending:
    """End an organisation: on its day everybody loses every right, its data keys are destroyed, so that nothing of it
    can be read any more, and what is kept of its books is deleted. In place of what was asked for before."""
    opened.require(Action.ORG_END)
    if opened.person.is_machine:
        raise ApiProblem("people_only", "A key cannot end an organisation.", "An owner does it, signed in.")
    note_details(after_days=body.after_days)
    if body.confirm != opened.organisation.name:
        raise ApiProblem(
            "not_confirmed", "That is not the name of the organisation.", "Repeat its name exactly as it is written."
        )
    ends_at = datetime.now(UTC) + timedelta(days=body.after_days)
    return await parts.directory.endings.ask(opened.org_id, ends_at, opened.person.person_id)


@router.delete("/orgs/{org_id}/ending", operation_id="keep_org", status_code=204, responses=problems(403, 404))
async def keep_org(parts: PartsOf, opened: OpenedOrg) -> Response:
    """Take the end of an organisation back, before its day."""
    opened.require(Action.ORG_END)
    if not await parts.directory.endings.take_back(opened.org_id):
        raise ApiProblem("unknown_ending", "Nobody asked for the end of this organisation.", "There is nothing to do.")
    return Response(status_code=204)
