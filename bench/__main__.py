"""`python -m bench` (make bench): how fast a save, a read and an event are, against the bare Temporal update."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import platform
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Awaitable, Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from temporalio.client import Client, WorkflowHandle

from bench.bare import BARE_QUEUE, BareWorkflow
from bench.books import Book, Desk
from bench.measure import Call, Latency, Spread, throughput, timed
from bench.report import BOOKS_AT_ONCE, CLIENTS_ON_ONE_BOOK, ROUNDS, Report, judge, show
from deploy.embedded.places import CHECKOUT
from deploy.embedded.product import fresh_product
from deploy.embedded.steps import say
from deploy.embedded.supervisor import RunningStack
from workflows.contract import CIM_WORKFLOW, cim_workflow_id
from workflows.converter import data_converter

PACKAGES = ("temporalio", "pymongo", "fastapi", "pydantic", "langgraph", "uvicorn")
CALLS_PER_ROUND = 60
SECONDS_OF_LOAD = 8.0
MANY_SAVES = 10_000


class Bench:
    def __init__(self, client: Client, desk: Desk, org_id: str) -> None:
        self._client = client
        self._desk = desk
        self._org_id = org_id

    async def latency(self) -> dict[str, Any]:
        """Bare updates and saves in alternating rounds, so that a slow moment of the machine hits both."""
        bare, book = await self._bare(), await self._desk.create()
        kinds: dict[str, Call] = {
            "bare": lambda: _save_bare(bare),
            "save": book.save_slide,
            "rename": book.rename,
        }
        medians: dict[str, list[float]] = {name: [] for name in kinds}
        for call in kinds.values():
            await timed(call, 10)
        for _ in range(ROUNDS):
            for name, call in kinds.items():
                medians[name].append(Latency.of(await timed(call, CALLS_PER_ROUND)).p50)
        ratios = {
            name: [ours / floor for ours, floor in zip(medians[name], medians["bare"], strict=True)]
            for name in ("save", "rename")
        }
        return {
            "bare_update_ms": Spread.of(medians["bare"]),
            "save_slide_ms": Spread.of(medians["save"]),
            "rename_ms": Spread.of(medians["rename"]),
            "save_over_bare": Spread.of(ratios["save"]),
            "rename_over_bare": Spread.of(ratios["rename"]),
        }

    async def reads(self) -> dict[str, Any]:
        book = await self._desk.create()
        await book.send(*(book.slide_command(5_000, f"slide{n}") for n in range(40)))
        paths = {"head_ms": f"/cims/{book.cim_id}", "slides_ms": f"/cims/{book.cim_id}/slides"}
        found: dict[str, Any] = {}
        for name, path in paths.items():
            await timed(lambda path=path: self._desk.wire.get(path), 5)
            found[name] = Latency.of(await timed(lambda path=path: self._desk.wire.get(path), 200))
        return found

    async def events(self) -> dict[str, Any]:
        """From the moment a save is sent to the moment its event is with a client of the stream."""
        book, count = await self._desk.create(), 100
        arrived: dict[int, float] = {}
        listening = asyncio.create_task(book.arrivals(count, arrived))
        await asyncio.sleep(1.0)
        sent: dict[int, float] = {}
        for _ in range(count):
            began = time.perf_counter()
            sent[await book.save_slide()] = began
            await asyncio.sleep(0.02)
        await asyncio.wait_for(listening, 30)
        return {"event_to_client_ms": Latency.of([arrived[seq] - sent[seq] for seq in sent])}

    async def load(self) -> dict[str, Any]:
        bare = [await self._bare() for _ in range(BOOKS_AT_ONCE)]
        books = [await self._desk.create() for _ in range(BOOKS_AT_ONCE)]
        floors: list[float] = []
        ours: list[float] = []
        for _ in range(2):
            floors.append(await throughput([_bare_call(handle) for handle in bare], SECONDS_OF_LOAD / 2))
            ours.append(await throughput([book.save_slide for book in books], SECONDS_OF_LOAD / 2))
        one = books[0]
        alone = await throughput([one.save_slide], SECONDS_OF_LOAD / 2)
        together = await throughput(
            [_slide_call(one, f"client{n}") for n in range(CLIENTS_ON_ONE_BOOK)], SECONDS_OF_LOAD
        )
        return {
            "bare_per_second": round(sum(floors) / len(floors), 1),
            "saves_per_second": round(sum(ours) / len(ours), 1),
            "one_client_per_second": round(alone, 1),
            "sixty_clients_per_second": round(together, 1),
        }

    async def growth(self, saves: int) -> dict[str, Any]:
        """Many saves of 5 kB slides into one CIM: sizes of its histories and of its state."""
        book, clients = await self._desk.create(), 40
        handle = self._client.get_workflow_handle(cim_workflow_id(self._org_id, book.cim_id))
        await book.send(*(book.slide_command(5_000, f"slide{n}") for n in range(clients)))
        before = len(str(await handle.query("state")))
        began = time.perf_counter()

        async def clerk(slide_id: str) -> None:
            for _ in range(saves // clients):
                await book.save_slide(slide_id=slide_id)

        await asyncio.gather(*(clerk(f"slide{n}") for n in range(clients)))
        seconds = time.perf_counter() - began
        after = len(str(await handle.query("state")))
        sizes = await self._history_sizes(handle.id)
        return {
            "many_saves": saves,
            "many_saves_per_second": round(saves / seconds, 1),
            "longest_history_bytes": max(sizes),
            "history_runs": len(sizes),
            "state_bytes_before": before,
            "state_bytes_after": after,
        }

    async def _history_sizes(self, workflow_id: str) -> list[int]:
        await asyncio.sleep(2)
        found = self._client.list_workflows(f'WorkflowId = "{workflow_id}"')
        sizes: list[int] = []
        async for execution in found:
            described = await self._client.get_workflow_handle(workflow_id, run_id=execution.run_id).describe()
            sizes.append(described.raw_description.workflow_execution_info.history_size_bytes)
        return sizes

    async def _bare(self) -> WorkflowHandle[Any, Any]:
        return await self._client.start_workflow(BareWorkflow.run, id=f"bare-{uuid.uuid4().hex}", task_queue=BARE_QUEUE)


async def _save_bare(handle: WorkflowHandle[Any, Any]) -> None:
    await handle.execute_update(BareWorkflow.save, "x")  # pyright: ignore[reportUnknownMemberType]


def _bare_call(handle: WorkflowHandle[Any, Any]) -> Callable[[], Awaitable[object]]:
    return lambda: _save_bare(handle)


def _slide_call(book: Book, slide_id: str) -> Callable[[], Awaitable[object]]:
    return lambda: book.save_slide(slide_id=slide_id)


async def measure(running: RunningStack, saves: int) -> Report:
    assert running.api_url is not None
    assert running.addresses.temporal_address is not None
    lead = next(person for person in running.addresses.people() if person.role == "lead")
    assert lead.org_id is not None
    client = await Client.connect(running.addresses.temporal_address, data_converter=data_converter())
    bare_worker = subprocess.Popen(
        [sys.executable, "-m", "bench.bare", running.addresses.temporal_address], cwd=CHECKOUT
    )
    results: dict[str, Any] = {}
    try:
        async with Desk.open(running.api_url, lead) as desk:
            bench = Bench(client, desk, lead.org_id)
            for name, part in {
                "one client: saves against bare updates": bench.latency,
                "reads": bench.reads,
                "events to a client": bench.events,
                "many at once": bench.load,
            }.items():
                say(f"  {name} …")
                results |= await part()
            say(f"  {saves} saves into one book …")
            results |= await bench.growth(saves)
    finally:
        bare_worker.send_signal(signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            bare_worker.wait(10)
    report = Report(
        cores=os.cpu_count() or 0,
        machine=platform.machine(),
        python=platform.python_version(),
        versions={name: version(name) for name in PACKAGES},
        **results,
    )
    return report.model_copy(update={"verdicts": judge(report)})


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--saves", type=int, default=MANY_SAVES, help="saves into one book (default %(default)s)")
    parser.add_argument("--json", type=Path, default=Path("out/bench.json"), help="where the report goes")
    given = parser.parse_args()
    say(f"Measuring {CIM_WORKFLOW} on a stack of its own …")
    with fresh_product() as (running, _):
        report = asyncio.run(measure(running, given.saves))
    given.json.parent.mkdir(parents=True, exist_ok=True)
    given.json.write_text(report.model_dump_json(indent=2) + "\n")
    show(report)
    sys.stdout.flush()
    os._exit(0 if all(verdict.holds for verdict in report.verdicts) else 1)


if __name__ == "__main__":
    sys.exit(main())
