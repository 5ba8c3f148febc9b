"""The workflow of one export. It can be repeated at any time: a book is made from its saved slides."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

from workflows.contract import EXPORT_WORKFLOW, ExportInput
from workflows.patches import CALLS_PROVED
from workflows.proving import UNPROVEN, is_proved

with workflow.unsafe.imports_passed_through():
    from activities.exporting import ExportActivities

EXPORT_TIMEOUT = timedelta(minutes=10)
HEARTBEAT = timedelta(seconds=30)
"""An export whose worker is gone is begun again after this."""
EXPORT_RETRY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=30))


@workflow.defn(name=EXPORT_WORKFLOW)
class ExportWorkflow:
    @workflow.run
    async def run(self, start: ExportInput) -> str:
        """The status with which the export ended."""
        if workflow.patched(CALLS_PROVED) and not await is_proved(start):
            workflow.set_current_details(UNPROVEN)
            return "refused"
        workflow.set_current_details(f"Making a {start.format} file.")
        status = await workflow.execute_activity_method(
            ExportActivities.make_export,
            start,
            start_to_close_timeout=EXPORT_TIMEOUT,
            heartbeat_timeout=HEARTBEAT,
            retry_policy=EXPORT_RETRY,
        )
        workflow.set_current_details(f"The {start.format} file is {status}.")
        return status
