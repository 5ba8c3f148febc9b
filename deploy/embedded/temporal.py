"""Temporal's development server, tuned as measured (see docs/operations.md), with its data in one SQLite file."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from deploy.embedded import tools
from deploy.embedded.services import HOST, Port, Service
from deploy.embedded.steps import Report

SEARCH_ATTRIBUTES = {
    "OrgId": "Keyword",
    "DealId": "Keyword",
    "OwnerId": "Keyword",
    "CimStage": "Keyword",
    "CimStatus": "Keyword",
    "StaleSlides": "Int",
}
# The server has one history shard; by default it looks at that shard's queues at most 20 times a second.
POLLS_PER_SECOND = 2000
FASTER_QUEUES = ("transferProcessorMaxPollRPS", "timerProcessorMaxPollRPS", "visibilityProcessorMaxPollRPS")


def service(data: Path, port: int, ui_port: int | None, codec_url: str | None, report: Report) -> Service:
    """The server on `port`; without a `ui_port` it runs headless. `codec_url`: where its UI asks for payloads."""
    program = tools.temporal(report)
    data.mkdir(parents=True, exist_ok=True)
    home = {"HOME": os.environ.get("HOME", str(data))}
    argv = [str(program), "server", "start-dev", "--ip", HOST, "--port", str(port), "--log-level", "error"]
    argv += ["--db-filename", str(data / "temporal.db")]
    argv += ["--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=full"]
    argv += ["--headless"] if ui_port is None else ["--ui-port", str(ui_port)]
    if ui_port is not None and codec_url is not None:
        argv += ["--ui-codec-endpoint", codec_url]
    for queue in FASTER_QUEUES:
        argv += ["--dynamic-config-value", f"history.{queue}={POLLS_PER_SECOND}"]
    for name, kind in SEARCH_ATTRIBUTES.items():
        argv += ["--search-attribute", f"{name}={kind}"]
    ask = [str(program), "operator", "search-attribute", "list", "--address", f"{HOST}:{port}"]
    ask += ["--client-connect-timeout", "2s", "--command-timeout", "4s"]

    def healthy() -> bool:
        done = subprocess.run(ask, capture_output=True, text=True, env={**os.environ, **home}, check=False)
        return done.returncode == 0 and all(name in done.stdout for name in SEARCH_ATTRIBUTES)

    ports = [Port(port, "BOOKRUNNER_TEMPORAL_PORT")]
    if ui_port is not None:
        ports.append(Port(ui_port, "BOOKRUNNER_TEMPORAL_UI_PORT"))
    return Service("temporal", argv, healthy, env=home, ports=ports)
