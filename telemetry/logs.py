"""Log lines: for people who look at a terminal, or one JSON object each for machines that collect them."""

from __future__ import annotations

import logging
from typing import Literal

from opentelemetry import trace
from pythonjsonlogger.json import JsonFormatter

from telemetry.ids import current_ids

LogFormat = Literal["text", "json"]
FIELDS = "%(asctime)s %(levelname)s %(name)s %(message)s"


class WithIds(logging.Filter):
    """Gives each line the ids of what is being done, and of the trace it belongs to."""

    def filter(self, record: logging.LogRecord) -> bool:
        for name, value in current_ids().items():
            setattr(record, name, value)
        span = trace.get_current_span().get_span_context()
        if span.is_valid:
            record.trace_id = trace.format_trace_id(span.trace_id)
            record.span_id = trace.format_span_id(span.span_id)
        return True


def configure_logs(log_format: LogFormat, service: str, level: int = logging.INFO) -> None:
    """For the whole process; its own lines and those of its libraries."""
    handler = logging.StreamHandler()
    if log_format == "json":
        handler.addFilter(WithIds())
        handler.setFormatter(
            JsonFormatter(
                FIELDS,
                rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
                static_fields={"service": service},
                datefmt="%Y-%m-%dT%H:%M:%S%z",
            )
        )
    else:
        handler.setFormatter(logging.Formatter(FIELDS))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    logging.getLogger("httpx").setLevel(logging.WARNING)
