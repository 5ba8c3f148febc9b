"""Which code ran: the commit of a checkout, and whether that was all."""

from __future__ import annotations

import subprocess
from pathlib import Path

from domain.values import Value


class Tree(Value):
    """`clean`: no file that is kept in the repository was changed."""

    commit: str
    clean: bool


def tree_of(folder: Path) -> Tree | None:
    """None where there is no Git, or nothing of it."""
    try:
        commit = _told(folder, "rev-parse", "HEAD")
        changed = _told(folder, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.CalledProcessError):
        return None
    return Tree(commit=commit, clean=not changed)


def _told(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()
