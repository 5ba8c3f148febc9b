"""Where the embedded stack keeps what it builds (cache) and what it stores (data)."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
EMBEDDED = Path(__file__).resolve().parent
MIGRATIONS = CHECKOUT / "deploy" / "supabase" / "migrations"


def cache_dir() -> Path:
    """Folder of downloads and builds, shared by all checkouts; safe to delete while nothing runs."""
    if given := os.environ.get("BOOKRUNNER_CACHE_DIR"):
        return Path(given).resolve()
    if given := os.environ.get("XDG_CACHE_HOME"):
        return Path(given).resolve() / "bookrunner"
    return Path("~/.cache/bookrunner").expanduser()


def data_dir() -> Path:
    """Folder of everything the embedded stack stores."""
    given = os.environ.get("BOOKRUNNER_DATA_DIR")
    return Path(given).resolve() if given else CHECKOUT / ".bookrunner"


@contextmanager
def exclusive(path: Path) -> Generator[None]:
    """Hold a lock file against other processes; waits for it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
