"""Looking into the audit log of an organisation until what was done is there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

from access import AuditFilter
from audit.chain import AuditRow

from .conftest import Api

PATIENCE_SECONDS = 20.0


async def rows_about(api: Api, org_id: str | None, target: str) -> Sequence[AuditRow]:
    """The newest 500, of these the oldest first."""
    assert org_id is not None
    return (await api.parts.audit_log.page(org_id, AuditFilter(target=target), None, 500))[::-1]


async def until_rows(
    api: Api, org_id: str | None, target: str, enough: Callable[[Sequence[AuditRow]], bool] = bool
) -> Sequence[AuditRow]:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not enough(rows := await rows_about(api, org_id, target)):
        assert time.monotonic() < deadline, [(row.action, row.result) for row in rows[-20:]]
        await asyncio.sleep(0.1)
    return rows
