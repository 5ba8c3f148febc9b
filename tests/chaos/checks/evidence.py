"""A history and what was found afterwards, arranged for the checks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from domain.values import Value
from tests.chaos.checks.rules import Rule
from tests.chaos.found import FoundBook, books_in
from tests.chaos.history import (
    Answered,
    Asked,
    CommandOutcome,
    Fault,
    Granted,
    HeadRead,
    Heard,
    Record,
    Removed,
    Requested,
    SeenEvent,
    SentCommand,
    Settled,
    records_in,
)


class Violation(Value):
    """Something that must not be: which rule, where, and what was expected and found."""

    rule: Rule
    cim_id: str
    what: str
    expected: str
    found: str

    def __str__(self) -> str:
        where = f"{self.rule} (book {self.cim_id[:8]}): {self.what}"
        return f"{where}\n    expected: {self.expected}\n    found:    {self.found}"


@dataclass
class Told:
    """All that was said of one command, over all the calls that carried it. `place` is its place in its list."""

    command: SentCommand
    cim_id: str
    call: int
    place: int
    asked_at: float
    unanswered: int = 0
    answers: list[tuple[float, CommandOutcome]] = field(default_factory=list[tuple[float, CommandOutcome]])

    @property
    def status(self) -> Literal["done", "refused", "unknown"]:
        """Done where any call says so; refused where every call does."""
        outcomes = {answer.outcome for _, answer in self.answers}
        if "done" in outcomes:
            return "done"
        return "refused" if outcomes == {"refused"} and self.unanswered == 0 else "unknown"

    @property
    def was_accepted(self) -> bool:
        return any(answer.accepted for _, answer in self.answers)

    @property
    def done_at(self) -> float:
        return min((at for at, answer in self.answers if answer.outcome == "done"), default=float("inf"))

    def __str__(self) -> str:
        said = ", ".join(
            f"{'accepted' if answer.accepted else answer.outcome} {answer.code} at {at:.2f}"
            for at, answer in self.answers
        )
        command = f"{self.command.type} {self.command.command_id}"
        return f"call {self.call} at {self.asked_at:.2f} s, {command}: {said or 'never answered'}"


@dataclass
class Evidence:
    """Everything that the checks go by."""

    books: dict[str, FoundBook]
    told: dict[str, Told]
    calls: list[Asked]
    answered: dict[int, Answered]
    reads: list[HeadRead]
    heard: dict[str, list[Heard]]
    requested: dict[str, Requested]
    granted: dict[str, list[Granted]]
    settled: dict[str, list[Settled]]
    removed: dict[str, list[Removed]]
    faults: list[Fault]
    logs: dict[str, list[SeenEvent]]
    by_command: dict[str, dict[str, list[dict[str, Any]]]]

    @classmethod
    def kept_in(cls, folder: Path) -> Evidence:
        return cls.of(records_in(folder), books_in(folder))

    @classmethod
    def of(cls, records: Iterable[Record], books: Iterable[FoundBook]) -> Evidence:
        by_id = {book.cim_id: book for book in books}
        evidence = cls(
            books=by_id,
            told={},
            calls=[],
            answered={},
            reads=[],
            heard=defaultdict(list),
            requested={},
            granted=defaultdict(list),
            settled=defaultdict(list),
            removed=defaultdict(list),
            faults=[],
            logs={cim_id: [SeenEvent.of(event) for event in book.events] for cim_id, book in by_id.items()},
            by_command={cim_id: _by_command(book) for cim_id, book in by_id.items()},
        )
        for record in records:
            evidence.take(record)
        return evidence

    def take(self, record: Record) -> None:
        match record:
            case Asked():
                self.calls.append(record)
                for place, command in enumerate(record.commands):
                    told = self.told.setdefault(
                        command.command_id, Told(command, record.cim_id, record.call, place, record.at)
                    )
                    told.unanswered += 1
            case Answered(call=call, at=at, results=results):
                self.answered[call] = record
                for result in results:
                    self.told[result.command_id].unanswered -= 1
                    self.told[result.command_id].answers.append((at, result))
            case HeadRead():
                self.reads.append(record)
            case Heard(listener=listener):
                self.heard[listener].append(record)
            case Requested(key=key):
                self.requested[key] = record
            case Granted(key=key):
                self.granted[key].append(record)
            case Settled(request_id=request_id):
                self.settled[request_id].append(record)
            case Removed(cim_id=cim_id):
                self.removed[cim_id].append(record)
            case Fault():
                self.faults.append(record)

    def caused_by(self, told: Told) -> list[dict[str, Any]]:
        """The events of the log that carry the id of this command."""
        return self.by_command.get(told.cim_id, {}).get(told.command.command_id, [])

    def is_gone(self, cim_id: str) -> bool:
        """Whether the book was deleted: then nothing is said about its contents. Where nobody was told so, it may be
        there, and is judged as every other."""
        book = self.books.get(cim_id)
        return cim_id in self.removed and (self.must_be_gone(cim_id) or book is None or book.head is None)

    def must_be_gone(self, cim_id: str) -> bool:
        """Whether an answer said that the book is deleted, will be, or is not there."""
        return any(removal.status in (202, 204, 404) for removal in self.removed.get(cim_id, ()))

    def gone_at(self, cim_id: str) -> float:
        """When somebody was first told that the book is deleted; infinite where nobody was."""
        told = (removal.at for removal in self.removed.get(cim_id, ()) if removal.status == 204)
        return min(told, default=float("inf"))


def _by_command(book: FoundBook) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for event in book.events:
        found[event["command_id"]].append(event)
    return found
