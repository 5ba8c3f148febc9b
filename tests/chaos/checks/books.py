"""Books: no gap in the log, and everything that readers see is the fold of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from domain.events import Event, EventRecord
from domain.evolve import evolve
from domain.head import CIMHead, head_of, slide_head
from domain.state import CIMState
from store import Slide
from tests.chaos.checks.evidence import Evidence, Violation
from tests.chaos.checks.rules import Rule
from tests.chaos.found import FoundBook

MOST_SHOWN = 300


def check_books(evidence: Evidence) -> Iterator[Violation]:
    for cim_id, book in evidence.books.items():
        if book.unrest:
            yield _violation(book, "did not come to rest", "the book", "rest after the faults", book.unrest)
        if evidence.is_gone(cim_id):
            continue
        seqs = [event["seq"] for event in book.events]
        if seqs != list(range(1, len(seqs) + 1)):
            missing = sorted(set(range(1, max(seqs, default=0) + 1)) - set(seqs))[:10]
            yield _violation(book, "a gap in the log", "seqs", "1 to the last without a gap", f"missing {missing}")
            continue
        yield from _check_folds(book)


def _check_folds(book: FoundBook) -> Iterator[Violation]:
    events: list[Event] = [EventRecord.model_validate(event).event() for event in book.events]
    state: CIMState | None = None
    for event in events:
        state = evolve(state, event)
        past = book.past.get(event.seq)
        if past is not None:
            yield from _check_shown(book, f"the book as it was at {event.seq}", state, past["cim"], past["slides"])
    if state is None:
        yield _violation(book, "an empty log", "the book", "at least its creation", "nothing")
        return
    yield from _check_shown(book, "the book", state, book.head, book.slides)
    told = CIMState.model_validate(book.workflow).model_dump() if book.workflow is not None else None
    if _timeless(told) != _timeless(state.model_dump()):
        yield _violation(
            book,
            "the workflow differs from the log",
            "its state",
            _short(state.model_dump(mode="json")),
            _short(book.workflow),
        )


def _check_shown(
    book: FoundBook, what: str, state: CIMState, head: dict[str, Any] | None, slides: Any
) -> Iterator[Violation]:
    expected = head_of(state)
    shown_head = CIMHead.model_validate(head).model_dump() if head is not None else None
    if _timeless(shown_head) != _timeless(expected.model_dump()):
        yield _violation(
            book, "a head differs from the log", what, *_difference(expected.model_dump(mode="json"), head or {})
        )
    wanted = [slide_head(slide).model_dump() for slide in state.content.slides_in_reading_order()]
    shown = [_as_head(Slide.model_validate(slide)) for slide in slides]
    if shown != wanted:
        yield _violation(book, "slides differ from the log", what, _short(wanted), _short(shown))


def _timeless(value: object) -> object:
    """Without times. Who takes over from a killed worker decides again, some seconds later; the log keeps the first."""
    if isinstance(value, dict):
        fields = cast("dict[str, object]", value)
        return {name: _timeless(of) for name, of in fields.items() if name != "at" and not name.endswith("_at")}
    return value


def _as_head(slide: Slide) -> dict[str, Any]:
    """The slide without its body, whose hash is counted out of what is shown."""
    return {
        **slide.model_dump(exclude={"components", "sources", "notes"}),
        "content_hash": slide.body.hash,
    }


def _difference(expected: dict[str, Any], found: dict[str, Any]) -> tuple[str, str]:
    names = [name for name in expected if expected[name] != found.get(name)]
    return _short({name: expected[name] for name in names}), _short({name: found.get(name) for name in names})


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= MOST_SHOWN else text[:MOST_SHOWN] + " …"


def _violation(book: FoundBook, rule: Rule, what: str, expected: str, found: str) -> Violation:
    return Violation(rule=rule, cim_id=book.cim_id, what=what, expected=expected, found=found)
