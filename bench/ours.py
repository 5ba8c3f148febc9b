"""What is measured of ours alone: events, turns and their words, many slides, many clients of one book."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from temporalio.client import Client

from bench.books import Book, Desk
from bench.costs import histories_of
from bench.measure import Latency, Spread, throughput, timed
from bench.model import SHORT, Model, TimedWords, lateness
from bench.report import OURS, Figure, Suite
from bench.suites import A_STEP, Size
from deploy.embedded.supervisor import RunningStack
from domain.values import Actor
from settings import Settings
from store import Message, Store
from vault import LocalMasterKeys

CLIENTS_ON_ONE_BOOK = 60
EVENTS = 60
PAUSE_SECONDS = 0.02
WARM_UP_TURNS = 3
SETTLE_SECONDS = 2.0
"""Until Temporal lists the workflows of the last turn."""
ASSISTANT = Actor(kind="agent", id="assistant", on_behalf_of="lea")


class OurSuites:
    """`figures` fill up as suites run."""

    def __init__(self, desk: Desk, client: Client, model: Model, size: Size) -> None:
        self._desk = desk
        self._client = client
        self._model = model
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

    async def runs(self) -> None:
        """Turns of one book: sent over HTTP, answered in a few letters by the model, told as completed."""
        book, org_id = await self._desk.create(), self._desk.person.org_id
        with self._model.saying(SHORT):
            for _ in range(WARM_UP_TURNS):
                await book.turn()
            await asyncio.sleep(SETTLE_SECONDS)
            before = await histories_of(self._client, org_id, book.cim_id)
            turns, rounds = max(5, self._size.calls // 4), list[Latency]()
            for _ in range(self._size.rounds):
                rounds.append(Latency.of([(await book.turn()).seconds for _ in range(turns)]))
            await asyncio.sleep(SETTLE_SECONDS)
            after = await histories_of(self._client, org_id, book.cim_id)
        times = turns * self._size.rounds
        activities = (after.activities - before.activities) / times
        local = (after.local_activities - before.local_activities) / times
        what = f"turn of {activities:g} activities and {local:g} local ones"
        self._add("runs", f"{what}, p50", "ms", [each.p50 for each in rounds])
        self._add("runs", f"{what}, p95", "ms", [each.p95 for each in rounds])
        self._add("runs", A_STEP, "ms", [each.p50 / activities for each in rounds])

    async def words(self) -> None:
        """Of real turns: from the model's server, through the worker and the API, each kept before it is sent."""
        firsts: list[float] = []
        later: list[float] = []
        book = await self._desk.create()
        with self._model.saying(TimedWords()):
            await book.turn()
            for _ in range(self._size.rounds):
                late = lateness((await book.turn()).deltas)
                firsts.append(1000 * late[0])
                later.append(Latency.of(late[1:]).p50)
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
