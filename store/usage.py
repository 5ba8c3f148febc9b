"""What the calls of models cost. It is no content of a book, and stays when a book is erased."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from pymongo.errors import DuplicateKeyError

from store.errors import translated
from store.models import Usage, UsageHold, UsageHour
from store.server import Collection, Server

USAGE = "usage"
HOURS = "usage_hours"
HOLDS = "usage_holds"


class UsageBook:
    def __init__(self, server: Server) -> None:
        self._server = server

    @translated
    async def put(self, usage: Usage) -> None:
        document = {
            "org_id": usage.org_id,
            "person_id": usage.person_id,
            "run_id": usage.run_id,
            "at": usage.at,
            "item": usage.model_dump_json(),
        }
        await (await self._collection(USAGE)).replace_one({"_id": usage.id}, document, upsert=True)

    @translated
    async def calls(self, org_id: str, since: datetime, until: datetime, person_id: str | None = None) -> list[Usage]:
        """From `since` on and before `until`, in the order of time."""
        found = (await self._collection(USAGE)).find(_wanted(org_id, person_id, "at", since, until), sort=[("at", 1)])
        return [Usage.from_kept(document["item"]) async for document in found]

    @translated
    async def calls_since(self, since: datetime) -> list[Usage]:
        """Of every organisation, in the order of time."""
        found = (await self._collection(USAGE)).find({"at": {"$gte": since}}, sort=[("at", 1)])
        return [Usage.from_kept(document["item"]) async for document in found]

    @translated
    async def calls_of_run(self, org_id: str, run_id: str) -> list[Usage]:
        """In the order of time."""
        found = (await self._collection(USAGE)).find({"run_id": run_id, "org_id": org_id}, sort=[("at", 1)])
        return [Usage.from_kept(document["item"]) async for document in found]

    @translated
    async def put_hold(self, hold: UsageHold) -> None:
        """Holds of the organisation that nobody counts any more go at the same time."""
        collection = await self._collection(HOLDS)
        await collection.delete_many({"org_id": hold.org_id, "until": {"$lt": datetime.now(UTC)}})
        document = {"org_id": hold.org_id, "until": hold.until, "item": hold.model_dump_json()}
        await collection.replace_one({"_id": hold.id}, document, upsert=True)

    @translated
    async def remove_hold(self, hold_id: str) -> None:
        await (await self._collection(HOLDS)).delete_one({"_id": hold_id})

    @translated
    async def holds(self, org_id: str) -> list[UsageHold]:
        """What is held for calls of models in flight."""
        found = (await self._collection(HOLDS)).find({"org_id": org_id})
        return [UsageHold.from_kept(document["item"]) async for document in found]

    @translated
    async def put_hours(self, hours: Sequence[UsageHour]) -> None:
        """Each sum in place of what was kept for its organisation, hour, model, person and work."""
        collection = await self._collection(HOURS)
        for hour in hours:
            document = {
                "org_id": hour.org_id,
                "person_id": hour.person_id,
                "hour": hour.hour,
                "item": hour.model_dump_json(),
            }
            for is_last in (False, True):  # of two that put the first document of an hour at once, one is refused
                try:
                    await collection.replace_one({"_id": _key(hour)}, document, upsert=True)
                except DuplicateKeyError:
                    if is_last:
                        raise
                else:
                    break

    @translated
    async def hours(
        self, org_id: str, since: datetime, until: datetime, person_id: str | None = None
    ) -> list[UsageHour]:
        """Those that begin from `since` on and before `until`, in the order of time."""
        wanted = _wanted(org_id, person_id, "hour", since, until)
        found = (await self._collection(HOURS)).find(wanted, sort=[("hour", 1), ("_id", 1)])
        return [UsageHour.from_kept(document["item"]) async for document in found]

    async def ensure_indexes(self) -> None:
        await (await self._collection(USAGE)).create_index([("org_id", 1), ("at", 1)])
        await (await self._collection(USAGE)).create_index([("org_id", 1), ("person_id", 1), ("at", 1)])
        await (await self._collection(USAGE)).create_index([("at", 1)])
        await (await self._collection(USAGE)).create_index([("run_id", 1), ("at", 1)])
        await (await self._collection(HOURS)).create_index([("org_id", 1), ("hour", 1)])
        await (await self._collection(HOURS)).create_index([("org_id", 1), ("person_id", 1), ("hour", 1)])
        await (await self._collection(HOLDS)).create_index([("org_id", 1)])

    async def _collection(self, name: str) -> Collection:
        return await self._server.collection(name)


def _wanted(org_id: str, person_id: str | None, field: str, since: datetime, until: datetime) -> dict[str, Any]:
    wanted: dict[str, Any] = {"org_id": org_id, field: {"$gte": since, "$lt": until}}
    return wanted if person_id is None else {**wanted, "person_id": person_id}


def _key(hour: UsageHour) -> str:
    return f"{hour.org_id}:{hour.hour.astimezone(UTC):%Y%m%d%H}:{hour.model}:{hour.person_id}:{hour.work}"
