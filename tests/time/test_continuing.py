"""Many people at work on one book and on many, while the histories of their workflows go on in fresh ones."""

from __future__ import annotations

import asyncio
import itertools
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from temporalio.client import WorkflowExecutionStatus

from domain.events import SlideSaved
from tests.integration.api.conftest import Site, slide
from tests.integration.api.reading import Reader
from workflows.contract import CIM_WORKFLOW, STATE_QUERY, SUBMIT_SIGNAL, cim_workflow_id

from .checking import eventually, log_is_whole
from .house import House, house_on
from .writers import SECTIONS, Desk, Tenant, new_tenant

CLERKS = 5
SAVES = 25
SIGNALS = 40
OWN_BOOKS = 3
OWN_SAVES = 30

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
async def tenant(site: Site) -> AsyncIterator[Tenant]:
    async with house_on(site, timedelta(days=1), continues_after=60) as house, AsyncExitStack() as stack:
        await house.start()
        yield await new_tenant(house, stack)


class Crowd:
    """What each of many did with a book, and what they were answered."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.answers: Counter[int] = Counter()
        self.queries = 0
        self.handle = desk.house.temporal.get_workflow_handle(cim_workflow_id(desk.org_id, desk.book.id))

    async def clerk(self, name: str, saves: int) -> None:
        for n in range(saves):
            command_id = str(uuid.uuid4())
            answer = await self.desk.book.send("save_slide", command_id=command_id, slide=saved(name, n))
            assert answer.status_code in (200, 202), answer.text
            self.answers[answer.status_code] += 1
            self.desk.acknowledged.append(command_id)

    async def signaller(self, signals: int) -> None:
        given = (await self.desk.book.client.post(f"{self.desk.book.url}/assertions")).json()
        for n in range(signals):
            command_id = str(uuid.uuid4())
            command = {"type": "save_slide", "command_id": command_id, "slide": saved("signal", n)}
            entry = {"actor": given["actor"], "proof": given["proof"], "command": command}
            await self.handle.signal(SUBMIT_SIGNAL, {"entries": [entry]})
            self.desk.acknowledged.append(command_id)

    async def asker(self, done: asyncio.Event) -> None:
        while not done.is_set():
            state = await self.handle.query(STATE_QUERY)
            assert state["cim_id"] == self.desk.book.id
            self.queries += 1
            await asyncio.sleep(0.05)


def saved(name: str, n: int) -> dict[str, Any]:
    """Each of many has a slide of their own, and writes a number on it."""
    return slide(f"{n}", slide_id=name, section_id=SECTIONS[0]["id"])


async def watched(desk: Desk, done: asyncio.Event) -> list[int]:
    """The events that a stream tells, until all is done and told."""
    reader = Reader(desk.book.client, desk.book.url)

    async def reading() -> None:
        async for _ in reader.messages():
            pass

    async with asyncio.TaskGroup() as group:
        task = group.create_task(reading())
        await done.wait()
        head = await desk.house.site.store.head(desk.book.id)
        assert head is not None

        async def has_all() -> bool:
            return bool(reader.seqs) and reader.seqs[-1] >= head.rev

        await eventually(has_all, "the stream has told everything")
        task.cancel()
    return reader.seqs


async def recorded(crowd: Crowd) -> bool:
    commands = {
        str(record.command_id) async for record in crowd.desk.house.site.store.log.all_events(crowd.desk.book.id)
    }
    return set(crowd.desk.acknowledged) <= commands


async def continued(house: House) -> Counter[str]:
    return Counter(
        each.id
        for each in await house.executions()
        if each.workflow_type == CIM_WORKFLOW and each.status is WorkflowExecutionStatus.CONTINUED_AS_NEW
    )


async def test_nothing_is_lost_doubled_or_reordered(tenant: Tenant, record_property: Any) -> None:
    shared, *own = [await tenant.desk(f"Book {n}") for n in range(1 + OWN_BOOKS)]
    for desk in (shared, *own):
        await desk.set_up()
    crowds = [Crowd(desk) for desk in (shared, *own)]
    done = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        streams = [group.create_task(watched(desk, done)) for desk in (shared, shared, *own)]
        for crowd in crowds[:2]:
            group.create_task(crowd.asker(done))
        began = time.monotonic()
        outcomes = await asyncio.gather(
            *(shared.chat(question) for question in ("What is in the book?", "What is missing?")),
            *(crowds[0].clerk(f"clerk{n}", SAVES) for n in range(CLERKS)),
            crowds[0].signaller(SIGNALS),
            *(crowd.clerk("own", OWN_SAVES) for crowd in crowds[1:]),
        )
        seconds = time.monotonic() - began
        for crowd in crowds:
            await eventually(partial(recorded, crowd), "what was accepted is recorded")
        done.set()
    assert outcomes[:2] == ["completed", "completed"]
    told = [stream.result() for stream in streams]
    for desk, seqs in zip((shared, shared, *own), told, strict=True):
        records = await log_is_whole(tenant.house.site.store, desk.book.id, desk.acknowledged)
        assert seqs == [record.seq for record in records], "each event once, in order"
    await nothing_is_reordered(shared)
    runs = await continued(tenant.house)
    assert all(runs[crowd.handle.id] >= 2 for crowd in crowds), runs
    saves = sum(sum(crowd.answers.values()) for crowd in crowds)
    record_property("saves", saves)
    record_property("saves per second", round(saves / seconds, 1))
    record_property("answered later (202)", sum(crowd.answers[202] for crowd in crowds))
    record_property("signals", SIGNALS)
    record_property("queries", sum(crowd.queries for crowd in crowds))
    record_property("events on streams", sum(map(len, told)))
    record_property("continued as new", sum(runs.values()))


async def nothing_is_reordered(desk: Desk) -> None:
    """What each of them wrote came in the order in which it was sent."""
    commands = {command_id: n for n, command_id in enumerate(desk.acknowledged)}
    events = [record.event() async for record in desk.house.site.store.log.all_events(desk.book.id)]
    saves = [event for event in events if isinstance(event, SlideSaved)]
    for _, of_one in itertools.groupby(sorted(saves, key=lambda event: (event.slide_id, event.seq)), _whose):
        places = [commands[str(event.command_id)] for event in of_one if str(event.command_id) in commands]
        assert places == sorted(places)


def _whose(event: SlideSaved) -> str:
    return event.slide_id
