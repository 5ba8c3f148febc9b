"""The audit log in Supabase: added to by the service, read for those who may."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from datetime import datetime
from typing import Protocol, Self, TypeVar

import httpx
from postgrest import AsyncPostgrestClient, AsyncSelectRequestBuilder
from postgrest.exceptions import APIError
from pydantic import TypeAdapter, ValidationError

from access.person import AccessUnavailable
from audit.chain import AuditRow, Mark, Verification, verify
from audit.shipping import EntriesRefused, LogUnavailable
from domain.values import Value

APPEND_SECONDS = 10.0
ROWS_AT_ONCE = 500
_REFUSALS = (400, 413, 422)

_ROWS = TypeAdapter(list[AuditRow])
_MARKS = TypeAdapter(list[Mark])
_COUNT = TypeAdapter(int)

T = TypeVar("T")


class _Answer(Protocol):
    @property
    def data(self) -> object: ...


class _Query(Protocol):
    async def execute(self) -> _Answer: ...


class AuditFilter(Value):
    """Which entries of an organisation; what is absent does not count."""

    actor: str | None = None
    """Id of a person, agent or key; also what was done on behalf of that person."""
    action: str | None = None
    """`cim.read`, or `cim.` for everything about books."""
    target: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class AuditLog:
    """Every method but `append` raises AccessUnavailable when Supabase does not answer."""

    def __init__(self, postgrest: AsyncPostgrestClient, http: httpx.AsyncClient) -> None:
        self._postgrest = postgrest
        self._http = http

    @classmethod
    def connect(cls, supabase_url: str, service_role_key: str) -> Self:
        headers = {"apikey": service_role_key, "Authorization": f"Bearer {service_role_key}"}
        address = f"{supabase_url.rstrip('/')}/rest/v1"
        http = httpx.AsyncClient(base_url=address, headers=headers, timeout=APPEND_SECONDS)
        return cls(AsyncPostgrestClient(address, headers=headers, http_client=http, retry_enabled=False), http)

    async def close(self) -> None:
        await self._http.aclose()

    async def append(self, lines: Sequence[bytes]) -> None:
        try:
            answer = await self._http.post(
                "/rpc/append_audits",
                content=b'{"entries":[' + b",".join(lines) + b"]}",
                headers={"Content-Type": "application/json"},
            )
        except httpx.HTTPError as error:
            raise LogUnavailable(type(error).__name__) from error
        if answer.status_code in _REFUSALS:
            raise EntriesRefused(answer.text[:300])
        if not answer.is_success:
            raise LogUnavailable(f"status {answer.status_code}")

    async def page(self, org_id: str, wanted: AuditFilter, before: int | None, limit: int) -> Sequence[AuditRow]:
        """The newest first, numbers below `before`."""
        query = self._postgrest.from_("audit_logs").select("*").eq("org_id", org_id)
        if before is not None:
            query = query.lt("seq", before)
        if wanted.actor is not None:
            name = _quoted(wanted.actor)
            query = query.or_(f"actor->>id.eq.{name},actor->>on_behalf_of.eq.{name}")
        if wanted.action is not None:
            whole = not wanted.action.endswith(".")
            query = query.eq("action", wanted.action) if whole else query.like("action", f"{wanted.action}*")
        if wanted.target is not None:
            query = query.eq("target->>id", wanted.target)
        if wanted.since is not None:
            query = query.gte("at", wanted.since.isoformat())
        if wanted.until is not None:
            query = query.lt("at", wanted.until.isoformat())
        return _checked(_ROWS, await _asked(query.order("seq", desc=True).limit(limit)))

    async def verified(self, org_id: str, known: Mark | None = None) -> Verification:
        """Walk the whole chain; `known` is the end of it that somebody noted earlier.

        What is added meanwhile is not looked at: the walk ends at the head as it was when it began.
        """
        heads = _checked(_MARKS, await _asked(self._marks("audit_heads", org_id)))
        cuts = _checked(_MARKS, await _asked(self._marks("audit_anchors", org_id).order("seq")))
        head = heads[0] if heads else None
        return await verify(
            org_id, self._rows(org_id, cuts[-1].seq if cuts else 0, head), cuts=tuple(cuts), head=head, known=known
        )

    async def cut(self, org_id: str) -> int:
        """Remove what is older than the organisation's rule; how many entries went."""
        return _checked(_COUNT, await _asked(self._postgrest.rpc("cut_audit", {"wanted_org": org_id})))

    async def cut_all(self) -> int:
        """The same for every organisation whose chain was not cut within the last 20 hours."""
        return _checked(_COUNT, await _asked(self._postgrest.rpc("cut_audits", {})))

    def _marks(self, table: str, org_id: str) -> AsyncSelectRequestBuilder:
        return self._postgrest.from_(table).select("seq, hash").eq("org_id", org_id)

    async def _rows(self, org_id: str, after: int, head: Mark | None) -> AsyncGenerator[AuditRow]:
        end = head.seq if head is not None else None
        while True:
            query = self._postgrest.from_("audit_logs").select("*").eq("org_id", org_id).gt("seq", after)
            if end is not None:
                query = query.lte("seq", end)
            rows = _checked(_ROWS, await _asked(query.order("seq").limit(ROWS_AT_ONCE)))
            for row in rows:
                yield row
            if len(rows) < ROWS_AT_ONCE:
                return
            after = rows[-1].seq


async def _asked(query: _Query) -> object:
    try:
        return (await query.execute()).data
    except (httpx.HTTPError, APIError, ValidationError) as error:
        raise AccessUnavailable(f"Supabase did not answer: {type(error).__name__}") from error


def _checked(adapter: TypeAdapter[T], data: object) -> T:
    try:
        return adapter.validate_python(data)
    except ValidationError as error:
        raise AccessUnavailable("Supabase answered with something else than expected") from error


def _quoted(text: str) -> str:
    """A value within a list of PostgREST's conditions."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
