"""One connection to Supabase's tables and functions with the service key."""

from __future__ import annotations

import re
from typing import Annotated, Self, TypeVar

import httpx
from postgrest import AsyncPostgrestClient
from postgrest.exceptions import APIError
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, TypeAdapter, ValidationError

from access.person import AccessUnavailable
from access.rows import Query, executed, opened

QUICK_SECONDS = 2.0
MOST_ROWS = 1_000

_SHORT_OFFSET = re.compile(r":\d{2}(\.\d+)?[+-]\d{2}$")
_CONFLICTS = frozenset({"PT403", "PT409", "23503", "23505"})

Json = str | int | bool | list[str] | None


def _with_minutes(value: object) -> object:
    """PostgreSQL's own way of writing an offset, `+00`, made ISO 8601; functions of embedded Supabase answer so."""
    return f"{value}:00" if isinstance(value, str) and _SHORT_OFFSET.search(value) else value


Timestamp = Annotated[AwareDatetime, BeforeValidator(_with_minutes)]


class Row(BaseModel):
    """What is read of a row; its other columns are left out."""

    model_config = ConfigDict(frozen=True, extra="ignore")


UNREAD = TypeAdapter(list[Row])
"""For rows whose content does not matter."""

_Row = TypeVar("_Row", bound=BaseModel)


class Conflict(Exception):
    """Supabase refused a change, for a reason that lies in the rows: `last_owner`, `not_a_member`, or `23505`
    (there is one already) and `23503` (what it refers to is missing)."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Supabase refused: {reason}")
        self.reason = reason


class Connection:
    """Asks again once when a kept connection turns out to be closed; so what is asked must bear being done twice."""

    def __init__(self, postgrest: AsyncPostgrestClient, http: httpx.AsyncClient) -> None:
        self._postgrest = postgrest
        self._http = http

    @classmethod
    def open(cls, supabase_url: str, service_role_key: str, timeout_seconds: float = QUICK_SECONDS) -> Self:
        return cls(*opened(supabase_url, service_role_key, timeout_seconds))

    async def close(self) -> None:
        await self._http.aclose()

    async def call(self, function: str, rows: TypeAdapter[list[_Row]], **arguments: str) -> list[_Row]:
        """Rows of an SQL function."""
        return _checked(rows, await self._ask(self._postgrest.rpc(function, arguments)))

    async def tells(self, function: str, **arguments: str) -> bool:
        """Answer of an SQL function that says yes or no."""
        return (await self._ask(self._postgrest.rpc(function, arguments))) is True

    async def rows(
        self, table: str, rows: TypeAdapter[list[_Row]], *, order: str = "created_at", **equal: str
    ) -> list[_Row]:
        """At most 1000 rows whose columns have these values."""
        query = self._postgrest.from_(table).select("*")
        for column, value in equal.items():
            query = query.eq(column, value)
        return _checked(rows, await self._ask(query.order(order).limit(MOST_ROWS)))

    async def put(self, table: str, rows: TypeAdapter[list[_Row]], row: dict[str, Json]) -> list[_Row]:
        """Insert a row, or bring the one with its key up to date."""
        return _checked(rows, await self._ask(self._postgrest.from_(table).upsert(row)))

    async def change(
        self, table: str, rows: TypeAdapter[list[_Row]], changes: dict[str, Json], **equal: str
    ) -> list[_Row]:
        """The rows that were changed, as they are now."""
        query = self._postgrest.from_(table).update(changes)
        for column, value in equal.items():
            query = query.eq(column, value)
        return _checked(rows, await self._ask(query))

    async def remove(self, table: str, **equal: str) -> None:
        query = self._postgrest.from_(table).delete()
        for column, value in equal.items():
            query = query.eq(column, value)
        await self._ask(query)

    async def _ask(self, query: Query) -> object:
        try:
            return await executed(query)
        except APIError as error:
            if error.code in _CONFLICTS:
                raise Conflict(error.hint or error.code or "") from error
            raise AccessUnavailable(f"Supabase did not answer: {type(error).__name__}") from error
        except (httpx.HTTPError, ValidationError) as error:
            raise AccessUnavailable(f"Supabase did not answer: {type(error).__name__}") from error


def _checked(adapter: TypeAdapter[list[_Row]], data: object) -> list[_Row]:
    try:
        return adapter.validate_python(data)
    except ValidationError as error:
        raise AccessUnavailable("Supabase answered with something else than expected") from error
