"""Log lines of activities with the ids of what they are done for."""

from __future__ import annotations

from typing import Any

from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from telemetry.ids import identified

NAMES = ("org_id", "cim_id", "run_id", "agent_id")


class IdentifiedActivities(Interceptor):
    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _Identified(next)


class _Identified(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        info = activity.info()
        with identified(
            activity=info.activity_type,
            workflow_id=info.workflow_id or "",
            attempt=str(info.attempt),
            **_ids_in(input.args),
        ):
            return await self.next.execute_activity(input)


def _ids_in(arguments: Any) -> dict[str, str]:
    """Of the first argument, or of what it begins with."""
    for argument in arguments:
        for holder in (argument, getattr(argument, "start", None), getattr(argument, "address", None)):
            found = {name: value for name in NAMES if isinstance(value := getattr(holder, name, None), str)}
            if found:
                return found
    return {}
