"""What of Supabase an installation can be asked about."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

import httpx
from pydantic import TypeAdapter

from access.person import AccessUnavailable

SECONDS = 5.0
_MISSING = frozenset({"42P01", "PGRST205"})
_VERSIONS = TypeAdapter(frozenset[str])


@dataclass(frozen=True)
class Inspected:
    """`clock`: the time that Supabase answered with; None where it told none. `applied`: the versions of the migrations
    that it has; None where it cannot tell."""

    missing_tables: frozenset[str]
    applied: frozenset[str] | None
    key_is_taken: bool
    clock: datetime | None


async def inspect(supabase_url: str, service_role_key: str, tables: Collection[str]) -> Inspected:
    """Asks for no rows of each of these tables, and which migrations are applied. Raises AccessUnavailable."""
    headers = {"apikey": service_role_key, "Authorization": f"Bearer {service_role_key}"}
    missing: set[str] = set()
    clock: datetime | None = None
    try:
        async with httpx.AsyncClient(
            base_url=f"{supabase_url.rstrip('/')}/rest/v1", headers=headers, timeout=SECONDS
        ) as http:
            for table in tables:
                answer = await http.get(f"/{table}", params={"limit": "0"})
                if "date" in answer.headers:
                    clock = parsedate_to_datetime(answer.headers["date"])
                if answer.status_code in (401, 403):
                    return Inspected(missing_tables=frozenset(), applied=None, key_is_taken=False, clock=clock)
                if _is_missing(answer):
                    missing.add(table)
            answer = await http.post("/rpc/applied_migrations", json={})
            applied = None if _is_missing(answer) else _VERSIONS.validate_json(answer.content)
    except (httpx.HTTPError, ValueError) as error:
        raise AccessUnavailable(f"Supabase did not answer: {type(error).__name__}") from error
    return Inspected(missing_tables=frozenset(missing), applied=applied, key_is_taken=True, clock=clock)


def _is_missing(answer: httpx.Response) -> bool:
    """Raises AccessUnavailable for any other error."""
    if answer.status_code == 404 or (answer.is_client_error and answer.json().get("code") in _MISSING):
        return True
    if answer.is_error:
        raise AccessUnavailable(f"Supabase answered {answer.status_code}")
    return False
