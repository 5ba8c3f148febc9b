"""What a careful reader would send back about the making of a book: stale, empty, thin, doubled, missing, too long."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Literal

from domain.book import Book
from domain.values import SlideStatus, Value
from evidence.claims import statements_of
from evidence.slide_texts import filling_of, pieces_of

IssueKind = Literal[
    "missing_artifact", "empty_section", "no_outline_section", "stale_slide", "empty_slide", "thin_slide",
    "overfull_slide", "long_title", "duplicate_title", "unlinked_claim",
]  # fmt: skip
THIN_BELOW, OVERFULL_ABOVE = 6, 220
LONG_TITLE_WORDS = 24
MOST_SLIDES_IN_SECTION = 15
_WITHOUT_CONTENT = ("title", "section")
_ARTIFACTS = {"buyer_persona": "buyer persona", "hero_context": "hero concept", "sections": "outline"}
_ORDER: tuple[IssueKind, ...] = (
    "missing_artifact", "empty_section", "no_outline_section", "stale_slide", "empty_slide", "unlinked_claim",
    "duplicate_title", "thin_slide", "overfull_slide", "long_title",
)  # fmt: skip


class Issue(Value):
    """Something to put right, with the slide or section it is about."""

    kind: IssueKind
    message: str
    slide_id: str = ""
    section_id: str = ""


def issues_of(book: Book) -> list[Issue]:
    """What is missing first, then what is wrong, then what could be better; in the order of the book."""
    found = [*_of_book(book), *_of_titles(book), *_of_slides(book)]
    return sorted(found, key=lambda issue: _ORDER.index(issue.kind))


def _of_book(book: Book) -> Iterator[Issue]:
    for field, name in _ARTIFACTS.items():
        if not getattr(book, field):
            yield Issue(kind="missing_artifact", message=f"There is no {name} yet.")
    used = defaultdict[str, int](int)
    for slide in book.slides:
        used[slide.section_id] += 1
    for section in book.sections:
        if not used[section.id]:
            message = f"The section \u201c{section.title}\u201d has no slides."
            yield Issue(kind="empty_section", message=message, section_id=section.id)
        elif used[section.id] > MOST_SLIDES_IN_SECTION:
            message = (
                f"The section \u201c{section.title}\u201d has {used[section.id]} slides; split it or leave some out."
            )
            yield Issue(kind="overfull_slide", message=message, section_id=section.id)
    for section_id in used.keys() - {section.id for section in book.sections}:
        message = f"{used[section_id]} slides stand in a section that the outline does not have."
        yield Issue(kind="no_outline_section", message=message, section_id=section_id)


def _of_titles(book: Book) -> Iterator[Issue]:
    by_title = defaultdict[str, list[str]](list)
    for slide in book.slides:
        by_title[" ".join(slide.body.title.casefold().split())].append(slide.id)
    for slide in book.slides:
        same = by_title[" ".join(slide.body.title.casefold().split())]
        if len(same) > 1 and same[0] == slide.id:
            message = f"{len(same)} slides are called \u201c{slide.body.title}\u201d: {', '.join(same[:6])}."
            yield Issue(kind="duplicate_title", message=message, slide_id=slide.id, section_id=slide.section_id)


def _of_slides(book: Book) -> Iterator[Issue]:
    for slide in book.slides:
        body, name = slide.body, f"\u201c{slide.body.title}\u201d"

        def issue(kind: IssueKind, message: str, slide_id: str = slide.id, section: str = slide.section_id) -> Issue:
            return Issue(kind=kind, message=message, slide_id=slide_id, section_id=section)

        if slide.status is SlideStatus.NEEDS_REVIEW or slide.stale_reason is not None:
            reason = slide.stale_reason.value.replace("_", " ") if slide.stale_reason else "it was not looked at again"
            yield issue("stale_slide", f"{name} needs review: {reason}.")
        if len(body.title.split()) > LONG_TITLE_WORDS:
            yield issue("long_title", f"The title {name} has {len(body.title.split())} words.")
        if body.layout_type in _WITHOUT_CONTENT:
            continue
        filling = filling_of(body)
        if not any(piece.text.strip() for piece in list(pieces_of(body))[1:]):
            yield issue("empty_slide", f"{name} has a title but no content.")
            continue
        if filling < THIN_BELOW:
            yield issue("thin_slide", f"{name} says hardly more than its title.")
        elif filling > OVERFULL_ABOVE:
            yield issue("overfull_slide", f"{name} holds more than fits on one page.")
        if unlinked := statements_of(body):
            yield issue("unlinked_claim", f"{name} has {len(unlinked)} statements without a source.")
