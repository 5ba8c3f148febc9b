"""The brief that every model reads: what is asked, how the book stands, and the evidence piece by piece."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, TypeVar

from agents.ports import SourcePassage
from domain.book import BookSource
from domain.head import SlideHead
from domain.model import BuyerPersona, Fact, HeroContext, LayoutType, OutlineSection
from domain.plan import ItemKind
from domain.values import Value
from evidence.orders import speaks_to_a_machine as speaks_to_a_machine
from evidence.orders import without_commands as without_commands

_Item = TypeVar("_Item")

Task = Literal["buyer_persona", "hero_context", "outline", "slides"]


class EvidenceFact(Value):
    ref: str
    statement: str
    metric: str
    entity: str
    value: float | None
    unit: str
    period: str
    basis: str
    document: str
    locator: str
    quote: str


class EvidencePassage(Value):
    ref: str
    text: str
    heading: str
    document: str
    locator: str


class KnownSlide(Value):
    """A slide that the book has already."""

    id: str
    section_id: str
    title: str
    layout_type: LayoutType
    status: str


def known_slides(heads: Sequence[SlideHead]) -> tuple[KnownSlide, ...]:
    return tuple(
        KnownSlide(
            id=head.id,
            section_id=head.section_id,
            title=head.title,
            layout_type=head.layout_type,
            status=head.status.value,
        )
        for head in heads
    )


class PlannedSlide(Value):
    """A slide that the plan asks for: the key that it is known by, what it says, and the facts that it shows."""

    topic: str
    title: str
    kind: ItemKind
    facts: tuple[str, ...] = ()


class Brief(Value):
    """Everything that a model may use for one draft. `section` is the one to write slides for; `planned` and `messages`
    are what its plan asks for, where there is one."""

    task: Task
    book_title: str
    instruction: str = ""
    buyer_persona: BuyerPersona | None = None
    hero_context: HeroContext | None = None
    sections: tuple[OutlineSection, ...] = ()
    section: OutlineSection | None = None
    planned: tuple[PlannedSlide, ...] = ()
    messages: tuple[str, ...] = ()
    slides: tuple[KnownSlide, ...] = ()
    facts: tuple[EvidenceFact, ...] = ()
    passages: tuple[EvidencePassage, ...] = ()
    corrections: tuple[str, ...] = ()
    """What was wrong with the previous draft, if there was one."""
    previous_draft: str = ""


class Evidence(Value):
    """The facts and passages that one run goes by, in a fixed order; F1 is the first fact, P1 the first passage."""

    facts: tuple[Fact, ...] = ()
    passages: tuple[SourcePassage, ...] = ()
    sources: tuple[BookSource, ...] = ()

    def document(self, source_id: str) -> str:
        return next((source.name for source in self.sources if source.id == source_id), source_id)

    def fact(self, ref: str) -> Fact | None:
        return _numbered(self.facts, "F", ref)

    def passage(self, ref: str) -> SourcePassage | None:
        return _numbered(self.passages, "P", ref)

    def fact_ref(self, index: int) -> str:
        return f"F{index + 1}"

    def passage_ref(self, index: int) -> str:
        return f"P{index + 1}"

    def brief_facts(self, chosen: list[int]) -> tuple[EvidenceFact, ...]:
        return tuple(
            EvidenceFact(
                ref=self.fact_ref(index),
                statement=fact.statement,
                metric=fact.metric,
                entity=fact.entity,
                value=fact.value,
                unit=fact.unit,
                period=fact.period,
                basis=fact.basis,
                document=self.document(fact.source.source_id),
                locator=fact.source.locator,
                quote=fact.source.quote or "",
            )
            for index in chosen
            for fact in (self.facts[index],)
        )

    def brief_passages(self, chosen: list[int]) -> tuple[EvidencePassage, ...]:
        return tuple(
            EvidencePassage(
                ref=self.passage_ref(index),
                text=without_commands(passage.text),
                heading=passage.heading,
                document=self.document(passage.source_id),
                locator=passage.locator,
            )
            for index in chosen
            for passage in (self.passages[index],)
        )


def _numbered(items: tuple[_Item, ...], letter: str, ref: str) -> _Item | None:
    if not re.fullmatch(rf"{letter}[1-9]\d{{0,5}}", ref):
        return None
    index = int(ref[1:]) - 1
    return items[index] if index < len(items) else None
