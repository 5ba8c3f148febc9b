"""The store of one process: the log and the read side of all CIMs, and what is kept beside them."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import datetime

from pydantic import JsonValue

from domain.events import EventRecord
from domain.head import CIMHead, head_of
from domain.recording import RecordBatch
from domain.retention import BookRule
from domain.values import CIMStatus, Stage
from store.archive import Archive
from store.books import SNAPSHOTS, Books
from store.codec import Codec
from store.contents import BLOBS, CHUNKS, Contents
from store.earlier import MessagesOf01, RunsOf01
from store.erasure import Erasure
from store.feed import Feed
from store.heads import Heads
from store.images import IMAGES, Images
from store.keys import StoredKeys
from store.log import Log
from store.messages import MESSAGES, Messages
from store.migrations import Migrations
from store.models import Page, TalkEntry, TalkKind
from store.notices import NOTICES, ensure_notices
from store.owners import Owners
from store.passages import PASSAGES, Passages
from store.recorder import Recorder
from store.rights_changes import RightsChanges
from store.server import Description, Server
from store.shelves import (
    Agents,
    BookChecks,
    BookEnds,
    Checkpoints,
    Comments,
    Exports,
    Presence,
    Reminders,
    Runs,
    Sources,
    Threads,
)
from store.steers import STEERS, Steers
from store.talk import FLOORS, TALK, Talk
from store.tidying import Tidying
from store.unfinished import UNFINISHED, Unfinished
from store.unused_files import UnusedFiles
from store.usage import UsageBook
from vault import KeyRing, MasterKeys


class Store:
    """Every call raises StoreUnavailable while the server does not answer, and StoreError for anything else."""

    def __init__(self, server: Server, masters: MasterKeys, keys_server: Server | None = None) -> None:
        self._server = server
        self._keys_server = keys_server
        self._stored_keys = StoredKeys(keys_server or server)
        self.keys = KeyRing(self._stored_keys, masters)
        self._owners = Owners(server)
        codec = Codec(self.keys, self._owners)
        self.log = Log(server, codec)
        self._heads = Heads(server, codec, self.log)
        self.contents = Contents(server, codec)
        self.sources = Sources(server, codec)
        self.passages = Passages(server, codec, self.sources)
        self.images = Images(server, codec)
        self.books = Books(server, codec, self.log, self._heads, self.contents, self.sources)
        self._talk = Talk(server, codec, self._heads)
        self.unfinished = Unfinished(server, codec, self._talk)
        self._tidying = Tidying(self._talk, self.unfinished)
        self.messages = Messages(server, codec, self._talk, self.unfinished, self.say)
        self.threads = Threads(server, codec)
        self.steers = Steers(server, codec, self.say)
        self.runs = Runs(server, codec)
        self.agents = Agents(server, codec)
        self.checkpoints = Checkpoints(server, codec)
        self.usage = UsageBook(server)
        self.exports = Exports(server, codec)
        self.comments = Comments(server, codec)
        self.presence = Presence(server, codec)
        self.reminders = Reminders(server, codec)
        self.book_ends = BookEnds(server, codec)
        self.book_checks = BookChecks(server, codec)
        self.unused_files = UnusedFiles(self.contents, self.sources, self.images, self.exports)
        self._shelves = (
            self.presence,
            self.book_ends,
            self.reminders,
            self.book_checks,
            self.threads,
            self.sources,
            self.runs,
            self.agents,
            self.checkpoints,
            self.exports,
            self.comments,
        )
        said = (MESSAGES, TALK, FLOORS, UNFINISHED, STEERS)
        beside = (PASSAGES, IMAGES, BLOBS, CHUNKS, SNAPSHOTS, NOTICES)
        of_cims = (*(shelf.name for shelf in self._shelves), *said, *beside)
        self._erasure = Erasure(server, self.log, self._heads, of_cims)
        self.archive = Archive(server, codec, self._owners, self.log, self._heads, self.books, of_cims)
        self.migrations = Migrations(
            server, self.ensure_indexes, (MessagesOf01(server, codec), RunsOf01(server, codec, self._heads))
        )
        self._recorder = Recorder(self._owners, self.log, self._heads, self.contents, self.books, self._erasure)
        self.feed = Feed(server, codec, self._heads, self._talk)
        self.rights_changes = RightsChanges(server)

    @classmethod
    async def connect(cls, url: str, database: str, masters: MasterKeys, keys_database: str | None = None) -> Store:
        """Does not wait for the server: it is asked at first use. The data keys of tenants are kept in the store too,
        or in `keys_database`, wrapped with the master keys."""
        await asyncio.sleep(0)
        apart = keys_database is not None and keys_database != database
        return cls(Server(url, database), masters, Server(url, keys_database) if apart and keys_database else None)

    async def ping(self) -> None:
        await self._server.ping()

    async def described(self) -> Description:
        """What kind of server this is."""
        return await self._server.described()

    async def close(self) -> None:
        await self.feed.close()
        await self._tidying.close()
        await self._recorder.close()
        await self._server.close()
        if self._keys_server is not None:
            await self._keys_server.close()

    async def ensure_indexes(self) -> None:
        """Idempotent. FerretDB finds by `_id` only, so indexes would cost there and serve nothing."""
        if (await self._server.traits()).ferretdb:
            return
        said = (self._talk, self.unfinished, self.messages)
        beside = (self.images, self.passages, self.usage)
        for part in (self._stored_keys, self.log, self._heads, *said, *beside, *self._shelves):
            await part.ensure_indexes()
        for name in (BLOBS, CHUNKS, SNAPSHOTS, NOTICES, STEERS):
            await (await self._server.collection(name)).create_index([("cim_id", 1)])
        await ensure_notices(self._server)

    # whose it is

    async def org_of(self, cim_id: str) -> str:
        """The organisation of a CIM, also of an erased one. Raises UnknownCIM."""
        return await self._owners.org_of(cim_id)

    def belongs(self, cim_id: str, org_id: str) -> None:
        """Says whose a CIM is before anything of it is recorded."""
        self._owners.know(cim_id, org_id)

    async def shred(self, org_id: str) -> list[str]:
        """Ends a tenant: first its keys, so that nothing it sealed can be read anywhere, then what is kept of its CIMs.

        May be broken off and repeated. Gives the ids of the CIMs: their workflows are the caller's to end.
        """
        await self.keys.destroy(org_id)
        cim_ids = await self._heads.cims_of(org_id)
        for cim_id in cim_ids:
            await self._recorder.drop_late_head(cim_id)
            await self._erasure.wipe(cim_id, org_id)
            self._forget(cim_id)
        return cim_ids

    # the CIM

    async def record(self, batch: RecordBatch) -> None:
        """Idempotent. Afterwards the head is at `batch.rev`, and every event up to it can be read.

        Raises the FatalStoreErrors LogConflict, LogGap and CIMErased.
        """
        await self._recorder.record(batch)
        self.feed.wake(batch.cim_id, batch.rev)

    async def head(self, cim_id: str) -> CIMHead | None:
        seen = self._heads.seen(cim_id)
        if seen == 0 or not await self._heads.are_late():
            return await self._up_to_date(await self._heads.head(cim_id))
        head, further = await asyncio.gather(self._heads.head(cim_id), self.log.event(cim_id, seen + 1))
        if head is not None and head.rev == seen and further is None:
            return head
        return await self._up_to_date(head)

    async def was_erased(self, cim_id: str) -> bool:
        kept = await self._heads.kept(cim_id)
        return kept is not None and kept.erased

    async def is_there(self, cim_id: str) -> bool:
        """Whether the CIM was recorded and not erased. One small read, for who keeps something beside it."""
        kept = await self._heads.kept(cim_id)
        return kept is not None and not kept.erased

    async def heads(
        self,
        deal_ids: Collection[str],
        *,
        org_id: str | None = None,
        deal_id: str | None = None,
        status: CIMStatus | None = None,
        stage: Stage | None = None,
        owner_id: str | None = None,
        ids: Collection[str] = (),
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[CIMHead]:
        """Newest first, of the deals that the reader may see; of some CIMs where `ids` are given. Raises BadCursor."""
        page = await self._heads.page(
            deal_ids,
            org_id=org_id,
            deal_id=deal_id,
            status=status,
            stage=stage,
            owner_id=owner_id,
            ids=ids,
            cursor=cursor,
            limit=limit,
        )
        items = await asyncio.gather(*(self._up_to_date(head) for head in page.items))
        return page.model_copy(update={"items": tuple(head for head in items if head is not None)})

    async def open_cims(self) -> list[str]:
        """The ids of all CIMs that are being written, of every organisation."""
        return await self._heads.open_cims()

    async def cims_under(self, org_id: str, rule: BookRule, before: datetime) -> list[str]:
        """The ids of the CIMs of an organisation whose time by its rule may be over: all that are complete, or those
        that have not changed since `before`."""
        return await (
            self._heads.complete(org_id) if rule.after == "completion" else self._heads.unchanged(org_id, before)
        )

    async def all_cims(self) -> list[str]:
        """The ids of all CIMs, also of erased ones."""
        return await self._heads.all_cims()

    async def erase(self, cim_id: str, org_id: str, tombstone: EventRecord) -> None:
        """Takes away all that belongs to the CIM; the one event stays. Idempotent."""
        self.belongs(cim_id, org_id)
        await self._recorder.drop_late_head(cim_id)
        await self._erasure.erase(cim_id, org_id, tombstone)
        self._forget(cim_id)
        self._recorder.check_anew(cim_id)
        self.feed.wake(cim_id, tombstone.seq)

    async def finish_erasures(self) -> None:
        """Sees to it that what came late for erased CIMs goes, also where the process that erased them was killed."""
        await self._recorder.check_unswept()

    async def events(self, cim_id: str, after: int, limit: int) -> list[EventRecord]:
        """The events past `after`, as far as the head is: who sees one of them reads what it did."""
        page = await self.log.events(cim_id, after, limit)
        if not page or page[-1].seq <= self._heads.seen(cim_id):
            return page
        standing = await self._heads.standing(cim_id)
        return [record for record in page if standing is not None and record.seq <= standing.rev]

    # the talk

    async def say(self, cim_id: str, kind: TalkKind, data: dict[str, JsonValue]) -> int:
        """Appends an entry to the talk and gives its number. Raises CIMErased, TooMany."""
        n = await self._talk.say(cim_id, kind, data)
        self.feed.wake(cim_id, talk=n)
        self._tidying.said(cim_id, n)
        return n

    async def talk(self, cim_id: str, after: int, limit: int) -> list[TalkEntry]:
        """The entries that follow `after`, in order. Raises TalkGap where they are gone, or `after` never was."""
        return await self._talk.read(cim_id, after, limit)

    async def talk_end(self, cim_id: str) -> int:
        """The number of the newest entry; 0 for none."""
        return await self._talk.end(cim_id)

    async def sweep_talk(self, before: datetime) -> int:
        """Takes away what was said before `before` in any CIM; the last hour stays. How many entries went."""
        return sum([await self._tidying.sweep(cim_id, before) for cim_id in await self._talk.cims()])

    async def _up_to_date(self, head: CIMHead | None) -> CIMHead | None:
        """The head as of the end of the log, where heads may be behind it."""
        if head is None or not await self._heads.are_late() or await self.log.event(head.id, head.rev + 1) is None:
            return head
        state = await self.books.state(head.id)
        return None if state is None else head_of(state)

    def _forget(self, cim_id: str) -> None:
        self._recorder.forget(cim_id)
        self._talk.forget(cim_id)
        self.messages.forget(cim_id)
