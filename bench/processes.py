"""Processes of the benchmarks: started, killed, and how much memory they take (Linux, as the embedded stack)."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from deploy.embedded.places import CHECKOUT
from deploy.embedded.services import HOST, free_port

READY_SECONDS = 60.0


class Absent(Exception):
    """A peer cannot be had here."""


class Served:
    """A peer's process: what it is called with, and where it answers."""

    def __init__(self, module: str, environment: dict[str, str]) -> None:
        self._module = module
        self._environment = environment
        self.port = free_port()
        self.process = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", self._module, "--port", str(self.port)],
            cwd=CHECKOUT,
            env={**os.environ, **self._environment},
        )
        deadline = time.monotonic() + READY_SECONDS
        while not _answers(self.port):
            if process.poll() is not None or time.monotonic() > deadline:
                killed(process)
                raise Absent(f"{self._module} did not start")
            time.sleep(0.05)
        return process

    def restart(self) -> None:
        killed(self.process)
        self.process = self._started()

    def close(self) -> None:
        killed(self.process)


def children_of(pid: int) -> list[int]:
    """Linux only, as the embedded stack."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += [int(child) for child in task.read_text().split()]
    return found


def resident_mb(pid: int) -> float:
    """Of a process and all below it; what several share is counted once."""
    total, waiting = 0, [pid]
    while waiting:
        one = waiting.pop()
        with suppress(OSError):
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
            total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
            waiting += children_of(one)
    return total * 1024 / 1e6


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def killed(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    with suppress(subprocess.TimeoutExpired):
        process.wait(10)
