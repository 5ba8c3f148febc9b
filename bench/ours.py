"""What is measured of ours alone: events, words, many slides, many clients of one book."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.books import Book, Desk
from bench.measure import Latency, Spread, throughput, timed
from bench.report import OURS, Figure, Suite
from bench.suites import Size
from deploy.embedded.supervisor import RunningStack
from domain.values import Actor
from settings import Settings
from store import Message, Store
from vault import LocalMasterKeys

CLIENTS_ON_ONE_BOOK = 60
EVENTS = 60
PAUSE_SECONDS = 0.02
WORDS = 40
ASSISTANT = Actor(kind="agent", id="assistant", on_behalf_of="lea")


class OurSuites:
    """`figures` fill up as suites run."""

    def __init__(self, desk: Desk, running: RunningStack, size: Size) -> None:
        self._desk = desk
        self._running = running
        self._size = size
        self.figures: list[Figure] = []

    async def events(self) -> None:
        """From the moment a save is sent to the moment its event is with a client of the stream."""
        found: list[Latency] = []
        for _ in range(self._size.rounds):
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
        store = await store_of(self._running)
        firsts: list[float] = []
        later: list[float] = []
        for _ in range(self._size.rounds):
            book = await self._desk.create()
            arrived: dict[str, float] = {}
            listening = asyncio.create_task(book.words(arrived))
            await asyncio.sleep(1.0)
            message = message_of(uuid.uuid4().hex, book.cim_id, None, "writing")
            await store.messages.put(message)
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
        rounds = [Latency.of(await timed(lambda: self._desk.wire.get(path), 40)) for _ in range(self._size.rounds)]
        self._add("reads", "read of 40 slides, p50", "ms", [each.p50 for each in rounds])

    async def load(self) -> None:
        """Many clients of one book, against one."""
        book = await self._desk.create()
        alone: list[float] = []
        together: list[float] = []
        for _ in range(self._size.rounds):
            alone.append(await throughput([book.save_slide], self._size.seconds / 2))
            clients = [_saving(book, f"client{n}") for n in range(CLIENTS_ON_ONE_BOOK)]
            together.append(await throughput(clients, self._size.seconds))
        self._add("load", "saves of one client", "per second", alone, less_is_better=False)
        what = f"saves of {CLIENTS_ON_ONE_BOOK} clients on one book"
        self._add("load", what, "per second", together, less_is_better=False)

    def _add(self, suite: Suite, what: str, unit: str, values: Sequence[float], *, less_is_better: bool = True) -> None:
        self.figures.append(figure_of_ours(suite, what, unit, values, less_is_better=less_is_better))


async def store_of(running: RunningStack) -> Store:
    """The store of a stack, as its processes open it."""
    addresses = running.addresses
    masters = LocalMasterKeys.given({}, file=Path(addresses.master_keys_file or ""))
    return await Store.connect(addresses.mongodb_url or "", Settings().mongodb_database, masters)


def figure_of_ours(
    suite: Suite,
    what: str,
    unit: str,
    values: Sequence[float],
    *,
    at: int | None = None,
    less_is_better: bool = True,
) -> Figure:
    spread = Spread.of(values)
    return Figure(suite=suite, what=what, system=OURS, unit=unit, spread=spread, at=at, less_is_better=less_is_better)


def _saving(book: Book, slide_id: str) -> Callable[[], Awaitable[object]]:
    return lambda: book.save_slide(slide_id=slide_id)


def message_of(id_: str, cim_id: str, parent_id: str | None, status: str, role: str = "assistant") -> Message:
    return Message.model_validate(
        {
            "id": id_,
            "cim_id": cim_id,
            "parent_id": parent_id,
            "role": role,
            "text": "some words " * 40 if status == "complete" else "",
            "author": Actor(kind="user", id="lea") if role == "user" else ASSISTANT,
            "created_at": datetime.now(UTC),
            "completed_at": datetime.now(UTC) if status == "complete" else None,
            "status": status,
        }
    )
