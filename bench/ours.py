"""What is measured of ours alone: events, words, many clients of one book, and how calls grow with what there is."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from temporalio.client import Client

from bench.books import Book, Desk
from bench.measure import Latency, Spread, throughput, timed
from bench.report import OURS, Figure, Suite
from bench.suites import Size
from deploy.embedded.supervisor import RunningStack
from domain.values import Actor
from settings import Settings
from store import Message, Store, Thread
from vault import LocalMasterKeys
from vault.payloads import PayloadSeal
from workflows.contract import cim_workflow_id
from workflows.converter import data_converter
from workflows.places import WorkflowPlaces

CLIENTS_ON_ONE_BOOK = 60
TOGETHER = 100
EVENTS = 60
PAUSE_SECONDS = 0.02
WORDS = 40
SAMPLES = 20


class Growth(Size):
    """Up to how many commands, slides, messages and organisations; and how many saves into one book."""

    commands: tuple[int, ...] = (10, 100, 1_000, 10_000)
    slides: tuple[int, ...] = (10, 100, 300)
    messages: tuple[int, ...] = (10, 100, 1_000)
    tenants: tuple[int, ...] = (1, 10, 50)
    saves: int = 4_000


QUICK_GROWTH = Growth(
    rounds=3, commands=(10, 100), slides=(10, 50), messages=(10, 100), tenants=(1, 5), saves=400, seconds=1.5
)


class OurSuites:
    def __init__(self, desk: Desk, running: RunningStack, client: Client, org_id: str, growth: Growth) -> None:
        self._desk = desk
        self._running = running
        self._client = client
        self._org_id = org_id
        self._growth = growth
        self.figures: list[Figure] = []

    async def events(self) -> None:
        """From the moment a save is sent to the moment its event is with a client of the stream."""
        found: list[Latency] = []
        for _ in range(self._growth.rounds):
            book = await self._desk.create()
            arrived: dict[int, float] = {}
            listening = asyncio.create_task(book.arrivals(EVENTS, arrived))
            await asyncio.sleep(1.0)
            sent: dict[int, float] = {}
            for _ in range(EVENTS):
                began = time.perf_counter()
                sent[await book.save_slide()] = began
                await asyncio.sleep(PAUSE_SECONDS)
            await asyncio.wait_for(listening, 30)
            found.append(Latency.of([arrived[seq] - sent[seq] for seq in sent]))
        self._add("events", "event, p50", "ms", [each.p50 for each in found])
        self._add("events", "event, p95", "ms", [each.p95 for each in found])

    async def words(self) -> None:
        """Words that another process says, as the worker does, each kept before it is sent."""
        store = await self._store()
        firsts: list[float] = []
        later: list[float] = []
        for _ in range(self._growth.rounds):
            book = await self._desk.create()
            arrived: dict[str, float] = {}
            listening = asyncio.create_task(book.words(arrived))
            await asyncio.sleep(1.0)
            message = _message(uuid.uuid4().hex, book.cim_id, None, "writing")
            await store.put_message(message)
            await asyncio.sleep(1.0)
            said: list[float] = []
            for n in range(WORDS):
                said.append(time.perf_counter())
                await store.say(book.cim_id, "delta", {"message_id": message.id, "attempt": 1, "text": f"{n} "})
                await asyncio.sleep(PAUSE_SECONDS)
            async with asyncio.timeout(10):
                while len(arrived) < WORDS:
                    await asyncio.sleep(PAUSE_SECONDS)
            listening.cancel()
            late = [arrived[f"{n} "] - began for n, began in enumerate(said)]
            firsts.append(1000 * late[0])
            later.append(Latency.of(late[1:]).p50)
        await store.close()
        self._add("words", "first word", "ms", firsts)
        self._add("words", "word, p50", "ms", later)

    async def reads(self) -> None:
        book = await self._desk.create()
        await book.send(*(book.slide_command(5_000, f"slide{n}") for n in range(40)))
        path = f"/cims/{book.cim_id}/slides"
        rounds = [Latency.of(await timed(lambda: self._desk.wire.get(path), 40)) for _ in range(self._growth.rounds)]
        self._add("reads", "read of 40 slides, p50", "ms", [each.p50 for each in rounds])

    async def load(self) -> None:
        """Many clients of one book, against one."""
        book = await self._desk.create()
        alone: list[float] = []
        together: list[float] = []
        for _ in range(self._growth.rounds):
            alone.append(await throughput([book.save_slide], self._growth.seconds / 2))
            clients = [_saving(book, f"client{n}") for n in range(CLIENTS_ON_ONE_BOOK)]
            together.append(await throughput(clients, self._growth.seconds))
        self._add("load", "saves of one client", "per second", alone, less_is_better=False)
        what = f"saves of {CLIENTS_ON_ONE_BOOK} clients on one book"
        self._add("load", what, "per second", together, less_is_better=False)

    async def growth(self) -> None:
        await self._by_commands()
        await self._by_slides()
        await self._by_messages()
        await self._by_tenants()
        await self._many_saves()

    async def _by_commands(self) -> None:
        book, done = await self._desk.create(), 1
        for wanted in self._growth.commands:
            while done < wanted:
                together = min(TOGETHER, wanted - done)
                await book.send(*(book.rename_command() for _ in range(together)))
                done += together
            await self._pair(book, "commands", wanted)
            done += 2 * SAMPLES

    async def _by_slides(self) -> None:
        book, done = await self._desk.create(), 0
        for wanted in self._growth.slides:
            while done < wanted:
                together = min(20, wanted - done)
                await book.send(*(book.slide_command(5_000, f"slide{n}") for n in range(done, done + together)))
                done += together
            await self._pair(book, "slides", wanted)
            await self._sample(f"/cims/{book.cim_id}/slides", "read of all slides by slides", wanted)

    async def _by_messages(self) -> None:
        store = await self._store()
        book, done = await self._desk.create(), 0
        for wanted in self._growth.messages:
            for n in range(done, wanted):
                parent = f"{book.cim_id}-{n - 1:06}" if n else None
                await store.put_message(_message(f"{book.cim_id}-{n:06}", book.cim_id, parent, "complete"))
            done = wanted
            leaf, now = f"{book.cim_id}-{wanted - 1:06}", datetime.now(UTC)
            thread = Thread(id="main", cim_id=book.cim_id, leaf_id=leaf, leaves=(leaf,), created_at=now, updated_at=now)
            await store.put_thread(thread)
            await self._sample(f"/cims/{book.cim_id}/messages?limit=50", "read of 50 messages by messages", wanted)
            await self._pair(book, "messages", wanted)
        await store.close()

    async def _by_tenants(self) -> None:
        """Other organisations that were at work a moment ago, each with a book of its own."""
        store = await self._store()
        book, done = await self._desk.create(), 0
        for wanted in self._growth.tenants:
            for _ in range(done, wanted - 1):
                cim_id, org_id = uuid.uuid4().hex, str(uuid.uuid4())
                store.belongs(cim_id, org_id)
                await store.put_message(_message(uuid.uuid4().hex, cim_id, None, "complete"))
            done = wanted - 1
            await self._pair(book, "organisations", wanted)
        await store.close()

    async def _many_saves(self) -> None:
        """Of 5 kB slides into one book: sizes of its histories and of its state."""
        book, clients, store = await self._desk.create(), 40, await self._store()
        sealed = data_converter(PayloadSeal(store.keys, WorkflowPlaces(store)))
        opened = Client(self._client.service_client, data_converter=sealed)
        handle = opened.get_workflow_handle(cim_workflow_id(self._org_id, book.cim_id))
        await book.send(*(book.slide_command(5_000, f"slide{n}") for n in range(clients)))
        before = len(str(await handle.query("state")))

        async def clerk(slide_id: str) -> None:
            for _ in range(self._growth.saves // clients):
                await book.save_slide(slide_id=slide_id)

        await asyncio.gather(*(clerk(f"slide{n}") for n in range(clients)))
        after = len(str(await handle.query("state")))
        await store.close()
        longest = max(await self._history_bytes(handle.id)) / 1e6
        self._add("growth", "longest history of many saves", "MB", [longest])
        self._add("growth", "state after / before many saves", "x", [after / before])

    async def _history_bytes(self, workflow_id: str) -> list[int]:
        await asyncio.sleep(2)
        sizes: list[int] = []
        async for execution in self._client.list_workflows(f'WorkflowId = "{workflow_id}"'):
            described = await self._client.get_workflow_handle(workflow_id, run_id=execution.run_id).describe()
            sizes.append(described.raw_description.workflow_execution_info.history_size_bytes)
        return sizes

    async def _pair(self, book: Book, of: str, at: int) -> None:
        """A save and a read of the head."""
        await timed(book.rename, 3)
        rounds = [Latency.of(await timed(book.rename, SAMPLES)).p50 for _ in range(self._growth.rounds)]
        self._add("growth", f"save by {of}", "ms", rounds, at=at)
        await self._sample(f"/cims/{book.cim_id}", f"read of the head by {of}", at)

    async def _sample(self, path: str, what: str, at: int) -> None:
        await timed(lambda: self._desk.wire.get(path), 3)
        rounds = [
            Latency.of(await timed(lambda: self._desk.wire.get(path), SAMPLES)).p50 for _ in range(self._growth.rounds)
        ]
        self._add("growth", what, "ms", rounds, at=at)

    async def _store(self) -> Store:
        addresses = self._running.addresses
        masters = LocalMasterKeys.given({}, file=Path(addresses.master_keys_file or ""))
        return await Store.connect(addresses.mongodb_url or "", Settings().mongodb_database, masters)

    def _add(
        self,
        suite: Suite,
        what: str,
        unit: str,
        values: Sequence[float],
        *,
        at: int | None = None,
        less_is_better: bool = True,
    ) -> None:
        spread = Spread.of(values)
        figure = Figure(
            suite=suite, what=what, system=OURS, unit=unit, spread=spread, at=at, less_is_better=less_is_better
        )
        self.figures.append(figure)


def _saving(book: Book, slide_id: str) -> Callable[[], Awaitable[object]]:
    return lambda: book.save_slide(slide_id=slide_id)


def _message(id_: str, cim_id: str, parent_id: str | None, status: str) -> Message:
    return Message.model_validate(
        {
            "id": id_,
            "cim_id": cim_id,
            "parent_id": parent_id,
            "role": "assistant",
            "text": "some words " * 40 if status == "complete" else "",
            "author": Actor(kind="agent", id="assistant", on_behalf_of="lea"),
            "created_at": datetime.now(UTC),
            "completed_at": datetime.now(UTC) if status == "complete" else None,
            "status": status,
        }
    )
