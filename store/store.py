"""The store of one process: the log and the read side of all CIMs, and what is kept beside them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from uuid import UUID

from domain.events import EventRecord
from domain.head import CIMHead, head_of
from domain.knowledge import KnowledgeGraph
from domain.model import Fact
from domain.recording import RecordBatch
from domain.state import CIMState
from domain.values import CIMStatus, Stage
from store.books import SNAPSHOTS, Books
from store.contents import BLOBS, CHUNKS, Contents
from store.erasure import Erasure
from store.feed import Feed
from store.heads import Heads
from store.log import Log
from store.models import Export, Message, Page, Run, Slide, Source, SourcePassage
from store.notices import NOTICES, ensure_notices
from store.passages import PASSAGES, Passages
from store.recorder import Recorder
from store.server import Server
from store.shelf import Shelf


class Store:
    """Every call raises StoreUnavailable while the server does not answer, and StoreError for anything else."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._log = Log(server)
        self._heads = Heads(server, self._log)
        self._contents = Contents(server)
        self._books = Books(server, self._log, self._heads, self._contents)
        self._passages = Passages(server)
        self._messages = Shelf[Message](server, "messages", Message, lambda m: {"thread_id": m.thread_id})
        self._sources = Shelf[Source](
            server, "sources", Source, lambda s: {"sha256": s.sha256, "at": s.created_at.isoformat()}
        )
        self._runs = Shelf[Run](server, "runs", Run, lambda r: {"status": r.status, "at": r.started_at.isoformat()})
        self._exports = Shelf[Export](server, "exports", Export, lambda e: {"at": e.created_at.isoformat()})
        shelves = (self._messages.name, self._sources.name, self._runs.name, self._exports.name)
        self._erasure = Erasure(server, self._log, self._heads, (*shelves, PASSAGES, BLOBS, CHUNKS, SNAPSHOTS, NOTICES))
        self._recorder = Recorder(self._log, self._heads, self._contents, self._books, self._erasure)
        self.feed = Feed(server, self._heads)

    @classmethod
    async def connect(cls, url: str, database: str) -> Store:
        """Does not wait for the server: it is asked at first use."""
        await asyncio.sleep(0)
        return cls(Server(url, database))

    async def ping(self) -> None:
        await self._server.ping()

    async def close(self) -> None:
        await self.feed.close()
        await self._recorder.close()
        await self._server.close()

    async def ensure_indexes(self) -> None:
        """Idempotent. FerretDB finds by `_id` only, so indexes would cost there and serve nothing."""
        if (await self._server.traits()).ferretdb:
            return
        await self._log.ensure_indexes()
        await self._heads.ensure_indexes()
        await self._messages.ensure_indexes("thread_id", "_id")
        await self._sources.ensure_indexes("sha256", "at")
        await self._runs.ensure_indexes("at")
        await self._exports.ensure_indexes("at")
        await self._passages.ensure_indexes()
        for name in (BLOBS, CHUNKS, SNAPSHOTS, NOTICES):
            await (await self._server.collection(name)).create_index([("cim_id", 1)])
        await ensure_notices(self._server)

    # the CIM

    async def record(self, batch: RecordBatch) -> None:
        """Idempotent. Afterwards the head is at `batch.rev`, and every event up to it can be read.

        Raises the FatalStoreErrors LogConflict, LogGap and CIMErased.
        """
        await self._recorder.record(batch)
        self.feed.wake(batch.cim_id, batch.rev)

    async def head(self, cim_id: str) -> CIMHead | None:
        return await self._up_to_date(await self._heads.head(cim_id))

    async def heads(
        self,
        deal_ids: Collection[str],
        *,
        org_id: str | None = None,
        deal_id: str | None = None,
        status: CIMStatus | None = None,
        stage: Stage | None = None,
        owner_id: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[CIMHead]:
        """Newest first, of the deals that the reader may see. Raises BadCursor."""
        page = await self._heads.page(
            deal_ids,
            org_id=org_id,
            deal_id=deal_id,
            status=status,
            stage=stage,
            owner_id=owner_id,
            cursor=cursor,
            limit=limit,
        )
        items = await asyncio.gather(*(self._up_to_date(head) for head in page.items))
        return page.model_copy(update={"items": tuple(head for head in items if head is not None)})

    async def _up_to_date(self, head: CIMHead | None) -> CIMHead | None:
        """The head as of the end of the log, where heads may be behind it."""
        if head is None or not await self._heads.are_late() or await self._log.event(head.id, head.rev + 1) is None:
            return head
        state = await self._books.state(head.id)
        return None if state is None else head_of(state)

    async def slides(self, cim_id: str) -> list[Slide]:
        """All slides with their bodies, in the order of the outline."""
        return await self._books.slides(cim_id)

    async def slide(self, cim_id: str, slide_id: str) -> Slide | None:
        return await self._books.slide(cim_id, slide_id)

    async def facts(self, cim_id: str) -> list[Fact]:
        return await self._books.facts(cim_id)

    async def graph(self, cim_id: str) -> KnowledgeGraph:
        """What the book is about, with bodies; an empty graph for an unknown CIM."""
        return await self._books.graph(cim_id)

    async def state(self, cim_id: str) -> CIMState | None:
        """The CIM as of its head."""
        return await self._books.state(cim_id)

    async def fold_state(self, cim_id: str, to_seq: int | None = None) -> CIMState | None:
        """The CIM after event `to_seq`, or after the last one in the log; None for an unknown or erased CIM."""
        return await self._books.state_at(cim_id, to_seq)

    async def erase(self, cim_id: str, org_id: str, tombstone: EventRecord) -> None:
        """Takes away all that belongs to the CIM; the one event stays. Idempotent."""
        await self._recorder.drop_late_head(cim_id)
        await self._erasure.erase(cim_id, org_id, tombstone)
        self._recorder.forget(cim_id)
        self.feed.wake(cim_id, tombstone.seq)

    # the log

    async def events(self, cim_id: str, after: int, limit: int) -> list[EventRecord]:
        """The events past `after`, as far as the head is: who sees one of them reads what it did."""
        page = await self._log.events(cim_id, after, limit)
        if not page or page[-1].seq <= self._heads.seen(cim_id):
            return page
        standing = await self._heads.standing(cim_id)
        return [record for record in page if standing is not None and record.seq <= standing.rev]

    def all_events(self, cim_id: str) -> AsyncGenerator[EventRecord]:
        """The whole log, in order, also what the head has not reached yet."""
        return self._log.all_events(cim_id)

    async def events_of_command(self, cim_id: str, command_id: UUID) -> list[EventRecord]:
        return await self._log.events_of_command(cim_id, command_id)

    # contents under their hash

    async def put_body(self, cim_id: str, content_hash: str, text: str) -> None:
        await self._contents.put_text(cim_id, content_hash, text)

    async def get_body(self, cim_id: str, content_hash: str) -> str | None:
        return await self._contents.text(cim_id, content_hash)

    async def get_bodies(self, cim_id: str, content_hashes: Collection[str]) -> Mapping[str, str]:
        """Those that are there."""
        return await self._contents.texts(cim_id, content_hashes)

    async def put_blob(self, cim_id: str, data: bytes) -> str:
        """The SHA-256 (hex) under which the bytes are kept, for this CIM."""
        return await self._contents.put_bytes(cim_id, data)

    async def get_blob(self, cim_id: str, sha256: str) -> bytes | None:
        return await self._contents.bytes(cim_id, sha256)

    # the conversation

    async def put_message(self, message: Message) -> None:
        await self._messages.put(message)

    async def message(self, message_id: str) -> Message | None:
        return await self._messages.get(message_id)

    async def messages(
        self, cim_id: str, *, before: str | None = None, limit: int = 50, thread_id: str | None = None
    ) -> Page[Message]:
        """The newest, or those right before a message, oldest of them first. `next_cursor` is the next `before`."""
        wanted: dict[str, object] = {}
        if before is not None:
            wanted["_id"] = {"$lt": before}
        if thread_id is not None:
            wanted["thread_id"] = thread_id
        found = await self._messages.find(cim_id, wanted, newest=True, limit=limit + 1)
        page = tuple(reversed(found[:limit]))
        return Page[Message](items=page, next_cursor=page[0].id if len(found) > limit else None)

    # sources and their passages

    async def put_source(self, source: Source) -> None:
        await self._sources.put(source)

    async def source(self, source_id: str) -> Source | None:
        return await self._sources.get(source_id)

    async def source_by_hash(self, cim_id: str, sha256: str) -> Source | None:
        found = await self._sources.find(cim_id, {"sha256": sha256}, order="at", limit=1)
        return found[0] if found else None

    async def sources(self, cim_id: str) -> list[Source]:
        """In the order in which they came."""
        return await self._sources.find(cim_id, order="at")

    async def put_passages(self, cim_id: str, source_id: str, passages: Sequence[SourcePassage]) -> None:
        """All passages of a source, in place of those kept before."""
        await self._passages.put(cim_id, source_id, passages)

    async def passages(self, cim_id: str, source_id: str | None = None) -> list[SourcePassage]:
        """Those of one source, or of all sources of the CIM, in order."""
        if source_id is not None:
            return await self._passages.of_source(cim_id, source_id)
        sources = await self.sources(cim_id)
        return [passage for source in sources for passage in await self._passages.of_source(cim_id, source.id)]

    # runs and exports

    async def put_run(self, run: Run) -> None:
        await self._runs.put(run)

    async def run(self, run_id: str) -> Run | None:
        return await self._runs.get(run_id)

    async def runs(self, cim_id: str, limit: int = 100) -> list[Run]:
        """Newest first."""
        return await self._runs.find(cim_id, order="at", newest=True, limit=limit)

    async def put_export(self, export: Export) -> None:
        await self._exports.put(export)

    async def export(self, export_id: str) -> Export | None:
        return await self._exports.get(export_id)

    async def exports(self, cim_id: str, limit: int = 100) -> list[Export]:
        """Newest first."""
        return await self._exports.find(cim_id, order="at", newest=True, limit=limit)
