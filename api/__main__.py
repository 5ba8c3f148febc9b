"""`python -m api`: the API as a process that leaves in good order. Settings come from the environment (settings.py)."""

from __future__ import annotations

import gc
import logging
import os
import sys

import uvicorn

from api.draining import Drain, DrainingServer
from api.main import create
from settings import Settings
from telemetry.tracing import stop_tracing

FINISHING_SECONDS = 5
"""How long requests under way may take after that."""
KEEP_ALIVE_SECONDS = 75
MOST_CONNECTIONS = 2_000


def main() -> int:
    settings, drain = Settings(), Drain()
    config = uvicorn.Config(
        create(settings, drain),
        host=settings.api_host,
        port=settings.api_port,
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=FINISHING_SECONDS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        limit_concurrency=MOST_CONNECTIONS,
    )
    server = DrainingServer(config, drain, settings.api_drain_seconds)
    server.run()
    stop_tracing()
    return 0 if server.started else 1


if __name__ == "__main__":
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    code = main()
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    # On CPython 3.11 the SDK's threads can abort the interpreter while it shuts down, after all work is done.
    os._exit(code)
