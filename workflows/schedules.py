"""The Temporal Schedules of housekeeping: made, or brought up to date, whenever a worker starts."""

from __future__ import annotations

from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleState,
    ScheduleUpdate,
    ScheduleUpdateInput,
)

from workflows.chores import HOUSEKEEPING_WORKFLOW, TIMINGS, Chore, Timing, schedule_id

CATCH_UP = timedelta(hours=1)
"""A chore that was due while the server was away is done late, once, if it is not later than this."""


async def keep_schedules(client: Client, task_queue: str) -> None:
    """Raises temporalio errors. What people have paused stays paused."""
    for chore, timing in TIMINGS.items():
        schedule = _schedule(task_queue, chore, timing)
        try:
            await client.create_schedule(schedule_id(task_queue, chore), schedule)
        except ScheduleAlreadyRunningError:
            await client.get_schedule_handle(schedule_id(task_queue, chore)).update(
                lambda now, wanted=schedule: _brought_up_to_date(now, wanted)
            )


def _schedule(task_queue: str, chore: Chore, timing: Timing) -> Schedule:
    return Schedule(
        action=ScheduleActionStartWorkflow(
            HOUSEKEEPING_WORKFLOW, chore, id=schedule_id(task_queue, chore), task_queue=task_queue
        ),
        spec=ScheduleSpec(cron_expressions=[timing.cron]),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=CATCH_UP),
        state=ScheduleState(note=timing.note),
    )


def _brought_up_to_date(now: ScheduleUpdateInput, wanted: Schedule) -> ScheduleUpdate:
    wanted.state.paused = now.description.schedule.state.paused
    return ScheduleUpdate(wanted)
