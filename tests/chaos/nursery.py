"""API processes and workers that start quickly: forked from a process that has imported the code and done nothing else.

`python -m tests.chaos.nursery` reads one JSON object a line: it starts the process that it describes, or kills the one
that it names, and answers with its id. At the end of its input everything that it started is killed.
"""

from __future__ import annotations

import gc
import importlib
import os
import runpy
import signal
import subprocess
import sys
import threading
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


class Order(Value):
    """One of both."""

    start: Birth | None = None
    kill: int = 0


class Nursery:
    """The nursery as others use it; thread-safe."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        self._lock = threading.Lock()
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
        return self._told(Order(start=birth))

    def kill(self, pid: int) -> None:
        """kill -9; nothing is left of the process afterwards."""
        self._told(Order(kill=pid))

    def close(self) -> None:
        """Kills what was started, and waits until it is gone."""
        with self._lock:
            self._process.communicate()

    def _told(self, order: Order) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._lock:
            self._process.stdin.write(order.model_dump_json() + "\n")
            self._process.stdin.flush()
            return int(self._process.stdout.readline())


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _is_child(pid: int) -> bool:
    """Whether it lives and is ours. The system takes away the dead, and may give their numbers to others."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return False
    return True


def _kill(pid: int) -> None:
    if _is_child(pid):
        os.kill(pid, signal.SIGKILL)
    while _is_child(pid):
        time.sleep(GONE_LOOK_SECONDS)


def _serve() -> None:
    _import_everything()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    started: list[int] = []
    for line in sys.stdin:
        order = Order.model_validate_json(line)
        pid = order.kill
        if order.start is None:
            _kill(pid)
        else:
            pid = os.fork()
            if pid == 0:
                _live(order.start)
            started.append(pid)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()
    for pid in started:
        _kill(pid)


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
