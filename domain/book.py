"""The whole book as it is read out: for exports and for checks."""

from __future__ import annotations

from domain.model import BuyerPersona, Fact, HeroContext, OutlineSection, SlideBody
from domain.values import CIMStatus, Instant, SlideStatus, StaleReason, Value


class BookSource(Value):
    """An uploaded document that slides may cite."""

    id: str
    name: str
    kind: str


class BookSlide(Value):
    id: str
    section_id: str
    position: int
    status: SlideStatus
    stale_reason: StaleReason | None = None
    body: SlideBody


class Book(Value):
    """A CIM at one revision: sections in order, slides in reading order, and what they rest on."""

    cim_id: str
    title: str
    status: CIMStatus
    rev: int
    as_of: Instant
    buyer_persona: BuyerPersona | None = None
    hero_context: HeroContext | None = None
    sections: tuple[OutlineSection, ...] = ()
    slides: tuple[BookSlide, ...] = ()
    facts: tuple[Fact, ...] = ()
    sources: tuple[BookSource, ...] = ()
