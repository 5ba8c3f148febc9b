"""One trace from a request to the store, metrics of every process, and log lines with ids: on the whole product."""

from __future__ import annotations

import gzip
import json
import threading
import time
import uuid
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from deploy.embedded.product import fresh_product
from deploy.embedded.services import free_port
from deploy.embedded.supervisor import RunningStack
from tests.unit.telemetry.test_rules import OF_THE_SDK

PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Seen:
    service: str
    name: str
    trace_id: str


@dataclass
class Collector:
    """Takes traces as OTLP over HTTP."""

    spans: list[Seen] = field(default_factory=list[Seen])

    def take(self, body: bytes) -> None:
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            [service] = [one.value.string_value for one in resource.resource.attributes if one.key == "service.name"]
            for scope in resource.scope_spans:
                self.spans += [Seen(service, span.name, span.trace_id.hex()) for span in scope.spans]

    @contextmanager
    def listening(self) -> Generator[str]:
        take = self.take

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                take(gzip.decompress(body) if self.headers.get("content-encoding") == "gzip" else body)
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                return

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def until(found: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not found():
        assert time.monotonic() < deadline, what
        time.sleep(0.2)


@dataclass
class Watched:
    running: RunningStack
    data: Path
    collector: Collector
    metrics: dict[str, str]
    lead: httpx.Client
    deal_id: str


@pytest.fixture(scope="module")
def watched() -> Iterator[Watched]:
    collector = Collector()
    api, worker, sdk = free_port(), free_port(), free_port()
    with collector.listening() as endpoint:
        settings = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint,
            "OTEL_BSP_SCHEDULE_DELAY": "200",
            "BOOKRUNNER_LOG_FORMAT": "json",
            "BOOKRUNNER_API_METRICS_ADDRESS": f"127.0.0.1:{api}",
            "BOOKRUNNER_WORKER_METRICS_ADDRESS": f"127.0.0.1:{worker}",
            "BOOKRUNNER_TEMPORAL_METRICS_ADDRESS": f"127.0.0.1:{sdk}",
        }
        with fresh_product(**settings) as (running, data):
            assert running.api_url is not None
            lead = next(person for person in running.addresses.people() if person.role == "lead")
            headers = {"authorization": f"Bearer {lead.access_token}"}
            with httpx.Client(base_url=running.api_url, headers=headers, timeout=30) as client:
                ports = {"api": api, "worker": worker, "sdk": sdk}
                metrics = {name: f"http://127.0.0.1:{port}/metrics" for name, port in ports.items()}
                yield Watched(running, data, collector, metrics, client, str(lead.deal_id))


def make_book(watched: Watched) -> tuple[str, str]:
    """A book and the id of the request that made it."""
    request_id = f"test-{uuid.uuid4().hex}"
    made = watched.lead.post(
        "/cims", json={"deal_id": watched.deal_id, "title": "Seen"}, headers={"X-Request-Id": request_id}
    )
    assert made.status_code == 201, made.text
    assert made.headers["x-request-id"] == request_id
    return made.json()["id"], request_id


def test_one_trace_from_the_request_to_the_store(watched: Watched) -> None:
    make_book(watched)

    def traces() -> dict[str, list[Seen]]:
        found: dict[str, list[Seen]] = {}
        for span in watched.collector.spans:
            found.setdefault(span.trace_id, []).append(span)
        return found

    def whole() -> list[Seen]:
        for spans in traces().values():
            names = {(span.service, span.name) for span in spans}
            if ("bookrunner-api", "POST /cims") in names and any(
                service == "bookrunner-worker" and name.startswith("insert") for service, name in names
            ):
                return spans
        return []

    until(lambda: bool(whole()), f"no whole trace among {traces()}")
    said = {(span.service, span.name.split(" ")[0].split(":")[0]) for span in whole()}
    assert {
        ("bookrunner-api", "POST"),
        ("bookrunner-api", "group"),
        ("bookrunner-worker", "HandleUpdate"),
        ("bookrunner-worker", "RunActivity"),
    } <= said


def test_a_run_is_traced_to_the_model(watched: Watched) -> None:
    cim_id, _ = make_book(watched)
    asked = watched.lead.post(f"/cims/{cim_id}/messages", json={"text": "What is known?", "mode": "ask"})
    assert asked.status_code in (200, 201, 202), asked.text
    until(
        lambda: any(span.name == "model evidence-only" for span in watched.collector.spans), "no span of a model's call"
    )
    [model, *_] = [span for span in watched.collector.spans if span.name == "model evidence-only"]
    until(
        lambda: any(
            span.trace_id == model.trace_id and span.service == "bookrunner-api" for span in watched.collector.spans
        ),
        "the model's call has a trace of its own",
    )


def test_every_process_tells_its_metrics(watched: Watched) -> None:
    cim_id, _ = make_book(watched)
    asked = watched.lead.post(f"/cims/{cim_id}/messages", json={"text": "And now?", "mode": "ask"})
    assert asked.is_success
    told = httpx.get(watched.metrics["api"]).text
    assert 'bookrunner_http_requests_total{operation="create_cim",status="201"}' in told
    assert 'bookrunner_commands_total{status="done",type="create"}' in told
    until(
        lambda: 'bookrunner_model_calls_total{model="evidence-only"' in httpx.get(watched.metrics["worker"]).text,
        "the worker counts no call of a model",
    )
    sdk = httpx.get(watched.metrics["sdk"]).text
    for name in OF_THE_SDK:
        if not name.endswith("_failed"):
            assert f"\n{name}{{" in sdk, name


def test_log_lines_carry_the_ids(watched: Watched) -> None:
    cim_id, request_id = make_book(watched)
    read = watched.lead.get(f"/cims/{cim_id}", headers={"X-Request-Id": "bad id\twith spaces"})
    assert read.headers["x-request-id"] != "bad id\twith spaces"

    def lines() -> list[dict[str, object]]:
        text = (watched.data / "logs" / "api.log").read_text()
        return [json.loads(line) for line in text.splitlines() if line.startswith("{")]

    until(lambda: any(line.get("request_id") == request_id for line in lines()), "the request left no line")
    [line, *_] = [line for line in lines() if line.get("request_id") == request_id]
    assert line["service"] == "bookrunner-api"
    assert line["org_id"]
    assert line["trace_id"]

    def reading() -> list[dict[str, object]]:
        own = [line for line in lines() if line.get("request_id") == read.headers["x-request-id"]]
        return [line for line in own if str(line["message"]).startswith("GET read_cim: 200")]

    until(lambda: bool(reading()), "the read left no line")
    assert [line["cim_id"] for line in reading()] == [cim_id]
