"""The workflow of one thread: its turns run one after the other. It is open only while there are some."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, FailureError, WorkflowAlreadyStartedError
from temporalio.workflow import ParentClosePolicy

from workflows.contract import (
    CANCEL_RUN_SIGNAL,
    DROP_TURN_SIGNAL,
    MOST_TURNS_WAITING,
    OVERTAKEN_SIGNAL,
    RUN_WORKFLOW,
    SUBMIT_TURN_UPDATE,
    SWITCH_BRANCH_UPDATE,
    THREAD_BUSY,
    THREAD_WORKFLOW,
    UNPROVEN_CALL,
    BranchChoice,
    RunInput,
    ThreadInput,
    TurnAccepted,
    TurnInput,
    answer_ids,
    run_workflow_id,
)
from workflows.patches import CALLS_PROVED
from workflows.proving import UNPROVEN, is_proved

with workflow.unsafe.imports_passed_through():
    from activities.turns import TurnActivities

STORE_TIMEOUT = timedelta(seconds=20)
STORE_RETRY = RetryPolicy(
    initial_interval=timedelta(milliseconds=200),
    maximum_interval=timedelta(seconds=10),
    non_retryable_error_types=["UnknownMessage"],
)
TURNS_BEFORE_CONTINUE = 200


@workflow.defn(name=THREAD_WORKFLOW)
class ThreadWorkflow:
    @workflow.init
    def __init__(self, start: ThreadInput) -> None:
        self._start = start
        self._needs_proof = workflow.patched(CALLS_PROVED)
        is_begun_by_hand = self._needs_proof and workflow.info().continued_run_id is None
        self._waiting = [] if is_begun_by_hand else list(start.waiting)
        self._opening = asyncio.Lock()
        self._current: RunInput | None = None
        self._dropped: set[str] = set()
        self._turns_done = 0
        self._show()

    @workflow.run
    async def run(self, start: ThreadInput) -> None:
        while True:
            await workflow.wait_condition(lambda: bool(self._waiting) or workflow.all_handlers_finished())
            if not self._waiting:
                return
            if self._turns_done >= TURNS_BEFORE_CONTINUE and workflow.all_handlers_finished():
                workflow.continue_as_new(self._start.model_copy(update={"waiting": tuple(self._waiting)}))
            await self._take(self._waiting.pop(0))

    @workflow.update(name=SUBMIT_TURN_UPDATE)
    async def submit_turn(self, turn: TurnInput) -> TurnAccepted:
        """Takes a message in and has it answered in its turn. Answers when the message is kept."""
        await self._must_be_proved(turn)
        async with self._opening:
            if not self._knows(turn.run.run_id):
                await workflow.execute_activity_method(
                    TurnActivities.open_turn, turn, start_to_close_timeout=STORE_TIMEOUT, retry_policy=STORE_RETRY
                )
                self._waiting.append(turn)
        ahead = self._ahead_of(turn.run.run_id)
        if ahead and turn.policy == "interrupt":
            await self._tell_current(CANCEL_RUN_SIGNAL)
        elif ahead:
            await self._tell_current(OVERTAKEN_SIGNAL)
        self._show()
        return TurnAccepted(
            message_id=turn.run.message_id, answer_ids=answer_ids(turn.run), run_id=turn.run.run_id, ahead=ahead
        )

    @submit_turn.validator
    def _may_be_submitted(self, turn: TurnInput) -> None:
        if self._knows(turn.run.run_id):
            return
        if turn.policy == "reject" and (self._current is not None or self._waiting):
            raise ApplicationError("Another message of this thread is being answered.", type=THREAD_BUSY)
        if len(self._waiting) >= MOST_TURNS_WAITING:
            raise ApplicationError(f"{MOST_TURNS_WAITING} messages wait in this thread already.", type=THREAD_BUSY)

    @workflow.update(name=SWITCH_BRANCH_UPDATE)
    async def switch_branch(self, choice: BranchChoice) -> None:
        """Makes another branch the active one. Raises UnknownMessage for what is no end of a branch."""
        await self._must_be_proved(choice)
        async with self._opening:
            await workflow.execute_activity_method(
                TurnActivities.switch_branch, choice, start_to_close_timeout=STORE_TIMEOUT, retry_policy=STORE_RETRY
            )

    @workflow.signal(name=DROP_TURN_SIGNAL)
    def drop_turn(self, run_id: str) -> None:
        """A turn that waits is not answered any more."""
        self._dropped.add(run_id)

    async def _must_be_proved(self, call: TurnInput | BranchChoice) -> None:
        if self._needs_proof and not await is_proved(call):
            raise ApplicationError(UNPROVEN, type=UNPROVEN_CALL, non_retryable=True)

    async def _take(self, turn: TurnInput) -> None:
        if turn.run.run_id not in self._dropped:
            await self._answer(turn.run)
            return
        await workflow.execute_activity_method(
            TurnActivities.drop_turn, turn, start_to_close_timeout=STORE_TIMEOUT, retry_policy=STORE_RETRY
        )

    async def _answer(self, run: RunInput) -> None:
        self._current = run
        self._show()
        try:
            await workflow.execute_child_workflow(
                RUN_WORKFLOW,
                run,
                id=run_workflow_id(run.cim_id, run.run_id),
                parent_close_policy=ParentClosePolicy.ABANDON,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            )
        except (FailureError, WorkflowAlreadyStartedError):
            workflow.logger.warning("a turn ended without an outcome of its own; the next one follows")
        self._current = None
        self._turns_done += 1
        self._show()

    async def _tell_current(self, signal: str) -> None:
        run = self._current
        if run is None:
            return
        handle = workflow.get_external_workflow_handle(run_workflow_id(run.cim_id, run.run_id))
        try:
            await handle.signal(signal)
        except ApplicationError:
            workflow.logger.info("a turn was over before it could be told of another")

    def _knows(self, run_id: str) -> bool:
        return self._ahead_of(run_id) >= 0

    def _ahead_of(self, run_id: str) -> int:
        """Turns before this one; -1 when it is not here."""
        order = [*([self._current.run_id] if self._current else []), *(turn.run.run_id for turn in self._waiting)]
        return order.index(run_id) if run_id in order else -1

    def _show(self) -> None:
        if self._current is None and not self._waiting:
            workflow.set_current_details("Nothing to answer.")
            return
        waiting = f" {len(self._waiting)} wait." if self._waiting else ""
        workflow.set_current_details(f"Answers a message.{waiting}" if self._current else waiting.strip())
