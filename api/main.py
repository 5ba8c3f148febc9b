"""The API as a process: `uvicorn api.main:create --factory`. Settings come from the environment (settings.py)."""

from __future__ import annotations

from fastapi import FastAPI

from api.app import create_app
from settings import Settings
from telemetry.logs import configure_logs
from telemetry.metrics import serve_metrics
from telemetry.tracing import start_tracing, trace_requests

SERVICE = "bookrunner-api"


def create() -> FastAPI:
    settings = Settings()
    configure_logs(settings.log_format, SERVICE)
    serve_metrics(settings.api_metrics_address)
    start_tracing(settings.otlp_endpoint, SERVICE)
    app = create_app(settings)
    trace_requests(app)
    return app
