"""What a request turns out to be about, told by whoever finds it out, for the audit log.

The middleware of api/auditing.py opens a note for each request; outside of one, telling does nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field

from audit import AuditActor, Result, Target
from telemetry.ids import add_ids


@dataclass(frozen=True)
class NotedCommand:
    """A command of the request and what became of it; never its content."""

    type: str
    command_id: str
    result: Result
    code: str | None
    rev: int | None


@dataclass
class Note:
    """Who asks, of which organisation the thing asked for is, and how it was answered."""

    actor: AuditActor | None = None
    org_id: str | None = None
    org_ids: tuple[str, ...] = ()
    target: Target | None = None
    code: str | None = None
    commands: list[NotedCommand] = field(default_factory=list[NotedCommand])
    details: dict[str, bool | int | str | tuple[str, ...]] = field(
        default_factory=dict[str, bool | int | str | tuple[str, ...]]
    )


_note: ContextVar[Note | None] = ContextVar("audit_note", default=None)


def open_note() -> Note:
    note = Note()
    _note.set(note)
    return note


def note_actor(actor: AuditActor) -> None:
    add_ids(person_id=actor.on_behalf_of or actor.id)
    if note := _note.get():
        note.actor = actor


def note_org(org_id: str) -> None:
    """The organisation in whose log this belongs: the one that owns the thing, also when the caller is a stranger."""
    add_ids(org_id=org_id)
    if note := _note.get():
        note.org_id = org_id


def note_orgs(org_ids: Iterable[str]) -> None:
    """Where it concerns several, such as a sign-in of somebody who belongs to all of them."""
    if note := _note.get():
        note.org_ids = tuple(org_ids)


def note_target(kind: str, id_: str) -> None:
    """What it is done to, where the address of the request does not say it."""
    if note := _note.get():
        note.target = Target(kind=kind, id=id_)


def note_problem(code: str) -> None:
    if note := _note.get():
        note.code = code


def note_details(**details: bool | int | str | tuple[str, ...]) -> None:
    """Ids, counts and names of fields; never texts."""
    if note := _note.get():
        note.details.update(details)


def note_commands(cim_id: str, commands: Iterable[NotedCommand]) -> None:
    if note := _note.get():
        note.target = Target(kind="cim", id=cim_id)
        note.commands.extend(commands)
