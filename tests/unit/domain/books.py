"""Builders of books for the tests of the core."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

from domain.commands import (
    ApproveSlide,
    Command,
    Create,
    Navigate,
    SaveBuyerPersona,
    SaveHeroContext,
    SaveOutline,
    SaveSlide,
)
from domain.events import Event
from domain.model import (
    BuyerPersona,
    HeroContext,
    InvestmentThesis,
    SectionDraft,
    SlideDraft,
    TextComponent,
)
from domain.session import CIMSession, Handled, handle
from domain.state import CIMContent, CIMState
from domain.values import Actor, Stage

LEA = Actor(kind="user", id="lea")
AGENT = Actor(kind="agent", id="assistant", on_behalf_of="lea")
START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


class Book:
    """A CIM under test: sends commands with fresh ids, a running clock and counted ids."""

    def __init__(self) -> None:
        self.session = CIMSession()
        self.log: list[Event] = []
        self._numbers = itertools.count(1)
        self._ids = (f"id{n}" for n in itertools.count(1))
        self.send(
            Create(
                type="create",
                command_id=self.command_id(),
                cim_id="cim1",
                org_id="org1",
                deal_id="deal1",
                project_id="project1",
                title="Bluecan",
            )
        )

    @property
    def state(self) -> CIMState:
        assert self.session.state is not None
        return self.session.state

    @property
    def content(self) -> CIMContent:
        return self.state.content

    def command_id(self) -> UUID:
        return UUID(int=next(self._numbers))

    def new_id(self) -> str:
        return next(self._ids)

    def send(self, command: Command, actor: Actor = LEA) -> Handled:
        at = START + timedelta(minutes=len(self.log))
        handled = handle(self.session, command, actor, at, self.new_id)
        self.session = handled.session
        self.log.extend(handled.events)
        return handled

    def save_persona(self, type_: str = "strategic") -> Handled:
        persona = BuyerPersona(type=type_, motivations=("reach",), concerns=("one product",))
        return self.send(SaveBuyerPersona(type="save_buyer_persona", command_id=self.command_id(), persona=persona))

    def save_hero(self, hero: str = "One can, everywhere") -> Handled:
        thesis = InvestmentThesis(asset="the brand", timing="now", opportunity="growth")
        context = HeroContext(selected_hero=hero, investment_thesis=thesis)
        return self.send(SaveHeroContext(type="save_hero_context", command_id=self.command_id(), hero=context))

    def save_outline(self, **titles: str) -> Handled:
        sections = tuple(SectionDraft(id=id_, title=title) for id_, title in titles.items())
        return self.send(SaveOutline(type="save_outline", command_id=self.command_id(), sections=sections))

    def save_slide(self, slide_id: str, section_id: str, text: str = "text") -> Handled:
        slide = SlideDraft(
            id=slide_id,
            section_id=section_id,
            title=f"Slide {slide_id}",
            layout_type="text",
            components=(TextComponent(type="text", text=text),),
        )
        return self.send(SaveSlide(type="save_slide", command_id=self.command_id(), slide=slide))

    def approve(self, slide_id: str) -> Handled:
        return self.send(ApproveSlide(type="approve_slide", command_id=self.command_id(), slide_id=slide_id))

    def navigate(self, stage: Stage) -> Handled:
        return self.send(Navigate(type="navigate", command_id=self.command_id(), target_stage=stage))


def full_book() -> Book:
    """Persona, hero, an outline of two sections; slide `a1` approved, `a2` and `b1` drafts."""
    book = Book()
    book.save_persona()
    book.save_hero()
    book.save_outline(a="Summary", b="Financials")
    book.save_slide("a1", "a")
    book.save_slide("a2", "a")
    book.save_slide("b1", "b")
    book.approve("a1")
    return book


def ids() -> Callable[[], str]:
    numbers: Iterator[int] = itertools.count(1)
    return lambda: f"new{next(numbers)}"
