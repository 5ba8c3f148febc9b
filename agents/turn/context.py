"""What a model is told before it answers: the book, the talk so far, and the evidence that fits the question."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, JsonValue

from agents.brief import EvidenceFact, EvidencePassage, KnownSlide
from domain.knowledge import EntityKind, Strength
from domain.model import BuyerPersona, HeroContext, OutlineSection
from domain.values import AgentType, Mode, Value

OPENING, CLOSING = "<context>", "</context>"


class ContextMessage(Value):
    """An earlier message. `why`: among the latest, or found since it fits the question."""

    message_id: str
    role: Literal["user", "assistant"]
    author: str
    text: str
    why: Literal["recent", "found"] = "recent"


class ContextSlide(KnownSlide):
    """A slide of the book; `stale_reason` and `named` (by the person) where they apply."""

    stale_reason: str = ""
    named: bool = False
    body: dict[str, JsonValue] | None = None
    """Its whole content, for slides that the person named or looks at."""


class ContextEntity(Value):
    id: str
    kind: EntityKind
    name: str
    aliases: tuple[str, ...] = ()


class ContextRelationship(Value):
    id: str
    from_id: str
    to_id: str
    kind: str
    strength: Strength


class BookNow(Value):
    """The book as it stands. `stale` names artifacts with the reason; `open_requests` what people have not answered."""

    title: str
    stage: str
    status: str
    rev: int
    buyer_persona: BuyerPersona | None = None
    hero_context: HeroContext | None = None
    sections: tuple[OutlineSection, ...] = ()
    slides: tuple[ContextSlide, ...] = ()
    stale: dict[str, str] = Field(default_factory=dict)
    current_section_id: str | None = None
    current_slide_id: str | None = None
    documents: tuple[str, ...] = ()
    documents_unread: tuple[str, ...] = ()
    entities: tuple[ContextEntity, ...] = ()
    relationships: tuple[ContextRelationship, ...] = ()
    decisions: tuple[str, ...] = ()


class TurnContext(Value):
    """Everything that one turn starts from. It travels to the model as JSON between OPENING and CLOSING.

    `said` is the person's message, `excerpts` what the person pasted into it: data, like the text of documents. Facts
    and passages carry references (F.., P..) that answers name in brackets.
    """

    agent: AgentType
    mode: Mode
    person_id: str
    said: str
    excerpts: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    summary: str = ""
    messages: tuple[ContextMessage, ...] = ()
    book: BookNow
    facts: tuple[EvidenceFact, ...] = ()
    passages: tuple[EvidencePassage, ...] = ()
