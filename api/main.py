"""The API with its logs, metrics and traces, as a process has it: `python -m api`, or any other ASGI server."""

from __future__ import annotations

from fastapi import FastAPI

from api.app import create_app
from api.draining import Drain
from api.parts import open_parts
from settings import Settings
from telemetry.logs import configure_logs
from telemetry.metrics import serve_metrics
from telemetry.tracing import start_tracing, trace_requests

SERVICE = "bookrunner-api"


def create(settings: Settings | None = None, drain: Drain | None = None) -> FastAPI:
    given = settings or Settings()
    configure_logs(given.log_format, SERVICE)
    serve_metrics(given.api_metrics_address)
    start_tracing(given.otlp_endpoint, SERVICE)
    app = create_app(given, lambda: open_parts(given, drain=drain))
    trace_requests(app)
    return app
