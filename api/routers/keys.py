"""Keys of machines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from access.machines import ApiKey
from api.dependencies import PartsOf
from api.noting import note_details, note_target
from api.organisations import OpenedOrg
from api.problems import ApiProblem, problems
from domain.permissions import MATRIX, Action, may
from domain.values import NO_TRUTH, Line
from store import Page

router = APIRouter(tags=["organisations"])


def _known(scope: str) -> str:
    if scope not in MATRIX:
        raise ValueError("not an action of the permission matrix")
    return scope


Scope = Annotated[str, Field(max_length=60), AfterValidator(_known)]


class NewKey(BaseModel):
    """`scopes` are actions of the permission matrix. The key may do them only as long as you may."""

    model_config = ConfigDict(extra="forbid")

    name: Line
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=len(MATRIX))]
    expires_in_days: Annotated[int, Field(ge=1, le=366), NO_TRUTH] = 90


class CreatedKey(BaseModel):
    """`key` goes into `Authorization: Bearer ...`; it is shown here and never again."""

    model_config = ConfigDict(frozen=True)

    details: ApiKey
    key: str


@router.get("/orgs/{org_id}/keys", operation_id="list_keys", responses=problems(403, 404))
async def list_keys(parts: PartsOf, opened: OpenedOrg) -> Page[ApiKey]:
    """All keys of the organisation for owners and admins, for others their own."""
    keys = await parts.directory.keys.of(opened.org_id)
    sees_all = may([opened.organisation.role], Action.KEYS_READ)
    return Page[ApiKey](items=tuple(key for key in keys if sees_all or str(key.created_by) == opened.person.person_id))


@router.post("/orgs/{org_id}/keys", operation_id="create_key", status_code=201, responses=problems(403, 404))
async def create_key(parts: PartsOf, opened: OpenedOrg, body: NewKey, response: Response) -> CreatedKey:
    """Make a key that acts for you in this organisation."""
    opened.require(Action.KEYS_CREATE)
    expires_at = datetime.now(UTC) + timedelta(days=body.expires_in_days)
    details, key = await parts.directory.keys.create(
        opened.org_id, body.name, body.scopes, opened.person.person_id, expires_at
    )
    note_details(scopes=details.scopes)
    response.headers["Location"] = f"/orgs/{opened.org_id}/keys/{details.id}"
    return CreatedKey(details=details, key=key)


@router.delete("/orgs/{org_id}/keys/{key_id}", operation_id="revoke_key", status_code=204, responses=problems(403, 404))
async def revoke_key(
    parts: PartsOf, opened: OpenedOrg, key_id: Annotated[UUID, Path(description="A key.")]
) -> Response:
    """The key opens nothing from now on. Your own, or with the right to manage keys any."""
    note_target("api_key", str(key_id))
    keys = await parts.directory.keys.of(opened.org_id)
    key = next((key for key in keys if key.id == key_id), None)
    is_own = key is not None and str(key.created_by) == opened.person.person_id
    if not is_own:
        opened.require(Action.KEYS_MANAGE)
    if key is None:
        raise ApiProblem("unknown_key", "There is no such key.", "Choose one of the list.")
    await parts.directory.keys.revoke(opened.org_id, str(key_id))
    parts.grants.forget(str(key_id))
    return Response(status_code=204)
