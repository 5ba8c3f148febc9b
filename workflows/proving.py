"""Nothing is done for a call before it is proved who made it; what a run has its agents do, its worker signs."""

from __future__ import annotations

from temporalio import workflow

from workflows.called import Call, question_of, workflow_of
from workflows.contract import ACCESS_RETRY, ACCESS_TIMEOUT, AgentInput

with workflow.unsafe.imports_passed_through():
    from activities.granting import AccessActivities

UNPROVEN = "It is not proved who asked for this, so nothing was done."


async def is_proved(call: Call) -> bool:
    """Whether the call was made by whom it names, and is for this workflow."""
    if workflow.info().workflow_id != workflow_of(call):
        return False
    return await workflow.execute_local_activity_method(
        AccessActivities.check_call,
        question_of(call),
        schedule_to_close_timeout=ACCESS_TIMEOUT,
        retry_policy=ACCESS_RETRY,
    )


async def signed(agent: AgentInput) -> AgentInput:
    """For an agent of a run that is proved itself."""
    proof = await workflow.execute_local_activity_method(
        AccessActivities.sign_call,
        question_of(agent),
        schedule_to_close_timeout=ACCESS_TIMEOUT,
        retry_policy=ACCESS_RETRY,
    )
    return agent.model_copy(update={"proof": proof})
