"""One chore, done once. Temporal Schedules start it (workflows/schedules.py); so may people, from the Temporal UI."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

from workflows.chores import HOUSEKEEPING_WORKFLOW, Chore, ChoreDone

with workflow.unsafe.imports_passed_through():
    from activities.housekeeping import HousekeepingActivities

TIMEOUT = timedelta(hours=2)
HEARTBEAT = timedelta(seconds=30)
"""A chore whose worker is gone, or that was given to a worker as it stopped, is begun again after this."""
RETRY = RetryPolicy(initial_interval=timedelta(seconds=5), maximum_interval=timedelta(minutes=5), maximum_attempts=20)


@workflow.defn(name=HOUSEKEEPING_WORKFLOW)
class HousekeepingWorkflow:
    @workflow.run
    async def run(self, chore: Chore) -> ChoreDone:
        done = await workflow.execute_activity_method(
            HousekeepingActivities.do,
            chore,
            start_to_close_timeout=TIMEOUT,
            heartbeat_timeout=HEARTBEAT,
            retry_policy=RETRY,
        )
        workflow.set_current_details(f"{chore}: {done.changed} changed.")
        return done
