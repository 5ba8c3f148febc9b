"""The way into Temporal: commands by update or signal, and the other workflows by name."""

from __future__ import annotations

import logging
from collections.abc import Generator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Protocol

from temporalio.client import Client, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from api.addresses import CIMAddress
from domain.values import Value
from workflows.calls import CIMCalls
from workflows.contract import (
    CANCEL_RUN_SIGNAL,
    EXPORT_WORKFLOW,
    INGEST_WORKFLOW,
    RUN_WORKFLOW,
    ExportInput,
    IngestInput,
    RunInput,
    Submission,
    SubmissionResult,
    export_workflow_id,
    ingest_workflow_id,
    run_workflow_id,
)

logger = logging.getLogger(__name__)

RPC_TIMEOUT = timedelta(seconds=4)
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


class CIMGateway(Protocol):
    async def execute(self, address: CIMAddress, submission: Submission, starts: bool) -> SubmissionResult: ...
    async def submit(self, address: CIMAddress, submission: Submission) -> None: ...


class TemporalGateway:
    """Every method raises TryAgain, NotRunning or Refused."""

    def __init__(self, client: Client, calls: CIMCalls) -> None:
        self._client = client
        self._calls = calls

    async def ping(self) -> None:
        await self._client.service_client.check_health(timeout=timedelta(seconds=2))

    async def execute(self, address: CIMAddress, submission: Submission, starts: bool) -> SubmissionResult:
        """The answers. `starts`: the workflow is new, so it is started in the same call."""
        call = self._calls.execute_with_start if starts else self._calls.execute
        with _translated():
            return await call(self._client, address.org_id, address.deal_id, address.cim_id, submission)

    async def submit(self, address: CIMAddress, submission: Submission) -> None:
        """Durable when it returns; carried out later."""
        with _translated():
            await self._calls.submit(self._client, address.org_id, address.deal_id, address.cim_id, submission)

    async def start_run(self, run: RunInput) -> None:
        await self._start_once(RUN_WORKFLOW, run, run_workflow_id(run.cim_id, run.run_id))

    async def start_ingest(self, ingest: IngestInput) -> None:
        await self._start_once(INGEST_WORKFLOW, ingest, ingest_workflow_id(ingest.cim_id, ingest.source_id))

    async def start_export(self, export: ExportInput) -> None:
        await self._start_once(EXPORT_WORKFLOW, export, export_workflow_id(export.cim_id, export.export_id))

    async def cancel_run(self, cim_id: str, run_id: str) -> None:
        handle = self._client.get_workflow_handle(run_workflow_id(cim_id, run_id))
        with _translated():
            await handle.signal(CANCEL_RUN_SIGNAL, rpc_timeout=RPC_TIMEOUT)

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
        case _:
            logger.error("Temporal refused what it was sent: %s", error, exc_info=error)
            return Refused(str(error))
