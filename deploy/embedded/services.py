"""Start, watch and stop processes, so that none outlives us."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.embedded.steps import StackError, tail

REAPER = Path(__file__).with_name("reaper.py")
HOST = "127.0.0.1"
LONGEST_LOG_BYTES = 20_000_000
QUIET_PORTS = (20_000, 32_000)


@dataclass(frozen=True)
class Port:
    """A TCP port on this machine; `variable` is the setting that moves it."""

    number: int
    variable: str


@dataclass(frozen=True)
class Service:
    """One process: how it is started, when it is well, how long it may take (seconds).

    `secrets` are blackened in its log once it is well: some programs print their keys when they start.
    """

    name: str
    argv: Sequence[str]
    healthy: Callable[[], bool]
    env: Mapping[str, str] = field(default_factory=dict[str, str])
    cwd: Path | None = None
    ports: Sequence[Port] = ()
    secrets: Sequence[str] = ()
    start_seconds: float = 60.0
    stop_seconds: float = 10.0


def free_port() -> int:
    """A TCP port that nobody uses now, out of the range from which systems give ports to outgoing connections."""
    while port_taken(number := random.randint(*QUIET_PORTS)):
        pass
    return number


def port_taken(number: int) -> bool:
    """Whether another program listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, number))
        except OSError:
            return True
    return False


def accepts(number: int) -> bool:
    """Whether something answers a TCP connection on the port."""
    try:
        with socket.create_connection((HOST, number), timeout=1.0):
            return True
    except OSError:
        return False


class Runner:
    """The processes that we started, in order; thread-safe."""

    def __init__(self, logs: Path, *, keep_open: Sequence[int] = ()) -> None:
        """`keep_open`: file descriptors (locks) that stay held until the last process is gone."""
        self._logs = logs
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._services: dict[str, Service] = {}
        self._lock = threading.Lock()
        self._giving_up = threading.Event()
        logs.mkdir(parents=True, exist_ok=True)
        self._reaper = subprocess.Popen(
            [sys.executable, "-I", "-S", str(REAPER)],
            stdin=subprocess.PIPE,
            start_new_session=True,
            pass_fds=tuple(keep_open),
            text=True,
        )

    def log(self, name: str) -> Path:
        """Log file of a service."""
        return self._logs / f"{name}.log"

    def pid(self, name: str) -> int:
        """Process id of a running service."""
        return self._processes[name].pid

    def start(self, service: Service) -> None:
        """Start a service and wait until it is well."""
        self.launch(service)
        self.await_health(service)

    def launch(self, service: Service) -> None:
        """Start a service without waiting."""
        for port in service.ports:
            if port_taken(port.number):
                raise StackError(
                    f"Port {port.number}, wanted for {service.name}, is taken by another program: "
                    f"stop that one, or set {port.variable} to a free port."
                )
        _begin_anew_when_long(self.log(service.name))
        with self.log(service.name).open("ab") as log:
            process = subprocess.Popen(
                service.argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **service.env},
                cwd=service.cwd,
                start_new_session=True,
            )
        with self._lock:
            self._tell_reaper(f"+{process.pid}")
            self._processes[service.name] = process
            self._services[service.name] = service

    def await_health(self, service: Service) -> None:
        """Wait until a launched service is well; a StackError says why it is not."""
        process = self._processes[service.name]
        deadline = time.monotonic() + service.start_seconds
        while not service.healthy():
            log = self.log(service.name)
            if self._giving_up.is_set():
                raise StackError(f"{service.name} is no longer waited for.")
            if process.poll() is not None:
                raise StackError(
                    f"{service.name} ended while starting (exit code {process.returncode}). Last lines of {log}:\n"
                    f"{tail(log)}"
                )
            if time.monotonic() > deadline:
                raise StackError(
                    f"{service.name} did not become ready within {service.start_seconds:.0f} s. Last lines of {log}:\n"
                    f"{tail(log)}"
                )
            time.sleep(0.05)
        _blacken(self.log(service.name), service.secrets)

    def give_up(self) -> None:
        """Let nobody wait any longer for the health of a service."""
        self._giving_up.set()

    def ended(self) -> dict[str, int]:
        """Exit codes of services that have ended without being asked to."""
        with self._lock:
            return {name: code for name, p in self._processes.items() if (code := p.poll()) is not None}

    def forget(self, name: str) -> None:
        """Clean up after a service that ended by itself, so that it can be started again."""
        with self._lock:
            process = self._processes.pop(name)
            _signal_group(process.pid, signal.SIGKILL)
            process.wait()
            self._tell_reaper(f"-{process.pid}")

    def stop(self, name: str, *, number: signal.Signals = signal.SIGTERM) -> None:
        """Stop one service: the signal to its whole process group, then SIGKILL for what stays."""
        with self._lock:
            process = self._processes.pop(name, None)
        if process is None:
            return
        _signal_group(process.pid, number)
        try:
            process.wait(self._services[name].stop_seconds)
        except subprocess.TimeoutExpired:
            _signal_group(process.pid, signal.SIGKILL)
            process.wait()
        _signal_group(process.pid, signal.SIGKILL)
        with self._lock:
            self._tell_reaper(f"-{process.pid}")

    def close(self) -> None:
        """Stop everything in the reverse order, and the reaper at last."""
        for name in reversed(list(self._processes)):
            self.stop(name)
        assert self._reaper.stdin is not None
        self._reaper.stdin.close()
        self._reaper.wait()

    def _tell_reaper(self, line: str) -> None:
        assert self._reaper.stdin is not None
        self._reaper.stdin.write(line + "\n")
        self._reaper.stdin.flush()


def _blacken(log: Path, secrets: Sequence[str]) -> None:
    """Writes over them in place, since the process goes on writing at the end."""
    content = log.read_bytes() if secrets else b""
    with log.open("r+b") as handle:
        for secret in (secret.encode() for secret in secrets):
            at = content.find(secret)
            while at >= 0:
                handle.seek(at)
                handle.write(b"*" * len(secret))
                at = content.find(secret, at + len(secret))


def _begin_anew_when_long(log: Path) -> None:
    if log.exists() and log.stat().st_size > LONGEST_LOG_BYTES:
        log.replace(log.with_suffix(".old.log"))


def _signal_group(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return
