"""Doubles of the activities: a store in memory that can be taken away, an access service that does as told."""

from __future__ import annotations

from datetime import timedelta

from temporalio import activity

from access import Assertions
from activities.granting import AccessActivities
from activities.recording import CommandQuestion, ContentQuestion, EventsQuestion, Tombstone
from domain.events import CIMDeleted, Event, EventRecord
from domain.evolve import fold
from domain.permissions import Role
from domain.receipts import Receipt
from domain.recording import RecordBatch
from domain.session import CIMSession, resume
from domain.state import CIMContent
from store import LogConflict
from workflows.called import call_hash
from workflows.contract import AccessGrant, AccessQuestion, CallQuestion, RunInput


class StoreDouble:
    """The log in memory, appended as the real store does: in order, a repeated event is nothing new."""

    def __init__(self) -> None:
        self.log: dict[str, list[Event]] = {}
        self.bodies: dict[str, str] = {}
        self.batches: list[RecordBatch] = []
        self.is_down = False
        self.failures_left = 0
        self.conflicts = False

    @activity.defn
    async def record(self, batch: RecordBatch) -> None:
        self._fail_if_told()
        if self.conflicts:
            raise LogConflict("another event is recorded there")
        log = self.log.setdefault(batch.cim_id, [])
        for event in batch.events:
            if event.seq <= len(log):
                if not EventRecord.of(log[event.seq - 1]).is_same_decision(EventRecord.of(event)):
                    raise LogConflict("another event is recorded there")
                continue
            assert event.seq == len(log) + 1, "a gap in the log"
            log.append(event)
        self.bodies.update(batch.bodies)
        self.batches.append(batch)

    @activity.defn
    async def resume_session(self, cim_id: str) -> CIMSession:
        self._fail_if_told()
        log = self.log.get(cim_id, [])
        return CIMSession() if log and isinstance(log[-1], CIMDeleted) else resume(log)

    @activity.defn
    async def content_at(self, question: ContentQuestion) -> CIMContent | None:
        state = fold(self.log[question.cim_id][: question.seq])
        return state.content if state is not None and state.rev == question.seq else None

    @activity.defn
    async def receipt_in_log(self, question: CommandQuestion) -> Receipt | None:
        seqs = [event.seq for event in self.log.get(question.cim_id, ()) if event.command_id == question.command_id]
        return Receipt(command_id=question.command_id, first_seq=seqs[0], last_seq=seqs[-1]) if seqs else None

    @activity.defn
    async def events_at(self, question: EventsQuestion) -> tuple[EventRecord, ...]:
        return tuple(EventRecord.of(self.log[question.cim_id][seq - 1]) for seq in question.seqs)

    @activity.defn
    async def erase(self, tombstone: Tombstone) -> None:
        self.log[tombstone.cim_id] = [tombstone.event]

    def _fail_if_told(self) -> None:
        if self.is_down:
            raise ConnectionError("the store is down")
        if self.failures_left:
            self.failures_left -= 1
            raise ValueError("not an error of the book")


class AccessDouble:
    """Roles by person; whether an assertion is good is checked as it is in earnest."""

    def __init__(self) -> None:
        self.proofs = Assertions({"test": b"the key of the tests, 32 bytes and more"})
        self.roles: dict[str, Role | None] = {"lea": Role.LEAD, "ed": Role.EDITOR, "vi": Role.VIEWER}
        self.is_down = False
        self.failures_left = 0
        self.questions = 0
        self.lifetime = timedelta(seconds=60)

    @activity.defn
    async def check_access(self, question: AccessQuestion) -> AccessGrant:
        self.questions += 1
        if self.is_down or self.failures_left:
            self.failures_left = max(0, self.failures_left - 1)
            raise ConnectionError("the access service is down")
        return await self._activities.check_access(question)

    @activity.defn
    async def check_call(self, question: CallQuestion) -> bool:
        return await self._activities.check_call(question)

    @activity.defn
    async def sign_call(self, question: CallQuestion) -> str:
        return await self._activities.sign_call(question)

    @property
    def _activities(self) -> AccessActivities:
        return AccessActivities(self, self.proofs, self.lifetime)

    def called(self, run: RunInput) -> RunInput:
        """As the API sends it."""
        proof = self.proofs.of_call(run.requested_by, run.cim_id, call_hash(run))
        return run.model_copy(update={"proof": proof})

    async def role(self, person_id: str, org_id: str, deal_id: str) -> Role | None:
        return self.roles.get(person_id)


class EvidenceDouble:
    """Finds what it is told to find."""

    def __init__(self) -> None:
        self.found: tuple[str, ...] = ()
        self.is_down = False
        self.checks = 0

    @activity.defn
    async def open_findings(self, cim_id: str) -> tuple[str, ...]:
        self.checks += 1
        if self.is_down:
            raise ConnectionError("the store is down")
        return self.found
