"""The old table, read page by page over Supabase's own HTTP API. Nothing is ever written there."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Self

import httpx
from pydantic import JsonValue, TypeAdapter, ValidationError

PAGE = 100
READ_SECONDS = 30.0

_ROWS = TypeAdapter(list[dict[str, JsonValue]])


class SourceFailed(Exception):
    """The old table cannot be read."""


class OldTable:
    def __init__(self, http: httpx.AsyncClient, table: str) -> None:
        self._http = http
        self._table = table

    @classmethod
    def open(cls, supabase_url: str, key: str, table: str) -> Self:
        headers = {"apikey": key, "Authorization": f"Bearer {key}"}
        address = f"{supabase_url.rstrip('/')}/rest/v1"
        return cls(httpx.AsyncClient(base_url=address, headers=headers, timeout=READ_SECONDS), table)

    async def close(self) -> None:
        await self._http.aclose()

    async def rows(self) -> AsyncGenerator[dict[str, JsonValue]]:
        """Every row, in the order of its id where the table has one. Raises SourceFailed."""
        first = await self._read({"limit": "1"})
        has_id = bool(first) and "id" in first[0]
        order = "id" if has_id else "deal_id,user_id,title"
        read, last_id = 0, None
        while True:
            place = {"id": f"gt.{last_id}"} if last_id is not None else {"offset": str(read)}
            page = await self._read({"order": order, "limit": str(PAGE), **place})
            for row in page:
                yield row
            if len(page) < PAGE:
                return
            read += len(page)
            last_id = page[-1]["id"] if has_id else None

    async def _read(self, parameters: dict[str, str]) -> list[dict[str, JsonValue]]:
        try:
            answer = await self._http.get(f"/{self._table}", params={"select": "*", **parameters})
        except httpx.HTTPError as error:
            raise SourceFailed(f"Supabase does not answer: {type(error).__name__}") from error
        if not answer.is_success:
            raise SourceFailed(f"The table {self._table} cannot be read (status {answer.status_code}).")
        try:
            return _ROWS.validate_json(answer.content)
        except ValidationError:
            raise SourceFailed(f"The table {self._table} answers with something else than rows.") from None
