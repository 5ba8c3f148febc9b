"""The code of an earlier release, and processes of any release on one set of data."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import httpx
from pymongo import MongoClient

from deploy.embedded.places import CHECKOUT
from deploy.embedded.services import HOST, Runner, Service, free_port
from deploy.embedded.stack import Addresses
from deploy.embedded.steps import StackError
from deploy.embedded.supervisor import RunningStack
from deploy.embedded.unpacking import unpack
from settings import Settings
from store.migrations import MIGRATIONS

RELEASES = CHECKOUT / "tests" / "releases.toml"
SQL = Path("deploy", "supabase", "migrations")
PORTS = ("API", "TEMPORAL", "TEMPORAL_UI", "MONGODB", "SUPABASE")
CONTINUE_AS_NEW_AFTER_EVENTS = 60
"""Books go on in fresh histories again and again, so that each release takes over what the other has begun."""
STOP_SECONDS = 25


class NotHere(Exception):
    """The commit of a release is not in this repository, for instance in a shallow clone."""


@dataclass(frozen=True)
class Release:
    """The code of one release, and the Python that it runs with."""

    name: str
    folder: Path
    python: str

    @classmethod
    def current(cls) -> Self:
        return cls("current", CHECKOUT, sys.executable)

    @classmethod
    def previous(cls, folder: Path) -> Self:
        """The newest one that is listed, unpacked into a folder. Raises NotHere."""
        latest = tomllib.loads(RELEASES.read_text())["release"][-1]
        archive = subprocess.run(["git", "archive", latest["commit"]], cwd=CHECKOUT, capture_output=True, check=False)
        if archive.returncode:
            raise NotHere(f"{latest['name']}, {latest['commit']}: {archive.stderr.decode().strip()}")
        with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
            unpack(files, folder)
        if _dependencies(folder) == _dependencies(CHECKOUT):
            return cls(latest["name"], folder, sys.executable)
        subprocess.run([sys.executable, "deploy/bootstrap.py"], cwd=folder, check=True)
        return cls(latest["name"], folder, str(folder / ".venv" / "bin" / "python"))


class Installation:
    """Data, backing parts, and workers and APIs of several releases on them."""

    def __init__(self, folder: Path) -> None:
        self._data = folder / "data"
        self._runner = Runner(folder / "logs")
        self._ports = {f"BOOKRUNNER_{part}_PORT": str(free_port()) for part in PORTS}

    @property
    def addresses(self) -> Addresses:
        return RunningStack.found_in(self._data).addresses

    def start_backing(self, release: Release) -> None:
        """Temporal, the store and Supabase, with what this release does to their data when it starts."""
        argv = [release.python, "-m", "cli", "up", "--backing-only"]
        env = {**self._ports, "BOOKRUNNER_DATA_DIR": str(self._data)}
        self._runner.start(
            Service("backing", argv, self._is_up, env, release.folder, start_seconds=240, stop_seconds=60)
        )

    def stop_backing(self) -> None:
        self._runner.stop("backing")

    def migrate_supabase(self, running: Release, to: Release) -> None:
        """Only the SQL of a release, under the backing parts of another one, which restart for it: the embedded
        Supabase takes SQL at its start alone. Changes the code of `running`, which is a copy."""
        assert running.folder != CHECKOUT
        shutil.copytree(to.folder / SQL, running.folder / SQL, dirs_exist_ok=True)
        self.stop_backing()
        self.start_backing(running)

    def migrate(self, release: Release) -> dict[str, int]:
        """`python -m cli migrate`: how many documents each step of the common database has changed."""
        argv = [release.python, "-m", "cli", "migrate", "--json"]
        env = {**os.environ, **self._environment()}
        done = subprocess.run(argv, cwd=release.folder, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-4_000:]
        [database] = json.loads(done.stdout)
        assert {step["state"] for step in database["steps"]} == {"done"}
        return {step["id"]: step["changed"] for step in database["steps"]}

    def forget_migrations(self) -> None:
        """Lets the next `migrate` look at every document again."""
        assert self.addresses.mongodb_url is not None
        client: MongoClient[dict[str, object]] = MongoClient(self.addresses.mongodb_url)
        with client:
            client[Settings().mongodb_database][MIGRATIONS].delete_many({})

    def start_worker(self, release: Release) -> None:
        ready = self._data / f"worker-{release.name}.ready"
        ready.unlink(missing_ok=True)
        env = self._environment() | {"BOOKRUNNER_READY_FILE": str(ready)}
        argv = [release.python, str(release.folder / "worker.py")]
        self._start(f"worker-{release.name}", argv, ready.exists, env, release)

    def start_api(self, release: Release) -> str:
        """Its address."""
        port = free_port()
        url = f"http://{HOST}:{port}"
        env = self._environment() | {"BOOKRUNNER_API_HOST": HOST, "BOOKRUNNER_API_PORT": str(port)}
        argv = [release.python, "-m", "api"]
        if not (release.folder / "api" / "__main__.py").exists():
            argv = [release.python, "-m", "uvicorn", "api.main:create", "--factory", "--host", HOST]
            argv += ["--port", str(port), "--timeout-graceful-shutdown", "5"]
        self._start(f"api-{release.name}", argv, lambda: _is_well(url), env, release)
        return url

    def stop_api(self, release: Release) -> None:
        self._runner.stop(f"api-{release.name}")

    def stop_worker(self, release: Release) -> None:
        self._runner.stop(f"worker-{release.name}")

    def close(self) -> None:
        self._runner.close()

    def _start(
        self, name: str, argv: Sequence[str], is_well: Callable[[], bool], env: Mapping[str, str], release: Release
    ) -> None:
        self._runner.start(
            Service(name, argv, is_well, env, release.folder, start_seconds=120, stop_seconds=STOP_SECONDS)
        )

    def _environment(self) -> dict[str, str]:
        return {
            **self._ports,
            **self.addresses.environment(),
            "BOOKRUNNER_AUDIT_FOLDER": str(self._data / "audit"),
            "BOOKRUNNER_CONTINUE_AS_NEW_AFTER_EVENTS": str(CONTINUE_AS_NEW_AFTER_EVENTS),
        }

    def _is_up(self) -> bool:
        try:
            RunningStack.found_in(self._data)
        except StackError:
            return False
        return True


@contextmanager
def installation(folder: Path) -> Generator[Installation]:
    """Nothing of it runs when the block is left."""
    folder.mkdir(parents=True, exist_ok=True)
    found = Installation(folder)
    try:
        yield found
    finally:
        found.close()


def _dependencies(checkout: Path) -> list[str]:
    return tomllib.loads((checkout / "pyproject.toml").read_text())["project"]["dependencies"]


def _is_well(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health", timeout=2.0, trust_env=False).is_success
    except httpx.TransportError:
        return False
