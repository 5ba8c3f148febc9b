"""A book in memory, over the real core, and packs of documents read by the real readers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from uuid import uuid4

from agents.ports import CIMAddress, Documents, Outcome, SourcePassage, SourcePicture
from domain.book import Book, BookSlide, BookSource
from domain.commands import Command, Create, SaveSlide
from domain.head import CIMHead, SlideHead, head_of, slide_head
from domain.knowledge import KnowledgeGraph
from domain.model import Fact, SlideBody
from domain.refusals import Problem, Refusal
from domain.requests import RequestBody
from domain.session import CIMSession, handle
from domain.values import Actor, content_hash
from evidence.documents import read_document
from evidence.facts import gather_facts

LEA = Actor(kind="user", id="lea")
WD40 = Path(__file__).parents[3] / "examples" / "wd40"


class MemoryBook:
    """Workspace and command sender of one CIM. `sent` counts commands that changed something."""

    def __init__(self, title: str = "Bluecan", cim_id: str | None = None) -> None:
        self.address = CIMAddress(cim_id=cim_id or uuid4().hex, org_id="org1", deal_id="deal1")
        self.session = CIMSession()
        self.texts: dict[str, str] = {}
        self.kept_facts: list[Fact] = []
        self.kept_passages: list[SourcePassage] = []
        self.kept_sources: list[BookSource] = []
        self.still_reading: list[str] = []
        self.kept_graph = KnowledgeGraph()
        self.kept_pictures: list[SourcePicture] = []
        self.refuses: Problem | None = None
        self.sendings = 0
        self.actors: list[Actor] = []
        self._numbers = count(1)
        self.do(
            Create(
                type="create",
                command_id=uuid4(),
                cim_id=self.address.cim_id,
                org_id="org1",
                deal_id="deal1",
                project_id="project1",
                title=title,
            )
        )

    def do(self, command: Command, actor: Actor = LEA) -> None:
        if isinstance(command, SaveSlide) and hasattr(command.slide, "body"):
            self.texts[command.slide.body.hash] = command.slide.body.model_dump_json()  # type: ignore[union-attr]
        self.session = handle(
            self.session, command, actor, datetime.now(UTC), lambda: f"id{next(self._numbers)}"
        ).session

    def keep_instruction(self, text: str) -> str:
        """The hash that it is kept under; empty for none."""
        if text:
            self.texts[content_hash(text)] = text
        return content_hash(text) if text else ""

    def upload(self, name: str, data: bytes) -> None:
        document = read_document(name, data)
        source_id = name.replace(".", "-").replace("_", "-")
        self.kept_sources.append(BookSource(id=source_id, name=name, kind=document.kind))
        self.kept_facts.extend(gather_facts(document, source_id))
        self.kept_passages.extend(
            SourcePassage(
                source_id=source_id,
                passage_id=passage.passage_id,
                text=passage.text,
                locator=passage.locator,
                heading=passage.heading,
            )
            for passage in document.passages
        )

    def upload_wd40(self) -> MemoryBook:
        for path in sorted(WD40.iterdir()):
            if path.suffix in {".docx", ".xlsx", ".csv", ".pdf"} or path.name == "management_interview.md":
                self.upload(path.name, path.read_bytes())
        return self

    @property
    def current(self) -> CIMHead:
        assert self.session.state is not None
        return head_of(self.session.state)

    def slide_heads(self) -> list[SlideHead]:
        assert self.session.state is not None
        return [slide_head(slide) for slide in self.session.state.content.slides.values()]

    def bodies(self) -> dict[str, SlideBody]:
        return {slide.id: SlideBody.model_validate_json(self.texts[slide.content_hash]) for slide in self.slide_heads()}

    def open_requests(self) -> list[RequestBody]:
        assert self.session.state is not None
        opened = self.session.state.open_requests.values()
        return [RequestBody.model_validate_json(self.texts[one.content_hash]) for one in opened]

    async def head(self, cim_id: str) -> CIMHead | None:
        return self.current if cim_id == self.address.cim_id else None

    async def slides(self, cim_id: str) -> Sequence[SlideHead]:
        return self.slide_heads()

    async def facts(self, cim_id: str) -> Sequence[Fact]:
        return self.kept_facts

    async def passages(self, cim_id: str) -> Sequence[SourcePassage]:
        return self.kept_passages

    async def sources(self, cim_id: str) -> Sequence[BookSource]:
        return self.kept_sources

    async def unread(self, cim_id: str) -> Sequence[str]:
        return self.still_reading

    async def documents(self, cim_id: str) -> Documents:
        return Documents(read=tuple(self.kept_sources), unread=tuple(self.still_reading))

    async def book(self, cim_id: str) -> Book | None:
        head, bodies = self.current, self.bodies()
        persona, hero, outline = head.artifacts.buyer_persona, head.artifacts.hero_context, head.artifacts.outline
        return Book(
            cim_id=head.id,
            title=head.title,
            status=head.status,
            rev=head.rev,
            as_of=head.updated_at,
            buyer_persona=persona.value if persona else None,
            hero_context=hero.value if hero else None,
            sections=outline.value.sections if outline else (),
            slides=tuple(
                BookSlide(
                    id=slide.id,
                    section_id=slide.section_id,
                    position=slide.position,
                    status=slide.status,
                    stale_reason=slide.stale_reason,
                    body=bodies[slide.id],
                )
                for slide in self.slide_heads()
            ),
            facts=tuple(self.kept_facts),
            sources=tuple(self.kept_sources),
        )

    async def graph(self, cim_id: str) -> KnowledgeGraph:
        return self.kept_graph

    async def pictures(self, cim_id: str) -> Sequence[SourcePicture]:
        return self.kept_pictures

    async def put_text(self, cim_id: str, content_hash: str, text: str) -> None:
        self.texts[content_hash] = text

    async def get_text(self, cim_id: str, content_hash: str) -> str:
        return self.texts[content_hash]

    async def send(self, address: CIMAddress, actor: Actor, commands: Sequence[Command]) -> Sequence[Outcome]:
        assert address == self.address
        self.sendings += 1
        outcomes: list[Outcome] = []
        for command in commands:
            problem = self.refuses
            if problem is None:
                try:
                    self.do(command, actor)
                    self.actors.append(actor)
                except Refusal as refusal:
                    problem = refusal.problem
            outcomes.append(Outcome(command_id=command.command_id, problem=problem))
        return outcomes
