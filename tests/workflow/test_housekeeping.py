"""Schedules on a real Temporal server: made once, kept as they are wanted, and started from there."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from temporalio import activity
from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import TaskQueueKind
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import PollActivityTaskQueueRequest
from temporalio.client import Client, ScheduleActionStartWorkflow, ScheduleUpdate
from temporalio.worker import Replayer, Worker

from workflows.chores import (
    FILES_KEPT_DAYS,
    PRESENCE_KEPT,
    TALK_KEPT,
    TIMINGS,
    USAGE_LOOKED_BACK,
    Chore,
    ChoreDone,
    schedule_id,
)
from workflows.converter import data_converter
from workflows.housekeeping import HousekeepingWorkflow
from workflows.sandbox import checking_runner
from workflows.schedules import keep_schedules


class House:
    def __init__(self, fails: int = 1) -> None:
        """`fails`: how often each chore comes to nothing first."""
        self._fails = fails
        self.asked: list[Chore] = []

    @activity.defn(name="do_chore")
    async def do(self, chore: Chore) -> ChoreDone:
        self.asked.append(chore)
        if self.asked.count(chore) <= self._fails:
            raise RuntimeError("the store is away")
        return ChoreDone(chore=chore, changed=3)


@pytest.fixture
async def queue(client: Client) -> AsyncIterator[str]:
    name = f"test-{uuid.uuid4().hex}"
    yield name
    for chore in Chore:
        await client.get_schedule_handle(schedule_id(name, chore)).delete()


async def test_each_chore_has_its_schedule_and_a_paused_one_stays_paused(client: Client, queue: str) -> None:
    await keep_schedules(client, queue)
    talk = client.get_schedule_handle(schedule_id(queue, Chore.OLD_TALK))
    await talk.pause()

    async def spoil() -> None:
        def changed(now: object) -> ScheduleUpdate:
            schedule = getattr(now, "description").schedule  # noqa: B009
            schedule.spec.intervals = []
            schedule.policy.catchup_window = timedelta(days=300)
            return ScheduleUpdate(schedule)

        await talk.update(changed)

    await spoil()
    await keep_schedules(client, queue)
    for chore, timing in TIMINGS.items():
        described = await client.get_schedule_handle(schedule_id(queue, chore)).describe()
        assert described.schedule.state.note == timing.note
        assert described.schedule.state.paused is (chore is Chore.OLD_TALK)
        assert described.schedule.policy.catchup_window == timedelta(hours=1)
    assert await times_of(client, queue, Chore.OLD_TALK), "it has its times again"


HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WHEN = (
    ("old-talk", DAY, "03:00"),
    ("unused-files", DAY, "03:30"),
    ("audit-retention", DAY, "04:15"),
    ("book-retention", DAY, "04:45"),
    ("usage-hours", HOUR, ":05"),
    ("lost-work", HOUR, ":10"),
    ("search-index", HOUR, ":20"),
    ("book-checks", HOUR, ":40"),
    ("reminders", HOUR, ":50"),
    ("stale-presence", timedelta(minutes=5), ""),
)
"""How often each chore is done, and at which time of the day or of the hour, in UTC."""


@pytest.mark.parametrize(("chore", "every", "at"), WHEN)
async def test_each_chore_is_done_at_its_times(
    client: Client, queue: str, chore: str, every: timedelta, at: str
) -> None:
    await keep_schedules(client, queue)
    times = await times_of(client, queue, chore)
    assert len(times) > 1
    assert times == [times[0] + n * every for n in range(len(times))]
    assert times[0].strftime("%H:%M").endswith(at)
    assert (times[0].minute % 5, times[0].second, times[0].utcoffset()) == (0, 0, timedelta())
    action = (await client.get_schedule_handle(schedule_id(queue, Chore(chore))).describe()).schedule.action
    assert isinstance(action, ScheduleActionStartWorkflow)
    [payload] = action.args
    assert isinstance(payload, Payload)
    assert (action.workflow, await client.data_converter.decode([payload])) == ("HousekeepingWorkflow", [chore])


def test_the_times_of_all_chores_are_known() -> None:
    assert sorted(chore for chore, *_ in WHEN) == sorted(Chore) == sorted(TIMINGS)


def test_what_is_old_and_for_how_long_it_is_kept() -> None:
    assert (timedelta(days=7), timedelta(minutes=2), 7) == (TALK_KEPT, PRESENCE_KEPT, FILES_KEPT_DAYS)
    assert timedelta(hours=3) == USAGE_LOOKED_BACK


async def times_of(client: Client, queue: str, chore: str) -> list[datetime]:
    """The next ones."""
    described = await client.get_schedule_handle(schedule_id(queue, Chore(chore))).describe()
    return list(described.info.next_action_times)


async def test_a_chore_is_started_by_its_schedule_and_tried_until_it_is_done(client: Client, queue: str) -> None:
    house = House()
    await keep_schedules(client, queue)
    worker = Worker(
        client,
        task_queue=queue,
        workflows=[HousekeepingWorkflow],
        activities=[house.do],
        workflow_runner=checking_runner(),
    )
    async with worker:
        schedule = client.get_schedule_handle(schedule_id(queue, Chore.UNUSED_FILES))
        await schedule.trigger()
        async with asyncio.timeout(60):
            while not (actions := (await schedule.describe()).info.recent_actions):
                await asyncio.sleep(0.2)
            started = actions[0].action
            handle = client.get_workflow_handle_for(
                HousekeepingWorkflow.run,
                getattr(started, "workflow_id"),  # noqa: B009
            )
            assert await handle.result() == ChoreDone(chore=Chore.UNUSED_FILES, changed=3)
    assert house.asked.count(Chore.UNUSED_FILES) == 2
    replayer = Replayer(workflows=[HousekeepingWorkflow], data_converter=data_converter())
    await replayer.replay_workflow(await handle.fetch_history())


async def taken_by_one_that_is_gone(client: Client, queue: str) -> None:
    """As a worker does that is killed the moment it is given an activity."""
    asked = PollActivityTaskQueueRequest(
        namespace=client.namespace,
        identity="gone",
        task_queue=TaskQueue(name=queue, kind=TaskQueueKind.TASK_QUEUE_KIND_NORMAL),
    )
    assert (await client.workflow_service.poll_activity_task_queue(asked)).task_token


async def test_a_chore_whose_worker_is_gone_is_begun_again_soon(client: Client) -> None:
    name = f"test-{uuid.uuid4().hex}"
    decider = Worker(client, task_queue=name, workflows=[HousekeepingWorkflow], workflow_runner=checking_runner())
    async with decider, asyncio.timeout(90):
        handle = await client.start_workflow(HousekeepingWorkflow.run, Chore.REMINDERS, id=name, task_queue=name)
        await taken_by_one_that_is_gone(client, name)
        house = House(fails=0)
        async with Worker(client, task_queue=name, activities=[house.do]):
            assert await handle.result() == ChoreDone(chore=Chore.REMINDERS, changed=3)
    assert house.asked == [Chore.REMINDERS]
