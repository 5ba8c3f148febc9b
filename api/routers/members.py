"""The people of an organisation: their roles, leaving, removal, and handing ownership over."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict

from access.connection import Conflict
from access.organisations import Member
from api.dependencies import PartsOf
from api.leaving import end_access
from api.noting import note_details, note_target
from api.organisations import OpenedOrg, OpenOrg, told
from api.parts import Parts
from api.problems import ApiProblem, problems
from domain.permissions import Action, OrgRole
from store import Page

router = APIRouter(tags=["organisations"])

UserId = Annotated[UUID, Path(description="A person.")]


class MemberChanges(BaseModel):
    model_config = ConfigDict(extra="forbid")

    role: OrgRole


class Heir(BaseModel):
    """`to`: a member, who becomes an owner; you stay as an admin."""

    model_config = ConfigDict(extra="forbid")

    to: UUID


@router.get("/orgs/{org_id}/members", operation_id="list_members", responses=problems(403, 404))
async def list_members(parts: PartsOf, opened: OpenedOrg) -> Page[Member]:
    """Everybody who belongs to the organisation, in the order in which they came."""
    opened.require(Action.MEMBERS_READ)
    return Page[Member](items=tuple(await parts.directory.organisations.members(opened.org_id)))


@router.patch("/orgs/{org_id}/members/{user_id}", operation_id="change_member", responses=problems(403, 404, 409))
async def change_member(parts: PartsOf, opened: OpenedOrg, user_id: UserId, body: MemberChanges) -> Member:
    """Give a member another role. Only owners make owners, or change them."""
    opened.require(Action.MEMBERS_MANAGE)
    member = await _member(parts, opened, user_id)
    if OrgRole.OWNER in (member.role, body.role):
        opened.require(Action.OWNERS_MANAGE)
    note_details(role=body.role.value, role_before=member.role.value)
    try:
        await parts.directory.organisations.set_role(opened.org_id, str(user_id), body.role)
    except Conflict as conflict:
        raise told(conflict) from conflict
    return member.model_copy(update={"role": body.role})


@router.delete(
    "/orgs/{org_id}/members/{user_id}",
    operation_id="remove_member",
    status_code=204,
    responses=problems(403, 404, 409),
)
async def remove_member(parts: PartsOf, opened: OpenedOrg, user_id: UserId) -> Response:
    """Remove a member, or leave with your own id: with every role in the organisation's projects and teams."""
    note_target("member", str(user_id))
    if str(user_id) != opened.person.person_id:
        opened.require(Action.MEMBERS_MANAGE)
        if (await _member(parts, opened, user_id)).role is OrgRole.OWNER:
            opened.require(Action.OWNERS_MANAGE)
    try:
        await parts.directory.organisations.remove(opened.org_id, str(user_id))
    except Conflict as conflict:
        raise told(conflict) from conflict
    await end_access(parts, str(user_id), opened.org_id)
    return Response(status_code=204)


@router.post(
    "/orgs/{org_id}/transfer", operation_id="transfer_ownership", status_code=204, responses=problems(403, 404, 409)
)
async def transfer_ownership(parts: PartsOf, opened: OpenedOrg, body: Heir) -> Response:
    """Make a member the owner in your place; you become an admin."""
    opened.require(Action.OWNERS_MANAGE)
    note_target("member", str(body.to))
    await _member(parts, opened, body.to)
    try:
        was_owner = await parts.directory.organisations.transfer(opened.org_id, opened.person.person_id, str(body.to))
    except Conflict as conflict:
        raise told(conflict) from conflict
    if not was_owner:
        raise ApiProblem("unknown_person", "You are the owner already.", "Choose another member.")
    return Response(status_code=204)


async def _member(parts: Parts, opened: OpenOrg, user_id: UUID) -> Member:
    members = await parts.directory.organisations.members(opened.org_id)
    found = next((member for member in members if member.user_id == user_id), None)
    if found is None:
        raise ApiProblem("unknown_person", "There is no such member.", "Choose one of the members.")
    return found
