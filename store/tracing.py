"""Spans for the commands that go to the server."""

from __future__ import annotations

from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import Span, SpanKind, StatusCode
from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)

UNTRACED = frozenset({"hello", "ping", "buildInfo", "endSessions"})


def command_listeners() -> list[CommandListener]:
    """None where nothing is traced: they cost time on each command."""
    return [TracedCommands()] if isinstance(trace.get_tracer_provider(), TracerProvider) else []


class TracedCommands(CommandListener):
    """Names the command and its collection; never what is in it. Outside of a trace there is nothing to tell."""

    def __init__(self) -> None:
        self._tracer = trace.get_tracer("bookrunner.store")
        self._spans: dict[int, Span] = {}

    def started(self, event: CommandStartedEvent) -> None:
        if event.command_name in UNTRACED or not trace.get_current_span().get_span_context().is_valid:
            return
        collection = event.command.get(event.command_name)
        where = collection if isinstance(collection, str) else ""
        self._spans[event.request_id] = self._tracer.start_span(
            f"{event.command_name} {where}".strip(),
            kind=SpanKind.CLIENT,
            attributes={
                "db.system.name": "mongodb",
                "db.operation.name": event.command_name,
                "db.collection.name": where,
                "db.namespace": event.database_name,
            },
        )

    def succeeded(self, event: CommandSucceededEvent) -> None:
        span = self._spans.pop(event.request_id, None)
        if span is not None:
            span.end()

    def failed(self, event: CommandFailedEvent) -> None:
        span = self._spans.pop(event.request_id, None)
        if span is not None:
            span.set_status(StatusCode.ERROR)
            span.end()
