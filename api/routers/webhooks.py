"""What Supabase tells of changed rows: whose rights are to be asked for anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Request, Response
from pydantic import BaseModel, Field, ValidationError

from api.dependencies import PartsOf
from api.problems import ApiProblem, problems
from api.rights import EVERYBODY

router = APIRouter(tags=["webhooks"])

PERSON_COLUMNS: Mapping[str, str] = {
    "memberships": "user_id",
    "project_members": "user_id",
    "team_members": "user_id",
    "trial_users": "user_id",
    "api_keys": "id",
}
FOR_EVERYBODY = frozenset({"organizations", "projects", "deals"})


class ChangedRow(BaseModel):
    """A database webhook of Supabase. Other fields than these are not looked at."""

    table: str = Field(max_length=100)
    record: dict[str, object] | None = None
    old_record: dict[str, object] | None = None

    def persons(self) -> set[str]:
        if self.table in FOR_EVERYBODY:
            return {EVERYBODY}
        column = PERSON_COLUMNS.get(self.table)
        if column is None:
            return set()
        found = [row.get(column) for row in (self.record, self.old_record) if row is not None]
        return {str(one) for one in found if _is_uuid(one)} or {EVERYBODY}


@router.post(
    "/webhooks/supabase",
    operation_id="take_supabase_webhook",
    status_code=204,
    responses=problems(413),
    openapi_extra={"requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}, "required": True}},
)
async def take_supabase_webhook(
    request: Request,
    parts: PartsOf,
    webhook_id: Annotated[str, Header(max_length=200)] = "",
    webhook_timestamp: Annotated[str, Header(max_length=20)] = "",
    webhook_signature: Annotated[str, Header(max_length=2_000)] = "",
) -> Response:
    """Signed as Standard Webhooks are: `v1,` and the HMAC-SHA256 of `{id}.{timestamp}.{body}` in base64."""
    body = await request.body()
    if not parts.webhooks.proves(webhook_id, webhook_timestamp, webhook_signature, body):
        raise ApiProblem("unauthorized", "This is not signed as it has to be.", "Check the secret and the clock.")
    try:
        changed = ChangedRow.model_validate_json(body)
    except ValidationError:
        raise ApiProblem("invalid_input", "This is not a changed row.", "Send what database webhooks send.") from None
    for person_id in sorted(changed.persons()):
        await parts.rights.changed(person_id)
    return Response(status_code=204)


def _is_uuid(value: object) -> bool:
    try:
        UUID(str(value))
    except ValueError:
        return False
    return True
