"""How a run has its agents work: each as a child workflow with a record of its own."""

from __future__ import annotations

import asyncio
from typing import Any

from temporalio import workflow
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, CancelledError, ChildWorkflowError
from temporalio.workflow import ChildWorkflowCancellationType, ChildWorkflowHandle, ParentClosePolicy

from workflows.contract import (
    AGENT_WORKFLOW,
    OVERTAKEN_SIGNAL,
    AgentInput,
    AgentOutcome,
    RunInput,
    agent_workflow_id,
)
from workflows.proving import signed


class PartsFailed(Exception):
    """Parts of a run failed; the message says which and why."""


class AgentCalls:
    """The agents of one run. When the run is cancelled, so are they. `signs`: each is shown to be of this run."""

    def __init__(self, run: RunInput, *, signs: bool) -> None:
        self._run = run
        self._signs = signs
        self._at_work: dict[str, ChildWorkflowHandle[Any, AgentOutcome]] = {}
        self._is_overtaken = False

    async def call(self, agent: AgentInput) -> AgentOutcome:
        """How it ended. A failed agent is an outcome, not an error; cancellation raises asyncio.CancelledError."""
        if self._signs:
            agent = await signed(agent)
        handle = await workflow.start_child_workflow(
            AGENT_WORKFLOW,
            agent,
            id=agent_workflow_id(agent.cim_id, agent.agent_id),
            result_type=AgentOutcome,
            cancellation_type=ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
            parent_close_policy=ParentClosePolicy.REQUEST_CANCEL,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
        )
        self._at_work[agent.agent_id] = handle
        if self._is_overtaken:
            await _overtake(handle)
        try:
            return await handle
        except ChildWorkflowError as error:
            if isinstance(error.cause, CancelledError):
                raise asyncio.CancelledError from error
            return AgentOutcome(agent_id=agent.agent_id, status="failed", error="It ended unexpectedly. Try again.")
        finally:
            del self._at_work[agent.agent_id]

    async def overtake(self) -> None:
        """Tells every agent, also those that come later, that people have said something new."""
        self._is_overtaken = True
        for handle in list(self._at_work.values()):
            await _overtake(handle)


async def _overtake(handle: ChildWorkflowHandle[Any, AgentOutcome]) -> None:
    try:
        await handle.signal(OVERTAKEN_SIGNAL)
    except ApplicationError:
        workflow.logger.info("an agent was over before it could be told of something new")
