"""What things cost, as measured, and what follows for more and more books."""

from __future__ import annotations

import asyncio
import math
import os
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bson.raw_bson import RawBSONDocument
from pydantic import BaseModel
from pymongo import AsyncMongoClient
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

TICKS = os.sysconf("SC_CLK_TCK")
PRODUCT = ("api", "worker", "temporal", "mongodb", "supabase")
BUSY = 0.6
"""Share of a core that is planned with."""


@dataclass(frozen=True)
class Assumed:
    """How books are used; change them for yours. A day of work has eight hours, and its peak three times their mean.

    A book is worked on for as many days as its commands last, and gets its documents evenly over them.
    """

    worked_on_today: float = 0.1
    commands_a_day: int = 100
    turns_a_day: int = 20
    reads_per_command: int = 10
    people_at_once: int = 2
    working_seconds: int = 8 * 3600
    peak: float = 3.0
    commands_in_life: int = 2_000
    turns_in_life: int = 300
    documents_in_life: int = 20
    open_at_peak: float = 0.5
    """Of those that are worked on today, as streams and in the caches of workers."""

    @property
    def days_in_life(self) -> float:
        return self.commands_in_life / self.commands_a_day

    @property
    def books_made_a_day(self) -> float:
        """To each that is worked on."""
        return 1 / self.days_in_life

    @property
    def documents_a_day(self) -> float:
        return self.documents_in_life / self.days_in_life


ASSUMED = Assumed()


class Cost(BaseModel):
    """Of one command, turn, read, book that is made, or document, as the mean of `times`."""

    times: int
    cpu_ms: dict[str, float]
    store_documents: float
    store_bytes: int
    temporal_events: float
    temporal_bytes: int
    temporal_actions: float
    workflows: float


class Measured(BaseModel):
    """`load_before`: how many processes wanted a core before it began; the embedded parts alone want none."""

    cores: int
    python: str
    load_before: float
    idle_ms_per_second: dict[str, float]
    creation: Cost
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
    documents_per_second: float
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
        a_day = (
            (assumed.books_made_a_day, measured.creation),
            (assumed.commands_a_day, measured.command_at_once),
            (assumed.turns_a_day, measured.turn),
            (assumed.documents_a_day, measured.document),
            (assumed.commands_a_day * assumed.reads_per_command / 2, measured.read_head),
            (assumed.commands_a_day * assumed.reads_per_command / 2, measured.read_slides),
        )
        in_life = (
            (1, measured.creation),
            (assumed.commands_in_life, measured.command_at_once),
            (assumed.turns_in_life, measured.turn),
            (assumed.documents_in_life, measured.document),
        )
        rate = today / assumed.working_seconds * assumed.peak
        open_books = round(today * assumed.open_at_peak)
        streams = open_books * assumed.people_at_once
        week = 5 * today
        return cls(
            books=books,
            commands_per_second=_whole(rate * assumed.commands_a_day),
            turns_per_second=_whole(rate * assumed.turns_a_day),
            documents_per_second=_whole(rate * assumed.documents_a_day),
            streams=streams,
            open_books=open_books,
            cores={
                part: _whole(rate * sum(times * cost.cpu_ms[part] for times, cost in a_day) / 1000 / BUSY)
                for part in PRODUCT
            },
            api_memory_gb=_whole(streams * measured.api_bytes_per_stream / 1e9),
            worker_memory_gb=_whole(open_books * measured.worker_bytes_per_open_book / 1e9),
            store_tb=_whole(books * sum(times * cost.store_bytes for times, cost in in_life) / 1e12),
            store_documents=books * sum(times * cost.store_documents for times, cost in in_life),
            temporal_events_per_second=_whole(rate * sum(times * cost.temporal_events for times, cost in a_day)),
            temporal_actions_per_second=_whole(rate * sum(times * cost.temporal_actions for times, cost in a_day)),
            temporal_history_gb=_whole(week * sum(times * cost.temporal_bytes for times, cost in a_day) / 1e9),
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
    activities: int = 0
    local_activities: int = 0

    def __add__(self, other: Histories) -> Histories:
        return Histories(
            self.events + other.events,
            self.bytes + other.bytes,
            self.workflows + other.workflows,
            self.actions + other.actions,
            self.activities + other.activities,
            self.local_activities + other.local_activities,
        )


BILLED = frozenset(
    {
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
        EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED,
        EventType.EVENT_TYPE_MARKER_RECORDED,
        EventType.EVENT_TYPE_TIMER_STARTED,
        EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
    }
)
"""What Temporal Cloud counts as actions, as far as histories show it."""


LOCAL_ACTIVITY = "core_local_activity"
"""The marker that the SDK leaves of one."""
OF_A_BOOK = ("run", "agent", "thread", "ingest", "export")


async def histories_of(temporal: Client, org_id: str | None, cim_id: str) -> Histories:
    """Of all workflows that belong to a book."""
    found = await history_of(temporal, f"cim/{org_id}/{cim_id}")
    for prefix in OF_A_BOOK:
        async for one in temporal.list_workflows(f'WorkflowId STARTS_WITH "{prefix}/{cim_id}"'):
            found += await history_of(temporal, one.id, one.run_id)
    return found


async def history_of(temporal: Client, workflow_id: str, run_id: str | None = None) -> Histories:
    """Of a run, by default the newest, and of all that it continues."""
    found = Histories()
    while True:
        handle = temporal.get_workflow_handle(workflow_id, run_id=run_id)
        known = (await handle.describe()).raw_description.workflow_execution_info
        events = (await handle.fetch_history()).events
        found += Histories(
            events=known.history_length,
            bytes=known.history_size_bytes,
            workflows=1,
            actions=sum(event.event_type in BILLED for event in events),
            activities=sum(event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED for event in events),
            local_activities=sum(
                event.marker_recorded_event_attributes.marker_name == LOCAL_ACTIVITY for event in events
            ),
        )
        run_id = events[0].workflow_execution_started_event_attributes.continued_execution_run_id
        if not run_id:
            return found


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
