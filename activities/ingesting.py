"""Reading an uploaded document: its bytes become passages and facts in the store."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from uuid import NAMESPACE_OID, uuid5

from pydantic import JsonValue
from temporalio import activity

from activities.commands import SendCommands
from agents.heartbeat import beating
from domain.commands import GatherContext
from domain.model import FactBatch, FactsReference
from domain.values import Actor, Value
from workflows.contract import Entry, IngestInput

if TYPE_CHECKING:
    from evidence.model import Document, ReadLimits
    from store import Source, Store


class ReadSource(Value):
    """What a document gave: facts by reference, or the sentence that refuses it."""

    passages: int = 0
    facts: FactsReference | None = None
    pages: int | None = None
    problem: str | None = None


class SourceEnd(Value):
    start: IngestInput
    read: ReadSource
    problem: str | None = None


class IngestActivities:
    """Idempotent: the same bytes give the same passages and facts under the same ids."""

    def __init__(self, store: Store, limits: ReadLimits) -> None:
        self._store = store
        self._limits = limits

    @activity.defn
    async def read_source(self, start: IngestInput) -> ReadSource:
        async with beating():
            return await self._read(start)

    async def _read(self, start: IngestInput) -> ReadSource:
        from evidence.documents import read_document
        from evidence.facts import gather_facts
        from evidence.model import DocumentRefused
        from store import SourcePassage

        await self._tell(start, status="reading")
        data = await self._store.contents.bytes(start.cim_id, start.sha256)
        if data is None:
            return ReadSource(problem="The document is no longer there. Upload it again.")
        try:
            document = await asyncio.to_thread(read_document, start.name, data, self._limits)
        except DocumentRefused as refused:
            return ReadSource(problem=refused.message_for_people)
        if not await self._store.is_there(start.cim_id):
            return ReadSource(problem="The book was deleted.")
        batch = FactBatch(facts=tuple(await asyncio.to_thread(gather_facts, document, start.source_id)))
        await self._store.passages.put(
            start.cim_id,
            start.source_id,
            [
                SourcePassage(
                    source_id=start.source_id,
                    passage_id=passage.passage_id,
                    ordinal=passage.ordinal,
                    text=passage.text,
                    locator=passage.locator,
                    heading=passage.heading,
                )
                for passage in document.passages
            ],
        )
        await self._keep_pictures(start, document, data)
        facts = None
        if batch.facts:
            await self._store.contents.put_text(start.cim_id, batch.hash, batch.model_dump_json())
            facts = FactsReference(content_hash=batch.hash, count=len(batch.facts))
        return ReadSource(passages=len(document.passages), facts=facts, pages=document.page_count)

    async def _keep_pictures(self, start: IngestInput, document: Document, data: bytes) -> None:
        """A document whose pictures cannot be had is read without them."""
        from evidence.model import stable_id
        from evidence.pictures import pictures_in
        from store import SourceImage

        try:
            pictures = await asyncio.to_thread(pictures_in, document.kind, data, self._limits)
        except Exception:  # parsers of pictures may raise anything
            activity.logger.warning("The pictures of source %s could not be read", start.source_id, exc_info=True)
            pictures = []
        images: list[SourceImage] = []
        for picture in pictures:
            sha256 = await self._store.contents.put_bytes(start.cim_id, picture.data)
            images.append(
                SourceImage(
                    id=stable_id("i", start.source_id, sha256),
                    cim_id=start.cim_id,
                    source_id=start.source_id,
                    blob_sha256=sha256,
                    **picture.model_dump(exclude={"data"}),
                )
            )
        if images:
            await self._store.images.put(start.cim_id, start.source_id, images)

    @activity.defn
    async def finish_source(self, end: SourceEnd) -> None:
        problem = end.read.problem or end.problem
        await self._tell(
            end.start,
            status="refused" if problem else "ready",
            problem=problem,
            passages=end.read.passages,
            facts=end.read.facts.count if end.read.facts else 0,
            pages=end.read.pages,
        )

    async def _tell(self, start: IngestInput, **changes: object) -> None:
        source = await self._store.sources.get(start.source_id)
        if source is None:
            return
        source = source.model_copy(update=changes)
        await self._store.sources.put(source)
        await self._store.feed.publish(start.cim_id, "source", _news(source))


def gather_command(start: IngestInput, facts: FactsReference) -> SendCommands:
    """The command that brings the facts of a document into the book, the same each time."""
    command = GatherContext(
        type="gather_context", command_id=uuid5(NAMESPACE_OID, f"gather {start.source_id}"), facts=facts
    )
    actor = Actor(kind="agent", id="ingest", on_behalf_of=start.requested_by.person_id)
    return SendCommands(
        org_id=start.org_id,
        deal_id=start.deal_id,
        cim_id=start.cim_id,
        entries=(Entry(actor=actor, command=command),),
    )


def _news(source: Source) -> dict[str, JsonValue]:
    return {
        "source_id": source.id,
        "name": source.name,
        "status": source.status,
        "problem": source.problem,
        "passages": source.passages,
        "facts": source.facts,
    }
