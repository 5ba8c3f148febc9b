"""How a CIM is called: by update, which starts its workflow where it is closed, or by signal, without waiting."""

from __future__ import annotations

from typing import Any

from temporalio.client import Client, WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError, RPCStatusCode

from domain.values import Value
from workflows.contract import (
    CIM_WORKFLOW,
    EXECUTE_UPDATE,
    SUBMIT_SIGNAL,
    TASK_QUEUE,
    CIMInput,
    Submission,
    SubmissionResult,
    cim_workflow_id,
)


class CIMCalls(Value):
    """Calls to CIM workflows. `task_queue` and the input's settings count where a workflow has to be started."""

    task_queue: str = TASK_QUEUE
    continue_after_events: int = 1_000
    idle_close_seconds: float = 3_600

    async def execute(
        self, client: Client, org_id: str, deal_id: str, cim_id: str, submission: Submission
    ) -> SubmissionResult:
        """The answers, once what was changed is recorded. Raises temporalio errors; safe to call again."""
        try:
            handle = client.get_workflow_handle(cim_workflow_id(org_id, cim_id))
            return await handle.execute_update(  # pyright: ignore[reportUnknownMemberType]
                EXECUTE_UPDATE, submission, result_type=SubmissionResult
            )
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
        return await self.execute_with_start(client, org_id, deal_id, cim_id, submission)

    async def execute_with_start(
        self, client: Client, org_id: str, deal_id: str, cim_id: str, submission: Submission
    ) -> SubmissionResult:
        """The same in one call for a CIM that is new or closed."""
        start: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
            CIM_WORKFLOW,
            self._input(org_id, deal_id, cim_id),
            id=cim_workflow_id(org_id, cim_id),
            task_queue=self.task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
        return await client.execute_update_with_start_workflow(  # pyright: ignore[reportUnknownMemberType]
            EXECUTE_UPDATE, submission, start_workflow_operation=start, result_type=SubmissionResult
        )

    async def open(self, client: Client, org_id: str, deal_id: str, cim_id: str) -> None:
        """A closed CIM opens from its record; an open one stays as it is."""
        await client.start_workflow(
            CIM_WORKFLOW,
            self._input(org_id, deal_id, cim_id),
            id=cim_workflow_id(org_id, cim_id),
            task_queue=self.task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )

    async def submit(self, client: Client, org_id: str, deal_id: str, cim_id: str, submission: Submission) -> None:
        """Hand commands over. They are durable when this returns."""
        await client.start_workflow(
            CIM_WORKFLOW,
            self._input(org_id, deal_id, cim_id),
            id=cim_workflow_id(org_id, cim_id),
            task_queue=self.task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            start_signal=SUBMIT_SIGNAL,
            start_signal_args=[submission],
        )

    def _input(self, org_id: str, deal_id: str, cim_id: str) -> CIMInput:
        return CIMInput(
            cim_id=cim_id,
            org_id=org_id,
            deal_id=deal_id,
            continue_after_events=self.continue_after_events,
            idle_close_seconds=self.idle_close_seconds,
            checks_evidence=True,
        )
