"""What the draft graphs use in production: the store as their workspace, and commands sent to the CIM workflow."""

from __future__ import annotations

from collections.abc import Sequence

from activities.commands import CommandActivities, SendCommands
from agents.ports import CIMAddress, Documents, Outcome, SourcePassage, SourcePicture
from domain.book import Book, BookSource
from domain.commands import Command
from domain.head import CIMHead, SlideHead, slide_head
from domain.knowledge import KnowledgeGraph
from domain.model import Fact
from domain.values import Actor
from store import Store
from store.errors import StoreUnavailable
from store.models import AgentSession, Run
from workflows.contract import Entry


class StoreWorkspace:
    """Reads of the book and its evidence, and texts beside it. Raises StoreUnavailable while the store is away."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def head(self, cim_id: str) -> CIMHead | None:
        return await self._store.head(cim_id)

    async def slides(self, cim_id: str) -> Sequence[SlideHead]:
        state = await self._store.books.state(cim_id)
        return [] if state is None else [slide_head(slide) for slide in state.content.slides_in_reading_order()]

    async def facts(self, cim_id: str) -> Sequence[Fact]:
        return await self._store.books.facts(cim_id)

    async def passages(self, cim_id: str) -> Sequence[SourcePassage]:
        return [
            SourcePassage(
                source_id=passage.source_id,
                passage_id=passage.passage_id,
                text=passage.text,
                locator=passage.locator,
                heading=passage.heading,
            )
            for passage in await self._store.passages.of_cim(cim_id)
        ]

    async def sources(self, cim_id: str) -> Sequence[BookSource]:
        return (await self.documents(cim_id)).read

    async def unread(self, cim_id: str) -> Sequence[str]:
        return (await self.documents(cim_id)).unread

    async def documents(self, cim_id: str) -> Documents:
        sources = await self._store.sources.of_cim(cim_id)
        return Documents(
            read=tuple(
                BookSource(id=source.id, name=source.name, kind=source.kind)
                for source in sources
                if source.status == "ready"
            ),
            unread=tuple(source.name for source in sources if source.status in ("received", "reading")),
        )

    async def book(self, cim_id: str) -> Book | None:
        return await self._store.books.book(cim_id)

    async def graph(self, cim_id: str) -> KnowledgeGraph:
        return await self._store.books.graph(cim_id)

    async def pictures(self, cim_id: str) -> Sequence[SourcePicture]:
        return [
            SourcePicture(
                image_id=image.id,
                source_id=image.source_id,
                locator=image.locator,
                blob_sha256=image.blob_sha256,
                width=image.width,
                height=image.height,
                fingerprint=image.fingerprint,
                text=image.text,
            )
            for image in await self._store.images.of_cim(cim_id)
            if image.source_id
        ]

    async def put_text(self, cim_id: str, content_hash: str, text: str) -> None:
        await self._store.contents.put_text(cim_id, content_hash, text)

    async def get_text(self, cim_id: str, content_hash: str) -> str:
        text = await self._store.contents.text(cim_id, content_hash)
        if text is None:
            raise LookupError(f"nothing is kept under {content_hash}")
        return text


class CIMCommandSender:
    """Sends the commands of an agent to the CIM, over the path that everybody uses."""

    def __init__(self, commands: CommandActivities) -> None:
        self._commands = commands

    async def send(self, address: CIMAddress, actor: Actor, commands: Sequence[Command]) -> Sequence[Outcome]:
        answer = await self._commands.send(
            SendCommands(
                org_id=address.org_id,
                deal_id=address.deal_id,
                cim_id=address.cim_id,
                entries=tuple(Entry(actor=actor, command=command) for command in commands),
            )
        )
        return [Outcome(command_id=result.command_id, problem=result.problem) for result in answer.results]


class StoreLedger:
    """The record of runs; none where the book is gone. Telling who looks on is a courtesy: a lost notice is no
    failure."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def has_book(self, cim_id: str) -> bool:
        return await self._store.is_there(cim_id)

    async def put_run(self, run: Run) -> None:
        if await self.has_book(run.cim_id):
            await self._store.runs.put(run)

    async def put_session(self, session: AgentSession) -> None:
        if await self.has_book(session.cim_id):
            await self._store.agents.put(session)

    async def tell(self, run: Run) -> None:
        try:
            await self._store.feed.publish(
                run.cim_id,
                "run",
                {
                    "run_id": run.id,
                    "kind": run.kind,
                    "status": run.status,
                    "progress": run.progress.model_dump(mode="json"),
                    "error": run.error,
                },
            )
        except StoreUnavailable:
            return
