"""The end of organisations: asked for, taken back, and carried out once its day has come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import TypeAdapter

from access.connection import Connection, Row, Timestamp

ENDING_SECONDS = 10.0


class Ending(Row):
    """When an organisation ends. Until `began_at` it can be taken back."""

    org_id: UUID
    ends_at: Timestamp
    requested_by: UUID
    requested_at: Timestamp
    began_at: Timestamp | None = None


class _Principal(Row):
    principal_id: UUID


_ENDINGS = TypeAdapter(list[Ending])
_PRINCIPALS = TypeAdapter(list[_Principal])


class Endings:
    """Every method raises AccessUnavailable when Supabase does not answer."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @classmethod
    def connect(cls, supabase_url: str, service_role_key: str) -> Self:
        return cls(Connection.open(supabase_url, service_role_key, ENDING_SECONDS))

    async def close(self) -> None:
        await self._connection.close()

    async def find(self, org_id: str) -> Ending | None:
        found = await self._connection.rows("org_endings", _ENDINGS, order="requested_at", org_id=org_id)
        return found[0] if found else None

    async def ask(self, org_id: str, ends_at: datetime, requested_by: str) -> Ending:
        """In place of what was asked before."""
        row = {"org_id": org_id, "ends_at": ends_at.isoformat(), "requested_by": requested_by}
        return (await self._connection.put("org_endings", _ENDINGS, {**row}))[0]

    async def take_back(self, org_id: str) -> bool:
        """False once it has begun, or where nobody asked for it."""
        return await self._connection.tells("keep_organization", wanted_org=org_id)

    async def due(self) -> Sequence[Ending]:
        """At most 100, also those that were begun and broke off."""
        return await self._connection.call("endings_due", _ENDINGS)

    async def begin(self, org_id: str) -> Sequence[str]:
        """Takes every right away. May be repeated. The people and keys that had one."""
        found = await self._connection.call("begin_end_of_organization", _PRINCIPALS, wanted_org=org_id)
        return [str(each.principal_id) for each in found]

    async def finish(self, org_id: str) -> None:
        await self._connection.tells("finish_end_of_organization", wanted_org=org_id)
