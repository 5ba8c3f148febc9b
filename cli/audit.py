"""`python -m cli audit`: whether the audit log is whole, and cutting what is older than the rules."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar
from uuid import UUID

from cyclopts import App, Parameter
from rich.console import Console

from access import AccessUnavailable, AuditLog
from audit.chain import Mark, Verification
from cli.environment import settings_here
from deploy.embedded.steps import StackError

audit = App(name="audit", help="The audit log (docs/audit.md).")

Answer = TypeVar("Answer")


@audit.command
def verify(
    org: UUID, *, known: str | None = None, as_json: Annotated[bool, Parameter(name="--json", negative="")] = False
) -> None:
    """Look through the whole chain of an organisation: is every entry there, and as it was recorded?

    Parameters
    ----------
    org
        Id of the organisation; 00000000-0000-0000-0000-000000000000 for what belongs to none.
    known
        The end that an earlier check told, SEQ:HASH; finds a chain that was written anew as a whole.
    """
    mark = _mark(known)
    found = _asked(lambda log: log.verified(str(org), mark))
    if as_json:
        sys.stdout.write(found.model_dump_json(indent=2) + "\n")
    else:
        _show(found)
    if not found.is_whole:
        sys.exit(1)


@audit.command
def cut(org: UUID) -> None:
    """Remove entries that are older than the retention rule of the organisation; an anchor stays in their place."""
    gone = _asked(lambda log: log.cut(str(org)))
    Console().print(f"{gone} entries were older than the rule.")


def _mark(known: str | None) -> Mark | None:
    if known is None:
        return None
    seq, _, hash_ = known.partition(":")
    if not seq.isdigit() or len(hash_) != 64:
        raise StackError("--known is SEQ:HASH, as an earlier check told it.")
    return Mark(seq=int(seq), hash=hash_)


def _asked(question: Callable[[AuditLog], Awaitable[Answer]]) -> Answer:
    settings = settings_here()

    async def ask() -> Answer:
        key = settings.supabase_service_role_key
        log = AuditLog.connect(settings.supabase_url, key.get_secret_value() if key else "")
        try:
            return await question(log)
        finally:
            await log.close()

    try:
        return asyncio.run(ask())
    except AccessUnavailable as error:
        raise StackError(f"The audit log cannot be read: {error}") from error


def _show(found: Verification) -> None:
    console = Console()
    for fault in found.faults:
        console.print(f"  ! {fault.kind} at {fault.seq}", markup=False)
    console.print(f"{found.rows} entries: " + ("whole." if found.is_whole else f"{len(found.faults)} faults."))
    if found.end is not None:
        console.print(f"The end, to be noted somewhere else: {found.end.seq}:{found.end.hash}", soft_wrap=True)
