"""The log of each CIM: its events in order, appended and never changed."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from typing import Any
from uuid import UUID

from pymongo.errors import BulkWriteError, DuplicateKeyError

from domain.events import Event, EventRecord
from store.codec import Codec
from store.combining import Combiner
from store.command_index import CommandIndex
from store.errors import LogConflict, translated
from store.ids import event_key, keys_after
from store.numbered import consecutive, last_number
from store.server import DUPLICATE_KEY, Collection, Document, Server

EVENTS = "events"
SCAN_FROM = 512
PAGE = 500


class Log:
    def __init__(self, server: Server, codec: Codec) -> None:
        self._server = server
        self._codec = codec
        self._appends = Combiner(self._append_together)
        self._commands = CommandIndex()

    @translated
    async def append(self, cim_id: str, org_id: str, events: Sequence[Event]) -> None:
        """Events that are there already, and the same, stay. Raises LogConflict where another event has the place."""
        await self.append_records(cim_id, org_id, [EventRecord.of(event) for event in events])

    @translated
    async def append_records(self, cim_id: str, org_id: str, records: Sequence[EventRecord]) -> None:
        if records:
            await self._appends.submit([await self._document(cim_id, org_id, record) for record in records])

    @translated
    async def events(self, cim_id: str, after: int, limit: int) -> list[EventRecord]:
        """The events that follow `after`, in order, at most `limit`. Of an erased CIM only its tombstone is left."""
        if (await self._server.traits()).finds_ranges:
            return await self._range(cim_id, after, limit)
        return await self._one_by_one(cim_id, after, limit)

    @translated
    async def event(self, cim_id: str, seq: int) -> EventRecord | None:
        found = await (await self._events()).find_one({"_id": event_key(cim_id, seq)})
        return None if found is None else await self._record(found)

    @translated
    async def end(self, cim_id: str, after: int) -> int:
        """The seq of the last event, where event `after` is known to be there."""
        return await last_number(await self._events(), lambda seq: event_key(cim_id, seq), after)

    async def all_events(self, cim_id: str, after: int = 0, to_seq: int | None = None) -> AsyncGenerator[EventRecord]:
        """Every event after `after` up to `to_seq`, in order, in pages."""
        traits = await self._server.traits()
        cursor = after
        while to_seq is None or cursor < to_seq:
            if not traits.finds_ranges and cursor - after >= SCAN_FROM:
                page = await self._scan(cim_id, cursor)
            else:
                page = await self.events(cim_id, cursor, PAGE if to_seq is None else min(PAGE, to_seq - cursor))
            for record in page:
                if to_seq is not None and record.seq > to_seq:
                    return
                yield record
            if not page:
                return
            cursor = page[-1].seq

    @translated
    async def events_of_command(self, cim_id: str, command_id: UUID) -> list[EventRecord]:
        events = await self._events()
        if not (await self._server.traits()).finds_ranges:
            return await self._indexed_events(events, cim_id, command_id)
        found = events.find({"cim_id": cim_id, "command_id": str(command_id)})
        return sorted([await self._record(document) async for document in found], key=lambda record: record.seq)

    async def _indexed_events(self, events: Collection, cim_id: str, command_id: UUID) -> list[EventRecord]:
        first = await self._commands.first_seq(events, cim_id, command_id)
        found = list[EventRecord]()
        while first is not None:
            record = await self.event(cim_id, first + len(found))
            if record is None or record.command_id != command_id:
                break
            found.append(record)
        return found

    @translated
    async def events_of_type(self, cim_id: str, type_: str, after: int, limit: int) -> list[EventRecord]:
        """Those of one type that follow `after`, in order, at most `limit`."""
        wanted = {"cim_id": cim_id, "type": type_, "seq": {"$gt": after}}
        found = (await self._events()).find(wanted, sort=[("seq", 1)], limit=limit)
        return [await self._record(document) async for document in found]

    @translated
    async def last_seq(self, cim_id: str) -> int:
        """The highest number in the log, whatever is missing before it; 0 without a log."""
        wanted = {"_id": keys_after(cim_id, 0)}
        last = await (await self._events()).find_one(wanted, sort=[("_id", -1)])
        return 0 if last is None else last["seq"]

    @translated
    async def tombstone(self, cim_id: str) -> EventRecord | None:
        """The last event of an erased CIM, the only one left."""
        mark = await (await self._server.collection("tombstones")).find_one({"_id": cim_id})
        return None if mark is None else await self.event(cim_id, mark["seq"])

    async def ensure_indexes(self) -> None:
        events = await self._events()
        await events.create_index([("cim_id", 1), ("command_id", 1)])
        await events.create_index([("cim_id", 1), ("type", 1), ("seq", 1)])
        await events.create_index([("org_id", 1), ("at", 1)])

    async def _events(self) -> Collection:
        return await self._server.collection(EVENTS)

    async def _range(self, cim_id: str, after: int, limit: int) -> list[EventRecord]:
        wanted = {"_id": keys_after(cim_id, after)}
        found = (await self._events()).find(wanted, sort=[("_id", 1)], limit=limit)
        return [await self._record(document) async for document in found]

    async def _one_by_one(self, cim_id: str, after: int, limit: int) -> list[EventRecord]:
        documents = await consecutive(await self._events(), lambda seq: event_key(cim_id, seq), after, limit)
        return [await self._record(document) for document in documents] or await self._tombstone_after(cim_id, after)

    async def _tombstone_after(self, cim_id: str, after: int) -> list[EventRecord]:
        tombstone = await self.tombstone(cim_id) if after == 0 else None
        return [] if tombstone is None else [tombstone]

    @translated
    async def _scan(self, cim_id: str, after: int) -> list[EventRecord]:
        found = (await self._events()).find({"cim_id": cim_id, "seq": {"$gt": after}})
        return sorted([await self._record(document) async for document in found], key=lambda record: record.seq)

    @translated
    async def _append_together(self, parts: Sequence[Sequence[Document]]) -> list[None]:
        events = await self._events()
        documents = [document for part in parts for document in part]
        try:
            if len(documents) == 1:
                await events.insert_one(documents[0])
            else:
                await events.insert_many(documents)
        except (BulkWriteError, DuplicateKeyError):
            if len(parts) > 1:
                raise
            await self._append_missing(events, parts[0])
        self._commands.appended(documents)
        return [None] * len(parts)

    async def _append_missing(self, events: Collection, documents: Sequence[Document]) -> None:
        """In order, so that no event is ever there without those before it."""
        for document in documents:
            try:
                await events.insert_one(document)
            except DuplicateKeyError as error:
                there = await events.find_one({"_id": document["_id"]})
                if there is None or not await self._is_same(there, document):
                    raise LogConflict(f"another event is recorded as {document['_id']}") from error

    async def _is_same(self, there: Document, document: Document) -> bool:
        return (await self._record(there)).is_same_decision(await self._record(document))

    async def _document(self, cim_id: str, org_id: str, record: EventRecord) -> Document:
        return {
            "_id": event_key(cim_id, record.seq),
            "cim_id": cim_id,
            "org_id": org_id,
            "seq": record.seq,
            "type": record.type,
            "at": record.at,
            "command_id": str(record.command_id),
            "record": await self._codec.pack(cim_id, record.model_dump_json()),
        }

    async def _record(self, document: Document) -> EventRecord:
        return EventRecord.from_kept(await self._codec.unpack(document["record"]))


def is_duplicate(error: BulkWriteError) -> bool:
    """Whether all that went wrong is that some documents were there already."""
    errors: list[dict[str, Any]] = error.details.get("writeErrors", []) if error.details else []
    return bool(errors) and all(each.get("code") == DUPLICATE_KEY for each in errors)
