"""The workflow of one deployment: it walks the plan, and turns round when a step fails."""

from __future__ import annotations

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from domain.applications import PlannedStep, StepEnded, Walk, after, next_step, outcome
from workflows.platform import (
    DEPLOYMENT_WORKFLOW,
    PROBE_ACTIVITY,
    PROBE_TIMEOUT,
    PROBE_WORKFLOW,
    REGISTRY_RETRY,
    REGISTRY_TIMEOUT,
    STEP_HEARTBEAT,
    STEP_PATIENCE,
    STEP_RETRY,
    STEP_TRY,
    UNDO_PATIENCE,
    Brief,
    DeploymentEnd,
    DeploymentInput,
    ProbeAnswer,
    ProbeQuestion,
    StepCall,
)

with workflow.unsafe.imports_passed_through():
    from activities.deploying import DeployingActivities


@workflow.defn(name=DEPLOYMENT_WORKFLOW)
class DeploymentWorkflow:
    @workflow.run
    async def run(self, start: DeploymentInput) -> str:
        """The status with which it ended. When a worker dies on the way, the step in hand is taken again elsewhere."""
        brief = await workflow.execute_activity_method(
            DeployingActivities.begin_deployment,
            start,
            start_to_close_timeout=REGISTRY_TIMEOUT,
            retry_policy=REGISTRY_RETRY,
        )
        walk, position = Walk(action=brief.deployment.action, plan=brief.plan), 0
        while (step := next_step(walk)) is not None:
            workflow.set_current_details(f"{'Undoing' if step.undo else 'At'} {step.name.replace('_', ' ')}.")
            walk = after(walk, await self._carry_out(brief, step, position))
            position += 1
        status = outcome(walk)
        await workflow.execute_activity_method(
            DeployingActivities.end_deployment,
            DeploymentEnd(brief=brief, status=status, error=walk.undo_error or walk.error),
            start_to_close_timeout=REGISTRY_TIMEOUT,
            retry_policy=REGISTRY_RETRY,
        )
        workflow.set_current_details(f"The deployment is {status}.")
        return status

    async def _carry_out(self, brief: Brief, step: PlannedStep, position: int) -> StepEnded:
        try:
            await workflow.execute_activity_method(
                DeployingActivities.carry_out,
                StepCall(brief=brief, step=step, position=position),
                start_to_close_timeout=STEP_TRY,
                heartbeat_timeout=STEP_HEARTBEAT,
                schedule_to_close_timeout=UNDO_PATIENCE if step.undo else STEP_PATIENCE,
                retry_policy=STEP_RETRY,
                summary=f"undo {step.name}" if step.undo else step.name,
            )
        except ActivityError as error:
            return StepEnded(step=step, error=_sentence_of(error))
        return StepEnded(step=step)


@workflow.defn(name=PROBE_WORKFLOW)
class ProbeWorkflow:
    """Runs on an application's own workers, before they get any work."""

    @workflow.run
    async def run(self, question: ProbeQuestion) -> ProbeAnswer:
        return await workflow.execute_activity(
            PROBE_ACTIVITY,
            question,
            result_type=ProbeAnswer,
            start_to_close_timeout=PROBE_TIMEOUT,
            retry_policy=REGISTRY_RETRY,
        )


def _sentence_of(error: ActivityError) -> str:
    cause = error.cause
    return cause.message if isinstance(cause, ApplicationError) else f"It was not done in time ({cause or error})."
