"""A house in which a day is a second: its own database, task queue, worker, API and schedules, on the real stack."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo import AsyncMongoClient
from temporalio.client import Client, WorkflowExecution

from deploy.embedded.services import free_port
from store import Notice
from tests.integration.api.conftest import Site, open_store
from workflows.calls import CIMCalls
from workflows.chores import Chore, schedule_id
from workflows.schedules import keep_schedules

CONTINUES_AFTER = 120
IDLE_CLOSE_DAYS = 2


@dataclass
class Heard:
    """A reminder as the stream of a book tells it."""

    request_id: str
    count: int
    at: datetime


@dataclass
class House:
    site: Site
    temporal: Client
    day: timedelta
    reminders: list[Heard] = field(default_factory=list[Heard])
    restarts: int = 0
    _running: AsyncExitStack = field(default_factory=AsyncExitStack)
    _listening: list[asyncio.Task[None]] = field(default_factory=list[asyncio.Task[None]])
    _began: float = 0.0
    _port: int = field(default_factory=free_port)

    @property
    def queue(self) -> str:
        return self.site.calls.task_queue

    @property
    def today(self) -> float:
        """Days since the beginning."""
        return (time.monotonic() - self._began) / self.day.total_seconds()

    async def until(self, day: float) -> None:
        await asyncio.sleep(max(0.0, (day - self.today) * self.day.total_seconds()))

    async def begin(self) -> None:
        await self.start()
        await keep_schedules(self.temporal, self.queue, self.day)
        self._began = time.monotonic()

    async def start(self) -> None:
        await self._running.enter_async_context(self.site.running_worker())
        self.site.api = await self._running.enter_async_context(self.site.running_api(port=self._port))

    async def restart(self) -> None:
        """API and worker stop, and others take their places."""
        await self._running.aclose()
        self._running = AsyncExitStack()
        await self.start()
        self.restarts += 1

    async def end(self) -> None:
        """The schedules stop. A chore that is tried again, since a part did not answer in time, may still be open."""
        for chore in Chore:
            await self.temporal.get_schedule_handle(schedule_id(self.queue, chore)).delete()

    async def close(self) -> None:
        for task in self._listening:
            task.cancel()
        await asyncio.gather(*self._listening, return_exceptions=True)
        await self._running.aclose()

    def listen(self, cim_id: str) -> None:
        """Notes the reminders of a book, however often processes are restarted."""

        async def listening() -> None:
            async with self.site.store.feed.subscribe(cim_id) as heard:
                async for news in heard:
                    if isinstance(news, Notice) and news.kind == "reminder":
                        told: dict[str, Any] = news.data
                        self.reminders.append(Heard(told["request_id"], told["count"], datetime.now(UTC)))

        self._listening.append(asyncio.create_task(listening()))

    def told_of(self, request_id: str) -> list[int]:
        """The numbers of the reminders of a request, as they were heard."""
        return [each.count for each in self.reminders if each.request_id == request_id]

    async def executions(self) -> list[WorkflowExecution]:
        """All of this house, also those that were continued."""
        return [execution async for execution in self.temporal.list_workflows(f"TaskQueue = '{self.queue}'")]

    @asynccontextmanager
    async def collection(self, name: str) -> AsyncGenerator[Any]:
        """The rows of a collection, past the store: to make them older than they are."""
        url = self.site.settings.mongodb_url.get_secret_value()
        async with AsyncMongoClient[dict[str, Any]](url) as client:
            yield client[self.site.settings.mongodb_database][name]

    async def age_talk(self, by: timedelta) -> int:
        """What was said is as old as days are long here; how many entries there are."""
        async with self.collection("talk") as talk:
            documents = [document async for document in talk.find({"at": {"$exists": True}}, {"at": 1})]
            for document in documents:
                await talk.update_one({"_id": document["_id"]}, {"$set": {"at": document["at"] - by}})
        return len(documents)

    async def age_presence(self) -> None:
        async with self.collection("presence") as pages:
            silent = (datetime.now(UTC) - timedelta(minutes=3)).isoformat()
            await pages.update_many({}, {"$set": {"at": silent}})


@asynccontextmanager
async def house_on(site: Site, day: timedelta, continues_after: int = CONTINUES_AFTER) -> AsyncGenerator[House]:
    name = f"days-{uuid.uuid4().hex[:12]}"
    settings = site.settings.model_copy(
        update={
            "mongodb_database": name,
            "task_queue": name,
            "day_seconds": day.total_seconds(),
            "grant_seconds": 2,
            "continue_as_new_after_events": continues_after,
        }
    )
    calls = CIMCalls(
        task_queue=name,
        continue_after_events=continues_after,
        idle_close_seconds=IDLE_CLOSE_DAYS * day.total_seconds(),
    )
    store = await open_store(settings)
    await store.ensure_indexes()
    own = Site(site.addresses, site.people, settings, calls, store)
    house = House(own, await own.temporal(), day)
    try:
        yield house
    finally:
        await house.close()
        await store.close()
