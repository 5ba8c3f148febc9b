"""What was asked and what was answered, as it happened: one JSON object a line. Seconds count from the first line."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from domain.values import Value

HISTORY = "history.jsonl"

Outcome = Literal["done", "refused", "unknown"]
FaultKind = Literal["kill", "cut", "hold", "delay", "disk_full", "clock"]


class SentCommand(Value):
    """`sure`: no state of the book refuses it, and it always causes an event."""

    command_id: str
    type: str
    expected_rev: int | None = None
    sure: bool = False


class SeenEvent(Value):
    """An event as somebody saw it; `digest` is of all of it but its time."""

    seq: int
    type: str
    digest: str

    @classmethod
    def of(cls, event: dict[str, Any]) -> SeenEvent:
        return cls(seq=event["seq"], type=event["type"], digest=digest(event))


class CommandOutcome(Value):
    """`accepted`: the answer said that the command is durable, and not yet what became of it (202)."""

    command_id: str
    outcome: Outcome
    accepted: bool = False
    repeated: bool = False
    rev: int | None = None
    events: tuple[SeenEvent, ...] = ()
    code: str = ""


class Asked(Value):
    """A call with commands goes out."""

    record: Literal["asked"] = "asked"
    call: int
    at: float
    client: str
    api: str
    cim_id: str
    commands: tuple[SentCommand, ...]


class Answered(Value):
    """It is answered, or given up: then there is no `status`."""

    record: Literal["answered"] = "answered"
    call: int
    at: float
    status: int | None = None
    results: tuple[CommandOutcome, ...]


class HeadRead(Value):
    """A head was read between `began` and `at`."""

    record: Literal["read"] = "read"
    began: float
    at: float
    api: str
    cim_id: str
    rev: int


class Heard(Value):
    """One message of a stream with its cursor; `digest` is that of an event of the log."""

    record: Literal["heard"] = "heard"
    at: float
    listener: str
    cim_id: str
    type: str
    seq: int
    talk: int
    digest: str = ""


class Requested(Value):
    """Work or a book is asked for under an idempotency key; the same key may be sent several times.

    `text`: of the message, the kind of the run, or the title of the book.
    """

    record: Literal["requested"] = "requested"
    at: float
    kind: Literal["message", "run", "book"]
    key: str
    cim_id: str = ""
    thread_id: str = ""
    text: str = ""

    @property
    def run_kind(self) -> str:
        return "chat" if self.kind == "message" else self.text


class Granted(Value):
    """An answer that says it will be done: `id` is of the run, or of the book."""

    record: Literal["granted"] = "granted"
    at: float
    key: str
    id: str
    message_id: str = ""
    answer_ids: tuple[str, ...] = ()


class Settled(Value):
    """Somebody answered a question of an agent; one of several who tried at the same time."""

    record: Literal["settled"] = "settled"
    at: float
    cim_id: str
    request_id: str
    by: str
    status: int | None = None
    code: str = ""


class Removed(Value):
    """It was asked to delete a book; `status` as for every call."""

    record: Literal["removed"] = "removed"
    at: float
    cim_id: str
    status: int | None = None


class Fault(Value):
    """Something was done to a part from `at` to `until`; `well` is when the part was well again."""

    record: Literal["fault"] = "fault"
    at: float
    until: float
    kind: FaultKind
    target: str
    detail: str = ""


Record = Annotated[
    Asked | Answered | HeadRead | Heard | Requested | Granted | Settled | Removed | Fault,
    Field(discriminator="record"),
]
_RECORD: TypeAdapter[Record] = TypeAdapter(Record)


class Recording:
    """Writes the history; each line is in the file before the next thing happens."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = (folder / HISTORY).open("w", buffering=1)
        self._began = time.monotonic()
        self._calls = 0

    @property
    def now(self) -> float:
        return round(time.monotonic() - self._began, 4)

    @property
    def calls(self) -> int:
        return self._calls

    def next_call(self) -> int:
        self._calls += 1
        return self._calls

    def add(self, record: Record) -> None:
        self._file.write(record.model_dump_json(exclude_defaults=False) + "\n")

    def close(self) -> None:
        self._file.close()


def records_in(folder: Path) -> Iterator[Record]:
    with (folder / HISTORY).open() as lines:
        for line in lines:
            yield _RECORD.validate_json(line)


def digest(event: dict[str, Any]) -> str:
    """Of all but its time: who takes over from a killed worker decides again, some moments later; the log keeps one."""
    timeless = {name: event[name] for name in event if name != "at"}
    canonical = json.dumps(timeless, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]
