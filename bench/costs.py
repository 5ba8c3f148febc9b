"""What things cost, as measured, and what follows for more and more books."""

from __future__ import annotations

import asyncio
import math
import os
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bson.raw_bson import RawBSONDocument
from pydantic import BaseModel
from pymongo import AsyncMongoClient

TICKS = os.sysconf("SC_CLK_TCK")
PRODUCT = ("api", "worker", "temporal", "mongodb", "supabase")
BUSY = 0.6
"""Share of a core that is planned with."""


@dataclass(frozen=True)
class Assumed:
    """How books are used; change them for yours. A day of work has eight hours, and its peak three times their mean."""

    worked_on_today: float = 0.1
    commands_a_day: int = 100
    turns_a_day: int = 20
    reads_per_command: int = 10
    people_at_once: int = 2
    working_seconds: int = 8 * 3600
    peak: float = 3.0
    commands_in_life: int = 2_000
    turns_in_life: int = 300
    documents: int = 20
    document_bytes: int = 2_000_000
    open_at_peak: float = 0.5
    """Of those that are worked on today, as streams and in the caches of workers."""


ASSUMED = Assumed()


class Cost(BaseModel):
    """Of one command, turn or read, as the mean of `times`."""

    times: int
    cpu_ms: dict[str, float]
    store_documents: float
    store_bytes: int
    temporal_events: float
    temporal_bytes: int
    temporal_actions: float
    workflows: float


class Measured(BaseModel):
    idle_ms_per_second: dict[str, float]
    command_alone: Cost
    command_at_once: Cost
    read_head: Cost
    read_slides: Cost
    turn: Cost
    document: Cost
    document_bytes: int
    worker_bytes_per_open_book: int
    api_bytes_per_stream: int


class Estimate(BaseModel):
    """What so many books need at the peak of a day."""

    books: int
    commands_per_second: float
    turns_per_second: float
    streams: int
    open_books: int
    cores: dict[str, float]
    api_memory_gb: float
    worker_memory_gb: float
    store_tb: float
    store_documents: float
    temporal_events_per_second: float
    temporal_actions_per_second: float
    temporal_history_gb: float
    """Of seven days of retention."""

    @classmethod
    def of(cls, measured: Measured, books: int, assumed: Assumed = ASSUMED) -> Estimate:
        today = books * assumed.worked_on_today
        rate = today / assumed.working_seconds * assumed.peak
        commands, turns = rate * assumed.commands_a_day, rate * assumed.turns_a_day
        reads = commands * assumed.reads_per_command
        command, turn = measured.command_at_once, measured.turn
        cores = {
            part: _whole(
                (
                    commands * command.cpu_ms[part]
                    + turns * turn.cpu_ms[part]
                    + reads * (measured.read_head.cpu_ms[part] + measured.read_slides.cpu_ms[part]) / 2
                )
                / 1000
                / BUSY
            )
            for part in PRODUCT
        }
        open_books = round(today * assumed.open_at_peak)
        streams = open_books * assumed.people_at_once
        kept = (
            assumed.commands_in_life * command.store_bytes
            + assumed.turns_in_life * turn.store_bytes
            + assumed.documents * assumed.document_bytes * measured.document.store_bytes / measured.document_bytes
        )
        rows = assumed.commands_in_life * command.store_documents + assumed.turns_in_life * turn.store_documents
        week = 5 * today
        history = assumed.commands_a_day * command.temporal_bytes + assumed.turns_a_day * turn.temporal_bytes
        return cls(
            books=books,
            commands_per_second=_whole(commands),
            turns_per_second=_whole(turns),
            streams=streams,
            open_books=open_books,
            cores=cores,
            api_memory_gb=_whole(streams * measured.api_bytes_per_stream / 1e9),
            worker_memory_gb=_whole(open_books * measured.worker_bytes_per_open_book / 1e9),
            store_tb=_whole(books * kept / 1e12),
            store_documents=books * rows,
            temporal_events_per_second=_whole(commands * command.temporal_events + turns * turn.temporal_events),
            temporal_actions_per_second=_whole(commands * command.temporal_actions + turns * turn.temporal_actions),
            temporal_history_gb=_whole(week * history / 1e9),
        )


def _whole(value: float) -> float:
    """Two digits that count; more would be a lie."""
    return 0.0 if value <= 0 else round(value, 1 - math.floor(math.log10(value)))


class Usage:
    """CPU seconds and memory of the processes of a stack, with their children."""

    def __init__(self, pids: Mapping[str, int]) -> None:
        self._pids = dict(pids)

    def cpu(self) -> dict[str, float]:
        return {name: sum(_cpu(one) for one in _with_children(pid)) for name, pid in self._pids.items()}

    async def idle(self, seconds: float) -> dict[str, float]:
        """What each takes of a core while nobody does anything."""
        before = self.cpu()
        await asyncio.sleep(seconds)
        return {name: (now - before[name]) / seconds for name, now in self.cpu().items()}

    def memory(self, name: str) -> int:
        """Resident bytes."""
        return sum(_resident(one) for one in _with_children(self._pids[name]))


def _with_children(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children")
    found = [int(child) for child in children.read_text().split()] if children.exists() else []
    return [pid, *(each for child in found for each in _with_children(child))]


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Histories:
    events: int = 0
    bytes: int = 0
    workflows: int = 0
    actions: int = 0

    def __add__(self, other: Histories) -> Histories:
        return Histories(
            self.events + other.events,
            self.bytes + other.bytes,
            self.workflows + other.workflows,
            self.actions + other.actions,
        )


@dataclass(frozen=True)
class Size:
    documents: int
    bytes: int


class Store:
    """The store as its server has it."""

    def __init__(self, client: AsyncMongoClient[RawBSONDocument]) -> None:
        self._client = client

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str) -> AsyncGenerator[Store]:
        async with AsyncMongoClient[RawBSONDocument](url, document_class=RawBSONDocument) as client:
            yield cls(client)

    async def size(self) -> Size:
        documents = size = 0
        database: Any = self._client["bookrunner"]
        for name in await database.list_collection_names():
            async for document in database[name].find({}):
                documents += 1
                size += len(document.raw)
        return Size(documents, size)


def shown(measured: Measured, estimates: Sequence[Estimate]) -> str:
    """Two tables in Markdown, as docs/capacity.md has them."""
    kinds = {
        "save of a 5 kB slide, one after the other": measured.command_alone,
        "save of a 5 kB slide, 20 books at once": measured.command_at_once,
        "turn with one call of a model": measured.turn,
        "read of a head": measured.read_head,
        "read of the slides": measured.read_slides,
        f"document of {measured.document_bytes // 1000} kB": measured.document,
    }
    lines = [
        "| | API | worker | Temporal | store | Supabase | documents in the store | events, actions in Temporal |",
        "|---|---|---|---|---|---|---|---|",
    ]
    idle = " | ".join(f"{measured.idle_ms_per_second[part]:.1f}" for part in PRODUCT)
    lines.append(f"| a second in which nobody does anything | {idle} | | |")
    for name, cost in kinds.items():
        cpu = " | ".join(f"{cost.cpu_ms[part]:.1f}" for part in PRODUCT)
        lines.append(
            f"| {name} | {cpu} | {cost.store_documents:g} / {cost.store_bytes / 1000:.1f} kB "
            f"| {cost.temporal_events:g} / {cost.temporal_bytes / 1000:.1f} kB, {cost.temporal_actions:g} |"
        )
    lines += [
        "",
        f"A book in the cache of a worker takes {measured.worker_bytes_per_open_book / 1000:.0f} kB, a stream "
        f"{measured.api_bytes_per_stream / 1000:.0f} kB of an API process.",
        "",
        "| | " + " | ".join(f"{one.books:,}" for one in estimates) + " |",
        "|---|" + "---|" * len(estimates),
    ]
    rows: dict[str, list[str]] = {
        "commands a second": [f"{one.commands_per_second:g}" for one in estimates],
        "turns a second": [f"{one.turns_per_second:g}" for one in estimates],
        "open books, streams": [f"{one.open_books:,}, {one.streams:,}" for one in estimates],
        **{f"cores of {part}": [f"{one.cores[part]:g}" for one in estimates] for part in PRODUCT},
        "memory of streams, of open books": [
            f"{one.api_memory_gb:g}, {one.worker_memory_gb:g} GB" for one in estimates
        ],
        "in the store": [f"{one.store_tb:g} TB, {one.store_documents:.1e} documents" for one in estimates],
        "events, actions of Temporal a second": [
            f"{one.temporal_events_per_second:g}, {one.temporal_actions_per_second:g}" for one in estimates
        ],
        "histories of a week": [f"{one.temporal_history_gb:g} GB" for one in estimates],
    }
    lines += [f"| {name} | {' | '.join(cells)} |" for name, cells in rows.items()]
    return "\n".join(lines) + "\n"
