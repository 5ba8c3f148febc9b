"""Whose rights have changed, under consecutive numbers, so that every process hears of it within seconds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pymongo.errors import DuplicateKeyError

from store.errors import translated
from store.numbered import consecutive
from store.server import Collection, Server

RIGHTS_CHANGES = "rights_changes"
KEPT = timedelta(hours=1)
MOST_READ = 500


class RightsChanges:
    def __init__(self, server: Server) -> None:
        self._server = server

    @translated
    async def tell(self, person_id: str) -> None:
        changes = await self._changes()
        number = await self._last(changes)
        while True:
            number += 1
            try:
                await changes.insert_one({"_id": _key(number), "person_id": person_id, "at": datetime.now(UTC)})
                return
            except DuplicateKeyError:
                continue

    @translated
    async def last(self) -> int:
        """The number of the newest change; 0 for none. Takes away what is old, but never the newest."""
        changes = await self._changes()
        last = await self._last(changes)
        await changes.delete_many({"at": {"$lt": datetime.now(UTC) - KEPT}, "_id": {"$ne": _key(last)}})
        return last

    @translated
    async def after(self, number: int) -> list[str]:
        """Persons of the changes that follow, oldest first."""
        found = await consecutive(await self._changes(), _key, number, MOST_READ)
        return [document["person_id"] for document in found]

    async def _last(self, changes: Collection) -> int:
        newest = [document async for document in changes.find({}, {"_id": 1}, sort=[("_id", -1)], limit=1)]
        return int(newest[0]["_id"]) if newest else 0

    async def _changes(self) -> Collection:
        return await self._server.collection(RIGHTS_CHANGES)


def _key(number: int) -> str:
    return f"{number:016}"
