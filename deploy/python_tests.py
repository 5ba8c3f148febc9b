"""All tests in Python, with what was left out and why.

A few that fail are tried once more, alone; what passes only then is told by name.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from deploy.bootstrap import CHECKOUT, say

# Some Python 3.11 builds abort while temporalio is unloaded, after all tests have passed; so nothing is unloaded.
PYTEST = "import os, sys, pytest; code = pytest.main(); sys.stdout.flush(); sys.stderr.flush(); os._exit(code)"
TESTS_FAILED = 1
MOST_TRIED_AGAIN = 5


def run_in(checkout: Path) -> int:
    """The exit code of pytest for the tests of a checkout."""
    code = _pytest(checkout, "-n", "auto", "--maxprocesses", "4", "--cache-clear")
    failed = failed_in(checkout)
    if code != TESTS_FAILED or not 0 < len(failed) <= MOST_TRIED_AGAIN:
        return code
    say(f"== {len(failed)} failed; tried once more, alone")
    code = _pytest(checkout, "--last-failed", "--last-failed-no-failures", "none")
    if code == 0:
        say("\n     ".join(("== UNSTEADY, passed at the second try only:", *failed)))
    return code


def failed_in(checkout: Path) -> list[str]:
    """The tests that failed in the last run of pytest, by its own notes."""
    notes = checkout / ".pytest_cache" / "v" / "cache" / "lastfailed"
    return sorted(json.loads(notes.read_bytes())) if notes.exists() else []


def _pytest(checkout: Path, *arguments: str) -> int:
    return subprocess.run([sys.executable, "-c", PYTEST, "-q", "-rs", *arguments], cwd=checkout, check=False).returncode


if __name__ == "__main__":
    sys.exit(run_in(CHECKOUT))
