"""Where the embedded stack keeps what it builds (cache) and what it stores (data)."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from deploy.embedded.steps import StackError

CHECKOUT = Path(__file__).resolve().parents[2]
EMBEDDED = Path(__file__).resolve().parent
MIGRATIONS = CHECKOUT / "deploy" / "supabase" / "migrations"
TAKE_OVER_SECONDS = 12.0


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


@contextmanager
def sole_user(data: Path) -> Generator[int]:
    """Hold a data folder for this process; yields the lock's file descriptor, which children may keep open.

    After a crash the clean-up still holds it for some seconds: then it waits. While its owner lives, a StackError.
    """
    data.mkdir(parents=True, exist_ok=True)
    with (data / "lock").open("a+") as lock:
        deadline = time.monotonic() + TAKE_OVER_SECONDS
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                lock.seek(0)
                owner = lock.read().strip()
                if (owner and _alive(int(owner))) or time.monotonic() > deadline:
                    raise StackError(
                        f"Bookrunner already runs with the data in {data} (process {owner or 'unknown'}). "
                        "Stop that one first, or set BOOKRUNNER_DATA_DIR and the ports to run a second one."
                    ) from None
                time.sleep(0.1)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield lock.fileno()


def in_use(data: Path) -> bool:
    """Whether a stack runs with this data folder."""
    file = data / "lock"
    if not file.exists():
        return False
    with file.open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
