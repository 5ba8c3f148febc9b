"""Deleted books: whole or gone, and once gone nothing is left, nothing is done and nothing is shown any more."""

from __future__ import annotations

from collections.abc import Iterator

from tests.chaos.checks.evidence import Evidence, Violation
from tests.chaos.checks.rules import Rule
from tests.chaos.found import FoundBook

SAID_OF_ANY_BOOK = frozenset(
    {
        "unknown_cim",
        "forbidden",
        "unauthorized",
        "token_expired",
        "unproven",
        "invalid_input",
        "access_unavailable",
        "evidence_unavailable",
    }
)
"""Refusals that do not tell that the book is there."""


def check_deletions(evidence: Evidence) -> Iterator[Violation]:
    for cim_id in evidence.removed:
        book = evidence.books[cim_id]
        if evidence.must_be_gone(cim_id) and book.head is not None:
            yield _violation(cim_id, "deleted is still there", "the book", "no head", f"revision {book.head['rev']}")
        elif evidence.is_gone(cim_id):
            yield from _check_left(book)
        yield from _check_answers(evidence, cim_id)


def _check_left(book: FoundBook) -> Iterator[Violation]:
    if book.left:
        found = ", ".join(f"{name} {count}" for name, count in book.left.items())
        yield _violation(book.cim_id, "left of what was deleted", "the store", "the tombstone alone", found)
    types = [event["type"] for event in book.events]
    if types != ["cim_deleted"]:
        yield _violation(book.cim_id, "left of what was deleted", "the log", "the tombstone alone", str(types))


def _check_answers(evidence: Evidence, cim_id: str) -> Iterator[Violation]:
    """Whoever called after the deletion had been acknowledged."""
    gone_at = evidence.gone_at(cim_id)
    what = f"deleted at {gone_at:.2f} s"
    for call in evidence.calls:
        if call.cim_id != cim_id or call.at <= gone_at or call.call not in evidence.answered:
            continue
        for one in evidence.answered[call.call].results:
            if one.outcome == "done" or (one.outcome == "refused" and one.code not in SAID_OF_ANY_BOOK):
                found = f"call {call.call} at {call.at:.2f} s, {one.command_id}: {one.outcome} {one.code}"
                yield _violation(cim_id, "answered after its deletion", what, "no such book", found)
    for read in evidence.reads:
        if read.cim_id == cim_id and read.began > gone_at:
            found = f"revision {read.rev} by {read.api} at {read.began:.2f} s"
            yield _violation(cim_id, "answered after its deletion", what, "no such book", found)
    for key, asked in evidence.requested.items():
        if asked.cim_id == cim_id and asked.at > gone_at and evidence.granted.get(key):
            found = f"{asked.kind} {evidence.granted[key][0].id}, asked for at {asked.at:.2f} s"
            yield _violation(cim_id, "answered after its deletion", what, "no such book", found)


def _violation(cim_id: str, rule: Rule, what: str, expected: str, found: str) -> Violation:
    return Violation(rule=rule, cim_id=cim_id, what=what, expected=expected, found=found)
