"""The way into Temporal: commands by update or signal, and the other workflows by name."""

from __future__ import annotations

import logging
from collections.abc import Generator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any, Protocol

from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from access import Assertions
from api.addresses import CIMAddress
from domain.values import Actor, Value, content_hash
from workflows.called import Call, call_hash
from workflows.calls import CIMCalls
from workflows.contract import (
    CANCEL_RUN_SIGNAL,
    CONFLICT,
    DROP_TURN_SIGNAL,
    EXPORT_WORKFLOW,
    INGEST_WORKFLOW,
    OVERTAKEN_SIGNAL,
    RUN_WORKFLOW,
    SUBMIT_TURN_UPDATE,
    SWITCH_BRANCH_UPDATE,
    THREAD_BUSY,
    THREAD_WORKFLOW,
    UNPROVEN_CALL,
    BranchChoice,
    ExportInput,
    IngestInput,
    RunInput,
    Submission,
    SubmissionResult,
    ThreadInput,
    TurnAccepted,
    TurnInput,
    export_workflow_id,
    ingest_workflow_id,
    run_workflow_id,
    thread_workflow_id,
)
from workflows.platform import DEPLOYMENT_MEMO, DEPLOYMENT_WORKFLOW, DeploymentInput, deployment_workflow_id

logger = logging.getLogger(__name__)

RPC_TIMEOUT = timedelta(seconds=4)
TURN_TIMEOUT = timedelta(seconds=10)
UNREAD_BY_WORKER = "Failed decoding arguments"
"""What the SDK of a worker answers to an update that it cannot read, with the type RuntimeError."""
UPDATE_LOST_WITH_ITS_RUN = "AcceptedUpdateCompletedWorkflow"
PASSING = frozenset(
    {
        RPCStatusCode.ABORTED,
        RPCStatusCode.CANCELLED,
        RPCStatusCode.DEADLINE_EXCEEDED,
        RPCStatusCode.INTERNAL,
        RPCStatusCode.RESOURCE_EXHAUSTED,
        RPCStatusCode.UNAVAILABLE,
        RPCStatusCode.UNKNOWN,
    }
)


class TryAgain(Exception):
    """Not answered for a reason that passes; the same commands may be sent again."""


class NotRunning(Exception):
    """The workflow is not open, for instance since its CIM was idle."""


class Refused(Exception):
    """Answered in a way that sending again will not change."""


class ThreadBusy(Refused):
    """Another message of the thread is being answered, or too many wait."""


class UnprovenCall(Refused):
    """The workflow does not take it that this was asked for just now, as when its worker has another time."""


class CIMGateway(Protocol):
    async def execute(self, address: CIMAddress, submission: Submission, starts: bool) -> SubmissionResult: ...
    async def submit(self, address: CIMAddress, submission: Submission) -> None: ...


class TemporalGateway:
    """Every method raises TryAgain, NotRunning or Refused."""

    def __init__(self, client: Client, calls: CIMCalls, proofs: Assertions) -> None:
        self._client = client
        self._calls = calls
        self._proofs = proofs

    async def ping(self) -> None:
        await self._client.service_client.check_health(timeout=timedelta(seconds=2))

    async def execute(self, address: CIMAddress, submission: Submission, starts: bool) -> SubmissionResult:
        """The answers. `starts`: the workflow is new, so it is started in the same call.

        A worker whose clock differs takes no assertion of this minute; then each command is proved for itself.
        """
        answered = await self._sent(address, self._proved(address, submission), starts)
        if any(result.problem is not None and result.problem.code == "unproven" for result in answered.results):
            return await self._sent(address, self._proved(address, submission, each_for_itself=True), starts)
        return answered

    async def _sent(self, address: CIMAddress, proved: Submission, starts: bool) -> SubmissionResult:
        call = self._calls.execute_with_start if starts else self._calls.execute
        with _translated():
            return await call(self._client, address.org_id, address.deal_id, address.cim_id, proved)

    async def submit(self, address: CIMAddress, submission: Submission) -> None:
        """Durable when it returns; carried out later, be it that workers are away for weeks."""
        waiting = self._proved(address, submission, each_for_itself=True)
        with _translated():
            await self._calls.submit(self._client, address.org_id, address.deal_id, address.cim_id, waiting)

    async def start_run(self, run: RunInput) -> None:
        called = run.model_copy(update={"proof": self._proof_of(run, run.requested_by, run.cim_id)})
        await self._start_once(RUN_WORKFLOW, called, run_workflow_id(run.cim_id, run.run_id))

    async def submit_turn(self, turn: TurnInput) -> TurnAccepted:
        """Takes a message into its thread, whose workflow is started if it is not open. Raises ThreadBusy besides."""
        run = turn.run
        proved_run = run.model_copy(update={"proof": self._proof_of(run, run.requested_by, run.cim_id)})
        proof = self._proof_of(turn, run.requested_by, run.cim_id)
        start: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
            THREAD_WORKFLOW,
            ThreadInput(cim_id=run.cim_id, org_id=run.org_id, deal_id=run.deal_id, thread_id=run.thread_id),
            id=thread_workflow_id(run.cim_id, run.thread_id),
            task_queue=self._calls.task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
        with _translated():
            return await self._client.execute_update_with_start_workflow(  # pyright: ignore[reportUnknownMemberType]
                SUBMIT_TURN_UPDATE,
                turn.model_copy(update={"run": proved_run, "proof": proof}),
                id=run.run_id,
                start_workflow_operation=start,
                result_type=TurnAccepted,
                rpc_timeout=TURN_TIMEOUT,
            )

    async def switch_branch(self, address: CIMAddress, choice: BranchChoice) -> None:
        called = choice.model_copy(update={"proof": self._proof_of(choice, choice.chosen_by, choice.cim_id)})
        start: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
            THREAD_WORKFLOW,
            ThreadInput(
                cim_id=choice.cim_id, org_id=address.org_id, deal_id=address.deal_id, thread_id=choice.thread_id
            ),
            id=thread_workflow_id(choice.cim_id, choice.thread_id),
            task_queue=self._calls.task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
        with _translated():
            await self._client.execute_update_with_start_workflow(  # pyright: ignore[reportUnknownMemberType]
                SWITCH_BRANCH_UPDATE, called, start_workflow_operation=start, rpc_timeout=TURN_TIMEOUT
            )

    async def drop_turn(self, cim_id: str, thread_id: str, run_id: str) -> None:
        """A turn that waits is not answered any more."""
        handle = self._client.get_workflow_handle(thread_workflow_id(cim_id, thread_id))
        with _translated():
            await handle.signal(DROP_TURN_SIGNAL, run_id, rpc_timeout=RPC_TIMEOUT)

    async def overtake_run(self, cim_id: str, run_id: str) -> None:
        """Tells a run that people have said something new."""
        handle = self._client.get_workflow_handle(run_workflow_id(cim_id, run_id))
        with _translated():
            await handle.signal(OVERTAKEN_SIGNAL, rpc_timeout=RPC_TIMEOUT)

    async def start_ingest(self, ingest: IngestInput) -> None:
        called = ingest.model_copy(update={"proof": self._proof_of(ingest, ingest.requested_by, ingest.cim_id)})
        await self._start_once(INGEST_WORKFLOW, called, ingest_workflow_id(ingest.cim_id, ingest.source_id))

    async def start_export(self, export: ExportInput) -> None:
        called = export.model_copy(update={"proof": self._proof_of(export, export.requested_by, export.cim_id)})
        await self._start_once(EXPORT_WORKFLOW, called, export_workflow_id(export.cim_id, export.export_id))

    async def start_deployment(self, start: DeploymentInput) -> bool:
        """False where another deployment of the application is under way."""
        workflow_id = deployment_workflow_id(start.org_id, start.application_id)
        try:
            with _translated():
                await self._client.start_workflow(
                    DEPLOYMENT_WORKFLOW,
                    start,
                    id=workflow_id,
                    task_queue=self._calls.task_queue,
                    id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
                    id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                    memo={DEPLOYMENT_MEMO: start.deployment_id},
                    rpc_timeout=RPC_TIMEOUT,
                )
        except WorkflowAlreadyStartedError:
            with _translated():
                running = await self._client.get_workflow_handle(workflow_id).describe(rpc_timeout=RPC_TIMEOUT)
            return await running.memo_value(DEPLOYMENT_MEMO, default="", type_hint=str) == start.deployment_id
        return True

    async def cancel_run(self, cim_id: str, run_id: str) -> None:
        handle = self._client.get_workflow_handle(run_workflow_id(cim_id, run_id))
        with _translated():
            await handle.signal(CANCEL_RUN_SIGNAL, rpc_timeout=RPC_TIMEOUT)

    def _proof_of(self, call: Call, actor: Actor, cim_id: str) -> str:
        """Shows that this person, signed in here, asks for this call of a workflow."""
        return self._proofs.of_call(actor, cim_id, call_hash(call))

    def _proved(self, address: CIMAddress, submission: Submission, *, each_for_itself: bool = False) -> Submission:
        """With what shows that the actors of these commands were signed in here: lately, or for each command, whenever
        it is carried out."""
        return Submission(
            entries=tuple(
                entry.model_copy(
                    update={
                        "proof": self._proofs.of_person(entry.actor, address.cim_id),
                        "standby": self._proofs.of_command(entry.actor, address.cim_id, content_hash(entry.command))
                        if each_for_itself
                        else "",
                    }
                )
                for entry in submission.entries
            )
        )

    async def _start_once(self, workflow: str, argument: Value, workflow_id: str) -> None:
        """A second start of the same id is the same as the first."""
        with suppress(WorkflowAlreadyStartedError), _translated():
            await self._client.start_workflow(
                workflow,
                argument,
                id=workflow_id,
                task_queue=self._calls.task_queue,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                rpc_timeout=RPC_TIMEOUT,
            )


@contextmanager
def _translated() -> Generator[None]:
    try:
        yield
    except (RPCError, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError) as error:
        raise _translation(error) from error


def _translation(
    error: RPCError | WorkflowUpdateFailedError | WorkflowUpdateRPCTimeoutOrCancelledError,
) -> TryAgain | NotRunning | Refused:
    match error:
        case RPCError(status=RPCStatusCode.NOT_FOUND):
            return NotRunning("there is no open workflow")
        case RPCError(status=status) if status in PASSING:
            return TryAgain(f"{status.name}: {error.message}")
        case WorkflowUpdateRPCTimeoutOrCancelledError():
            return TryAgain("the update was not answered in time")
        case WorkflowUpdateFailedError(cause=ApplicationError(type=kind)) if kind == UPDATE_LOST_WITH_ITS_RUN:
            return TryAgain("the run closed before it answered")
        case WorkflowUpdateFailedError(cause=ApplicationError(type=kind)) if kind == CONFLICT:
            return TryAgain("the log says something else; the workflow begins again from it")
        case WorkflowUpdateFailedError(cause=ApplicationError(type="RuntimeError", message=why)) if (
            why == UNREAD_BY_WORKER
        ):
            return TryAgain("the worker is of an earlier version and does not know this command")
        case WorkflowUpdateFailedError(cause=ApplicationError(type=kind, message=why)) if kind == THREAD_BUSY:
            return ThreadBusy(why)
        case WorkflowUpdateFailedError(cause=ApplicationError(type=kind, message=why)) if kind == UNPROVEN_CALL:
            return UnprovenCall(why)
        case _:
            logger.error("Temporal refused what it was sent: %s", error, exc_info=error)
            return Refused(str(error))
