"""Runs, messages, questions and books that were asked for: none lost, none doubled, each question answered once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.chaos.checks.evidence import Evidence, Violation
from tests.chaos.checks.rules import Rule
from tests.chaos.found import FoundBook
from tests.chaos.history import Granted, Requested

OVER = frozenset({"completed", "failed", "cancelled"})


def check_talks(evidence: Evidence) -> Iterator[Violation]:
    for key, asked in evidence.requested.items():
        grants = evidence.granted.get(key, [])
        if len({grant.id for grant in grants}) > 1:
            found = ", ".join(grant.id for grant in grants)
            yield _violation(asked.cim_id, "one key, several answers", f"{asked.kind} {key}", "the same id", found)
        if asked.kind == "book":
            yield from _check_begun(evidence, asked, grants)
        elif not evidence.is_gone(asked.cim_id):
            book = evidence.books[asked.cim_id]
            for grant in grants[:1]:
                yield from _check_run(book, asked, grant)
            if asked.kind == "message":
                yield from _check_message(book, asked, grants[0] if grants else None)
    for cim_id, book in evidence.books.items():
        if not evidence.is_gone(cim_id):
            yield from _check_book(evidence, book)
    yield from _check_questions(evidence)


def _check_begun(evidence: Evidence, asked: Requested, grants: list[Granted]) -> Iterator[Violation]:
    ids = [book.cim_id for book in evidence.books.values() if book.title == asked.text]
    if grants and evidence.is_gone(grants[0].id):
        return
    expected = [grants[0].id] if grants else ids[:1]
    if ids != expected:
        yield _violation(expected[0] if expected else "", "a book lost or doubled", asked.text, str(expected), str(ids))


def _check_run(book: FoundBook, asked: Requested, grant: Granted) -> Iterator[Violation]:
    runs = [run for run in book.runs if run["id"] == grant.id]
    what = f"{asked.kind} {grant.id}, asked for at {asked.at:.2f} s"
    if len(runs) != 1:
        yield _violation(book.cim_id, "a run lost or doubled", what, "one run", f"{len(runs)} runs")
    elif runs[0]["status"] != "completed":
        found = f"{runs[0]['status']}: {runs[0].get('error') or runs[0].get('progress')}"
        yield _violation(book.cim_id, "a run did not complete", what, "completed", found)


def _check_message(book: FoundBook, asked: Requested, grant: Granted | None) -> Iterator[Violation]:
    messages = book.threads.get(asked.thread_id, ())
    said = [message for message in messages if message["role"] == "user" and message["text"] == asked.text]
    what = f"“{asked.text}”, said at {asked.at:.2f} s"
    if len(said) > 1 or (grant is not None and len(said) != 1):
        yield _violation(book.cim_id, "a message lost or doubled", what, "it once", f"it {len(said)} times")
    for message in said:
        answers = [answer for answer in messages if answer["parent_id"] == message["id"]]
        good = [answer for answer in answers if answer["status"] == "complete" and answer["text"]]
        if len(answers) != 1 or len(good) != 1:
            found = ", ".join(f"{answer['id']} {answer['status']}" for answer in answers) or "no answer"
            yield _violation(book.cim_id, "an answer lost or doubled", what, "one whole answer", found)
        elif grant is not None and [answers[0]["id"]] != list(grant.answer_ids):
            yield _violation(book.cim_id, "another answer", what, str(grant.answer_ids), answers[0]["id"])


def _check_book(evidence: Evidence, book: FoundBook) -> Iterator[Violation]:
    asked = {one.text for one in evidence.requested.values() if one.cim_id == book.cim_id}
    for thread_id, messages in book.threads.items():
        doubled = [id_ for id_, count in Counter(message["id"] for message in messages).items() if count > 1]
        strange = [
            message["text"] for message in messages if message["role"] == "user" and message["text"] not in asked
        ]
        if doubled or strange:
            found = f"twice: {doubled}, said by nobody: {strange}"
            yield _violation(book.cim_id, "a strange message", thread_id, "what was said, once", found)
        if book.branches.get(thread_id, 1) != 1:
            found = f"{book.branches[thread_id]} branches"
            yield _violation(book.cim_id, "a thread has branched", thread_id, "one branch", found)
    for run in _strange_runs(evidence, book):
        yield _violation(book.cim_id, "a strange run", run["id"], "a run that was asked for", run["kind"])
    for run in book.runs:
        if run["status"] not in OVER:
            yield _violation(book.cim_id, "a run does not end", run["id"], "an end", run["status"])


def _strange_runs(evidence: Evidence, book: FoundBook) -> Iterator[dict[str, Any]]:
    """Those that were not granted, and are more than the calls of their kind that nobody answered."""
    asked = [one for one in evidence.requested.values() if one.cim_id == book.cim_id]
    granted = {grant.id for one in asked for grant in evidence.granted.get(one.key, [])}
    open_calls = Counter(one.run_kind for one in asked if one.key not in evidence.granted)
    for run in book.runs:
        if run["id"] in granted:
            continue
        if open_calls[run["kind"]] == 0:
            yield run
        open_calls[run["kind"]] -= 1


def _check_questions(evidence: Evidence) -> Iterator[Violation]:
    for request_id, tries in evidence.settled.items():
        cim_id = tries[0].cim_id
        events = [
            event
            for event in evidence.books[cim_id].events
            if event["type"] == "request_answered" and event["data"]["request_id"] == request_id
        ]
        won = [one.by for one in tries if one.status in (200, 202) and not one.code]
        lost = [one.by for one in tries if one.status == 409]
        if len(events) != 1 or len(won) != 1 or len(won) + len(lost) != len(tries):
            told: Any = {one.by: (one.status, one.code) for one in tries}
            found = f"{len(events)} answers in the log; told: {told}"
            yield _violation(
                cim_id, "a question answered not once", request_id, "one answer, the others too late", found
            )


def _violation(cim_id: str, rule: Rule, what: str, expected: str, found: str) -> Violation:
    return Violation(rule=rule, cim_id=cim_id, what=what, expected=expected, found=found)
