"""Projects with their people and deals."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from pydantic import TypeAdapter

from access.connection import UNREAD, Connection, Json, Row, Timestamp
from domain.permissions import OrgRole, Role


class Project(Row):
    """A project, and how whoever asks stands to it. `org_role` is absent for people on trial."""

    project_id: UUID
    org_id: UUID
    name: str
    project_role: Role | None
    org_role: OrgRole | None


class ProjectMember(Row):
    user_id: UUID
    email: str | None
    full_name: str | None
    role: Role
    created_at: Timestamp


class Deal(Row):
    id: UUID
    project_id: UUID
    name: str
    created_at: Timestamp
    archived_at: Timestamp | None


_PROJECTS = TypeAdapter(list[Project])
_MEMBERS = TypeAdapter(list[ProjectMember])
_DEALS = TypeAdapter(list[Deal])


class Projects:
    """Every method raises AccessUnavailable when Supabase does not answer, and Conflict when it refuses a change."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def of(self, principal_id: str) -> Sequence[Project]:
        """Those with a role of one's own, and all of organisations that one runs; by name, at most 1000."""
        return await self._connection.call("projects_of", _PROJECTS, wanted_user=principal_id)

    async def find(self, principal_id: str, project_id: str) -> Project | None:
        """None for an unknown project, and for people outside its organisation."""
        found = await self._connection.call(
            "project_access", _PROJECTS, wanted_user=principal_id, wanted_project=project_id
        )
        return found[0] if found else None

    async def create(self, project_id: str, org_id: str, name: str, lead_id: str) -> None:
        await self._connection.tells(
            "create_project",
            wanted_id=project_id,
            wanted_org=org_id,
            wanted_name=name,
            wanted_lead=lead_id,
        )

    async def rename(self, project_id: str, name: str) -> None:
        await self._connection.change("projects", UNREAD, {"name": name}, id=project_id)

    async def members(self, project_id: str) -> Sequence[ProjectMember]:
        """In the order in which they came; at most 1000."""
        return await self._connection.call("project_people", _MEMBERS, wanted_project=project_id)

    async def set_role(self, project_id: str, user_id: str, role: Role) -> None:
        """Raises Conflict `not_a_member` for people outside the organisation."""
        row: dict[str, Json] = {"project_id": project_id, "user_id": user_id, "role": role.value}
        await self._connection.put("project_members", UNREAD, row)

    async def remove(self, project_id: str, user_id: str) -> None:
        await self._connection.remove("project_members", project_id=project_id, user_id=user_id)

    async def deals(self, project_id: str) -> Sequence[Deal]:
        return await self._connection.rows("deals", _DEALS, order="name", project_id=project_id)

    async def deal(self, deal_id: str) -> Deal | None:
        found = await self._connection.rows("deals", _DEALS, id=deal_id)
        return found[0] if found else None

    async def create_deal(self, project_id: str, name: str) -> Deal:
        row: dict[str, Json] = {"id": str(uuid.uuid4()), "project_id": project_id, "name": name}
        return (await self._connection.put("deals", _DEALS, row))[0]

    async def change_deal(self, deal_id: str, name: str | None, archived: bool | None) -> None:
        changes: dict[str, Json] = {}
        if name is not None:
            changes["name"] = name
        if archived is not None:
            changes["archived_at"] = datetime.now(UTC).isoformat() if archived else None
        if changes:
            await self._connection.change("deals", UNREAD, changes, id=deal_id)
