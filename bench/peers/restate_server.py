"""A Restate server of one's own for the time of a with-block, from the npm package of its makers."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx

from deploy.embedded import tools
from deploy.embedded.places import cache_dir
from deploy.embedded.services import HOST, free_port
from deploy.embedded.steps import say

VERSION = "1.7.12"
START_SECONDS = 60.0
FSYNC = "rocksdb-disable-wal-fsync"


class Restate(NamedTuple):
    ingress: str
    admin: str
    settings: dict[str, str]

    def register(self, port: int) -> None:
        """Makes the handlers that are served on a port of this machine known."""
        answer = httpx.post(
            f"{self.admin}/deployments", json={"uri": f"http://{HOST}:{port}", "force": True}, timeout=30
        )
        answer.raise_for_status()


def program() -> Path:
    """Fetched once. Raises OSError or subprocess.CalledProcessError where it cannot be had."""
    home = cache_dir() / f"restate-{VERSION}"
    found = next(home.glob("node_modules/@restatedev/restate-server-*/bin/restate-server"), None)
    if found is None:
        say(f"  Fetching Restate {VERSION} into {home} …")
        home.mkdir(parents=True, exist_ok=True)
        npm = tools.npm_command(tools.node(say))
        command = [*npm, "install", "--no-save", "--ignore-scripts", f"@restatedev/restate-server@{VERSION}"]
        subprocess.run(command, cwd=home, check=True, capture_output=True)
        found = next(home.glob("node_modules/@restatedev/restate-server-*/bin/restate-server"))
    return found


@contextmanager
def restate(folder: Path) -> Generator[Restate]:
    ports = {name: free_port() for name in ("INGRESS", "ADMIN", "NODE")}
    address = f"http://{HOST}:{ports['ADMIN']}"
    environment = {
        **os.environ,
        "RESTATE_BASE_DIR": str(folder / "restate"),
        "RESTATE_BIND_IP": HOST,
        "RESTATE_LISTEN_MODE": "tcp",
        "RESTATE_INGRESS__BIND_PORT": str(ports["INGRESS"]),
        "RESTATE_ADMIN__BIND_PORT": str(ports["ADMIN"]),
        "RESTATE_BIND_PORT": str(ports["NODE"]),
        "RESTATE_LOG_FILTER": "error",
        "RESTATE_DISABLE_TELEMETRY": "true",
        "DO_NOT_TRACK": "1",
    }
    server = program()
    dumped = subprocess.run([server, "--dump-config"], env=environment, capture_output=True, text=True, check=True)
    process = subprocess.Popen(
        [server, "--no-logo"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _until_well(f"{address}/health", process)
        yield Restate(f"http://{HOST}:{ports['INGRESS']}", address, _told(dumped.stdout))
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder / "restate", ignore_errors=True)


def _told(config: str) -> dict[str, str]:
    """Whether any of its logs goes without fsync."""
    lines = [line.partition("=") for line in config.splitlines() if line.startswith(FSYNC)]
    return {FSYNC: ", ".join(sorted({value.strip() for _, _, value in lines}))}


def _until_well(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(url, timeout=2).is_success:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise RuntimeError("Restate did not start.")
