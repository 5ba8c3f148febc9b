"""What is measured: ours, the floor, and the peers, each by the same few calls."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlsplit

from temporalio.client import Client, WorkflowHandle

from bench.bare import BARE_QUEUE, BareSteps, BareWorkflow, GraphSteps
from bench.books import Book, Desk, Wire, slide_command
from bench.processes import Absent, Served, killed
from bench.report import FLOOR, GRAPH, OURS
from deploy.embedded.places import CHECKOUT
from deploy.embedded.services import HOST
from deploy.embedded.supervisor import RunningStack

KILLED_SECONDS = 30.0


class HasName(Protocol):
    name: str


class System(HasName, Protocol):
    """`durable`: what an acknowledged save has reached. A call that a system has no equal to raises Absent."""

    durable: str

    async def create(self) -> str: ...
    async def save(self, book_id: str) -> None: ...
    async def read(self, book_id: str) -> None: ...
    async def run(self, steps: int) -> None: ...
    def words(self, count: int) -> AsyncGenerator[tuple[float, float]]:
        """When each word was said and when it came (seconds of the machine's clock)."""
        ...

    def serving(self) -> tuple[int, ...]:
        """Ids of the processes that serve."""
        ...

    async def restart(self) -> None:
        """The process that serves is killed, and another one is up."""
        ...


class Bare:
    """Temporal with a workflow that only answers: no HTTP, no check, no store."""

    name = FLOOR
    durable = "SQLite of the development server, WAL, synchronous=full"

    def __init__(self, client: Client) -> None:
        self._client = client
        self._worker = self._started()

    async def create(self) -> str:
        book_id = f"bare-{uuid.uuid4().hex}"
        await self._client.start_workflow(BareWorkflow.run, id=book_id, task_queue=BARE_QUEUE)
        return book_id

    async def save(self, book_id: str) -> None:
        await self._handle(book_id).execute_update(BareWorkflow.save, "x")  # pyright: ignore[reportUnknownMemberType]

    async def read(self, book_id: str) -> None:
        await self._handle(book_id).query(BareWorkflow.rev)  # pyright: ignore[reportUnknownMemberType]

    async def run(self, steps: int) -> None:
        await self._client.execute_workflow(BareSteps.run, steps, id=f"steps-{uuid.uuid4().hex}", task_queue=BARE_QUEUE)

    async def run_graph(self, steps: int) -> None:
        await self._client.execute_workflow(
            GraphSteps.run, steps, id=f"graph-{uuid.uuid4().hex}", task_queue=BARE_QUEUE
        )

    def words(self, count: int) -> AsyncGenerator[tuple[float, float]]:
        raise Absent("it has no words")

    def serving(self) -> tuple[int, ...]:
        return (self._worker.pid,)

    async def restart(self) -> None:
        self.close()
        self._worker = self._started()

    def close(self) -> None:
        killed(self._worker)

    def _started(self) -> subprocess.Popen[bytes]:
        target = self._client.service_client.config.target_host
        return subprocess.Popen([sys.executable, "-m", "bench.bare", target], cwd=CHECKOUT)

    def _handle(self, book_id: str) -> WorkflowHandle[Any, Any]:
        return self._client.get_workflow_handle(book_id)


class GraphOfSteps:
    """The floor with a graph as our agents have theirs: LangGraph's plugin for Temporal, each node an activity."""

    name = GRAPH

    def __init__(self, floor: Bare) -> None:
        self._floor = floor

    async def run(self, steps: int) -> None:
        await self._floor.run_graph(steps)


class Ours:
    name = OURS
    durable = "as the floor, and FerretDB on SQLite, WAL, synchronous=full"

    def __init__(self, desk: Desk, running: RunningStack, data: Path) -> None:
        self._desk = desk
        self._running = running
        self._data = data
        self._books: dict[str, Book] = {}

    async def create(self) -> str:
        book = await self._desk.create()
        self._books[book.cim_id] = book
        return book.cim_id

    async def save(self, book_id: str) -> None:
        await self._books[book_id].save_slide()

    async def read(self, book_id: str) -> None:
        await self._desk.wire.get(f"/cims/{book_id}")

    async def run(self, steps: int) -> None:
        raise Absent("measured by itself: no run of ours does nothing")

    def words(self, count: int) -> AsyncGenerator[tuple[float, float]]:
        raise Absent("measured by itself")

    def serving(self) -> tuple[int, ...]:
        return (self._worker_pid(), self._running.pids["api"])

    async def restart(self) -> None:
        before = self._worker_pid()
        os.kill(before, signal.SIGKILL)
        deadline = time.monotonic() + KILLED_SECONDS
        while self._worker_pid() == before:
            assert time.monotonic() < deadline, "the worker did not come back"
            await asyncio.sleep(0.1)

    def _worker_pid(self) -> int:
        """The supervisor tells when another one is ready."""
        return RunningStack.found_in(self._data).pids["worker"]


class Paths(NamedTuple):
    """Of the calls of a peer, by book."""

    save: str
    read: str
    run: Callable[[int], tuple[str, object]]
    reads_by_post: bool = False
    words: str | None = None


def _run_of_library(steps: int) -> tuple[str, object]:
    return f"/runs/{steps}", None


def _run_of_restate(steps: int) -> tuple[str, object]:
    return f"/runs/{uuid.uuid4().hex}/steps", steps


LIBRARY = Paths("/books/{}/save", "/books/{}/read", _run_of_library, words="/words/{}")


class Peer:
    def __init__(self, name: str, durable: str, url: str | None, served: Served, paths: Paths, token: str) -> None:
        self.name = name
        self.durable = durable
        self._url = url or f"http://{HOST}:{served.port}"
        self._token = token
        self._wire = Wire(self._url, token)
        self._served = served
        self._paths = paths
        self._numbers = itertools.count(1)

    async def create(self) -> str:
        book_id = uuid.uuid4().hex
        places = {name: str(uuid.uuid4()) for name in ("org_id", "deal_id", "project_id")}
        await self._send(book_id, {"type": "create", "cim_id": book_id, **places, "title": "Bench"})
        await self._send(book_id, {"type": "save_outline", "sections": [{"id": "s1", "title": "Section"}]})
        return book_id

    async def save(self, book_id: str) -> None:
        await self._send(book_id, slide_command(next(self._numbers)))

    async def read(self, book_id: str) -> None:
        path = self._paths.read.format(book_id)
        await (self._wire.post(path, {}) if self._paths.reads_by_post else self._wire.get(path))

    async def run(self, steps: int) -> None:
        path, body = self._paths.run(steps)
        await self._wire.post(path, body)

    async def words(self, count: int) -> AsyncGenerator[tuple[float, float]]:
        if self._paths.words is None:
            raise Absent("it has no streams of words")
        address = urlsplit(self._url)
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        path = self._paths.words.format(count)
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Bearer {self._token}\r\n\r\n".encode()
        )
        seen = 0
        while seen < count and (line := await reader.readline()):
            if line.startswith(b"data:"):
                seen += 1
                yield float(line[5:]), time.perf_counter()
        writer.close()

    def serving(self) -> tuple[int, ...]:
        return (self._served.process.pid,)

    async def restart(self) -> None:
        self._wire.close()
        await asyncio.to_thread(self._served.restart)
        self._wire = Wire(self._url, self._token)

    def close(self) -> None:
        self._wire.close()
        self._served.close()

    async def _send(self, book_id: str, command: dict[str, object]) -> None:
        numbered = {"command_id": str(uuid.uuid4()), **command}
        answer = await self._wire.post(self._paths.save.format(book_id), numbered)
        if "rev" not in json.loads(answer):
            raise RuntimeError(answer.decode())


@contextmanager
def peers(
    running: RunningStack, folder: Path, token: str, person_id: str
) -> Generator[tuple[list[Peer], dict[str, str]]]:
    """Those that can be had here, and why the others cannot."""
    found: list[Peer] = []
    absent: dict[str, str] = {}
    with ExitStack() as stack:

        def environment(name: str, **more: str) -> dict[str, str]:
            database = {"BENCH_DATABASE": f"bench_{name}", "BENCH_PEOPLE": person_id}
            return {**running.addresses.environment(), **database, **more}

        def keep(peer: Peer) -> None:
            stack.callback(peer.close)
            found.append(peer)

        try:
            from bench.peers.postgres import postgres

            kept = stack.enter_context(postgres(folder))
        except (ImportError, OSError, RuntimeError, subprocess.SubprocessError) as error:
            absent |= dict.fromkeys(("DBOS", "LangGraph"), f"no PostgreSQL: {error}")
        else:
            told = ", ".join(f"{name}={value}" for name, value in kept.settings.items())
            durable = f"PostgreSQL {kept.version}, {told}; store as ours"
            for name, module in (("DBOS", "by_dbos"), ("LangGraph", "by_langgraph")):
                try:
                    served = Served(f"bench.peers.{module}", environment(module, BENCH_POSTGRES=kept.url))
                except Absent as error:
                    absent[name] = str(error)
                else:
                    keep(Peer(name, durable, None, served, LIBRARY, token))
        try:
            from bench.peers.restate_server import restate

            server = stack.enter_context(restate(folder))
            served = Served("bench.peers.by_restate", environment("by_restate"))
            stack.callback(served.close)
            server.register(served.port)
        except (Absent, OSError, RuntimeError, subprocess.SubprocessError) as error:
            absent["Restate"] = str(error)
        else:
            told = ", ".join(f"{name}={value}" for name, value in server.settings.items())
            paths = Paths(
                "/books/{}/save",
                "/books/{}/read",
                _run_of_restate,
                reads_by_post=True,
            )
            keep(Peer("Restate", f"RocksDB, {told}; store as ours", server.ingress, served, paths, token))
        yield found, absent
