"""The audit log in Supabase: added to by the service, read for those who may."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from datetime import datetime
from typing import Annotated, Self

import httpx
from postgrest import AsyncPostgrestClient, AsyncSelectRequestBuilder
from pydantic import StringConstraints, TypeAdapter

from access.rows import opened, rows_of
from audit.chain import AuditRow, Mark, Verification, verify
from audit.shipping import EntriesRefused, LogUnavailable
from domain.values import Value

APPEND_SECONDS = 10.0
ROWS_AT_ONCE = 500
_REFUSALS = (400, 413, 422)

_ROWS = TypeAdapter(list[AuditRow])
_MARKS = TypeAdapter(list[Mark])
_COUNT = TypeAdapter(int)


class AuditFilter(Value):
    """Which entries of an organisation; what is absent does not count."""

    actor: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_@:.-]{1,300}$")] | None = None
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
        return cls(*opened(supabase_url, service_role_key, APPEND_SECONDS))

    async def close(self) -> None:
        await self._http.aclose()

    async def append(self, lines: Sequence[bytes]) -> None:
        content = b'{"entries":[' + b",".join(lines) + b"]}"
        try:
            answer = await self._posted(content)
        except httpx.HTTPError as error:
            raise LogUnavailable(type(error).__name__) from error
        if answer.status_code in _REFUSALS:
            raise EntriesRefused(answer.text[:300])
        if not answer.is_success:
            raise LogUnavailable(f"status {answer.status_code}")

    async def _posted(self, content: bytes) -> httpx.Response:
        """Sent again once when a kept connection turns out to be closed."""
        headers = {"Content-Type": "application/json"}
        try:
            return await self._http.post("/rpc/append_audits", content=content, headers=headers)
        except (httpx.NetworkError, httpx.RemoteProtocolError):
            return await self._http.post("/rpc/append_audits", content=content, headers=headers)

    async def page(self, org_id: str, wanted: AuditFilter, before: int | None, limit: int) -> Sequence[AuditRow]:
        """The newest first, numbers below `before`."""
        query = self._postgrest.from_("audit_logs").select("*").eq("org_id", org_id)
        if before is not None:
            query = query.lt("seq", before)
        if wanted.actor is not None:
            query = query.or_(f'actor->>id.eq."{wanted.actor}",actor->>on_behalf_of.eq."{wanted.actor}"')
        if wanted.action is not None:
            whole = not wanted.action.endswith(".")
            query = query.eq("action", wanted.action) if whole else query.like("action", f"{wanted.action}*")
        if wanted.target is not None:
            query = query.eq("target->>id", wanted.target)
        if wanted.since is not None:
            query = query.gte("at", wanted.since.isoformat())
        if wanted.until is not None:
            query = query.lt("at", wanted.until.isoformat())
        return await rows_of(query.order("seq", desc=True).limit(limit), _ROWS)

    async def verified(self, org_id: str, known: Mark | None = None) -> Verification:
        """Walk the whole chain; `known` is the end of it that somebody noted earlier.

        What is added meanwhile is not looked at: the walk ends at the head as it was when it began.
        """
        heads = await rows_of(self._marks("audit_heads", org_id), _MARKS)
        cuts = await rows_of(self._marks("audit_anchors", org_id).order("seq"), _MARKS)
        head = heads[0] if heads else None
        return await verify(
            org_id, self._rows(org_id, cuts[-1].seq if cuts else 0, head), cuts=tuple(cuts), head=head, known=known
        )

    async def cut(self, org_id: str) -> int:
        """Remove what is older than the organisation's rule; how many entries went."""
        return await rows_of(self._postgrest.rpc("cut_audit", {"wanted_org": org_id}), _COUNT)

    async def cut_all(self) -> int:
        """The same for every organisation whose chain was not cut within the last 20 hours."""
        return await rows_of(self._postgrest.rpc("cut_audits", {}), _COUNT)

    def _marks(self, table: str, org_id: str) -> AsyncSelectRequestBuilder:
        return self._postgrest.from_(table).select("seq, hash").eq("org_id", org_id)

    async def _rows(self, org_id: str, after: int, head: Mark | None) -> AsyncGenerator[AuditRow]:
        end = head.seq if head is not None else None
        while True:
            query = self._postgrest.from_("audit_logs").select("*").eq("org_id", org_id).gt("seq", after)
            if end is not None:
                query = query.lte("seq", end)
            rows = await rows_of(query.order("seq").limit(ROWS_AT_ONCE), _ROWS)
            for row in rows:
                yield row
            if len(rows) < ROWS_AT_ONCE:
                return
            after = rows[-1].seq
