"""Ends what its parent started when the parent is gone, however it went. Started by `Runner`; standard library only.

Reads lines from standard input: `+<process group>` and `-<process group>`. At the end of the input it ends the groups
that are left, newest first: SIGTERM, and SIGKILL for what has not gone after some seconds.
"""

from __future__ import annotations

import os
import signal
import sys
import time

PATIENCE_SECONDS = 8.0


def alive(group: int) -> bool:
    """Whether any process of the group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def end(groups: list[int]) -> None:
    """End process groups, newest first."""
    for group in reversed(groups):
        if alive(group):
            os.killpg(group, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while any(alive(group) for group in groups) and time.monotonic() < deadline:
        time.sleep(0.05)
    for group in groups:
        if alive(group):
            os.killpg(group, signal.SIGKILL)


def main() -> None:
    """Follow the input until it ends."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: list[int] = []
    for line in sys.stdin:
        group = int(line[1:])
        if line[0] == "+":
            groups.append(group)
        elif group in groups:
            groups.remove(group)
    end(groups)


if __name__ == "__main__":
    main()
