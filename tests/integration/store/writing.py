"""A person who writes a CIM: sends commands and hands out the batches that the store is to record."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from domain.commands import (
    ApproveSlide,
    Command,
    Create,
    Delete,
    GatherContext,
    RemoveSlide,
    Rename,
    Restore,
    SaveBuyerPersona,
    SaveHeroContext,
    SaveOutline,
    SaveSlide,
    detach_bulk,
)
from domain.events import EventRecord
from domain.head import head_of
from domain.model import (
    BuyerPersona,
    Fact,
    HeroContext,
    InvestmentThesis,
    SectionDraft,
    SlideDraft,
    SourceReference,
    TextComponent,
)
from domain.recording import RecordBatch
from domain.session import CIMSession, handle
from domain.state import CIMState
from domain.values import Actor
from store import Store

LEA = Actor(kind="user", id="lea")
START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


class Writer:
    """Batches are recorded by `record`, or kept for later with `batch`."""

    def __init__(self, org_id: str = "org1", deal_id: str = "deal1", start: datetime = START) -> None:
        self.cim_id = uuid.uuid4().hex
        self.session = CIMSession()
        self.commands = 0
        self.actor = LEA
        self._start = start
        self._org_id = org_id
        self._deal_id = deal_id

    @property
    def state(self) -> CIMState:
        assert self.session.state is not None
        return self.session.state

    def batch(self, *commands: Command) -> RecordBatch:
        bodies: dict[str, str] = {}
        events = ()
        for command in commands:
            light, texts = detach_bulk(command)
            at = self._start + timedelta(seconds=self.commands)
            self.commands += 1
            handled = handle(self.session, light, self.actor, at, lambda: uuid.uuid4().hex)
            self.session = handled.session
            events = (*events, *handled.events)
            bodies |= texts
        return RecordBatch(
            cim_id=self.state.cim_id, org_id=self.state.org_id, events=events, head=head_of(self.state), bodies=bodies
        )

    async def record(self, store: Store, *commands: Command) -> RecordBatch:
        batch = self.batch(*commands)
        await store.record(batch)
        return batch

    def create(self, title: str = "Bluecan") -> Create:
        return Create(
            type="create",
            command_id=uuid.uuid4(),
            cim_id=self.cim_id,
            org_id=self._org_id,
            deal_id=self._deal_id,
            project_id="project1",
            title=title,
        )

    def persona(self, type_: str = "strategic") -> SaveBuyerPersona:
        persona = BuyerPersona(type=type_, motivations=("reach",), concerns=("one product",))
        return SaveBuyerPersona(type="save_buyer_persona", command_id=uuid.uuid4(), persona=persona)

    def hero(self) -> SaveHeroContext:
        thesis = InvestmentThesis(asset="the brand", timing="now", opportunity="growth")
        hero = HeroContext(selected_hero="One can, everywhere", investment_thesis=thesis)
        return SaveHeroContext(type="save_hero_context", command_id=uuid.uuid4(), hero=hero)

    def outline(self, **titles: str) -> SaveOutline:
        sections = tuple(SectionDraft(id=id_, title=title) for id_, title in titles.items())
        return SaveOutline(type="save_outline", command_id=uuid.uuid4(), sections=sections)

    def slide(self, slide_id: str, section_id: str = "a", text: str = "text") -> SaveSlide:
        draft = SlideDraft(
            id=slide_id,
            section_id=section_id,
            title=f"Slide {slide_id}",
            layout_type="text",
            components=(TextComponent(type="text", text=text),),
            notes=f"say: {text[:100]}",
        )
        return SaveSlide(type="save_slide", command_id=uuid.uuid4(), slide=draft)

    def approve(self, slide_id: str) -> ApproveSlide:
        return ApproveSlide(type="approve_slide", command_id=uuid.uuid4(), slide_id=slide_id)

    def remove(self, slide_id: str) -> RemoveSlide:
        return RemoveSlide(type="remove_slide", command_id=uuid.uuid4(), slide_id=slide_id)

    def rename(self, title: str) -> Rename:
        return Rename(type="rename", command_id=uuid.uuid4(), title=title)

    def restore(self, state: CIMState) -> Restore:
        return Restore(type="restore", command_id=uuid.uuid4(), to_seq=state.rev, content=state.content)

    def facts(self, *statements: str) -> GatherContext:
        facts = tuple(
            Fact(id=f"f{n}", statement=statement, source=SourceReference(source_id="s1", locator="page 1"))
            for n, statement in enumerate(statements)
        )
        return GatherContext(type="gather_context", command_id=uuid.uuid4(), facts=facts)

    def tombstone(self) -> EventRecord:
        batch = self.batch(Delete(type="delete", command_id=uuid.uuid4()))
        return EventRecord.of(batch.events[-1])

    async def book(self, store: Store) -> None:
        """A whole small book: artifacts, two sections, three slides of which one is approved."""
        await self.record(store, self.create(), self.persona(), self.hero(), self.outline(a="Summary", b="Financials"))
        await self.record(store, self.slide("b1", "b"), self.slide("a1", "a"), self.slide("a2", "a"))
        await self.record(store, self.approve("a1"))
