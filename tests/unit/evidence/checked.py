"""Small books and packs for checks: slides over facts and passages, without any store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from domain.book import Book, BookSlide, BookSource
from domain.findings import Finding
from domain.model import BulletsComponent, Component, Fact, LayoutType, SlideBody, SourceReference
from domain.values import CIMStatus, SlideStatus
from evidence.consistency import check_book
from evidence.documents import read_document
from evidence.facts import gather_facts


@dataclass(frozen=True)
class Part:
    """A passage as a check reads it."""

    source_id: str
    passage_id: str
    text: str
    locator: str
    heading: str = ""


@dataclass
class Pack:
    """Documents read by the real readers. `places` are references to facts by metric, entity and period."""

    facts: list[Fact] = field(default_factory=list[Fact])
    passages: list[Part] = field(default_factory=list[Part])
    sources: list[BookSource] = field(default_factory=list[BookSource])

    def read(self, name: str, text: str | bytes) -> Pack:
        data = text.encode() if isinstance(text, str) else text
        document = read_document(name, data)
        source_id = name.replace(".", "-")
        self.sources.append(BookSource(id=source_id, name=name, kind=document.kind))
        self.facts.extend(gather_facts(document, source_id))
        self.passages.extend(
            Part(source_id, one.passage_id, one.text, one.locator, one.heading) for one in document.passages
        )
        return self

    def place(self, value: float, period: str = "", source: str = "", anchor: str | None = None) -> SourceReference:
        """Where a fact stands."""
        found = next(
            fact
            for fact in self.facts
            if fact.value == value and period in fact.period and source in fact.source.source_id
        )
        return found.source.model_copy(update={"anchor": anchor})

    def check(self, *slides: BookSlide) -> list[Finding]:
        return check_book(book_of(slides, self.facts, self.sources), self.passages)


def book_of(slides: Sequence[BookSlide] = (), facts: Sequence[Fact] = (), sources: Sequence[BookSource] = ()) -> Book:
    return Book(
        cim_id="cim1",
        title="Project Heron",
        status=CIMStatus.DRAFT,
        rev=1,
        as_of=datetime(2026, 1, 1, tzinfo=UTC),
        slides=tuple(slides),
        facts=tuple(facts),
        sources=tuple(sources),
    )


def slide(
    *components: Component,
    title: str = "A slide",
    slide_id: str = "s1",
    sources: Sequence[SourceReference] = (),
    layout: LayoutType = "bullets",
) -> BookSlide:
    body = SlideBody(title=title, layout_type=layout, components=components, sources=tuple(sources))
    return BookSlide(id=slide_id, section_id="a", position=0, status=SlideStatus.DRAFT, body=body.with_component_ids())


def bullets(*items: str, sources: Sequence[SourceReference] = ()) -> BulletsComponent:
    return BulletsComponent(type="bullets", items=items, sources=tuple(sources))


def told(findings: Sequence[Finding]) -> list[tuple[str, str]]:
    """Kind and figure of what was found on slides."""
    return [(finding.kind, finding.figure) for finding in findings if finding.slide_id]
