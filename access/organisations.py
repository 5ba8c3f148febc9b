"""Organisations with their people and teams."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from uuid import UUID

from pydantic import TypeAdapter

from access.connection import UNREAD, Connection, Json, Row, Timestamp
from domain.permissions import OrgRole
from domain.retention import KeptAfter


class Organisation(Row):
    """An organisation, and the role in it of whoever asks. Without `books_kept_days` it keeps its books for ever."""

    org_id: UUID
    name: str
    role: OrgRole
    trial_allowed: bool
    retention_days: int
    books_kept_days: int | None = None
    books_kept_after: KeptAfter = "completion"
    created_at: Timestamp


class Member(Row):
    user_id: UUID
    email: str | None
    full_name: str | None
    role: OrgRole
    created_at: Timestamp


class Team(Row):
    id: UUID
    org_id: UUID
    name: str
    created_at: Timestamp


class TeamMember(Row):
    team_id: UUID
    user_id: UUID
    created_at: Timestamp


_ORGANISATIONS = TypeAdapter(list[Organisation])
_MEMBERS = TypeAdapter(list[Member])
_TEAMS = TypeAdapter(list[Team])
_TEAM_MEMBERS = TypeAdapter(list[TeamMember])


class Organisations:
    """Every method raises AccessUnavailable when Supabase does not answer, and Conflict when it refuses a change."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def of(self, principal_id: str) -> Sequence[Organisation]:
        """Those that a person or key belongs to, by name; at most 200."""
        return await self._connection.call("orgs_of", _ORGANISATIONS, wanted_user=principal_id)

    async def find(self, principal_id: str, org_id: str) -> Organisation | None:
        """None for an unknown organisation, and for strangers."""
        found = await self._connection.call("orgs_of", _ORGANISATIONS, wanted_user=principal_id, wanted_org=org_id)
        return found[0] if found else None

    async def create(self, org_id: str, name: str, owner_id: str) -> None:
        await self._connection.tells("create_organization", wanted_id=org_id, wanted_name=name, wanted_owner=owner_id)

    async def update(self, org_id: str, changes: dict[str, Json]) -> None:
        await self._connection.change("organizations", UNREAD, changes, id=org_id)

    async def members(self, org_id: str) -> Sequence[Member]:
        """In the order in which they came; at most 1000."""
        return await self._connection.call("org_people", _MEMBERS, wanted_org=org_id)

    async def set_role(self, org_id: str, user_id: str, role: OrgRole) -> bool:
        """Whether there is such a member. Raises Conflict `last_owner`."""
        changed = await self._connection.change(
            "memberships", UNREAD, {"role": role.value}, org_id=org_id, user_id=user_id
        )
        return bool(changed)

    async def remove(self, org_id: str, user_id: str) -> None:
        """With all roles in projects and teams of the organisation. Raises Conflict `last_owner`."""
        await self._connection.remove("memberships", org_id=org_id, user_id=user_id)

    async def transfer(self, org_id: str, from_user: str, to_user: str) -> bool:
        """Whether `from_user` was an owner. Raises Conflict `not_a_member`."""
        return await self._connection.tells(
            "transfer_ownership", wanted_org=org_id, from_user=from_user, to_user=to_user
        )

    async def teams(self, org_id: str) -> Sequence[Team]:
        return await self._connection.rows("teams", _TEAMS, order="name", org_id=org_id)

    async def create_team(self, org_id: str, name: str) -> Team:
        """Raises Conflict `23505` where there is a team of that name."""
        row: dict[str, Json] = {"id": str(uuid.uuid4()), "org_id": org_id, "name": name}
        return (await self._connection.put("teams", _TEAMS, row))[0]

    async def rename_team(self, org_id: str, team_id: str, name: str) -> Team | None:
        changed = await self._connection.change("teams", _TEAMS, {"name": name}, org_id=org_id, id=team_id)
        return changed[0] if changed else None

    async def remove_team(self, org_id: str, team_id: str) -> None:
        await self._connection.remove("teams", org_id=org_id, id=team_id)

    async def has_team(self, org_id: str, team_id: str) -> bool:
        return bool(await self._connection.rows("teams", _TEAMS, org_id=org_id, id=team_id))

    async def team_members(self, team_id: str) -> Sequence[TeamMember]:
        return await self._connection.rows("team_members", _TEAM_MEMBERS, team_id=team_id)

    async def join_team(self, team_id: str, user_id: str) -> None:
        """Raises Conflict `not_a_member`."""
        await self._connection.put("team_members", UNREAD, {"team_id": team_id, "user_id": user_id})

    async def leave_team(self, team_id: str, user_id: str) -> None:
        await self._connection.remove("team_members", team_id=team_id, user_id=user_id)
