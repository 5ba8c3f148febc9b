"""One trace from a request to the store, metrics of every process, and log lines with ids: on the whole product."""

from __future__ import annotations

import asyncio
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
from pydantic import SecretStr
from temporalio.client import Client

from access import Assertions
from api.addresses import CIMAddress
from api.gateway import Refused, TemporalGateway
from deploy.embedded.product import fresh_product
from deploy.embedded.services import free_port
from deploy.embedded.supervisor import RunningStack
from domain.values import Actor
from telemetry.ids import identified
from telemetry.tracing import temporal_interceptors
from tests.unit.telemetry.test_rules import OF_THE_SDK
from workflows.calls import CIMCalls
from workflows.chores import HOUSEKEEPING_WORKFLOW, Chore
from workflows.contract import TASK_QUEUE, BranchChoice
from workflows.converter import data_converter

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


def ask(watched: Watched, cim_id: str) -> tuple[str, str]:
    """A run that answers a question, and the id of the request that asked it."""
    request_id = f"test-{uuid.uuid4().hex}"
    asked = watched.lead.post(
        f"/cims/{cim_id}/messages",
        json={"text": "What is known?", "mode": "ask"},
        headers={"X-Request-Id": request_id},
    )
    assert asked.status_code == 202, asked.text
    return asked.json()["run_id"], request_id


def test_one_trace_from_the_request_to_the_model(watched: Watched) -> None:
    cim_id, _ = make_book(watched)
    ask(watched, cim_id)
    wanted = {
        ("bookrunner-api", "POST /cims/{cim_id}/messages"),
        ("bookrunner-worker", "RunWorkflow:ThreadWorkflow"),
        ("bookrunner-worker", "RunWorkflow:RunWorkflow"),
        ("bookrunner-worker", "RunWorkflow:AgentWorkflow"),
        ("bookrunner-worker", "RunActivity:turn.think"),
        ("bookrunner-worker", "model evidence-only"),
        ("bookrunner-worker", "update usage"),
    }

    def missing() -> set[tuple[str, str]]:
        spans = list(watched.collector.spans)
        traces = {span.trace_id for span in spans if span.name == "model evidence-only"}
        said = [{(span.service, span.name) for span in spans if span.trace_id == one} for one in traces]
        return min((wanted - one for one in said), key=len, default=wanted)

    until(lambda: not missing(), f"no one trace has all of {wanted}")


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
    chores = httpx.get(watched.metrics["worker"]).text
    assert [chore for chore in Chore if f'\nbookrunner_chores_total{{chore="{chore}"}} ' not in chores] == []

    def missing() -> set[str]:
        sdk = httpx.get(watched.metrics["sdk"]).text
        return {name for name in OF_THE_SDK if f"\n{name}{{" not in sdk}

    asyncio.run(have_an_activity_fail(watched, cim_id))
    asyncio.run(have_a_workflow_task_fail(watched))
    until(lambda: not missing(), f"the SDK does not tell {OF_THE_SDK}")


async def temporal(watched: Watched) -> Client:
    address = watched.running.addresses.temporal_address
    assert address is not None
    return await Client.connect(address, data_converter=data_converter(), interceptors=temporal_interceptors())


async def have_an_activity_fail(watched: Watched, cim_id: str, request_id: str = "") -> None:
    """By a branch that there is not, which the API would have refused itself."""
    key = watched.running.addresses.service_role_key
    assert key is not None
    proofs = Assertions.of({}, SecretStr(key))
    gateway = TemporalGateway(await temporal(watched), CIMCalls(), proofs)
    choice = BranchChoice(
        cim_id=cim_id, thread_id="main", leaf_id="nowhere", org_id="org", chosen_by=Actor(kind="user", id="somebody")
    )
    with identified(request_id=request_id), pytest.raises(Refused):
        await gateway.switch_branch(
            CIMAddress(cim_id=cim_id, org_id="org", deal_id="deal", project_id="project"), choice
        )


async def have_a_workflow_task_fail(watched: Watched) -> None:
    client = await temporal(watched)
    handle = await client.start_workflow(
        HOUSEKEEPING_WORKFLOW, "no-such-chore", id=f"test-{uuid.uuid4().hex}", task_queue=TASK_QUEUE
    )
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                events = (await handle.fetch_history()).events
                if any(event.HasField("workflow_task_failed_event_attributes") for event in events):
                    return
                await asyncio.sleep(0.2)
    finally:
        await handle.terminate()


def lines(watched: Watched, process: str) -> list[dict[str, object]]:
    text = (watched.data / "logs" / f"{process}.log").read_text()
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def test_lines_of_the_api_carry_the_ids(watched: Watched) -> None:
    cim_id, request_id = make_book(watched)
    read = watched.lead.get(f"/cims/{cim_id}", headers={"X-Request-Id": "bad id\twith spaces"})
    assert read.headers["x-request-id"] != "bad id\twith spaces"

    def of_request(id_: str) -> list[dict[str, object]]:
        return [line for line in lines(watched, "api") if line.get("request_id") == id_]

    until(lambda: bool(of_request(request_id)), "the request left no line")
    [line, *_] = of_request(request_id)
    assert line["service"] == "bookrunner-api"
    assert line["org_id"]
    assert line["trace_id"]

    def reading() -> list[dict[str, object]]:
        own = of_request(read.headers["x-request-id"])
        return [line for line in own if str(line["message"]).startswith("GET read_cim: 200")]

    until(lambda: bool(reading()), "the read left no line")
    assert [line["cim_id"] for line in reading()] == [cim_id]


def test_lines_of_the_worker_carry_the_ids(watched: Watched) -> None:
    cim_id, _ = make_book(watched)
    run_id, request_id = ask(watched, cim_id)

    def of_model() -> list[dict[str, object]]:
        own = [line for line in lines(watched, "worker") if line.get("run_id") == run_id]
        return [line for line in own if str(line["message"]).startswith("evidence-only, chat: completed")]

    until(lambda: bool(of_model()), "the call of the model left no line")
    [line, *_] = of_model()
    [seen, *_] = [line for line in lines(watched, "api") if line.get("request_id") == request_id]
    names = ("request_id", "org_id", "cim_id", "run_id", "person_id", "trace_id")
    assert {name: line[name] for name in names} == {
        "request_id": request_id,
        "org_id": seen["org_id"],
        "cim_id": cim_id,
        "run_id": run_id,
        "person_id": seen["person_id"],
        "trace_id": seen["trace_id"],
    }
    assert line["service"] == "bookrunner-worker"


def test_lines_about_failed_activities_carry_the_ids(watched: Watched) -> None:
    cim_id, _ = make_book(watched)
    request_id = f"test-{uuid.uuid4().hex}"
    asyncio.run(have_an_activity_fail(watched, cim_id, request_id))

    def failed() -> list[dict[str, object]]:
        own = [line for line in lines(watched, "worker") if line.get("request_id") == request_id]
        return [line for line in own if line.get("activity") == "switch_branch" and "exc_info" in line]

    until(lambda: bool(failed()), "the failed activity left no line")
    assert {line["cim_id"] for line in failed()} == {cim_id}
