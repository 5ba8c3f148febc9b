"""The outbox of a CIM and the one recorder that drains it, in order and in batches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from temporalio import workflow
from temporalio.exceptions import ApplicationError, FailureError

from domain.events import CIMDeleted, Event
from domain.head import head_of
from domain.recording import RecordBatch
from domain.state import CIMState
from workflows.contract import (
    CONFLICT,
    EVENTS_PER_RECORD,
    RECORD_LOCAL_RETRY,
    RECORD_LOCAL_TIMEOUT,
    RECORD_RETRY,
    RECORD_TIMEOUT,
)

with workflow.unsafe.imports_passed_through():
    from activities.recording import RecordActivities, Tombstone


@dataclass(frozen=True)
class _Decided:
    state: CIMState
    events: tuple[Event, ...]
    bodies: dict[str, str]


class Recorder:
    """Holds what is decided and not yet recorded. `recorded_rev` is the newest revision that readers can see."""

    def __init__(self, recorded_rev: int, on_waiting: Callable[[], None]) -> None:
        self.recorded_rev = recorded_rev
        self.waiting_for_store = False
        self.has_failed = False
        self._on_waiting = on_waiting
        self._outbox: list[_Decided] = []

    @property
    def pending(self) -> bool:
        return bool(self._outbox)

    def add(self, state: CIMState, events: tuple[Event, ...], bodies: dict[str, str]) -> None:
        if events:
            self._outbox.append(_Decided(state, events, bodies))

    async def until_recorded(self, rev: int) -> None:
        """Raises ApplicationError when the record failed for good."""
        await workflow.wait_condition(lambda: self.recorded_rev >= rev or self.has_failed)
        if self.recorded_rev < rev:
            raise _conflict()

    def check(self) -> None:
        """Raises ApplicationError when the record failed for good: what was decided before is gone, and what was to
        follow it has to be sent again with it."""
        if self.has_failed:
            raise _conflict()

    async def drain(self) -> None:
        """Record what is in the outbox now, as one batch. Goes on for as long as the store needs to come back.

        Raises FailureError when the log says something else than the workflow: the log is right, and this recorder is
        of no use any more. Who waits for the record is told.
        """
        try:
            await self._drain()
        except FailureError:
            self.has_failed = True
            raise

    async def _drain(self) -> None:
        decided = self._next()
        last = decided[-1]
        tombstone = last.events[-1]
        if isinstance(tombstone, CIMDeleted):
            await workflow.execute_activity_method(
                RecordActivities.erase,
                Tombstone(cim_id=last.state.cim_id, org_id=last.state.org_id, event=tombstone),
                start_to_close_timeout=RECORD_TIMEOUT,
                retry_policy=RECORD_RETRY,
            )
        else:
            await self._record(
                RecordBatch(
                    cim_id=last.state.cim_id,
                    org_id=last.state.org_id,
                    events=tuple(event for part in decided for event in part.events),
                    head=head_of(last.state),
                    bodies={hash_: body for part in decided for hash_, body in part.bodies.items()},
                )
            )
        del self._outbox[: len(decided)]
        self.recorded_rev = last.state.rev

    def _next(self) -> list[_Decided]:
        taken: list[_Decided] = []
        events = 0
        for decided in self._outbox:
            events += len(decided.events)
            is_tombstone = isinstance(decided.events[-1], CIMDeleted)
            if taken and (events > EVENTS_PER_RECORD or is_tombstone):
                break
            taken.append(decided)
        return taken

    async def _record(self, batch: RecordBatch) -> None:
        if not self.waiting_for_store:
            try:
                await workflow.execute_local_activity_method(
                    RecordActivities.record,
                    batch,
                    schedule_to_close_timeout=RECORD_LOCAL_TIMEOUT,
                    retry_policy=RECORD_LOCAL_RETRY,
                )
                return
            except FailureError:
                self.waiting_for_store = True
                self._on_waiting()
        try:
            await workflow.execute_activity_method(
                RecordActivities.record,
                batch,
                start_to_close_timeout=RECORD_TIMEOUT,
                retry_policy=RECORD_RETRY,
            )
        finally:
            self.waiting_for_store = False


def _conflict() -> ApplicationError:
    return ApplicationError("The log of this book says something else; send the command again.", type=CONFLICT)
