"""Records the histories of a release: `python -m tests.workflow.record_histories v0.1.0`. Never overwrites one."""

from __future__ import annotations

import asyncio
import json
import sys
import uuid
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from temporalio.client import Client, WorkflowHandle

from cli.demo.command import play
from cli.demo.screen import Screen
from deploy.embedded.places import CHECKOUT
from deploy.embedded.product import fresh_product
from deploy.embedded.stack import running_stack
from domain.commands import Complete, Delete, Restore
from domain.values import Actor, Stage
from settings import Settings
from store import Store
from tests.sealed import in_clear
from vault import KeyRing, LocalMasterKeys
from workflows.contract import RunInput
from workflows.converter import data_converter

from .conftest import Desk

HISTORIES = Path(__file__).parent / "histories"


async def _keep(name: str, release: str, handle: WorkflowHandle[object, object], ring: KeyRing | None = None) -> None:
    """What is sealed is kept in clear: its keys go away with the stack."""
    path = HISTORIES / f"{release}-{name}.json"
    if path.exists():
        raise SystemExit(f"{path.name} is recorded already; a new release gets files of its own.")
    history = await handle.fetch_history()
    if ring is not None:
        history = await in_clear(ring, history)
    document = json.loads(history.to_json(), object_hook=_without_traces_of_the_machine)
    path.write_text(json.dumps(document, indent=1) + "\n")


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


async def _record_product(client: Client, release: str, cim_id: str, ring: KeyRing) -> None:
    """One history of each kind that the main job has left on the whole product."""
    kept: set[str] = set()
    async for execution in client.list_workflows():
        kind = execution.workflow_type.removesuffix("Workflow").lower()
        if cim_id in execution.id and kind != "run" and kind not in kept:
            kept.add(kind)
            at = client.get_workflow_handle(execution.id)
            await _keep("cim-main-job" if kind == "cim" else kind, release, at, ring)
        elif cim_id in execution.id and kind == "run":
            handle = client.get_workflow_handle(execution.id)
            start = RunInput.model_validate(await _first_input(handle, ring))
            if start.kind not in kept:
                kept.add(start.kind)
                await _keep(f"run-{start.kind}", release, handle, ring)


async def _first_input(handle: WorkflowHandle[Any, Any], ring: KeyRing) -> object:
    history = await in_clear(ring, await handle.fetch_history())
    return json.loads(history.events[0].workflow_execution_started_event_attributes.input.payloads[0].data)


async def _main(release: str) -> None:
    HISTORIES.mkdir(exist_ok=True)
    with running_stack({"temporal"}) as stack:
        assert stack.addresses.temporal_address is not None
        client = await Client.connect(stack.addresses.temporal_address, data_converter=data_converter())
        await _record(client, release)
    with fresh_product() as (running, data), TemporaryDirectory() as into:
        story = play(running, data, CHECKOUT / "examples" / "wd40", Path(into), Screen())
        assert running.addresses.temporal_address is not None
        client = await Client.connect(running.addresses.temporal_address, data_converter=data_converter())
        masters = LocalMasterKeys.given({}, file=Path(running.addresses.master_keys_file or ""))
        store = await Store.connect(running.addresses.mongodb_url or "", Settings().mongodb_database, masters)
        await _record_product(client, release, story.cim_id, store.keys)
        await store.close()


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1]))
