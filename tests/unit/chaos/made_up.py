"""A history as it should be, made by the core itself, for tests to spoil."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import TypeAdapter

from domain.commands import Command
from domain.events import EventRecord
from domain.head import head_of
from domain.model import SlideBody
from domain.session import CIMSession, handle
from domain.values import Actor
from store import slide_of
from tests.chaos.check import judged
from tests.chaos.checks.evidence import Evidence
from tests.chaos.found import FoundBook
from tests.chaos.history import (
    Answered,
    Asked,
    CommandOutcome,
    Granted,
    HeadRead,
    Heard,
    Outcome,
    Record,
    Removed,
    Requested,
    SeenEvent,
    SentCommand,
    Settled,
    digest,
)

CIM = "c" * 32
LEA = Actor(kind="user", id="lea")
BEGAN = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
_COMMAND: TypeAdapter[Command] = TypeAdapter(Command)


class MadeUp:
    """One book and what is told of it. Times are seconds; each call takes one."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.events: list[dict[str, Any]] = []
        self.bodies: dict[str, SlideBody] = {}
        self.now = 0.0
        self.calls = 0
        self.session = CIMSession()
        self.threads: dict[str, tuple[dict[str, Any], ...]] = {}
        self.runs: list[dict[str, Any]] = []
        self.changes: dict[str, Any] = {}
        self.erasure: dict[str, Any] | None = None
        created = {"cim_id": CIM, "org_id": "org", "deal_id": "deal", "project_id": "project", "title": "Bluecan"}
        self.happen({"type": "create", "command_id": str(uuid.uuid4()), **created})

    def happen(self, command: dict[str, Any], actor: Actor = LEA) -> list[dict[str, Any]]:
        """The book changes; nobody is told."""
        at = BEGAN + timedelta(seconds=self.now)
        parsed = _COMMAND.validate_python(command)
        handled = handle(self.session, parsed, actor, at, lambda: uuid.uuid4().hex[:12])
        self.session = handled.session
        fresh = [EventRecord.of(event).model_dump(mode="json") for event in handled.events]
        self.events += fresh
        if command["type"] == "save_slide":
            body = parsed.slide.body  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]
            self.bodies[body.hash] = body  # pyright: ignore[reportUnknownMemberType]
        return fresh

    def done(self, type_: str, *, sure: bool = False, **fields: Any) -> str:
        """A command that is sent, carried out and acknowledged. Its id."""
        command_id = self.asked(type_, sure=sure, **fields)
        events = self.happen({"type": type_, "command_id": command_id, **fields})
        self.answered(command_id, "done", events=events)
        return command_id

    def asked(self, type_: str, command_id: str = "", *, sure: bool = False, **fields: Any) -> str:
        self.now += 1.0
        self.calls += 1
        command = SentCommand(
            command_id=command_id or str(uuid.uuid4()),
            type=type_,
            expected_rev=fields.get("expected_rev"),
            sure=sure,
        )
        self.records.append(
            Asked(call=self.calls, at=self.now, client="client", api="api-1", cim_id=CIM, commands=(command,))
        )
        return command.command_id

    def answered(
        self, command_id: str, outcome: Outcome, events: list[dict[str, Any]] | None = None, **fields: Any
    ) -> None:
        self.now += 1.0
        seen = tuple(SeenEvent.of(event) for event in events or [])
        result = CommandOutcome(
            command_id=command_id, outcome=outcome, events=seen, rev=seen[-1].seq if seen else None, **fields
        )
        self.records.append(Answered(call=self.calls, at=self.now, status=200, results=(result,)))

    def read(self, rev: int) -> None:
        self.now += 1.0
        self.records.append(HeadRead(began=self.now, at=self.now + 0.5, api="api-1", cim_id=CIM, rev=rev))

    def heard(self, *seqs: int, listener: str = "listener") -> None:
        for seq in seqs:
            event = self.events[seq - 1]
            self.now += 1.0
            self.records.append(
                Heard(
                    at=self.now,
                    listener=listener,
                    cim_id=CIM,
                    type=event["type"],
                    seq=seq,
                    talk=0,
                    digest=digest(event),
                )
            )

    def said(self, text: str, *, answers: int = 1, times: int = 1, status: str = "completed") -> None:
        """A message that was taken, with its run and its answer."""
        key, run_id = f"key of {text}", f"run of {text}"
        self.records += [
            Requested(at=self.now, kind="message", key=key, cim_id=CIM, thread_id="main", text=text),
            Granted(at=self.now, key=key, id=run_id, message_id=f"m-{text}", answer_ids=(f"a-{text}-0",)),
        ]
        self.runs.append({"id": run_id, "kind": "chat", "status": status})
        said: list[dict[str, Any]] = [
            {"id": f"m-{text}" + "x" * n, "role": "user", "text": text, "parent_id": None, "status": "complete"}
            for n in range(times)
        ]
        said += [
            {
                "id": f"a-{text}-{n}",
                "role": "assistant",
                "text": "1,000",
                "parent_id": f"m-{text}",
                "status": "complete",
            }
            for n in range(answers)
        ]
        self.threads["main"] = (*self.threads.get("main", ()), *said)

    def settled(self, request_id: str, by: str, status: int) -> None:
        code = "" if status == 200 else "request_closed"
        self.records.append(Settled(at=self.now, cim_id=CIM, request_id=request_id, by=by, status=status, code=code))

    def removed(self, status: int | None) -> None:
        """Somebody asks to delete the book."""
        self.now += 1.0
        self.records.append(Removed(at=self.now, cim_id=CIM, status=status))

    def erased(self) -> None:
        """Nothing is left of the book but its tombstone; nobody is told."""
        [tombstone] = self.happen({"type": "delete", "command_id": str(uuid.uuid4())})
        self.erasure = {"cim_id": CIM, "events": (tombstone,)}

    def book(self) -> FoundBook:
        if self.erasure is not None:
            return FoundBook.model_validate({**self.erasure, **self.changes})
        state = self.session.state
        assert state is not None
        slides = [
            slide_of(slide, self.bodies[slide.content_hash]).model_dump(mode="json")
            for slide in state.content.slides_in_reading_order()
        ]
        head = head_of(state).model_dump(mode="json")
        found = {
            "cim_id": CIM,
            "title": state.content.title,
            "head": head,
            "events": tuple(self.events),
            "slides": tuple(slides),
            "past": {state.rev: {"cim": head, "slides": slides}},
            "workflow": state.model_dump(mode="json"),
            "threads": self.threads,
            "runs": tuple(self.runs),
        }
        return FoundBook.model_validate({**found, **self.changes})

    def rules(self) -> set[str]:
        """The rules that the checker finds broken."""
        return {violation.rule for violation in judged(Evidence.of(self.records, [self.book()])).violations}
