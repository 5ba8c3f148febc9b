"""The Temporal Schedules of housekeeping: made, or brought up to date, whenever a worker starts."""

from __future__ import annotations

from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleState,
    ScheduleUpdate,
    ScheduleUpdateInput,
)

from workflows.chores import DAY, HOUSEKEEPING_WORKFLOW, TIMINGS, Chore, Timing, schedule_id

CATCH_UP = timedelta(hours=1)
"""A chore that was due while the server was away is done late, once, if it is not later than this."""
SHORTEST_INTERVAL = timedelta(seconds=1)


async def keep_schedules(client: Client, task_queue: str, day: timedelta = DAY) -> None:
    """Raises temporalio errors. What people have paused stays paused. Where a day is shorter, chores are done as often
    in it, but never more than once a second."""
    for chore, timing in TIMINGS.items():
        schedule = _schedule(task_queue, chore, timing, day)
        try:
            await client.create_schedule(schedule_id(task_queue, chore), schedule, trigger_immediately=timing.at_once)
        except ScheduleAlreadyRunningError:
            await client.get_schedule_handle(schedule_id(task_queue, chore)).update(
                lambda now, wanted=schedule: _brought_up_to_date(now, wanted)
            )


def _schedule(task_queue: str, chore: Chore, timing: Timing, day: timedelta) -> Schedule:
    return Schedule(
        action=ScheduleActionStartWorkflow(
            HOUSEKEEPING_WORKFLOW, chore, id=schedule_id(task_queue, chore), task_queue=task_queue
        ),
        spec=_spec(timing, day),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=CATCH_UP),
        state=ScheduleState(note=timing.note),
    )


def _spec(timing: Timing, day: timedelta) -> ScheduleSpec:
    if day == DAY:
        return ScheduleSpec(cron_expressions=[timing.cron])
    every = max(SHORTEST_INTERVAL, timedelta(seconds=round((timing.every * day).total_seconds())))
    return ScheduleSpec(intervals=[ScheduleIntervalSpec(every=every)])


def _brought_up_to_date(now: ScheduleUpdateInput, wanted: Schedule) -> ScheduleUpdate:
    wanted.state.paused = now.description.schedule.state.paused
    return ScheduleUpdate(wanted)
