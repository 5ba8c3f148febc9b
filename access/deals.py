"""Who may do what with a deal, asked of Supabase with the service key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self
from uuid import UUID

from pydantic import BaseModel, TypeAdapter

from access.connection import QUICK_SECONDS, Connection
from domain.permissions import OrgRole, Role
from domain.values import Value


class DealStanding(Value):
    """How a person or a key stands to a deal. Without a `role` a colleague of the same organisation, who has no right
    in it. `on_trial`: somebody who tries, without being a member."""

    deal_id: str
    org_id: str
    project_id: str
    role: Role | None = None
    org_role: OrgRole | None = None
    on_trial: bool = False
    archived: bool = False


class VisibleDeal(Value):
    """A deal that a person has a role in."""

    deal_id: str
    org_id: str
    project_id: str
    name: str
    role: Role
    archived: bool = False


class _AccessRow(BaseModel):
    deal_id: UUID
    org_id: UUID
    project_id: UUID
    project_role: Role | None
    org_role: OrgRole | None
    on_trial: bool
    archived: bool


class _DealRow(BaseModel):
    deal_id: UUID
    org_id: UUID
    project_id: UUID
    name: str
    role: Role
    archived: bool


_ACCESS_ROWS = TypeAdapter(list[_AccessRow])
_DEAL_ROWS = TypeAdapter(list[_DealRow])


class DealAccess:
    """One round trip per question. Every method raises AccessUnavailable when Supabase does not answer in time."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @classmethod
    def connect(cls, supabase_url: str, service_role_key: str, timeout_seconds: float = QUICK_SECONDS) -> Self:
        return cls(Connection.open(supabase_url, service_role_key, timeout_seconds))

    async def close(self) -> None:
        await self._connection.close()

    async def ping(self) -> None:
        nobody = str(UUID(int=0))
        await self._connection.call("deal_access", _ACCESS_ROWS, wanted_user=nobody, wanted_deal=nobody)

    async def standing(self, person_id: str, deal_id: str) -> DealStanding | None:
        """None for an unknown deal, and for people outside its organisation and project."""
        if not (is_uuid(person_id) and is_uuid(deal_id)):
            return None
        rows = await self._connection.call("deal_access", _ACCESS_ROWS, wanted_user=person_id, wanted_deal=deal_id)
        if not rows:
            return None
        row = rows[0]
        return DealStanding(
            deal_id=str(row.deal_id),
            org_id=str(row.org_id),
            project_id=str(row.project_id),
            role=row.project_role,
            org_role=row.org_role,
            on_trial=row.on_trial,
            archived=row.archived,
        )

    async def role(self, person_id: str, org_id: str, deal_id: str) -> Role | None:
        """The person's role in the deal; None also when the deal is not one of this organisation."""
        standing = await self.standing(person_id, deal_id)
        return standing.role if standing is not None and standing.org_id == org_id else None

    async def deals_of(self, person_id: str) -> Sequence[VisibleDeal]:
        """The deals that the person has a role in; at most 1000, by name."""
        if not is_uuid(person_id):
            return ()
        rows = await self._connection.call("deals_of", _DEAL_ROWS, wanted_user=person_id)
        return tuple(
            VisibleDeal(
                deal_id=str(row.deal_id),
                org_id=str(row.org_id),
                project_id=str(row.project_id),
                name=row.name,
                role=row.role,
                archived=row.archived,
            )
            for row in rows
        )


def is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
