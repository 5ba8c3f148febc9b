"""Log lines of activities with the ids of what they are done for."""

from __future__ import annotations

from typing import Any

from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from telemetry.ids import identify, ids_in, ids_of_workflow
from telemetry.requests import request_in


class IdentifiedActivities(Interceptor):
    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _Identified(next)


class _Identified(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        """Each try has a task of its own, which goes on when this is over: the SDK tells there how it failed."""
        info = activity.info()
        workflow_id = info.workflow_id or ""
        identify(
            activity=info.activity_type,
            workflow_id=workflow_id,
            attempt=str(info.attempt),
            request_id=request_in(input.headers),
            **{**ids_of_workflow(workflow_id), **ids_in(input.args)},
        )
        return await self.next.execute_activity(input)
