"""Records the histories of a release: `python -m tests.workflow.record_histories v0.1.0 [books|main-job|deployments]`.

Never overwrites one: what is recorded already stays, so that a kind that is missing can be recorded alone.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import re
import sys
import uuid
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args

from pydantic import JsonValue
from temporalio.api.enums.v1 import EventType
from temporalio.client import (
    Client,
    ScheduleActionExecutionStartWorkflow,
    WorkflowExecutionStatus,
    WorkflowHandle,
    WorkflowHistory,
    WorkflowUpdateFailedError,
)
from temporalio.exceptions import ApplicationError

from cli.demo.chat import ChatClient
from cli.demo.command import play
from cli.demo.pack import Pack
from cli.demo.person import CarefulPerson
from cli.demo.screen import Screen
from deploy.embedded.people import Person
from deploy.embedded.places import CHECKOUT
from deploy.embedded.product import fresh_product
from deploy.embedded.stack import running_stack
from deploy.embedded.steps import say
from domain.applications import PlannedStep
from domain.commands import Command, Complete, Delete, Rename, Restore
from domain.values import Actor, Stage
from settings import Settings
from store import Run, Store
from tests.integration.platform.control import new_control
from tests.sealed import in_clear
from vault import KeyRing, LocalMasterKeys
from workflows.chores import Chore, schedule_id
from workflows.contract import ANSWERED_SIGNAL, CANCEL_RUN_SIGNAL, CIM_WORKFLOW, TASK_QUEUE, DraftKind
from workflows.converter import data_converter
from workflows.patches import STOP_COUNTS
from workflows.platform import STEP_FAILED, probe_workflow_id

from .conftest import Desk
from .recorded import marks_in

HISTORIES = Path(__file__).parent / "histories"
PACK = CHECKOUT / "examples" / "wd40"
STICKY_QUEUE = re.compile(r"\b\d+@[\w.-]+\b")
"""Named after process and machine."""
AT_WORK = frozenset(
    {
        EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
        EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED,
    }
)
AFTERWARDS = frozenset(
    {
        EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED,
        EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
        EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED,
    }
)
MOST_IN_CLEAR = 300_000
"""Longer histories are kept compressed."""


async def _keep(name: str, release: str, handle: WorkflowHandle[Any, Any]) -> None:
    _write(name, release, await handle.fetch_history())


def _write(name: str, release: str, history: WorkflowHistory) -> None:
    """An event a line."""
    path = HISTORIES / f"{release}-{name}.json"
    compressed = path.with_suffix(".json.gz")
    if path.exists() or compressed.exists():
        say(f"{release}-{name} is recorded already and stays")
        return
    events = json.loads(history.to_json(), object_hook=_without_traces_of_the_machine)["events"]
    lines = ",\n".join(json.dumps(event, separators=(",", ":")) for event in events)
    text = '{"events": [\n' + STICKY_QUEUE.sub("recorder", lines) + "\n]}\n"
    if len(text) > MOST_IN_CLEAR:
        compressed.write_bytes(gzip.compress(text.encode(), mtime=0))
    else:
        path.write_text(text)


def _without_traces_of_the_machine(fields: dict[str, Any]) -> dict[str, Any]:
    said = {"identity": "recorder", "stackTrace": "", "firstStarterIdentity": "recorder"}
    return {name: said.get(name, value) for name, value in fields.items()}


async def _a_whole_book(desk: Desk) -> None:
    await desk.create()
    await desk.execute(desk.save_persona(), desk.save_hero(), desk.save_outline("a", "b"))
    await asyncio.gather(*(desk.execute(desk.save_slide(f"s{n}", "a")) for n in range(4)))
    await desk.signal(desk.save_slide("s5", "b"))
    await desk.execute(desk.navigate(Stage.BUYER_PERSONA))
    await desk.execute(desk.save_persona("sponsor"), desk.approve("s0"))
    await desk.execute(desk.save_persona(), actor=Actor(kind="user", id="vi"))
    await desk.execute(Restore(type="restore", command_id=uuid.uuid4(), to_seq=12))


async def _record(client: Client, release: str) -> None:
    desk = Desk(client)
    async with desk.worker():
        await _a_whole_book(desk)
        await _keep("cim-open", release, desk.handle)

        closing = Desk(client, idle_close_seconds=0.2)
    async with closing.worker():
        await _a_whole_book(closing)
        await closing.execute(closing.save_persona(), closing.save_hero(), closing.save_outline("a", "b"))
        state = await closing.handle.query("state")
        assert state is not None
        await closing.execute(*(closing.approve(slide_id) for slide_id in state["content"]["slides"]))
        await closing.execute(Complete(type="complete", command_id=uuid.uuid4()))
        await closing.handle.result()
        await _keep("cim-closed-when-idle", release, closing.handle)

    away = Desk(client)
    async with away.worker():
        await away.create()
        away.store.is_down = True
        waiting = asyncio.ensure_future(away.execute(away.save_persona()))
        await asyncio.sleep(1)
        away.store.is_down = False
        await waiting
        await _keep("cim-store-away", release, away.handle)
        await away.execute(Delete(type="delete", command_id=uuid.uuid4()))
        await away.handle.result()
        await _keep("cim-deleted", release, away.handle)

    long = Desk(client, continue_after_events=40)
    async with long.worker():
        await long.create()
        await long.execute(long.save_outline("a"))
        first = await long.handle.describe()
        for n in range(12):
            await long.execute(long.save_slide(f"s{n}"))
        first_run = client.get_workflow_handle(long.id, run_id=first.run_id)
        await _keep("cim-continued", release, first_run)
        await long.execute(long.save_slide("last"))
        await _keep("cim-continuation", release, long.handle)
    await _record_patches(client, release)


async def _record_patches(client: Client, release: str) -> None:
    """Books in whose history a patch was asked that most books never ask."""
    stopped = Desk(client)
    async with stopped.worker():
        await stopped.create()
        await stopped.execute(stopped.save_outline("a"))
        commands: tuple[Command, ...] = (stopped.approve("s1"), stopped.save_slide("s1"))
        for _ in range(2):
            await stopped.execute(*commands)
        stopped.access.is_down = True
        renames = (Rename(type="rename", command_id=uuid.uuid4(), title=title) for title in ("One", "Two"))
        await stopped.execute(*renames, actor=Actor(kind="user", id="ed"))
        stopped.access.is_down = False
        await stopped.execute(stopped.save_persona())
        await _keep("cim-list-stopped", release, stopped.handle)

    conflicting = Desk(client)
    async with conflicting.worker():
        await conflicting.create()
        conflicting.store.conflicts = True
        await conflicting.signal(conflicting.save_outline("a"))
        persona = conflicting.save_persona()
        with suppress(WorkflowUpdateFailedError):
            await conflicting.execute(persona)
        conflicting.store.conflicts = False
        await conflicting.execute(persona)
        await conflicting.until_recorded(3)
        await _keep("cim-log-read-again", release, conflicting.handle)


async def _record_product(client: Client, release: str, books: Mapping[str, str], ring: KeyRing) -> None:
    """One history of each kind that is there of these books; `books` names the history of each CIM by its id.

    Only what has ended is kept, whole, and once more cut off where it was still open. What is sealed is kept in clear:
    its keys go away with the stack.
    """
    kept: set[str] = set()
    async for execution in client.list_workflows():
        name = next((name for cim_id, name in books.items() if cim_id in execution.id), None)
        if name is None:
            continue
        history = await in_clear(ring, await client.get_workflow_handle(execution.id).fetch_history())
        if execution.workflow_type == CIM_WORKFLOW:
            _write(name, release, history)
            continue
        if execution.status is WorkflowExecutionStatus.RUNNING:
            continue
        kind = _kind_of(execution.workflow_type, history)
        for which, found in ((kind, history), (f"{kind}-open", _while_open(history))):
            if found is not None and which not in kept:
                kept.add(which)
                _write(which, release, found)


def _while_open(history: WorkflowHistory) -> WorkflowHistory | None:
    """The history cut off where the last activity or child was at work; None for one that waited for nothing."""
    begun = [n for n, event in enumerate(history.events) if event.event_type in AT_WORK]
    if not begun:
        return None
    later = (n for n, event in enumerate(history.events) if n > begun[-1] and event.event_type in AFTERWARDS)
    return WorkflowHistory(history.workflow_id, history.events[: next(later, len(history.events))])


def _kind_of(workflow_type: str, history: WorkflowHistory) -> str:
    start = json.loads(history.events[0].workflow_execution_started_event_attributes.input.payloads[0].data)
    signals = {event.workflow_execution_signaled_event_attributes.signal_name for event in history.events}
    ending = _ending_of({event.event_type for event in history.events}, signals)
    if STOP_COUNTS in marks_in(history):
        ending = "-stopped-between"
    match workflow_type:
        case "RunWorkflow":
            return f"run-{start['kind']}{ending}"
        case "AgentWorkflow":
            return f"agent-{start['graph']}{ending}"
        case _:
            return workflow_type.removesuffix("Workflow").lower()


def _ending_of(events: Collection[int], signals: Collection[str]) -> str:
    """`-stopped-late`: what was in hand when it was to be cancelled was done, and it went on to its end, as agents did
    before a stop between two steps counted."""
    if CANCEL_RUN_SIGNAL in signals or EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED in events:
        return "-stopped"
    if EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED in events:
        return "-stopped-late"
    return "-answered" if ANSWERED_SIGNAL in signals else ""


def _stopping(book: ChatClient, at: int) -> Callable[[Run], None]:
    """Stops a run when it has been seen at work so often."""
    seen: list[Run] = []

    def look(run: Run) -> None:
        seen.append(run)
        if [one.status for one in seen].count("running") == at:
            book.stop(run.id)

    return look


def _another_book(api_url: str, lead: Person) -> str:
    """What the main job has not: drafts, what a book is about, turns that are stopped. The id of the book."""
    pack = Pack(PACK)
    person = CarefulPerson(pack)
    assert lead.deal_id is not None
    with ChatClient(api_url, lead.access_token) as book:
        book.create(lead.deal_id, "Drafts")
        for source in [book.upload(path) for path in pack.documents]:
            book.until_read(source)
        for kind in get_args(DraftKind):
            book.draft(kind, "The reader is a strategic buyer." if kind == "draft_buyer_persona" else "")
        companies = ("bluecan", "Bluecan"), ("acme", "Acme")
        for id_, name in companies:
            book.send({"type": "create_entity", "entity": {"id": id_, "kind": "company", "name": name}})
        supplies: JsonValue = {"from_id": "acme", "to_id": "bluecan", "kind": "supplies"}
        book.send({"type": "create_relationship", "relationship": supplies})
        book.send({"type": "commit_decision", "decision": {"text": "Acme stays unnamed", "reason": "NDA"}})
        book.send({"type": "remove_entity", "entity_id": "acme"})
        turns = [book.ask("Make a slide on net sales.", person.answer, look=_stopping(book, at)) for at in (1, 1, 2)]
        assert "cancelled" in {turn.status for turn in turns}
        return book.cim_id


async def _record_deployments(release: str) -> None:
    """A version that is deployed, one whose promotion fails, and the probe of their workers."""

    async def fail(step: PlannedStep) -> None:
        if step == PlannedStep(name="promote"):
            raise ApplicationError("It broke.", type=STEP_FAILED, non_retryable=True)

    with running_stack({"temporal", "mongodb", "supabase"}) as stack, TemporaryDirectory() as folder:
        async with new_control(stack.addresses, Path(folder)) as control, control.supervisor():
            for name, after in (("deployment", None), ("deployment-undone", fail)):
                version = await control.version(name)
                async with control.worker(after=after):
                    _, handle = await control.start("deploy", version)
                    await handle.result()
                await _keep_both(name, release, handle)
            application = control.application
            probe = probe_workflow_id(application.org_id, application.id, version.build_id)
            await _keep_both("probe", release, control.client.get_workflow_handle(probe))


async def _keep_both(name: str, release: str, handle: WorkflowHandle[Any, Any]) -> None:
    """Whole, and cut off where it was still open."""
    history = await handle.fetch_history()
    _write(name, release, history)
    if (open_one := _while_open(history)) is not None:
        _write(f"{name}-open", release, open_one)


async def _record_books(release: str) -> None:
    with running_stack({"temporal"}) as stack:
        assert stack.addresses.temporal_address is not None
        client = await Client.connect(stack.addresses.temporal_address, data_converter=data_converter())
        await _record(client, release)


async def _record_main_job(release: str) -> None:
    with fresh_product() as (running, data), TemporaryDirectory() as into:
        story = play(running, data, PACK, Path(into), Screen())
        assert running.api_url is not None
        lead = next(person for person in running.addresses.people() if person.role == "lead")
        other = _another_book(running.api_url, lead)
        assert running.addresses.temporal_address is not None
        client = await Client.connect(running.addresses.temporal_address, data_converter=data_converter())
        masters = LocalMasterKeys.given({}, file=Path(running.addresses.master_keys_file or ""))
        store = await Store.connect(running.addresses.mongodb_url or "", Settings().mongodb_database, masters)
        books = {story.cim_id: "cim-main-job", other: "cim-knowledge", await _chore(client): "housekeeping"}
        await _record_product(client, release, books, store.keys)
        await store.close()


async def _chore(client: Client) -> str:
    """One is done out of turn, by its schedule. The id of its workflow, which has ended."""
    schedule = client.get_schedule_handle(schedule_id(TASK_QUEUE, Chore.OLD_TALK))
    await schedule.trigger()
    async with asyncio.timeout(120):
        while not (actions := (await schedule.describe()).info.recent_actions):
            await asyncio.sleep(0.2)
        started = actions[0].action
        assert isinstance(started, ScheduleActionExecutionStartWorkflow)
        done = client.get_workflow_handle(started.workflow_id)
        while (await done.describe()).status is WorkflowExecutionStatus.RUNNING:
            await asyncio.sleep(0.2)
    return started.workflow_id


PARTS = {"books": _record_books, "main-job": _record_main_job, "deployments": _record_deployments}


async def _main(release: str, *parts: str) -> None:
    HISTORIES.mkdir(exist_ok=True)
    for part in parts or PARTS:
        await PARTS[part](release)


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:]))
