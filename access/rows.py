"""Questions to PostgREST: asked again where a kept connection was closed, and held against what is expected."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol, TypeVar, cast

import httpx
from postgrest import AsyncPostgrestClient
from postgrest.exceptions import APIError
from pydantic import TypeAdapter, ValidationError

from access.person import AccessUnavailable
from access.wire import WireClient

T = TypeVar("T")

UNIQUE_VIOLATION = "23505"
FOREIGN_KEY_VIOLATION = "23503"


class Taken(Exception):
    """There is such a row already."""


class MissingParent(Exception):
    """The row belongs to one that is not there."""


class Answer(Protocol):
    @property
    def data(self) -> object: ...


class Query(Protocol):
    async def execute(self) -> Answer: ...


def opened(
    supabase_url: str, service_role_key: str, timeout_seconds: float
) -> tuple[AsyncPostgrestClient, httpx.AsyncClient]:
    """Tables and functions with the service key, and the HTTP client to close after use."""
    headers = {"apikey": service_role_key, "Authorization": f"Bearer {service_role_key}"}
    address = f"{supabase_url.rstrip('/')}/rest/v1"
    http = WireClient(base_url=address, headers=headers, timeout=timeout_seconds)
    return AsyncPostgrestClient(address, headers=headers, http_client=http, retry_enabled=False), http


async def executed(query: Query) -> object:
    """Sent again once when a kept connection turns out to be closed; so it must bear being done twice."""
    try:
        return (await query.execute()).data
    except (httpx.NetworkError, httpx.RemoteProtocolError):
        return (await query.execute()).data


async def rows_of(query: Query, expected: TypeAdapter[T]) -> T:
    """Raises AccessUnavailable, Taken and MissingParent."""
    try:
        data = await executed(query)
    except APIError as error:
        if error.code == UNIQUE_VIOLATION:
            raise Taken(str(error.message)) from error
        if error.code == FOREIGN_KEY_VIOLATION:
            raise MissingParent(str(error.message)) from error
        raise AccessUnavailable(f"Supabase refused: {error.code}") from error
    except (httpx.HTTPError, ValidationError) as error:
        raise AccessUnavailable(f"Supabase did not answer: {type(error).__name__}") from error
    try:
        return expected.validate_python(_with_times(data), extra="ignore")
    except (ValidationError, ValueError) as error:
        raise AccessUnavailable("Supabase answered with something else than expected") from error


def _with_times(data: object) -> object:
    """PostgreSQL ends a time in UTC with `+00`, which pydantic does not take for one."""
    if not isinstance(data, list):
        return data
    rows = cast("list[object]", data)
    return [_row_with_times(cast("dict[str, object]", row)) if isinstance(row, dict) else row for row in rows]


def _row_with_times(row: dict[str, object]) -> dict[str, object]:
    return {
        name: datetime.fromisoformat(value) if name.endswith("_at") and isinstance(value, str) else value
        for name, value in row.items()
    }
