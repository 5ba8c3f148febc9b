"""Which organisations do not keep their books for ever, and how long they keep them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from uuid import UUID

from pydantic import TypeAdapter

from access.connection import Connection, Row
from domain.retention import BookRule, KeptAfter


class _Rule(Row):
    org_id: UUID
    days: int
    after: KeptAfter


_RULES = TypeAdapter(list[_Rule])


class BookRules:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def all(self) -> AsyncGenerator[tuple[str, BookRule]]:
        """By organisation. Raises AccessUnavailable when Supabase does not answer."""
        page = await self._connection.call("book_rules", _RULES)
        while page:
            for row in page:
                yield str(row.org_id), BookRule(days=row.days, after=row.after)
            page = await self._connection.call("book_rules", _RULES, after_org=str(page[-1].org_id))
