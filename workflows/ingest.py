"""The workflow of one uploaded document: read it, bring its facts into the book, say how it went."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

from workflows.contract import INGEST_WORKFLOW, RECORD_RETRY, RECORD_TIMEOUT, IngestInput
from workflows.patches import CALLS_PROVED
from workflows.proving import UNPROVEN, is_proved

with workflow.unsafe.imports_passed_through():
    from activities.commands import CommandActivities
    from activities.ingesting import IngestActivities, ReadSource, SourceEnd, gather_command

READ_TIMEOUT = timedelta(minutes=10)
HEARTBEAT = timedelta(seconds=30)
"""A document whose worker is gone is read again after this."""
READ_RETRY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=30))


@workflow.defn(name=INGEST_WORKFLOW)
class IngestWorkflow:
    @workflow.run
    async def run(self, start: IngestInput) -> ReadSource:
        if workflow.patched(CALLS_PROVED) and not await is_proved(start):
            workflow.set_current_details(UNPROVEN)
            return ReadSource(problem=UNPROVEN)
        workflow.set_current_details(f"Reading **{start.name}**.")
        read = await workflow.execute_activity_method(
            IngestActivities.read_source,
            start,
            start_to_close_timeout=READ_TIMEOUT,
            heartbeat_timeout=HEARTBEAT,
            retry_policy=READ_RETRY,
        )
        problem = await self._gather(start, read)
        await workflow.execute_activity_method(
            IngestActivities.finish_source,
            SourceEnd(start=start, read=read, problem=problem),
            start_to_close_timeout=RECORD_TIMEOUT,
            retry_policy=RECORD_RETRY,
        )
        workflow.set_current_details(
            f"**{start.name}**: {read.problem or problem or f'{read.passages} passages are ready.'}"
        )
        return read

    async def _gather(self, start: IngestInput, read: ReadSource) -> str | None:
        if read.facts is None:
            return None
        answer = await workflow.execute_activity_method(
            CommandActivities.send,
            gather_command(start, read.facts),
            start_to_close_timeout=RECORD_TIMEOUT,
            retry_policy=RECORD_RETRY,
        )
        problem = answer.results[0].problem
        return None if problem is None else f"Its facts were not taken into the book: {problem.message}"
