"""`python -m cli import-supabase`: on the stack that runs, or on what the environment names."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from access import AccessUnavailable
from api.parts import open_parts
from cli.environment import settings_here
from cli.import_supabase.importing import Import
from cli.import_supabase.report import ImportReport, show
from cli.import_supabase.source import OldTable, SourceFailed
from deploy.embedded.steps import StackError, say
from settings import Settings

__all__ = ["import_here", "import_table", "show"]


async def import_table(
    settings: Settings,
    *,
    table: str,
    source_url: str | None,
    source_key: str | None,
    is_dry_run: bool,
    tell: Callable[[str], object],
) -> ImportReport:
    """Without a `source_url` the table is in the Supabase of the settings. Raises SourceFailed, AccessUnavailable."""
    own_key = settings.supabase_service_role_key
    key = source_key or (own_key.get_secret_value() if own_key and source_url is None else "")
    source = OldTable.open(source_url or settings.supabase_url, key, table)
    try:
        async with open_parts(settings) as parts:
            return await Import(parts, source, is_dry_run=is_dry_run, tell=tell).run(table)
    finally:
        await source.close()


def import_here(
    table: str, *, is_dry_run: bool, report: Path, source_url: str | None, source_key: str | None
) -> ImportReport:
    """Import, and keep the report in a file. Raises StackError with a sentence."""
    importing = import_table(
        settings_here(), table=table, source_url=source_url, source_key=source_key, is_dry_run=is_dry_run, tell=say
    )
    try:
        found = asyncio.run(importing)
    except (SourceFailed, AccessUnavailable) as error:
        raise StackError(f"{error}\nWhat was imported until now stays; run the import again.") from error
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text(found.model_dump_json(indent=2) + "\n")
    say(f"The report is in {report}")
    return found
