"""What is seen of each request from outside: its id, its ids in log lines, its count and time."""

from __future__ import annotations

import logging
import time
from typing import Any
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from telemetry.ids import add_ids, identified
from telemetry.metrics import REQUEST_SECONDS, REQUESTS, STREAMS
from telemetry.requests import SOUND

logger = logging.getLogger(__name__)

HEADER = "X-Request-Id"
STREAM = "stream_events"
NO_ROUTE = "unknown"
UNTOLD = frozenset({"health", "ready"})
"""Probes leave no lines, nor do files of the workspace that were found."""


class Observing:
    """A request id is taken from the request where it is a sound one, and answered with in any case."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        request_id = given if SOUND.fullmatch(given) else uuid4().hex
        status, began = 500, time.perf_counter()

        async def naming_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = request_id
                if _operation(scope) == STREAM and status == 200:
                    STREAMS.inc()
            await send(message)

        with identified(request_id=request_id):
            try:
                await self._app(scope, receive, naming_send)
            finally:
                _tell(scope, status, time.perf_counter() - began)


def _tell(scope: Scope, status: int, seconds: float) -> None:
    operation = _operation(scope)
    REQUESTS.labels(operation, str(status)).inc()
    if operation == STREAM:
        if status == 200:
            STREAMS.dec()
    else:
        REQUEST_SECONDS.labels(operation).observe(seconds)
    if operation not in UNTOLD and (operation != NO_ROUTE or status >= 400):
        add_ids(**_ids_in(scope))
        logger.info("%s %s: %d in %.0f ms", scope["method"], operation, status, 1000 * seconds)


def _operation(scope: Scope) -> str:
    """By its id; `unknown` for files of the workspace, and where nothing serves the address."""
    return getattr(scope.get("route"), "operation_id", None) or NO_ROUTE


def _ids_in(scope: Scope) -> dict[str, str]:
    parameters: dict[str, Any] = scope.get("path_params", {})
    return {name: str(parameters[name]) for name in ("cim_id", "run_id", "org_id") if name in parameters}
