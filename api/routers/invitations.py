"""Invitations by link."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, model_validator

from access.connection import Conflict
from access.invitations import Invitation
from api.dependencies import Caller, PartsOf
from api.noting import note_org, note_target
from api.organisations import Email, OpenedOrg, project_of
from api.problems import ApiProblem, problems
from domain.permissions import Action, OrgRole, Role
from domain.values import NO_TRUTH
from store import Page

router = APIRouter(tags=["organisations"])

Secret = Annotated[SecretStr, Field(min_length=20, max_length=200)]
LinkPath = Annotated[str, StringConstraints(pattern=r"^/app/invitations/[A-Za-z0-9_-]+$")]


class NewInvitation(BaseModel):
    """Without an `email` whoever has the link may accept. `project_id` and `project_role` come together."""

    model_config = ConfigDict(extra="forbid")

    email: Email | None = None
    org_role: Literal[OrgRole.ADMIN, OrgRole.MEMBER, OrgRole.BILLING] = OrgRole.MEMBER
    project_id: UUID | None = None
    project_role: Role | None = None
    expires_in_days: Annotated[int, Field(ge=1, le=30), NO_TRUTH] = 7

    @model_validator(mode="after")
    def _project_with_role(self) -> NewInvitation:
        if (self.project_id is None) != (self.project_role is None):
            raise ValueError("project_id and project_role come together")
        return self


class CreatedInvitation(BaseModel):
    """`link` opens once, at the address of the workspace; it is shown here and never again."""

    model_config = ConfigDict(frozen=True)

    invitation: Invitation
    token: str
    link: LinkPath


class Acceptance(BaseModel):
    model_config = ConfigDict(extra="forbid")

    token: Secret


class Joined(BaseModel):
    """Where you belong now, and with which role where you had none before."""

    model_config = ConfigDict(frozen=True)

    org_id: UUID
    org_role: OrgRole
    project_id: UUID | None
    project_role: Role | None


@router.get("/orgs/{org_id}/invitations", operation_id="list_invitations", responses=problems(403, 404))
async def list_invitations(parts: PartsOf, opened: OpenedOrg) -> Page[Invitation]:
    """Every invitation and what became of it; never its link."""
    opened.require(Action.INVITATIONS_READ)
    return Page[Invitation](items=tuple(await parts.directory.invitations.of(opened.org_id)))


@router.post(
    "/orgs/{org_id}/invitations", operation_id="create_invitation", status_code=201, responses=problems(403, 404)
)
async def create_invitation(
    parts: PartsOf, opened: OpenedOrg, body: NewInvitation, response: Response
) -> CreatedInvitation:
    """Invite somebody by a link that opens once; send it in a way of your own."""
    opened.require(Action.INVITATIONS_MANAGE)
    if body.project_id is not None:
        project = await project_of(parts, opened.person, body.project_id)
        if project.org_id != opened.org_id:
            raise _unknown_project()
        project.require(Action.PROJECT_MEMBERS_MANAGE)
    try:
        invitation, token = await parts.directory.invitations.create(
            opened.org_id,
            body.org_role,
            opened.person.acts_for or opened.person.person_id,
            timedelta(days=body.expires_in_days),
            email=body.email,
            project_id=str(body.project_id) if body.project_id else None,
            project_role=body.project_role,
        )
    except Conflict as conflict:
        raise _unknown_project() from conflict
    response.headers["Location"] = f"/orgs/{opened.org_id}/invitations/{invitation.id}"
    return CreatedInvitation(invitation=invitation, token=token, link=f"/app/invitations/{token}")


@router.delete(
    "/orgs/{org_id}/invitations/{invitation_id}",
    operation_id="revoke_invitation",
    status_code=204,
    responses=problems(403, 404),
)
async def revoke_invitation(
    parts: PartsOf, opened: OpenedOrg, invitation_id: Annotated[UUID, Path(description="An invitation.")]
) -> Response:
    """The link opens nothing from now on."""
    opened.require(Action.INVITATIONS_MANAGE)
    if not await parts.directory.invitations.revoke(opened.org_id, str(invitation_id)):
        raise ApiProblem("unknown_invitation", "There is no such invitation.", "Choose one of the list.")
    return Response(status_code=204)


@router.post("/invitations/accept", operation_id="accept_invitation", responses=problems(403, 404, 409))
async def accept_invitation(parts: PartsOf, person: Caller, body: Acceptance) -> Joined:
    """Take an invitation up. Roles that you have already stay."""
    accepted = await parts.directory.invitations.accept(body.token.get_secret_value(), person.person_id, person.email)
    if accepted.org_id is not None:
        note_org(str(accepted.org_id))
        note_target("org", str(accepted.org_id))
    match accepted.outcome:
        case "unknown":
            raise ApiProblem("unknown_invitation", "This link opens nothing.", "Ask for a new invitation.")
        case "other_email":
            raise ApiProblem(
                "other_email", "This invitation is for another address.", "Sign in with the address it was sent to."
            )
        case "used" | "expired" | "revoked":
            raise ApiProblem(
                "invitation_closed", f"This invitation was {_CLOSED[accepted.outcome]}.", "Ask for a new invitation."
            )
        case "accepted" | "repeated":
            pass
    assert accepted.org_id is not None
    assert accepted.org_role is not None
    parts.grants.forget(person.person_id)
    return Joined(
        org_id=accepted.org_id,
        org_role=accepted.org_role,
        project_id=accepted.project_id,
        project_role=accepted.project_role,
    )


_CLOSED = {"used": "used already", "expired": "open only until its time was over", "revoked": "taken back"}


def _unknown_project() -> ApiProblem:
    return ApiProblem("unknown_project", "There is no such project.", "Choose one of the organisation's projects.")
