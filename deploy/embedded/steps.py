"""Long steps of the set-up, told to the person who waits for them."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

Report = Callable[[str], None]
TICK_SECONDS = 10.0


class StackError(Exception):
    """The stack cannot start or go on; the message is one sentence for a person, with what to do."""


def say(line: str) -> None:
    """Report to standard error, so that standard output stays free for results."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def tail(log: Path, lines: int = 8) -> str:
    """Last lines of a log."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


def run_step(
    what: str,
    command: Sequence[str],
    *,
    log: Path,
    report: Report,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    counting: str | None = None,
) -> None:
    """Run one command to its end, with a line now and then; `counting` names what its lines of output stand for."""
    log.parent.mkdir(parents=True, exist_ok=True)
    report(f"  {what} ... (log: {log})")
    began = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=env, cwd=cwd
        )
        try:
            while process.poll() is None:
                try:
                    process.wait(TICK_SECONDS)
                except subprocess.TimeoutExpired:
                    done = f", {_line_count(log)} {counting}" if counting else ""
                    report(f"    {time.monotonic() - began:.0f} s{done}")
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
    if process.returncode != 0:
        raise StackError(f"{what} failed (exit code {process.returncode}). Last lines of {log}:\n{tail(log)}")
    report(f"    done in {time.monotonic() - began:.0f} s")


def _line_count(log: Path) -> int:
    return log.read_bytes().count(b"\n")
