"""The whole product for the time of a with-block: what runs already, or a stack of its own in another process."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from deploy.embedded.places import CHECKOUT
from deploy.embedded.services import free_port
from deploy.embedded.steps import StackError
from deploy.embedded.supervisor import RunningStack

START_SECONDS = 1_200.0
STOP_SECONDS = 60.0


@contextmanager
def started_product(data: Path, environment: Mapping[str, str], *, log: Path | None = None) -> Generator[RunningStack]:
    """`python -m cli up` with its data in a folder. Its words go to the terminal, or to `log`."""
    with open(log or os.devnull, "ab") as quiet:
        process = subprocess.Popen(
            [sys.executable, "-m", "cli", "up", "--no-web"],
            cwd=CHECKOUT,
            env={**os.environ, **environment, "BOOKRUNNER_DATA_DIR": str(data)},
            stdout=quiet if log else None,
            stderr=quiet if log else None,
            start_new_session=True,
        )
        try:
            yield _until_up(process, data)
        finally:
            process.terminate()
            process.wait(STOP_SECONDS)


@contextmanager
def fresh_product(**settings: str) -> Generator[tuple[RunningStack, Path]]:
    """A product on free ports with empty data that goes away afterwards, and the folder of its data."""
    with tempfile.TemporaryDirectory(prefix="bookrunner-", ignore_cleanup_errors=True) as folder:
        data = Path(folder) / "data"
        ports = {
            f"BOOKRUNNER_{part}_PORT": str(free_port())
            for part in ("API", "TEMPORAL", "TEMPORAL_UI", "MONGODB", "SUPABASE")
        }
        with started_product(data, {**ports, **settings}, log=Path(folder) / "up.log") as running:
            yield running, data


def _until_up(process: subprocess.Popen[bytes], data: Path) -> RunningStack:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            return RunningStack.found_in(data)
        except StackError:
            time.sleep(0.2)
    raise StackError("The stack did not start; its messages say why.")
