"""Teams of an organisation: people who work together, and whom a feature can be given to."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict

from access.connection import Conflict
from access.organisations import Team, TeamMember
from api.dependencies import PartsOf
from api.organisations import OpenedOrg, OpenOrg, told
from api.parts import Parts
from api.problems import ApiProblem, problems
from domain.permissions import Action
from domain.values import Line
from store import Page

router = APIRouter(tags=["organisations"])

TeamId = Annotated[UUID, Path(description="A team.")]
UserId = Annotated[UUID, Path(description="A person.")]


class TeamName(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Line


@router.get("/orgs/{org_id}/teams", operation_id="list_teams", responses=problems(403, 404))
async def list_teams(parts: PartsOf, opened: OpenedOrg) -> Page[Team]:
    """The teams, by name."""
    opened.require(Action.TEAMS_READ)
    return Page[Team](items=tuple(await parts.directory.organisations.teams(opened.org_id)))


@router.post("/orgs/{org_id}/teams", operation_id="create_team", status_code=201, responses=problems(403, 404, 409))
async def create_team(parts: PartsOf, opened: OpenedOrg, body: TeamName, response: Response) -> Team:
    opened.require(Action.TEAMS_MANAGE)
    try:
        team = await parts.directory.organisations.create_team(opened.org_id, body.name)
    except Conflict as conflict:
        raise told(conflict) from conflict
    response.headers["Location"] = f"/orgs/{opened.org_id}/teams/{team.id}"
    return team


@router.patch("/orgs/{org_id}/teams/{team_id}", operation_id="rename_team", responses=problems(403, 404, 409))
async def rename_team(parts: PartsOf, opened: OpenedOrg, team_id: TeamId, body: TeamName) -> Team:
    opened.require(Action.TEAMS_MANAGE)
    try:
        team = await parts.directory.organisations.rename_team(opened.org_id, str(team_id), body.name)
    except Conflict as conflict:
        raise told(conflict) from conflict
    if team is None:
        raise _unknown_team()
    return team


@router.delete(
    "/orgs/{org_id}/teams/{team_id}", operation_id="remove_team", status_code=204, responses=problems(403, 404)
)
async def remove_team(parts: PartsOf, opened: OpenedOrg, team_id: TeamId) -> Response:
    """Remove a team; its people stay."""
    opened.require(Action.TEAMS_MANAGE)
    await _known(parts, opened, team_id)
    await parts.directory.organisations.remove_team(opened.org_id, str(team_id))
    return Response(status_code=204)


@router.get("/orgs/{org_id}/teams/{team_id}/members", operation_id="list_team_members", responses=problems(403, 404))
async def list_team_members(parts: PartsOf, opened: OpenedOrg, team_id: TeamId) -> Page[TeamMember]:
    """Who is in a team."""
    opened.require(Action.TEAMS_READ)
    await _known(parts, opened, team_id)
    return Page[TeamMember](items=tuple(await parts.directory.organisations.team_members(str(team_id))))


@router.put(
    "/orgs/{org_id}/teams/{team_id}/members/{user_id}",
    operation_id="join_team",
    status_code=204,
    responses=problems(403, 404, 409),
)
async def join_team(parts: PartsOf, opened: OpenedOrg, team_id: TeamId, user_id: UserId) -> Response:
    """Put a member of the organisation into a team."""
    opened.require(Action.TEAMS_MANAGE)
    await _known(parts, opened, team_id)
    try:
        await parts.directory.organisations.join_team(str(team_id), str(user_id))
    except Conflict as conflict:
        raise told(conflict) from conflict
    return Response(status_code=204)


@router.delete(
    "/orgs/{org_id}/teams/{team_id}/members/{user_id}",
    operation_id="leave_team",
    status_code=204,
    responses=problems(403, 404),
)
async def leave_team(parts: PartsOf, opened: OpenedOrg, team_id: TeamId, user_id: UserId) -> Response:
    """Take somebody out of a team."""
    opened.require(Action.TEAMS_MANAGE)
    await _known(parts, opened, team_id)
    await parts.directory.organisations.leave_team(str(team_id), str(user_id))
    return Response(status_code=204)


async def _known(parts: Parts, opened: OpenOrg, team_id: UUID) -> None:
    if not await parts.directory.organisations.has_team(opened.org_id, str(team_id)):
        raise _unknown_team()


def _unknown_team() -> ApiProblem:
    return ApiProblem("unknown_team", "There is no such team.", "Choose one of the organisation's teams.")
