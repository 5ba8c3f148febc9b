"""API processes and workers that start quickly: forked from a process that has imported the code and done nothing else.

`python -m tests.chaos.nursery` reads one JSON object a line, starts the process that it describes and answers with its
id. At the end of its input everything that it started is killed.
"""

from __future__ import annotations

import gc
import importlib
import os
import runpy
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from deploy.embedded.places import CHECKOUT
from domain.values import Value

Kind = Literal["api", "worker"]
GONE_LOOK_SECONDS = 0.005


class Birth(Value):
    """A process to start: its environment on top of the nursery's, and the file of its words."""

    kind: Kind
    environment: dict[str, str]
    log: str


class Nursery:
    """The nursery as others use it; not safe to be used by several threads at once."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        with log.open("ab") as words:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.chaos.nursery"],
                cwd=CHECKOUT,
                env={**os.environ, **environment},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=words,
                text=True,
                start_new_session=True,
            )

    def started(self, birth: Birth) -> int:
        """The id of a new process."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(birth.model_dump_json() + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        """Kills what was started, and waits until it is gone."""
        self._process.communicate()


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def kill(pid: int) -> None:
    """kill -9, and waits until nothing is left of the process."""
    if is_alive(pid):
        os.kill(pid, signal.SIGKILL)
    while is_alive(pid):
        time.sleep(GONE_LOOK_SECONDS)


def _serve() -> None:
    _import_everything()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    started: list[int] = []
    for line in sys.stdin:
        birth = Birth.model_validate_json(line)
        pid = os.fork()
        if pid == 0:
            _live(birth)
        started.append(pid)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()
    for pid in started:
        kill(pid)


def _import_everything() -> None:
    for name in ("api.__main__", "worker"):
        importlib.import_module(name)
    gc.collect()
    gc.freeze()


def _live(birth: Birth) -> None:
    """Never returns."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.update(birth.environment)
    words = os.open(birth.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, target in ((nothing, 0), (words, 1), (words, 2)):
        os.dup2(number, target)
    code = 1
    try:
        if birth.kind == "api":
            runpy.run_module("api", run_name="__main__", alter_sys=True)
        else:
            runpy.run_path(str(CHECKOUT / "worker.py"), run_name="__main__")
    except SystemExit as exit_:
        code = exit_.code if isinstance(exit_.code, int) else 1
    finally:
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    _serve()
