"""Ninety days in the life of five books: people come and go, plans wait for people, processes are replaced.

A day is `BOOKRUNNER_REHEARSAL_DAY_SECONDS` long, 1 s where it is absent.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowExecutionStatus

from access import AuditLog
from audit import AuditActor, AuditEntry, Target
from domain.events import RequestOpened
from tests.integration.api.conftest import Site
from tests.integration.api.organising import change_row, service
from workflows.chores import HOUSEKEEPING_WORKFLOW, REMINDED_AFTER_DAYS, REMINDED_EVERY_DAYS, Chore, schedule_id
from workflows.contract import CIM_WORKFLOW, agent_workflow_id, cim_workflow_id, run_workflow_id

from .checking import eventually, log_is_whole, reminders_are_right
from .house import CONTINUES_AFTER, House, house_on
from .writers import Desk, Plan, Tenant, new_tenant

DAY = timedelta(seconds=float(os.environ.get("BOOKRUNNER_REHEARSAL_DAY_SECONDS", "1")))
DAYS = 90
RULE_DAYS = 60
HOLIDAYS = range(40, 54)
MOST_EVENTS = CONTINUES_AFTER + 80
"""A run goes on to rest before it continues as new."""

pytestmark = pytest.mark.timeout(900)


@dataclass
class Town:
    house: House
    ours: Tenant
    theirs: Tenant
    audited: str
    daily: Desk
    finished: Desk
    forgotten: Desk
    other: Desk
    short_lived: Desk

    @property
    def living(self) -> tuple[Desk, ...]:
        return (self.daily, self.other, self.finished)

    @property
    def plans(self) -> dict[str, Plan]:
        """That waited for people."""
        return {**self.daily.plans, **self.other.plans}


async def old_log(site: Site) -> str:
    """An organisation that keeps its log for 30 days, and has three entries of long ago in it, and one of today."""
    org_id = str(uuid.uuid4())
    async with service(site) as tables:
        (await tables.post("/organizations", json={"id": org_id, "name": "Audited"})).raise_for_status()
    await change_row(site, "organizations", {"retention_days": 30}, id=org_id)
    log = AuditLog.connect(str(site.addresses.supabase_url), str(site.addresses.service_role_key))
    now, actor, target = datetime.now(UTC), AuditActor(kind="user", id="ann"), Target(kind="cim", id="c1")
    ages = [timedelta(days=days) for days in (90, 80, 70, 0)]
    entries = [AuditEntry(org_id=org_id, actor=actor, action="cim.read", target=target, at=now - age) for age in ages]
    await log.append([entry.model_dump_json().encode() for entry in entries])
    await log.close()
    return org_id


@pytest.fixture
async def town(site: Site) -> AsyncIterator[Town]:
    async with house_on(site, DAY) as house, AsyncExitStack() as stack:
        audited = await old_log(site)
        await house.begin()
        ours, theirs = await new_tenant(house, stack), await new_tenant(house, stack)
        books = [await each.desk(title) for each, title in ((ours, "Daily"), (ours, "Finished"), (ours, "Forgotten"))]
        others = [await theirs.desk(title) for title in ("Other", "Short-lived")]
        yield Town(house, ours, theirs, audited, *books, *others)


def is_free(day: int) -> bool:
    return day % 7 in (5, 6) or day in HOLIDAYS


async def test_ninety_days(town: Town, record_property: Any) -> None:
    house = town.house
    await begin(town)
    files = await put_files(town)
    story, worked, talked, restarted, aged = list(STORY), 0, 0, 0, 0
    while story or house.today < DAYS:
        day = int(house.today)
        if day - aged >= 5:
            await house.age_talk(timedelta(days=day - aged))
            await house.age_presence()
            aged = day
        if not is_free(day):
            worked += 1
            for desk in town.living:
                await desk.arrive()
            for desk in town.living:
                await desk.write(day)
                await desk.shows_a_page()
            while story and story[0][0] <= day:
                await story.pop(0)[1](town)
            if day >= 8 + 14 * talked:
                talked += 1
                assert await town.daily.chat("What were net sales in fiscal year 2025?") == "completed"
            for desk in town.living:
                await desk.leave()
        if day - restarted >= 9:
            await house.restart()
            restarted = day
        await house.until(day + 1)
    for desk in town.living:
        await desk.arrive()
    await chores_catch_up(town)
    await house.end()
    await logs_are_whole(town)
    await workflows_are_bounded(town, record_property)
    await nothing_else_went(town, files, talked)
    at_least = {plan.request_id: REMINDED[name] for name, plan in town.plans.items()}
    reminders_are_right(house.reminders, DAY, await waits_of(town), await runs_of(house, Chore.REMINDERS), at_least)
    record_property("days", round(house.today, 1))
    record_property("days on which people worked", worked)
    record_property("restarts", house.restarts)
    record_property("reminders", len(house.reminders))


async def begin(town: Town) -> None:
    await town.ours.keeps_books(RULE_DAYS, "last_change")
    await town.theirs.keeps_books(14, "completion")
    for desk in town.living:
        await desk.set_up()
        town.house.listen(desk.book.id)
    await town.short_lived.set_up()
    await town.short_lived.write(0)
    await town.short_lived.complete()


async def put_files(town: Town) -> dict[str, str]:
    """What nothing names, and a document, each by its hash."""
    store, cim_id = town.house.site.store, town.daily.book.id
    broken_off = await store.contents.put_bytes(cim_id, b"half an upload")
    source_id = await town.daily.upload("# Notes\n\nNet sales were $620.0 million in fiscal year 2025.\n")
    [source] = [each for each in await store.sources.of_cim(cim_id) if each.id == source_id]
    return {"broken_off": broken_off, "document": source.sha256}


async def _reopen(town: Town) -> None:
    await closes(town.finished)
    await town.finished.reopen()


REMINDED = {"looked over late": 5, "looked over soon": 1, "left open": 6}
"""How often people are reminded of each plan, at the least: after 1, 3, 7, 14, 21 and 28 days."""

STORY: tuple[tuple[int, Callable[[Town], Awaitable[None]]], ...] = (
    (2, lambda town: town.daily.composes("looked over late")),
    (22, lambda town: town.finished.complete()),
    (24, lambda town: town.daily.looks_over("looked over late", REMINDED["looked over late"])),
    (25, _reopen),
    (30, lambda town: town.other.composes("looked over soon")),
    (32, lambda town: town.other.looks_over("looked over soon", REMINDED["looked over soon"])),
    (60, lambda town: town.other.composes("left open")),
    (74, lambda town: town.finished.complete()),
)
"""What happens on a day, or on the next one on which people work."""


async def closes(desk: Desk) -> None:
    handle = desk.house.temporal.get_workflow_handle(cim_workflow_id(desk.org_id, desk.book.id))

    async def closed() -> bool:
        return (await handle.describe()).status is WorkflowExecutionStatus.COMPLETED

    await eventually(closed, "a finished book closes when it is idle")


async def left_to_do(town: Town) -> list[str]:
    """What chores are still expected to do."""
    store = town.house.site.store
    left: list[str] = []
    for desk in (town.forgotten, town.short_lived):
        if await store.head(desk.book.id) is not None:
            left.append(f"{desk.book.id} is not deleted")
    for desk in (town.daily, town.other):
        head, check = await store.head(desk.book.id), await store.book_checks.of_cim(desk.book.id)
        if head is None or check is None or head.rev != check.rev:
            left.append(f"{desk.book.id} is at {head and head.rev}, checked at {check and check.rev}")
    open_plan = town.plans["left open"]
    if max(town.house.told_of(open_plan.request_id), default=0) < REMINDED["left open"]:
        left.append(f"of the plan that is left open they were told {town.house.told_of(open_plan.request_id)}")
    await town.house.age_presence()
    for desk in town.living:
        if await store.presence.of_cim(desk.book.id, datetime.min.replace(tzinfo=UTC)):
            left.append(f"a page of {desk.book.id} is still present")
    return left


async def chores_under_way(town: Town) -> list[str]:
    """Each with how often it was tried, and what became of the last try."""
    told: list[str] = []
    for each in await town.house.executions():
        if each.status is WorkflowExecutionStatus.RUNNING and each.workflow_type == HOUSEKEEPING_WORKFLOW:
            handle = town.house.temporal.get_workflow_handle(each.id, run_id=each.run_id)
            for pending in (await handle.describe()).raw_description.pending_activities:
                told.append(f"{each.id}: try {pending.attempt}, {pending.last_failure.message or 'under way'}")
    return told


async def chores_catch_up(town: Town) -> None:
    left = ["not looked"]

    async def nothing_left() -> bool:
        left[:] = await left_to_do(town)
        return not left

    try:
        await eventually(nothing_left, "the chores have caught up")
    except AssertionError as late:
        raise AssertionError(f"{late}; left: {left}; under way: {await chores_under_way(town)}") from late


async def logs_are_whole(town: Town) -> None:
    store = town.house.site.store
    for desk in town.living:
        await log_is_whole(store, desk.book.id, desk.acknowledged)
    for desk in (town.forgotten, town.short_lived):
        records = [record async for record in store.log.all_events(desk.book.id)]
        assert [(record.type, record.actor.id) for record in records] == [("cim_deleted", "retention")]


async def workflows_are_bounded(town: Town, record_property: Any) -> None:
    house = town.house
    await closes(town.finished)
    executions = await house.executions()
    books = {cim_workflow_id(desk.org_id, desk.book.id) for desk in (town.daily, town.other)}
    running = [each for each in executions if each.status is WorkflowExecutionStatus.RUNNING]
    assert {each.id for each in running if each.workflow_type != HOUSEKEEPING_WORKFLOW} == books | await waiting(town)
    fine = {
        WorkflowExecutionStatus.RUNNING,
        WorkflowExecutionStatus.COMPLETED,
        WorkflowExecutionStatus.CONTINUED_AS_NEW,
    }
    assert {each.status for each in executions} <= fine
    longest = most_bytes = 0
    for each in executions:
        if each.workflow_type == CIM_WORKFLOW:
            info = (await house.temporal.get_workflow_handle(each.id, run_id=each.run_id).describe()).raw_description
            longest = max(longest, info.workflow_execution_info.history_length)
            most_bytes = max(most_bytes, info.workflow_execution_info.history_size_bytes)
    assert longest <= MOST_EVENTS
    record_property("workflows", len(executions))
    record_property("events of the longest history", longest)
    record_property("bytes of the largest history", most_bytes)


async def waiting(town: Town) -> set[str]:
    """The workflows of the run whose plan is left open, and of its planner."""
    cim_id, run_id = town.other.book.id, town.plans["left open"].run_id
    [planner] = (await town.house.site.store.agents.of_cim(cim_id, run_id=run_id)).items
    return {run_workflow_id(cim_id, run_id), agent_workflow_id(cim_id, planner.id)}


async def nothing_else_went(town: Town, files: dict[str, str], chats: int) -> None:
    """What chores took away, and what they must not take."""
    store, cim_id = town.house.site.store, town.daily.book.id
    assert await store.contents.bytes(cim_id, files["broken_off"]) is None
    assert await store.contents.bytes(cim_id, files["document"]) is not None
    messages = (await town.daily.book.client.get(f"{town.daily.book.url}/messages")).json()["items"]
    assert [message["status"] for message in messages] == ["complete"] * 2 * chats
    async with town.house.collection("talk") as talk:
        left = [document["at"] async for document in talk.find({"cim_id": cim_id}, {"at": 1})]
    assert all(at.replace(tzinfo=UTC) > datetime.now(UTC) - timedelta(days=14) for at in left[:-1])
    until = datetime.now(UTC) + timedelta(hours=1)
    since = until - timedelta(days=2)
    calls = await store.usage.calls(town.ours.org_id, since, until)
    hours = await store.usage.hours(town.ours.org_id, since, until)
    assert len(calls) >= chats
    assert (sum(hour.calls for hour in hours), sum(hour.tokens_in for hour in hours)) == (
        len(calls),
        sum(call.tokens_in for call in calls),
    )
    log = AuditLog.connect(str(town.house.site.addresses.supabase_url), str(town.house.site.addresses.service_role_key))
    verified = await log.verified(town.audited)
    await log.close()
    assert verified.is_whole
    async with service(town.house.site) as tables:
        rows = (await tables.get("/audit_logs", params={"org_id": f"eq.{town.audited}", "order": "seq"})).json()
    assert [row["action"] for row in rows] == ["cim.read", "audit.cut"]


async def waits_of(town: Town) -> dict[str, tuple[datetime, datetime | None]]:
    """From when until when each request was open."""
    waits: dict[str, tuple[datetime, datetime | None]] = {}
    for desk in (town.daily, town.other):
        state = await town.house.site.store.books.state(desk.book.id)
        assert state is not None
        waits |= {id_: (request.opened_at, None) for id_, request in state.open_requests.items()}
        events = [record.event() async for record in town.house.site.store.log.all_events(desk.book.id)]
        opened = {event.request.id: event.at for event in events if isinstance(event, RequestOpened)}
        waits |= {each.id: (opened[each.id], events[each.closed_seq - 1].at) for each in state.closed_requests}
    assert set(waits) == {plan.request_id for plan in town.plans.values()}
    return waits


async def runs_of(house: House, chore: Chore) -> list[tuple[datetime, datetime]]:
    """When each run of a chore began and ended, in order."""
    executions = [each for each in await house.executions() if each.id.startswith(schedule_id(house.queue, chore))]
    return sorted((each.start_time, each.close_time) for each in executions if each.close_time is not None)


def test_reminders_that_were_never_sent_are_missed() -> None:
    opened = datetime.now(UTC)
    for runs in ([], [(opened + 2 * DAY, opened + 2 * DAY)]):
        with pytest.raises(AssertionError):
            reminders_are_right([], DAY, {"q": (opened, None)}, runs, {"q": 1})


def test_the_ages_of_reminders_are_those_that_are_promised() -> None:
    assert (REMINDED_AFTER_DAYS, REMINDED_EVERY_DAYS) == ((1, 3, 7), 7)
