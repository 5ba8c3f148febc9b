"""The workflow of one CIM: open for weeks, one path for every command, nothing acknowledged before it is durable."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import NoReturn
from uuid import UUID

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ActivityError, ApplicationError, FailureError
from temporalio.workflow import ContinueAsNewVersioningBehavior

from domain.commands import Command, Complete, Restore, detach_bulk
from domain.events import EventRecord, NewerEvent
from domain.receipts import Receipt
from domain.refusals import Problem, Refusal
from domain.requests import MAX_OPEN_REQUESTS
from domain.session import CIMSession, Handled, handle, too_late
from domain.state import CIMState
from domain.values import ArtifactName, CIMStatus
from workflows.contract import (
    CHECK_RETRY,
    CIM_WORKFLOW,
    CONFLICT,
    CONFLICT_PAUSE,
    EVENTS_PER_RECORD,
    EXECUTE_UPDATE,
    HISTORY_BYTES_BEFORE_CONTINUE,
    HISTORY_QUERY,
    LONGEST_CONFLICT_PAUSE,
    LOOK_UP_TIMEOUT,
    MOVE_ON_SIGNAL,
    RECORD_RETRY,
    RESUME_RETRY,
    STATE_QUERY,
    SUBMIT_SIGNAL,
    TRIES_TO_CHECK,
    ArtifactChange,
    CIMInput,
    CommandResult,
    Entry,
    Submission,
    SubmissionResult,
)
from workflows.delivering import Delivery
from workflows.gate import AccessGate
from workflows.ordering import SentOrder
from workflows.patches import LISTS_STOP, LOG_READ_AGAIN, PROOFS_REQUIRED
from workflows.reading import submission_in
from workflows.recorder import Recorder
from workflows.visibility import SearchAttributes, details, recent_changes

with workflow.unsafe.imports_passed_through():
    from activities.checking import EvidenceActivities
    from activities.recording import CommandQuestion, ContentQuestion, EventsQuestion, RecordActivities


@workflow.defn(name=CIM_WORKFLOW)
class CIMWorkflow:
    @workflow.init
    def __init__(self, start: CIMInput) -> None:
        self._start = start
        if workflow.info().continued_run_id is None:
            start = start.model_copy(update={"session": None, "grants": {}, "proven": {}})
        self._session = start.session or CIMSession()
        self._ready = start.session is not None
        self._gate = AccessGate(start, requires_proof=workflow.patched(PROOFS_REQUIRED))
        self._recorder = Recorder(self._session.rev, self._show)
        self._delivery = Delivery(start.cim_id)
        self._search_attributes = SearchAttributes()
        self._recent_changes = start.recent_changes
        self._last_problem: Problem | None = None
        self._moves_on = False
        self._conflicts = 0
        self._begins_again = False
        self._show()

    @workflow.run
    async def run(self, start: CIMInput) -> None:
        if not self._ready:
            await self._read_log()
        while await self._next_turn():
            pass

    @workflow.update(name=EXECUTE_UPDATE)
    async def execute(self, submission: Submission) -> SubmissionResult:
        """Handle commands in order; answers when what they changed is recorded."""
        return await self._carry_out(submission, patient=False)

    @workflow.signal(name=SUBMIT_SIGNAL)
    async def submit(self, given: RawValue) -> None:
        """The same, for callers who do not wait: handled again where the log turned out to say something else. Raises
        NewerSubmission."""
        submission = submission_in(given.payload)
        while submission is not None:
            try:
                await self._carry_out(submission, patient=True)
                return
            except ApplicationError as error:
                if error.type != CONFLICT or not self._begins_again:
                    raise

    @workflow.signal(name=MOVE_ON_SIGNAL)
    def move_on(self) -> None:
        """Goes on in a new run, on the version that is current then."""
        self._moves_on = True

    @workflow.query(name=STATE_QUERY)
    def state(self) -> CIMState | None:
        return self._session.state

    @workflow.query(name=HISTORY_QUERY)
    def history_of(self, artifact: ArtifactName) -> list[ArtifactChange]:
        """The newest changes of an artifact, oldest first."""
        return [change for change in self._recent_changes if change.artifact == artifact]

    async def _next_turn(self) -> bool:
        """One round of the recorder. False when the workflow is to close."""
        try:
            await workflow.wait_condition(self._has_work, timeout=self._idle_timeout())
        except TimeoutError:
            return not self._at_rest()
        if self._recorder.pending:
            try:
                await self._recorder.drain()
            except FailureError as error:
                await self._begin_again(error)
                return True
            self._conflicts = 0
            await self._delivery.deliver(self._recorder.recorded_rev)
            self._show()
            return True
        if self._is_over() or (self._moves_on and not _is_moved_by_server()):
            return False
        self._continue_as_new()

    async def _begin_again(self, error: FailureError) -> None:
        """From the log, which says something else than was decided here: as when a worker was lost after it had
        recorded, and what it had been sent came in another order then."""
        if not workflow.patched(LOG_READ_AGAIN):
            await workflow.wait_condition(workflow.all_handlers_finished)
            raise error
        self._ready, self._begins_again = False, True
        self._conflicts += 1
        if self._conflicts > 1:
            await workflow.sleep(min(CONFLICT_PAUSE * self._conflicts, LONGEST_CONFLICT_PAUSE))
        await self._read_log()

    async def _read_log(self) -> None:
        self._session = await self._resumed()
        self._recorder = Recorder(self._session.rev, self._show)
        self._delivery = Delivery(self._start.cim_id)
        self._recent_changes = tuple(each for each in self._recent_changes if each.seq <= self._session.rev)
        self._ready = True
        self._show()
        await self._deliver_again()

    async def _resumed(self) -> CIMSession:
        """What is recorded of the book. Raises NewerEvent, which ends the task and not the workflow."""
        try:
            return await workflow.execute_local_activity_method(
                RecordActivities.resume_session,
                self._start.cim_id,
                start_to_close_timeout=LOOK_UP_TIMEOUT,
                retry_policy=RESUME_RETRY,
            )
        except ActivityError as error:
            if isinstance(error.cause, ApplicationError) and error.cause.type == NewerEvent.__name__:
                raise NewerEvent(str(error.cause)) from error
            raise

    async def _deliver_again(self) -> None:
        """An earlier run may have ended right after it recorded an answer, before it delivered it."""
        state = self._session.state
        if state is None:
            return
        seqs = tuple(
            each.closed_seq for each in state.closed_requests if each.closed_seq > state.rev - EVENTS_PER_RECORD
        )
        if seqs:
            records = await workflow.execute_local_activity_method(
                RecordActivities.events_at,
                EventsQuestion(cim_id=self._start.cim_id, seqs=seqs[-MAX_OPEN_REQUESTS:]),
                start_to_close_timeout=LOOK_UP_TIMEOUT,
                retry_policy=RECORD_RETRY,
            )
            self._delivery.add(None, tuple(record.event() for record in records))
            await self._delivery.deliver(state.rev)

    def _has_work(self) -> bool:
        return self._recorder.pending or (
            self._at_rest() and (self._is_over() or self._history_is_long() or self._moves_on)
        )

    def _at_rest(self) -> bool:
        return workflow.all_handlers_finished() and not self._recorder.pending and not self._delivery.pending

    def _is_over(self) -> bool:
        return self._session.state is None or self._session.state.deleted

    def _history_is_long(self) -> bool:
        info = workflow.info()
        return (
            info.is_continue_as_new_suggested()
            or info.get_current_history_length() >= self._start.continue_after_events
            or info.get_current_history_size() >= HISTORY_BYTES_BEFORE_CONTINUE
        )

    def _idle_timeout(self) -> timedelta | None:
        state = self._session.state
        is_complete = state is not None and state.content.status is CIMStatus.COMPLETE
        return timedelta(seconds=self._start.idle_close_seconds) if is_complete else None

    def _continue_as_new(self) -> NoReturn:
        workflow.continue_as_new(
            self._start.model_copy(
                update={
                    "checks_evidence": True,
                    "session": self._session,
                    "grants": self._gate.live_grants(),
                    "proven": self._gate.live_proven(),
                    "recent_changes": self._recent_changes,
                }
            ),
            initial_versioning_behavior=ContinueAsNewVersioningBehavior.AUTO_UPGRADE if self._moves_on else None,
        )

    async def _carry_out(self, submission: Submission, *, patient: bool) -> SubmissionResult:
        await workflow.wait_condition(lambda: self._ready)
        recorder = self._recorder
        results: list[CommandResult] = []
        held_up: dict[str, Problem] = {}
        order = SentOrder(submission.entries)
        for place, entry in enumerate(submission.entries):
            problem = held_up.get(entry.actor.person_id)
            if problem is not None and self._session.receipts.find(entry.command.command_id) is None:
                results.append(self._refused(entry, problem))
                continue
            result = await self._handle(entry, place, order, recorder, patient=patient)
            results.append(result)
            problem = result.problem
            if problem is not None and problem.code == "access_unavailable" and _lists_stop():
                held_up[entry.actor.person_id] = problem
        await recorder.until_recorded(max(result.last_seq for result in results))
        return SubmissionResult(results=tuple(results))

    async def _handle(
        self, entry: Entry, place: int, order: SentOrder, recorder: Recorder, *, patient: bool
    ) -> CommandResult:
        """Raises ApplicationError where `recorder`, which what came before was given to, has failed for good."""
        try:
            await self._gate.check(entry, patient=patient)
            command, bodies = detach_bulk(entry.command)
            command = await self._with_content(command)
            receipt = await self._receipt_in_log(command.command_id, order)
            if receipt is not None:
                return self._result(Handled(session=self._session, receipt=receipt, repeated=True))
            await self._check_order(command, place, order)
            command = await self._with_findings(command)
            if recorder.has_failed and _lists_stop():
                recorder.check()
            followed_by = self._done_before(command, order.followers[place])
            handled = handle(self._session, command, entry.actor, workflow.now(), _new_id, followed_by)
        except Refusal as refusal:
            known = self._session.receipts.find(entry.command.command_id)
            if refusal.problem.code == "access_unavailable" and known is not None:
                return self._result(Handled(session=self._session, receipt=known, repeated=True))
            self._last_problem = refusal.problem
            self._show()
            return self._refused(entry, refusal.problem)
        self._delivery.add(self._session.state, handled.events)
        self._session = handled.session
        if self._session.state is not None:
            self._recorder.add(self._session.state, handled.events, bodies)
        self._recent_changes = recent_changes(self._recent_changes, handled.events)
        self._show()
        return self._result(handled)

    def _refused(self, entry: Entry, problem: Problem) -> CommandResult:
        return CommandResult(command_id=entry.command.command_id, rev=self._session.rev, problem=problem)

    def _result(self, handled: Handled) -> CommandResult:
        return CommandResult(
            command_id=handled.receipt.command_id,
            rev=max(handled.receipt.last_seq, 0) if handled.repeated else self._session.rev,
            events=tuple(EventRecord.of(event) for event in handled.events),
            repeated=handled.repeated,
            first_seq=handled.receipt.first_seq,
            last_seq=handled.receipt.last_seq,
        )

    async def _with_content(self, command: Command) -> Command:
        if not isinstance(command, Restore):
            return command
        await self._recorder.until_recorded(min(command.to_seq, self._session.rev))
        content = await workflow.execute_local_activity_method(
            RecordActivities.content_at,
            ContentQuestion(cim_id=self._start.cim_id, seq=command.to_seq),
            start_to_close_timeout=LOOK_UP_TIMEOUT,
            retry_policy=RECORD_RETRY,
        )
        return command.model_copy(update={"content": content})

    async def _with_findings(self, command: Command) -> Command:
        """`complete` with what is open in the book as it is decided on."""
        is_known = self._session.receipts.find(command.command_id) is not None
        if not isinstance(command, Complete) or not self._start.checks_evidence or is_known:
            return command
        for _ in range(TRIES_TO_CHECK):
            rev = self._session.rev
            await self._recorder.until_recorded(rev)
            try:
                findings = await workflow.execute_local_activity_method(
                    EvidenceActivities.open_findings,
                    self._start.cim_id,
                    start_to_close_timeout=LOOK_UP_TIMEOUT,
                    retry_policy=CHECK_RETRY,
                )
            except FailureError as error:
                raise _unchecked("they could not be read and compared") from error
            if self._session.rev == rev:
                return command.model_copy(update={"open_findings": findings})
        raise _unchecked("the book was changed all the while")

    def _done_before(self, command: Command, followed_by: Sequence[UUID]) -> Sequence[UUID]:
        """Those to come after it, where one of them was carried out and it was not."""
        receipts = self._session.receipts
        if receipts.find(command.command_id) is not None or not receipts.changed_by_any(followed_by):
            return ()
        return followed_by if _lists_stop() else ()

    async def _check_order(self, command: Command, place: int, order: SentOrder) -> None:
        """Raises Refusal when a follower was carried out so long ago that only the log knows. Newer ones are seen as
        the command is decided on."""
        receipts = self._session.receipts
        old = order.old_followers(place, receipts)
        if receipts.find(command.command_id) is not None or not old or not _lists_stop():
            return
        for command_id in old:
            if await self._look_up(command_id, order) is not None:
                raise too_late(self._session)

    async def _receipt_in_log(self, command_id: UUID, order: SentOrder) -> Receipt | None:
        receipts = self._session.receipts
        if receipts.find(command_id) is not None or not order.is_old(command_id, receipts):
            return None
        return await self._look_up(command_id, order)

    async def _look_up(self, command_id: UUID, order: SentOrder) -> Receipt | None:
        receipt = await workflow.execute_local_activity_method(
            RecordActivities.receipt_in_log,
            CommandQuestion(cim_id=self._start.cim_id, command_id=command_id),
            start_to_close_timeout=LOOK_UP_TIMEOUT,
            retry_policy=RECORD_RETRY,
        )
        if receipt is None:
            order.note_absent(command_id)
        return receipt

    def _show(self) -> None:
        state = self._session.state
        workflow.set_current_details(
            details(
                state,
                waiting_for_store=self._recorder.waiting_for_store,
                last_problem=self._last_problem,
            )
        )
        if state is not None:
            self._search_attributes.show(state)


def _lists_stop() -> bool:
    """Asked only where it matters: the release before cannot take over a book with the mark of a patch that it does not
    know."""
    return workflow.patched(LISTS_STOP)


def _is_moved_by_server() -> bool:
    """Servers before 1.30 keep a continued run on its version. There it closes, and starts again from its record."""
    return workflow.info().is_target_worker_deployment_version_changed()


def _unchecked(why: str) -> Refusal:
    return Refusal(
        "evidence_unavailable",
        f"The figures could not be held against the documents, since {why}; nothing was changed.",
        "Try again in a moment.",
    )


def _new_id() -> str:
    return workflow.uuid4().hex[:12]
