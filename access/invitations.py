"""Invitations by link: only the hash of the secret in the link is kept, and it opens once."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

from pydantic import TypeAdapter

from access.connection import Connection, Json, Row, Timestamp
from domain.permissions import OrgRole, Role

SECRET_BYTES = 32

Outcome = Literal["accepted", "repeated", "unknown", "revoked", "used", "expired", "other_email"]


class Invitation(Row):
    """Without an `email` whoever has the link may accept."""

    id: UUID
    org_id: UUID
    email: str | None
    org_role: OrgRole
    project_id: UUID | None
    project_role: Role | None
    created_by: UUID | None
    created_at: Timestamp
    expires_at: Timestamp
    used_at: Timestamp | None
    used_by: UUID | None
    revoked_at: Timestamp | None


class Accepted(Row):
    """What became of an attempt; the rest is told of an invitation that there is."""

    outcome: Outcome
    org_id: UUID | None
    org_role: OrgRole | None
    project_id: UUID | None
    project_role: Role | None


_ROWS = TypeAdapter(list[Invitation])
_ACCEPTED = TypeAdapter(list[Accepted])


def hash_of(secret: str) -> str:
    """What is kept of a secret of 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Invitations:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def create(
        self,
        org_id: str,
        org_role: OrgRole,
        created_by: str,
        lifetime: timedelta,
        *,
        email: str | None = None,
        project_id: str | None = None,
        project_role: Role | None = None,
    ) -> tuple[Invitation, str]:
        """The invitation and the secret for its link. Raises Conflict `23503` for a project of somebody else."""
        secret = secrets.token_urlsafe(SECRET_BYTES)
        row: dict[str, Json] = {
            "id": str(uuid.uuid4()),
            "org_id": org_id,
            "email": email.lower() if email else None,
            "org_role": org_role.value,
            "project_id": project_id,
            "project_role": project_role.value if project_role else None,
            "token_hash": hash_of(secret),
            "created_by": created_by,
            "expires_at": (datetime.now(UTC) + lifetime).isoformat(),
        }
        return (await self._connection.put("invitations", _ROWS, row))[0], secret

    async def of(self, org_id: str) -> Sequence[Invitation]:
        """The oldest first; at most 1000."""
        return await self._connection.rows("invitations", _ROWS, org_id=org_id)

    async def revoke(self, org_id: str, invitation_id: str) -> bool:
        """Whether there is such an invitation."""
        now = datetime.now(UTC).isoformat()
        return bool(
            await self._connection.change("invitations", _ROWS, {"revoked_at": now}, org_id=org_id, id=invitation_id)
        )

    async def accept(self, secret: str, user_id: str, email: str | None) -> Accepted:
        answers = await self._connection.call(
            "accept_invitation", _ACCEPTED, wanted_hash=hash_of(secret), wanted_user=user_id, wanted_email=email or ""
        )
        return answers[0]
