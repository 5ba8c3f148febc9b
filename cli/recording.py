"""Entries of the audit log for what a command does with the keys of the deployment, past the API."""

from __future__ import annotations

import getpass
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from access import AuditLog
from audit import NO_ORGANIZATION, AuditActor, AuditEntry, Target
from audit.shipping import folder_for, open_trail
from cli.environment import settings_here


@asynccontextmanager
async def recorded(
    action: str, target: Target, org_id: str = NO_ORGANIZATION, **details: bool | int | str
) -> AsyncGenerator[dict[str, bool | int | str]]:
    """Records that something is done, and how it ended. What is put into the dictionary goes along with that.

    The actor is the command line; the account on this machine is named. Entries that Supabase does not take just now
    are sent by the API or worker that has the same folder.
    """
    settings = settings_here()
    key = settings.supabase_service_role_key
    log = AuditLog.connect(settings.supabase_url, key.get_secret_value() if key else "")
    told: dict[str, bool | int | str] = {"account": _account(), **details}
    entry = AuditEntry(org_id=org_id, actor=AuditActor(kind="system", id="cli"), action=action, target=target)
    try:
        async with open_trail(folder_for(settings.audit_folder, settings.supabase_url), log) as trail:
            try:
                yield told
            except BaseException:
                trail.record(entry.model_copy(update={"result": "failed", "details": told}))
                raise
            trail.record(entry.model_copy(update={"details": told}))
    finally:
        await log.close()


def _account() -> str:
    try:
        return getpass.getuser()
    except OSError:
        return "unknown"
