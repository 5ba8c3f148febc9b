"""People on trial: one project with one deal of their own, for some days, in an organisation that allows it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from pydantic import TypeAdapter

from access.connection import Connection, Row, Timestamp


class Trial(Row):
    user_id: UUID
    org_id: UUID
    project_id: UUID
    deal_id: UUID
    messages_a_day: int
    messages_today: int
    counted_on: date
    created_at: Timestamp
    expires_at: Timestamp
    upgraded_at: Timestamp | None
    upgraded_to: UUID | None


class _OrgRow(Row):
    trial_allowed: bool


_TRIALS = TypeAdapter(list[Trial])
_ORGS = TypeAdapter(list[_OrgRow])


class Trials:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def are_allowed_in(self, org_id: str) -> bool:
        return any(org.trial_allowed for org in await self._connection.rows("organizations", _ORGS, id=org_id))

    async def begin(self, user_id: str, org_id: str, days: int, messages_a_day: int) -> bool:
        """False where the organisation does not allow it."""
        return await self._connection.tells(
            "begin_trial", wanted_user=user_id, wanted_org=org_id, days=str(days), messages=str(messages_a_day)
        )

    async def end(self, from_user: str, to_user: str) -> bool:
        """The work belongs to `to_user`, who becomes a member, from now on. False without a trial to end."""
        return await self._connection.tells("end_trial", from_user=from_user, to_user=to_user)

    async def use_message(self, user_id: str) -> bool:
        """Take one of today's messages (UTC); False when there is none left."""
        return await self._connection.tells("use_trial_message", wanted_user=user_id)

    async def find(self, user_id: str) -> Trial | None:
        found = await self._connection.rows("trial_users", _TRIALS, user_id=user_id)
        return found[0] if found else None

    async def of(self, org_id: str) -> Sequence[Trial]:
        """The oldest first; at most 1000."""
        return await self._connection.rows("trial_users", _TRIALS, org_id=org_id)
