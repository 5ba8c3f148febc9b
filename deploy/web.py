"""The workspace: build it where its sources changed, and check it. `python -m deploy.web build | check`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from deploy.bootstrap import with_certificates
from deploy.embedded import tools
from deploy.embedded.places import CHECKOUT, cache_dir, exclusive
from deploy.embedded.steps import Report, StackError, run_step, say

WEB = CHECKOUT / "web"
DIST = WEB / "dist"
SOURCES = ("index.html", "package-lock.json", "vite.config.ts", "postcss.config.cjs", "tsconfig.json")
FOLDERS = ("src", "public", "scripts")


def build(report: Report) -> None:
    """Make web/dist, unless it is what these sources give; a StackError says why it cannot be made."""
    if not (WEB / "package.json").exists():
        return
    with exclusive(_lock()):
        state, stamp = _state(), DIST / ".built"
        if stamp.exists() and stamp.read_text() == state:
            return
        install(report)
        _npm(["run", "build"], "Building the workspace", report)
        stamp.write_text(state)


def install(report: Report) -> None:
    """The packages of package-lock.json, once for each state of it."""
    wanted, stamp = tools.digest(WEB / "package-lock.json"), WEB / "node_modules" / ".installed"
    if not stamp.exists() or stamp.read_text() != wanted:
        what = "Installing what the workspace is built with"
        _npm(["ci", "--no-audit", "--no-fund", "--loglevel=error"], what, report)
        stamp.write_text(wanted)


def weigh(report: Report) -> None:
    """A StackError where the first load of what was built is above its budget."""
    _npm(["run", "size"], "Weighing the first load", report)


def check(report: Report) -> int:
    """Types, lint, format and unit tests."""
    with exclusive(_lock()):
        install(report)
    command = [*_npm_command(report), "run", "--silent", "check"]
    return subprocess.run(command, cwd=WEB, env=node_environment(report), check=False).returncode


def _state() -> str:
    files = [WEB / name for name in SOURCES]
    for folder in FOLDERS:
        files += sorted(file for file in (WEB / folder).rglob("*") if file.is_file() and ".test." not in file.name)
    return tools.digest(*files)


def _lock() -> Path:
    return cache_dir() / "web" / "lock"


def _npm(arguments: list[str], what: str, report: Report) -> None:
    log = cache_dir() / "web" / f"{arguments[0]}.log"
    run_step(what, [*_npm_command(report), *arguments], log=log, report=report, env=node_environment(report), cwd=WEB)


def _npm_command(report: Report) -> list[str]:
    return tools.npm_command(tools.node(report))


def node_environment(report: Report) -> dict[str, str]:
    env = with_certificates(os.environ)
    env["PATH"] = f"{tools.node(report).parent}{os.pathsep}{env.get('PATH', os.defpath)}"
    return env


def main() -> int:
    """Build or check, by the first argument."""
    what = sys.argv[1] if len(sys.argv) > 1 else ""
    try:
        if what == "build":
            build(say)
            return 0
        if what == "check":
            return check(say)
    except StackError as problem:
        say(str(problem))
        return 1
    say("One of: build, check.")
    return 2


if __name__ == "__main__":
    sys.exit(main())
