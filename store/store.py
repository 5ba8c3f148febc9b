"""The store of one process: the log and the read side of all CIMs, and what is kept beside them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from pydantic import JsonValue

from domain.book import Book
from domain.events import EventRecord
from domain.head import CIMHead, head_of
from domain.knowledge import KnowledgeGraph
from domain.model import Fact
from domain.recording import RecordBatch
from domain.retention import BookRule
from domain.state import CIMState
from domain.values import CIMStatus, Stage
from store.archive import Archive
from store.books import SNAPSHOTS, Books, book_of
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
from store.models import (
    AgentSession,
    AgentStatus,
    BookCheck,
    BookEnd,
    Branch,
    Checkpoint,
    Comment,
    Export,
    Message,
    Page,
    PresentPage,
    Reminder,
    Run,
    RunStatus,
    Slide,
    Source,
    SourceImage,
    SourcePassage,
    TalkEntry,
    TalkKind,
    Thread,
    Usage,
    UsageHold,
    UsageHour,
)
from store.notices import NOTICES, ensure_notices
from store.owners import Owners
from store.passages import PASSAGES, Passages
from store.recorder import Recorder
from store.rights_changes import RightsChanges
from store.server import Description, Server
from store.shelf import Shelf
from store.steers import STEERS, Steers
from store.talk import FLOORS, TALK, Talk
from store.threads import MOST_BRANCHES, MOST_MESSAGES, branches_of
from store.tidying import Tidying
from store.unfinished import UNFINISHED, SpokenNow, Unfinished
from store.unused_files import UnusedFiles
from store.usage import UsageBook
from store.verifying import faults
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
        self._log = Log(server, codec)
        self._heads = Heads(server, codec, self._log)
        self._contents = Contents(server, codec)
        self._books = Books(server, codec, self._log, self._heads, self._contents)
        self._passages = Passages(server, codec)
        self._images = Images(server, codec)
        self._usage = UsageBook(server)
        self._talk = Talk(server, codec, self._heads)
        self._unfinished = Unfinished(server, codec, self._talk)
        self._tidying = Tidying(self._talk, self._unfinished)
        self._messages = Messages(server, codec, self._talk, self._unfinished, self.say)
        self._steers = Steers(server, codec)
        self._threads = Shelf[Thread](
            server, codec, "threads", Thread, lambda t: {"at": t.created_at.isoformat()}, by_cim=True
        )
        self._sources = Shelf[Source](
            server, codec, "sources", Source, lambda s: {"sha256": s.sha256, "at": s.created_at.isoformat()}
        )
        self._runs = Shelf[Run](
            server,
            codec,
            "runs",
            Run,
            lambda r: {"status": r.status, "deal_id": r.deal_id, "at": r.started_at.isoformat()},
        )
        self._agents = Shelf[AgentSession](
            server, codec, "agents", AgentSession, lambda a: {"run_id": a.run_id, "status": a.status, "at": _began(a)}
        )
        self._checkpoints = Shelf[Checkpoint](
            server, codec, "checkpoints", Checkpoint, lambda c: {"agent_id": c.agent_id, "step": c.step}
        )
        self._exports = Shelf[Export](server, codec, "exports", Export, lambda e: {"at": e.created_at.isoformat()})
        self._comments = Shelf[Comment](
            server, codec, "comments", Comment, lambda c: {"slide_id": c.slide_id, "at": c.at.isoformat()}
        )
        self._unused_files = UnusedFiles(self._contents, self._sources, self._images, self._exports)
        self._present = Shelf[PresentPage](
            server, codec, "presence", PresentPage, lambda p: {"at": p.at.isoformat()}, by_cim=True
        )
        self._checks = Shelf[BookCheck](server, codec, "checks", BookCheck, lambda c: {"rev": c.rev}, by_cim=True)
        self._reminders = Shelf[Reminder](
            server, codec, "reminders", Reminder, lambda r: {"at": r.last_at.isoformat()}, by_cim=True
        )
        self._book_ends = Shelf[BookEnd](
            server, codec, "book_ends", BookEnd, lambda e: {"at": e.ends_at.isoformat()}, by_cim=True
        )
        shelves = (
            self._present,
            self._book_ends,
            self._reminders,
            self._checks,
            self._threads,
            self._sources,
            self._runs,
            self._agents,
            self._checkpoints,
            self._exports,
            self._comments,
        )
        said = (MESSAGES, TALK, FLOORS, UNFINISHED, STEERS)
        beside = (PASSAGES, IMAGES, BLOBS, CHUNKS, SNAPSHOTS, NOTICES)
        of_cims = (*(shelf.name for shelf in shelves), *said, *beside)
        self._erasure = Erasure(server, self._log, self._heads, of_cims)
        self.archive = Archive(server, codec, self._owners, self._log, self._heads, self._books, of_cims)
        self.migrations = Migrations(
            server, self.ensure_indexes, (MessagesOf01(server, codec), RunsOf01(server, codec, self._heads))
        )
        self._recorder = Recorder(self._owners, self._log, self._heads, self._contents, self._books, self._erasure)
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
        await self._stored_keys.ensure_indexes()
        await self._log.ensure_indexes()
        await self._heads.ensure_indexes()
        for part in (self._talk, self._unfinished, self._messages, self._images, self._usage):
            await part.ensure_indexes()
        await self._threads.ensure_indexes("at")
        await self._sources.ensure_indexes("sha256", "at")
        for listed_by in ("cim_id", "deal_id"):
            await self._runs.ensure_index(listed_by, "at")
            await self._runs.ensure_index(listed_by, "status", "at")
        await self._runs.ensure_index("status")
        for listed_by in ("cim_id", "run_id"):
            await self._agents.ensure_index(listed_by, "at")
            await self._agents.ensure_index(listed_by, "status", "at")
        await self._checkpoints.ensure_index("cim_id", "agent_id", "step")
        await self._exports.ensure_indexes("at")
        await self._comments.ensure_indexes("at")
        await self._comments.ensure_index("cim_id", "slide_id", "at")
        await self._present.ensure_indexes("at")
        await self._reminders.ensure_indexes("at")
        await self._present.ensure_index("at")
        await self._book_ends.ensure_indexes("at")
        await self._passages.ensure_indexes()
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
        head, further = await asyncio.gather(self._heads.head(cim_id), self._log.event(cim_id, seen + 1))
        if head is not None and head.rev == seen and further is None:
            return head
        return await self._up_to_date(head)

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

    def faults(self, cim_id: str) -> AsyncGenerator[str]:
        """What is wrong with what is kept of a CIM, in words."""
        return faults(self, cim_id)

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

    async def book(self, cim_id: str) -> Book | None:
        """The whole book at its newest recorded revision."""
        state = await self._books.state(cim_id)
        if state is None:
            return None
        slides = await self._books.slides_of(state)
        facts = await self._books.facts_of(state)
        sources = await self.sources(cim_id)
        return book_of(state, slides, facts, sources)

    async def graph(self, cim_id: str) -> KnowledgeGraph:
        """What the book is about, with bodies; an empty graph for an unknown CIM."""
        return await self._books.graph(cim_id)

    async def graph_of(self, state: CIMState) -> KnowledgeGraph:
        """What the book was about when it was in this state."""
        return await self._books.graph_of(state)

    async def state(self, cim_id: str) -> CIMState | None:
        """The CIM as of its head."""
        return await self._books.state(cim_id)

    async def fold_state(self, cim_id: str, to_seq: int | None = None) -> CIMState | None:
        """The CIM after event `to_seq`, or after the last one in the log; None for an unknown or erased CIM."""
        return await self._books.state_at(cim_id, to_seq)

    async def erase(self, cim_id: str, org_id: str, tombstone: EventRecord) -> None:
        """Takes away all that belongs to the CIM; the one event stays. Idempotent."""
        self.belongs(cim_id, org_id)
        await self._recorder.drop_late_head(cim_id)
        await self._erasure.erase(cim_id, org_id, tombstone)
        self._forget(cim_id)
        self._recorder.check_later(cim_id)
        self.feed.wake(cim_id, tombstone.seq)

    def _forget(self, cim_id: str) -> None:
        self._recorder.forget(cim_id)
        self._talk.forget(cim_id)
        self._messages.forget(cim_id)

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

    async def last_seq(self, cim_id: str) -> int:
        """The highest number in the log, whatever is missing before it; 0 without a log."""
        return await self._log.last_seq(cim_id)

    async def events_of_type(self, cim_id: str, type_: str, after: int, limit: int) -> list[EventRecord]:
        """Those of one type that follow `after`, in order, at most `limit`."""
        return await self._log.events_of_type(cim_id, type_, after, limit)

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

    async def sweep_files(self, since: datetime, before: datetime) -> int:
        """Files that no document, picture or export names are marked as unused `since`; those that were so marked
        before `before` go. How many went."""
        return await self._unused_files.sweep(since, before)

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

    # the conversation

    async def put_message(self, message: Message) -> Message:
        """Keeps a message and says so in the talk. A final one never changes: what is kept is given back."""
        return await self._messages.put(message)

    async def message(self, message_id: str) -> Message | None:
        return await self._messages.get(message_id)

    async def path(self, message_id: str, limit: int) -> list[Message]:
        """The message and those before it on its branch, oldest first, at most `limit`."""
        return await self._messages.path(message_id, limit)

    async def text_so_far(self, message_id: str) -> str:
        """What a message reads now, also while it is written; empty for an unknown one."""
        message = await self._messages.get(message_id)
        if message is None or message.is_final:
            return message.text if message is not None else ""
        spoken = (await self._unfinished.now(message.cim_id)).texts.get(message_id)
        return spoken.text if spoken is not None else ""

    async def spoken(self, cim_id: str) -> SpokenNow:
        """What all unfinished messages read, as of one entry of the talk."""
        return await self._unfinished.now(cim_id)

    async def messages(
        self, cim_id: str, *, before: str | None = None, limit: int = 50, thread_id: str | None = None
    ) -> Page[Message]:
        """Of all branches: the newest, or those right before a message, oldest of them first.

        `next_cursor` is the next `before`.
        """
        return await self._messages.page(cim_id, before, limit, thread_id)

    async def put_thread(self, thread: Thread) -> None:
        await self._threads.put(thread)

    async def thread(self, cim_id: str, thread_id: str) -> Thread | None:
        return await self._threads.get(thread_id, cim_id)

    async def threads(self, cim_id: str) -> list[Thread]:
        """In the order in which they were begun."""
        return await self._threads.find(cim_id, order="at")

    async def branches(self, cim_id: str, thread_id: str) -> list[Branch]:
        """The newest branches of a thread, oldest of them first; none of an unknown thread."""
        thread = await self.thread(cim_id, thread_id)
        if thread is None:
            return []
        leaves = thread.leaves[-MOST_BRANCHES:]
        return branches_of(thread, {leaf: await self.path(leaf, MOST_MESSAGES) for leaf in leaves})

    async def add_steer(self, cim_id: str, run_id: str, text: str, by: str) -> int:
        """Adds a text to a run under way; its number in the run, from 1. Raises TooMany and RunClosed."""
        n = await self._steers.add(cim_id, run_id, text, by)
        await self.say(cim_id, "steer", {"run_id": run_id, "text": text, "by": by})
        return n

    async def steers(self, run_id: str, after: int = 0) -> list[str]:
        """What was added to a run past the first `after`."""
        return await self._steers.after(run_id, after)

    async def close_steers(self, cim_id: str, run_id: str, after: int, by: str) -> bool:
        """Whether nothing was added past the first `after`; then the run takes nothing more."""
        return await self._steers.close(cim_id, run_id, after, by)

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

    async def put_images(self, cim_id: str, source_id: str, images: Sequence[SourceImage]) -> None:
        """All pictures of a source, in place of those kept before. Raises TooMany."""
        await self._images.put(cim_id, source_id, images)

    async def add_image(self, image: SourceImage) -> None:
        """A picture that somebody uploaded, once. Raises TooMany."""
        await self._images.add(image)

    async def images(self, cim_id: str) -> list[SourceImage]:
        """The pictures of all sources of the CIM, and those that were uploaded."""
        return await self._images.of_cim(cim_id)

    # runs, their agents and what they cost

    async def put_run(self, run: Run) -> None:
        await self._runs.put(run)

    async def run(self, run_id: str) -> Run | None:
        return await self._runs.get(run_id)

    async def runs(
        self, cim_id: str, *, status: RunStatus | None = None, cursor: str | None = None, limit: int = 100
    ) -> Page[Run]:
        """Newest first. Raises BadCursor."""
        wanted = {"cim_id": cim_id} if status is None else {"cim_id": cim_id, "status": status}
        return await self._runs.page(wanted, order="at", newest=True, cursor=cursor, limit=limit)

    async def unfinished_runs(self) -> list[Run]:
        """Those of every book that are not over."""
        return await self._runs.everywhere({"status": {"$in": ["queued", "running", "waiting"]}})

    async def runs_of_deals(
        self, deal_ids: Collection[str], *, status: RunStatus | None = None, cursor: str | None = None, limit: int = 100
    ) -> Page[Run]:
        """Of all books of these deals, newest first. Raises BadCursor."""
        wanted: dict[str, object] = {"deal_id": {"$in": sorted(deal_ids)}}
        if status is not None:
            wanted["status"] = status
        return await self._runs.page(wanted, order="at", newest=True, cursor=cursor, limit=limit)

    async def put_agent(self, session: AgentSession) -> None:
        await self._agents.put(session)

    async def agent(self, agent_id: str) -> AgentSession | None:
        return await self._agents.get(agent_id)

    async def agents(
        self,
        cim_id: str,
        *,
        run_id: str | None = None,
        status: AgentStatus | None = None,
        cursor: str | None = None,
        limit: int = 100,
    ) -> Page[AgentSession]:
        """Those of a run in the order in which they began; those of a book newest first. Raises BadCursor."""
        wanted = {"cim_id": cim_id}
        if run_id is not None:
            wanted["run_id"] = run_id
        if status is not None:
            wanted["status"] = status
        return await self._agents.page(wanted, order="at", newest=run_id is None, cursor=cursor, limit=limit)

    async def put_checkpoint(self, checkpoint: Checkpoint) -> None:
        await self._checkpoints.put(checkpoint)

    async def checkpoint(self, checkpoint_id: str) -> Checkpoint | None:
        return await self._checkpoints.get(checkpoint_id)

    async def checkpoints(self, cim_id: str, agent_id: str) -> list[Checkpoint]:
        """The steps of an agent's graph that are kept, in order."""
        return await self._checkpoints.find(cim_id, {"agent_id": agent_id}, order="step")

    async def put_usage(self, usage: Usage) -> None:
        await self._usage.put(usage)

    async def usage(self, org_id: str, since: datetime, until: datetime, person_id: str | None = None) -> list[Usage]:
        """The calls of models from `since` on and before `until`, in the order of time."""
        return await self._usage.calls(org_id, since, until, person_id)

    async def usage_since(self, since: datetime) -> list[Usage]:
        """The calls of models of every organisation from then on, in the order of time."""
        return await self._usage.calls_since(since)

    async def usage_of_run(self, org_id: str, run_id: str) -> list[Usage]:
        """The calls of models that a run has made, in the order of time."""
        return await self._usage.calls_of_run(org_id, run_id)

    async def put_usage_hold(self, hold: UsageHold) -> None:
        await self._usage.put_hold(hold)

    async def remove_usage_hold(self, hold_id: str) -> None:
        await self._usage.remove_hold(hold_id)

    async def usage_holds(self, org_id: str) -> list[UsageHold]:
        """What is held for calls of models in flight."""
        return await self._usage.holds(org_id)

    async def put_usage_hours(self, hours: Sequence[UsageHour]) -> None:
        """Each sum in place of what was kept for its organisation, hour, model, person and work."""
        await self._usage.put_hours(hours)

    async def usage_hours(
        self, org_id: str, since: datetime, until: datetime, person_id: str | None = None
    ) -> list[UsageHour]:
        """The sums of the hours that begin from `since` on and before `until`, in the order of time."""
        return await self._usage.hours(org_id, since, until, person_id)

    async def put_comment(self, comment: Comment) -> None:
        await self._comments.put(comment)

    async def comment(self, comment_id: str) -> Comment | None:
        return await self._comments.get(comment_id)

    async def comments(self, cim_id: str, slide_id: str | None = None) -> list[Comment]:
        """Oldest first."""
        return await self._comments.find(cim_id, {} if slide_id is None else {"slide_id": slide_id}, order="at")

    # who is here, and what checks found

    async def put_present(self, page: PresentPage) -> None:
        await self._present.put(page)

    async def present(self, cim_id: str, since: datetime) -> list[PresentPage]:
        """The pages of a CIM that were heard of since then."""
        pages = await self._present.find(cim_id, {"at": {"$gte": since.isoformat()}})
        return [page for page in pages if page.at >= since]

    async def remove_present(self, page: PresentPage) -> None:
        await self._present.remove(page.id, page.cim_id)

    async def silent_pages(self, before: datetime) -> list[PresentPage]:
        """The pages of all CIMs that were last heard of before then."""
        return await self._present.everywhere({"at": {"$lt": before.isoformat()}})

    async def put_reminder(self, reminder: Reminder) -> None:
        await self._reminders.put(reminder)

    async def reminders(self, cim_id: str) -> dict[str, Reminder]:
        """By request."""
        return {reminder.id: reminder for reminder in await self._reminders.find(cim_id)}

    async def remove_reminder(self, reminder: Reminder) -> None:
        await self._reminders.remove(reminder.id, reminder.cim_id)

    async def put_book_end(self, end: BookEnd) -> None:
        """In place of what was announced before."""
        await self._book_ends.put(end)

    async def book_end(self, cim_id: str) -> BookEnd | None:
        return await self._book_ends.get("end", cim_id)

    async def book_ends(self) -> dict[str, BookEnd]:
        """What is announced for all CIMs, by their ids."""
        return {end.cim_id: end for end in await self._book_ends.everywhere({})}

    async def remove_book_end(self, end: BookEnd) -> None:
        await self._book_ends.remove(end.id, end.cim_id)

    async def put_check(self, check: BookCheck) -> None:
        await self._checks.put(check)

    async def check(self, cim_id: str) -> BookCheck | None:
        """The newest."""
        return await self._checks.get("latest", cim_id)

    async def put_export(self, export: Export) -> None:
        await self._exports.put(export)

    async def export(self, export_id: str) -> Export | None:
        return await self._exports.get(export_id)

    async def exports(self, cim_id: str, limit: int = 100) -> list[Export]:
        """Newest first."""
        return await self._exports.find(cim_id, order="at", newest=True, limit=limit)


def _began(session: AgentSession) -> str:
    """Sessions that have not begun come last."""
    return session.started_at.isoformat() if session.started_at is not None else "9999"
