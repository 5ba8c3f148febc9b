"""One command after another, each exactly once: the state of a CIM together with the receipts of its commands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from uuid import UUID

from domain.commands import Command
from domain.decide import decide
from domain.events import Event
from domain.evolve import evolve, fold
from domain.receipts import Receipt, Receipts
from domain.refusals import Refusal
from domain.state import CIMState
from domain.values import Actor, Instant, Value


class CIMSession(Value):
    """All that outlives one run of the workflow."""

    state: CIMState | None = None
    receipts: Receipts = Receipts()

    @property
    def rev(self) -> int:
        return self.state.rev if self.state else 0


class Handled(Value):
    """The answer to a command: its events when it was new, its receipt either way."""

    session: CIMSession
    receipt: Receipt
    events: tuple[Event, ...] = ()
    repeated: bool = False


def handle(
    session: CIMSession,
    command: Command,
    actor: Actor,
    at: Instant,
    new_id: Callable[[], str],
    followed_by: Sequence[UUID] = (),
) -> Handled:
    """Raises Refusal; the session is unchanged then, and the command may be sent again.

    `followed_by` are commands that were sent to come after this one: it is not carried out behind them.
    """
    known = session.receipts.find(command.command_id)
    if known is not None:
        return Handled(session=session, receipt=known, repeated=True)
    if followed_by and session.receipts.changed_by_any(followed_by):
        raise too_late(session)
    events = decide(session.state, command, actor, at, new_id)
    receipt = Receipt(
        command_id=command.command_id,
        first_seq=session.rev + 1,
        last_seq=session.rev + len(events),
    )
    state = fold(events, session.state)
    return Handled(
        session=CIMSession(state=state, receipts=session.receipts.with_receipt(receipt)),
        receipt=receipt,
        events=tuple(events),
    )


def too_late(session: CIMSession) -> Refusal:
    """Of a command that was sent again after it had changed nothing, while its list had gone on."""
    return Refusal(
        "old_rev",
        "What was sent to follow this is in the book already, so this was not carried out behind it.",
        "Look at the book; if this is still wanted, send it by itself.",
        rev=session.rev,
    )


def resume(events: Iterable[Event]) -> CIMSession:
    """The session that the log tells of: the fold of its events, with a receipt for each command that caused some."""
    state: CIMState | None = None
    receipts = Receipts()
    command_id: UUID | None = None
    first_seq = last_seq = 0
    for event in events:
        state = evolve(state, event)
        if event.command_id != command_id:
            if command_id is not None:
                receipts = receipts.with_receipt(Receipt(command_id=command_id, first_seq=first_seq, last_seq=last_seq))
            command_id, first_seq = event.command_id, event.seq
        last_seq = event.seq
    if command_id is not None:
        receipts = receipts.with_receipt(Receipt(command_id=command_id, first_seq=first_seq, last_seq=last_seq))
    return CIMSession(state=state, receipts=receipts)
