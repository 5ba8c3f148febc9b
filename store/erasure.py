"""Deleting a CIM: everything that belongs to it goes, and one event stays that says so."""

from __future__ import annotations

from collections.abc import Sequence

from domain.events import EventRecord
from store.errors import translated
from store.heads import Heads
from store.ids import event_key
from store.log import EVENTS, Log
from store.server import Collection, Server

TOMBSTONES = "tombstones"
# FerretDB names each document that it deletes in one statement, and SQLite takes 32,766 parameters.
MOST_SQLITE_DELETES = 30_000
PORTION = 2_000


class Erasure:
    """`collections` are the names of those whose documents carry a cim_id. May be broken off and repeated."""

    def __init__(self, server: Server, log: Log, heads: Heads, collections: Sequence[str]) -> None:
        self._server = server
        self._log = log
        self._heads = heads
        self._collections = collections

    @translated
    async def erase(self, cim_id: str, org_id: str, tombstone: EventRecord) -> None:
        await self._log.append_records(cim_id, org_id, [tombstone])
        marks = await self._server.collection(TOMBSTONES)
        await marks.replace_one({"_id": cim_id}, {"seq": tombstone.seq, "swept": False}, upsert=True)
        await self._erase_all_but(tombstone, cim_id, org_id)

    @translated
    async def sweep(self, cim_id: str, org_id: str, tombstone: EventRecord) -> None:
        """Takes away what came late, by those who were at work when the CIM was erased."""
        await self._erase_all_but(tombstone, cim_id, org_id)
        await (await self._server.collection(TOMBSTONES)).update_one({"_id": cim_id}, {"$set": {"swept": True}})

    @translated
    async def unswept(self) -> list[str]:
        """The ids of erased CIMs, of which something may have come late."""
        marks = await self._server.collection(TOMBSTONES)
        return [str(mark["_id"]) async for mark in marks.find({"swept": False}, {"_id": 1})]

    async def _erase_all_but(self, tombstone: EventRecord, cim_id: str, org_id: str) -> None:
        await self._heads.erase(cim_id, org_id, tombstone.seq)
        await self._clear(cim_id, keep=event_key(cim_id, tombstone.seq))

    @translated
    async def wipe(self, cim_id: str, org_id: str) -> None:
        """Takes away all, of a CIM whose tenant is gone. Whoever asks is told that it was erased."""
        kept = await self._heads.kept(cim_id)
        await self._heads.erase(cim_id, org_id, kept.rev if kept is not None else 0)
        await self._clear(cim_id, keep=None)

    async def _clear(self, cim_id: str, keep: str | None) -> None:
        for name in self._collections:
            await self._delete(await self._server.collection(name), cim_id, keep=None)
        await self._delete(await self._server.collection(EVENTS), cim_id, keep=keep)

    async def _delete(self, collection: Collection, cim_id: str, keep: str | None) -> None:
        wanted = {"cim_id": cim_id} if keep is None else {"cim_id": cim_id, "_id": {"$ne": keep}}
        if not (await self._server.traits()).finds_ranges:
            while await collection.count_documents(wanted) > MOST_SQLITE_DELETES:
                found = collection.find(wanted, {"_id": 1}, limit=PORTION)
                await collection.delete_many({"_id": {"$in": [document["_id"] async for document in found]}})
        await collection.delete_many(wanted)
