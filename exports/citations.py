"""The numbering of sources: one number for one place in one document, in reading order."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from domain.book import Book
from domain.model import (
    BulletsComponent,
    ChartComponent,
    Component,
    SlideBody,
    SourceReference,
    TableComponent,
)
from exports.text import one_line, superscript

_ANCHOR = re.compile(r"^([a-z])(\d+)(?:[a-z](\d+))?$")


@dataclass(frozen=True, slots=True)
class Citation:
    number: int
    document: str
    locator: str
    quote: str


def _fits(component: Component, anchor: str) -> bool:
    found = _ANCHOR.match(anchor)
    if found is None:
        return False
    kind, first, second = found[1], int(found[2]), int(found[3] or 0)
    match component:
        case TableComponent():
            return kind == "r" and first < len(component.rows) and second < len(component.columns)
        case ChartComponent():
            return kind == "s" and first < len(component.series) and second < len(component.categories)
        case BulletsComponent():
            return kind == "i" and first < len(component.items)
        case _:
            return False


def of_whole(component: Component) -> list[SourceReference]:
    """What supports the component as a whole, or a part of it that does not exist."""
    return [ref for ref in component.sources if ref.anchor is None or not _fits(component, ref.anchor)]


def of_part(component: Component, anchor: str) -> list[SourceReference]:
    """What supports one cell, point or bullet."""
    return [ref for ref in component.sources if ref.anchor == anchor and _fits(component, anchor)]


def references(body: SlideBody) -> Iterable[SourceReference]:
    yield from body.sources
    for component in body.components:
        yield from component.sources


class Citations:
    """Every source of a book under its number."""

    def __init__(self, book: Book) -> None:
        names = {source.id: one_line(source.name) for source in book.sources}
        found = [ref for slide in book.slides for ref in references(slide.body)]
        self._quotes: dict[tuple[str, str], str] = {}
        for ref in found:
            if ref.quote:
                self._quotes.setdefault((ref.source_id, one_line(ref.locator)), one_line(ref.quote))
        self._numbers: dict[tuple[str, str, str], int] = {}
        self.all: list[Citation] = []
        for ref in found:
            key = self._key(ref)
            if key not in self._numbers:
                number = self._numbers[key] = len(self.all) + 1
                self.all.append(Citation(number, names.get(ref.source_id, ref.source_id), key[1], key[2]))

    def _key(self, ref: SourceReference) -> tuple[str, str, str]:
        """A reference without words counts as the first quote of its place."""
        place = ref.source_id, one_line(ref.locator)
        return *place, one_line(ref.quote or "") or self._quotes.get(place, "")

    def numbers(self, refs: Iterable[SourceReference]) -> list[int]:
        return sorted({self._numbers[self._key(ref)] for ref in refs})

    def marks(self, refs: Iterable[SourceReference]) -> str:
        """Superscript numbers; empty without references."""
        return superscript(self.numbers(refs))

    def documents(self, body: SlideBody) -> str:
        """The source line of a slide: documents with the numbers of their places."""
        by_document: dict[str, list[int]] = {}
        for number in self.numbers(references(body)):
            by_document.setdefault(self.all[number - 1].document, []).append(number)
        return "; ".join(f"{document} {superscript(numbers)}" for document, numbers in by_document.items())
