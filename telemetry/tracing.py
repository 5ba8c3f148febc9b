"""Traces by OpenTelemetry: from a request through workflow and activities to the store, in one trace."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from fastapi import FastAPI
from opentelemetry import context, trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from temporalio.client import Interceptor
from temporalio.contrib.opentelemetry import TracingInterceptor

from telemetry.ids import current_ids, identified
from telemetry.requests import CarriedRequests

UNTRACED = "health,ready,stream$,/assets/,/app"
"""Parts of addresses: probes, files, and streams that stay open for hours."""


def start_tracing(endpoint: str | None, service: str) -> None:
    """For the whole process. Without an endpoint (OTLP over HTTP) nothing is traced, and nothing is paid."""
    if endpoint is None:
        return
    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    HTTPXClientInstrumentor().instrument(tracer_provider=provider)


def stop_tracing() -> None:
    """Sends what is left."""
    provider = trace.get_tracer_provider()
    if isinstance(provider, TracerProvider):
        provider.shutdown()


def is_tracing() -> bool:
    return isinstance(trace.get_tracer_provider(), TracerProvider)


def trace_requests(app: FastAPI) -> None:
    if is_tracing():
        FastAPIInstrumentor.instrument_app(app, excluded_urls=UNTRACED, exclude_spans=["receive", "send"])


def temporal_interceptors() -> list[Interceptor]:
    """For clients of Temporal, and with them for workers."""
    return [CarriedRequests(), *([TracingInterceptor()] if is_tracing() else [])]


@dataclass(frozen=True)
class Place:
    """Where work belongs that is done later: its span, and its ids."""

    span: Context
    ids: Mapping[str, str]


def here() -> Place:
    return Place(context.get_current(), dict(current_ids()))


@contextmanager
def together(name: str, places: Sequence[Place]) -> Generator[None]:
    """For what is done for several at once: with the ids of the first, in a span of its trace, linked to the others."""
    links = [trace.Link(trace.get_current_span(place.span).get_span_context()) for place in places[1:]]
    tracer = trace.get_tracer("bookrunner")
    with identified(**places[0].ids), tracer.start_as_current_span(name, context=places[0].span, links=links):
        yield
