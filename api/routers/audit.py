"""The audit log of an organisation: read, exported, checked. Owners and admins."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import StringConstraints

from access import AuditFilter
from api.dependencies import AskedTime, Limit, PartsOf
from api.organisations import OpenedOrg
from api.parts import Parts
from api.problems import problems
from audit import tabular
from audit.chain import AuditRow, Mark, Verification
from domain.permissions import Action
from store import Page

router = APIRouter(tags=["audit"])

EXPORTED_AT_ONCE = 500

Name = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f]*$")]
ActorName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_@:.-]{1,300}$")]
ActionName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,49}\.([a-z][a-z_]{0,49})?$")]
MarkText = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,18}:[0-9a-f]{64}$")]


async def wanted(
    actor: Annotated[ActorName | None, Query(description="Id of who did it, or on whose behalf.")] = None,
    action: Annotated[ActionName | None, Query(description="Such as `cim.read`; `cim.` for all about books.")] = None,
    target: Annotated[Name | None, Query(description="Id of what it was done to.")] = None,
    since: Annotated[AskedTime | None, Query()] = None,
    until: Annotated[AskedTime | None, Query()] = None,
) -> AuditFilter:
    return AuditFilter(actor=actor, action=action, target=target, since=since, until=until)


Wanted = Annotated[AuditFilter, Depends(wanted)]


@router.get("/orgs/{org_id}/audit", operation_id="list_audit", responses=problems(403, 404))
async def list_audit(
    parts: PartsOf,
    opened: OpenedOrg,
    wanted: Wanted,
    cursor: Annotated[str | None, Query(pattern=r"^[0-9]{1,18}$")] = None,
    limit: Limit = 50,
) -> Page[AuditRow]:
    """Who did what, the newest first."""
    opened.require(Action.AUDIT_READ)
    before = int(cursor) if cursor is not None else None
    rows = await parts.audit_log.page(opened.org_id, wanted, before, limit + 1)
    more = str(rows[limit - 1].seq) if len(rows) > limit else None
    return Page[AuditRow](items=tuple(rows[:limit]), next_cursor=more)


@router.get(
    "/orgs/{org_id}/audit/export",
    operation_id="export_audit",
    response_class=Response,
    responses={
        200: {
            "description": "The entries, the newest first.",
            "content": {
                "text/csv": {"schema": {"type": "string"}},
                "application/json": {
                    "schema": {"type": "array", "items": {"$ref": "#/components/schemas/AuditRow"}},
                },
            },
        },
        **problems(403, 404),
    },
)
async def export_audit(
    parts: PartsOf, opened: OpenedOrg, wanted: Wanted, format: Annotated[Literal["csv", "json"], Query()] = "csv"
) -> Response:
    """All entries as a file."""
    opened.require(Action.AUDIT_READ)
    first = await parts.audit_log.page(opened.org_id, wanted, None, EXPORTED_AT_ONCE)
    pages = _pages(parts, opened.org_id, wanted, first)
    return StreamingResponse(
        _csv(pages) if format == "csv" else _json(pages),
        media_type="text/csv; charset=utf-8" if format == "csv" else "application/json",
        headers={
            "Content-Disposition": f'attachment; filename="audit-{opened.org_id}.{format}"',
            "X-Content-Type-Options": "nosniff",
        },
    )


@router.get("/orgs/{org_id}/audit/verify", operation_id="verify_audit", responses=problems(403, 404))
async def verify_audit(
    parts: PartsOf,
    opened: OpenedOrg,
    known: Annotated[
        MarkText | None, Query(description="The `end` of an earlier check, `seq:hash`; finds a chain written anew.")
    ] = None,
) -> Verification:
    """Whether the log is whole: every entry there, and as it was recorded."""
    opened.require(Action.AUDIT_READ)
    seq, _, hash_ = known.partition(":") if known is not None else ("", "", "")
    return await parts.audit_log.verified(opened.org_id, Mark(seq=int(seq), hash=hash_) if known is not None else None)


async def _pages(
    parts: Parts, org_id: str, wanted: AuditFilter, first: Sequence[AuditRow]
) -> AsyncGenerator[Sequence[AuditRow]]:
    rows = first
    while rows:
        yield rows
        if len(rows) < EXPORTED_AT_ONCE:
            return
        rows = await parts.audit_log.page(org_id, wanted, rows[-1].seq, EXPORTED_AT_ONCE)


async def _csv(pages: AsyncGenerator[Sequence[AuditRow]]) -> AsyncGenerator[str]:
    yield tabular.header()
    async for rows in pages:
        yield tabular.lines(rows)


async def _json(pages: AsyncGenerator[Sequence[AuditRow]]) -> AsyncGenerator[str]:
    between = "["
    async for rows in pages:
        yield between + ",\n".join(row.model_dump_json() for row in rows)
        between = ",\n"
    yield "]" if between != "[" else "[]"
