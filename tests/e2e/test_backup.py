"""A whole installation into a file and out of it, with its workflows and without: people find everything again."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client

from activities.lost import RUN_LOST
from deploy.embedded.people import Person
from deploy.embedded.places import CHECKOUT
from deploy.embedded.product import started_product
from deploy.embedded.services import free_port
from deploy.embedded.supervisor import RunningStack
from tests.e2e.people import HERO, PACK, PERSONA, SECTIONS, Editor
from workflows.chores import Chore, schedule_id
from workflows.contract import TASK_QUEUE

PARTS = ("API", "TEMPORAL", "TEMPORAL_UI", "MONGODB", "SUPABASE")


class Machine:
    """Data folders, each of which may be an installation."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.archive, self.keys = folder / "all.tar.gz", folder / "keys.json"

    def cli(self, data: str, *words: str) -> str:
        environment = {"BOOKRUNNER_DATA_DIR": str(self._folder / data), "PATH": "/usr/local/bin:/usr/bin:/bin"}
        done = subprocess.run(
            [sys.executable, "-m", "cli", *words], cwd=CHECKOUT, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    @contextmanager
    def running(self, data: str) -> Generator[tuple[RunningStack, Person]]:
        ports = {f"BOOKRUNNER_{part}_PORT": str(free_port()) for part in PARTS}
        with started_product(self._folder / data, ports, log=self._folder / f"{data}.log") as stack:
            yield stack, next(person for person in stack.addresses.people() if person.role == "lead")

    def restored(self, data: str, *options: str) -> None:
        self.cli(data, "restore", str(self.archive), "--keys", str(self.keys), *options)

    def checked(self, data: str) -> dict[str, Any]:
        return json.loads(self.cli(data, "books", "check", "--json"))


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def api_of(stack: RunningStack) -> str:
    assert stack.api_url is not None
    return stack.api_url


@pytest.mark.timeout(900)
def test_everything_is_found_again(machine: Machine) -> None:
    with machine.running("first") as (stack, lea), Editor(api_of(stack), lea) as editor:
        begun = editor.begin("At the hero", {"type": "save_buyer_persona", "persona": PERSONA})
        composed = editor.begin(
            "With agents",
            {"type": "save_buyer_persona", "persona": PERSONA},
            {"type": "save_hero_context", "hero": HERO},
            {"type": "save_outline", "sections": SECTIONS},
        )
        editor.until_read(editor.upload(PACK / "market_note.pdf"))
        run_id = editor.compose_section("market")
        plan = editor.until_asked()
        logs = {cim_id: Editor(api_of(stack), lea, cim_id).log() for cim_id in (begun, composed)}
    machine.cli("first", "backup", str(machine.archive), "--keys", str(machine.keys))

    machine.restored("whole")
    with machine.running("whole") as (stack, lea), Editor(api_of(stack), lea, composed) as editor:
        assert {id_: Editor(api_of(stack), lea, id_).log()[: len(log)] for id_, log in logs.items()} == logs
        assert [asked.id for asked in editor.asked()] == [plan.id]
        editor.approve(plan)
        assert editor.until_run(run_id, lambda run: run.is_over).status == "completed"
        assert machine.checked("whole") == {"books": 2, "wrong": {}}

    machine.restored("from-the-log", "--without-temporal")
    with machine.running("from-the-log") as (stack, lea), Editor(api_of(stack), lea, composed) as editor:
        assert {id_: Editor(api_of(stack), lea, id_).log()[: len(log)] for id_, log in logs.items()} == logs
        asyncio.run(lost_work_is_found(stack, lambda: editor.run(run_id).is_over))
        lost = editor.run(run_id)
        assert (lost.status, lost.error) == ("failed", RUN_LOST)
        assert editor.asked() == ()
        again = editor.compose_section("market")
        editor.approve(editor.until_asked())
        assert editor.until_run(again, lambda run: run.is_over).status == "completed"
        editor.cim_id = begun
        [saved] = editor.send({"type": "save_hero_context", "hero": HERO})
        assert (saved.rev or 0) > len(logs[begun])
        assert machine.checked("from-the-log") == {"books": 2, "wrong": {}}


async def lost_work_is_found(stack: RunningStack, found: Callable[[], bool]) -> None:
    """As its schedule does every hour: work that began less than a minute ago is not lost yet."""
    assert stack.addresses.temporal_address is not None
    client = await Client.connect(stack.addresses.temporal_address)
    schedule = client.get_schedule_handle(schedule_id(TASK_QUEUE, Chore.LOST_WORK))
    async with asyncio.timeout(180):
        while not (await schedule.describe()).info.num_actions:
            await asyncio.sleep(0.2)
        while not await asyncio.to_thread(found):
            await schedule.trigger()
            await asyncio.sleep(2.0)
