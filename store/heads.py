"""The head of each CIM, for reads and lists. A head never goes back to an earlier rev."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Collection as AnyOf
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import BaseModel
from pymongo import ReplaceOne
from pymongo.errors import BulkWriteError

from domain.head import CIMHead
from domain.values import CIMStatus, Stage
from store.codec import Codec
from store.combining import Combiner
from store.errors import translated
from store.log import Log, is_duplicate
from store.models import Page
from store.paging import Place, cursor_of, place_of
from store.server import Collection, Document, Server

CIMS = "cims"
MOST_SEEN = 10_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Standing(BaseModel):
    """How far the head of a CIM is, and whether the CIM was erased."""

    rev: int
    erased: bool = False


class Heads:
    def __init__(self, server: Server, codec: Codec, log: Log) -> None:
        self._server = server
        self._codec = codec
        self._log = log
        self._writes = Combiner(self._write_together)
        self._seen: OrderedDict[str, int] = OrderedDict()

    @translated
    async def head(self, cim_id: str) -> CIMHead | None:
        found = await (await self._cims()).find_one({"_id": cim_id})
        if found is None:
            return None
        self._see(cim_id, found["rev"])
        return None if found.get("erased") else await self._head(found)

    @translated
    async def standing(self, cim_id: str) -> Standing | None:
        """How far the log of a CIM is. Where heads are written late, the log is asked what comes after its head: at the
        same time, after the one that was seen last."""
        if not await self.are_late():
            return await self.kept(cim_id)
        seen = self.seen(cim_id)
        kept, further = await asyncio.gather(self.kept(cim_id), self._log.event(cim_id, seen + 1))
        if kept is None or kept.erased:
            return kept
        known = self.seen(cim_id)
        rev = known if further is None and known == seen else await self._log.end(cim_id, known)
        self._see(cim_id, rev)
        return Standing(rev=rev)

    @translated
    async def kept(self, cim_id: str) -> Standing | None:
        """What the head of a CIM says of itself."""
        found = await (await self._cims()).find_one({"_id": cim_id}, {"rev": 1, "erased": 1})
        if found is None:
            return None
        self._see(cim_id, found["rev"])
        return Standing.model_validate(found)

    async def are_late(self) -> bool:
        """Whether a head may be behind its log for a moment."""
        return (await self._server.traits()).writes_heads_late

    def seen(self, cim_id: str) -> int:
        """The highest rev at which this process has seen the head of a CIM; 0 for none."""
        return self._seen.get(cim_id, 0)

    @translated
    async def write(self, head: CIMHead) -> None:
        """Where the server guards writes, a newer head stays. Elsewhere the caller sees to that."""
        await self._writes.submit(head)
        self._see(head.id, head.rev)

    @translated
    async def erase(self, cim_id: str, org_id: str, rev: int) -> None:
        """Nothing is left of the head but whose it was, so that no late head comes back."""
        left = {"org_id": org_id, "rev": rev, "erased": True}
        await (await self._cims()).replace_one({"_id": cim_id}, left, upsert=True)

    @translated
    async def cims_of(self, org_id: str) -> list[str]:
        """The ids of all CIMs of an organisation, also of erased ones."""
        found = (await self._cims()).find({"org_id": org_id}, {"_id": 1})
        return sorted([str(document["_id"]) async for document in found])

    @translated
    async def all_cims(self) -> list[str]:
        """The ids of all CIMs, also of erased ones, in their order."""
        found = (await self._cims()).find({}, {"_id": 1}, sort=[("_id", 1)])
        return [str(document["_id"]) async for document in found]

    @translated
    async def open_cims(self) -> list[str]:
        """The ids of all CIMs that are being written, of every organisation, in their order."""
        wanted = {"status": {"$in": [str(CIMStatus.DRAFT), str(CIMStatus.IN_PROGRESS)]}}
        found = (await self._cims()).find(wanted, {"_id": 1}, sort=[("_id", 1)])
        return [str(document["_id"]) async for document in found]

    @translated
    async def unchanged(self, org_id: str, since: datetime) -> list[str]:
        """The ids of the CIMs of an organisation that have not changed since then."""
        wanted = {"org_id": org_id, "updated": {"$lte": (since - EPOCH) // MICROSECOND}}
        return [str(document["_id"]) async for document in (await self._cims()).find(wanted, {"_id": 1})]

    @translated
    async def complete(self, org_id: str) -> list[str]:
        """The ids of the CIMs of an organisation that are complete."""
        wanted = {"org_id": org_id, "status": str(CIMStatus.COMPLETE)}
        return [str(document["_id"]) async for document in (await self._cims()).find(wanted, {"_id": 1})]

    @translated
    async def page(
        self,
        deal_ids: AnyOf[str],
        *,
        org_id: str | None = None,
        deal_id: str | None = None,
        status: CIMStatus | None = None,
        stage: Stage | None = None,
        owner_id: str | None = None,
        ids: AnyOf[str] = (),
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[CIMHead]:
        """Newest first, of the deals that the reader may see; of some CIMs where `ids` are given. Raises BadCursor."""
        allowed = set(deal_ids) if deal_id is None else set(deal_ids) & {deal_id}
        if not allowed:
            return Page[CIMHead]()
        wanted: dict[str, Any] = {"deal_id": {"$in": sorted(allowed)}}
        for name, value in (("org_id", org_id), ("status", status), ("stage", stage), ("owner_id", owner_id)):
            if value is not None:
                wanted[name] = str(value)
        if ids:
            wanted["_id"] = {"$in": sorted(set(ids))}
        if cursor is not None:
            wanted |= place_of(cursor).past("updated")
        found = (await self._cims()).find(wanted, sort=[("updated", -1), ("_id", -1)], limit=limit + 1)
        documents = [document async for document in found]
        more = len(documents) > limit
        items = tuple([await self._head(document) for document in documents[:limit]])
        return Page[CIMHead](items=items, next_cursor=_cursor(documents[limit - 1]) if more else None)

    async def ensure_indexes(self) -> None:
        cims = await self._cims()
        newest_first = [("updated", -1), ("_id", -1)]
        for narrowed in ((), ("status",), ("stage",), ("status", "stage")):
            await cims.create_index([("deal_id", 1), *((field, 1) for field in narrowed), *newest_first])
        await cims.create_index([("status", 1), ("_id", 1)])
        await cims.create_index([("org_id", 1), ("deal_id", 1), ("updated", -1)])
        await cims.create_index([("owner_id", 1), ("status", 1)])

    def _see(self, cim_id: str, rev: int) -> None:
        self._seen[cim_id] = max(rev, self._seen.get(cim_id, 0))
        self._seen.move_to_end(cim_id)
        while len(self._seen) > MOST_SEEN:
            self._seen.popitem(last=False)

    async def _document(self, head: CIMHead) -> Document:
        return {
            "org_id": head.org_id,
            "deal_id": head.deal_id,
            "owner_id": head.owner_id,
            "status": str(head.status),
            "stage": str(head.stage),
            "updated": (head.updated_at - EPOCH) // MICROSECOND,
            "rev": head.rev,
            "head": await self._codec.pack(head.id, head.model_dump_json()),
        }

    async def _head(self, document: Document) -> CIMHead:
        return CIMHead.from_kept(await self._codec.unpack(document["head"]))

    async def _cims(self) -> Collection:
        return await self._server.collection(CIMS)

    @translated
    async def _write_together(self, heads: Sequence[CIMHead]) -> list[None]:
        cims, traits = await self._cims(), await self._server.traits()
        latest = {head.id: head for head in sorted(heads, key=lambda head: head.rev)}
        if len(latest) == 1 and not traits.guards_writes:
            [head] = latest.values()
            await cims.replace_one({"_id": head.id}, await self._document(head), upsert=True)
            return [None] * len(heads)
        writes = [
            ReplaceOne[Document](
                {"_id": head.id, "rev": {"$lt": head.rev}} if traits.guards_writes else {"_id": head.id},
                await self._document(head),
                upsert=True,
            )
            for head in latest.values()
        ]
        try:
            await cims.bulk_write(writes, ordered=False)
        except BulkWriteError as error:
            if not is_duplicate(error):  # a guarded upsert that finds a newer head ends as a duplicate
                raise
            if not traits.guards_writes:
                await cims.bulk_write(writes, ordered=False)
        return [None] * len(heads)


def _cursor(document: Document) -> str:
    return cursor_of(Place(at=document["updated"], id=document["_id"]))
