"""The fleet of one machine: as many processes of each build as an application is scaled to, with its settings."""

from __future__ import annotations

import asyncio
import os
import signal
import time
import uuid
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from activities.fleet import FolderFleet
from deploy.embedded.fleet import Fleet, tended
from domain.applications import ApplicationSettings, WantedWorkers

WORKER = """
import os, signal, sys, time
from pathlib import Path

def leave(*_):
    time.sleep(float(os.environ["LEAVES_AFTER"]))
    Path(os.environ["TOLD"]).with_name("left").touch()
    sys.exit()

signal.signal(signal.SIGTERM, leave)
names = ("BUILD_ID", "TASK_QUEUE", "MONGODB_DATABASE", "MODEL", "CONTINUE_AS_NEW_AFTER_EVENTS")
told = " ".join(os.environ["BOOKRUNNER_" + name] for name in names)
Path(os.environ["TOLD"], str(os.getpid())).write_text(told)
time.sleep(600)
"""
APPLICATION = str(uuid.uuid4())


@pytest.fixture
def told(tmp_path: Path) -> Path:
    """A folder in which every worker that starts leaves a file, named after its process."""
    (tmp_path / "told").mkdir()
    return tmp_path / "told"


@contextmanager
def supervised(tmp_path: Path, told: Path, leaves_after: float = 0, stop_seconds: float = 20) -> Generator[FolderFleet]:
    build = tmp_path / "builds" / "b1"
    build.mkdir(parents=True, exist_ok=True)
    (build / "worker.py").write_text(WORKER)
    supervisor = Fleet(
        tmp_path / "fleet",
        tmp_path / "logs",
        {"TOLD": str(told), "LEAVES_AFTER": str(leaves_after)},
        lambda _: None,
        builds=tmp_path / "builds",
        keys_database="keys",
        stop_seconds=stop_seconds,
    )
    with tended(supervisor):
        yield FolderFleet(tmp_path / "fleet")


@pytest.fixture
def fleet(tmp_path: Path, told: Path) -> Iterator[FolderFleet]:
    with supervised(tmp_path, told) as found:
        yield found


def wanted(scale: int) -> WantedWorkers:
    return WantedWorkers(
        application_id=APPLICATION,
        org_id=APPLICATION,
        deployment="application-a",
        build_id="b1",
        task_queue="queue-a",
        database="a",
        scale=scale,
        settings=ApplicationSettings(model="test:small", continue_as_new_after_events=500),
    )


def running(told: Path) -> set[int]:
    return {int(file.name) for file in told.iterdir() if Path(f"/proc/{file.name}").exists()}


async def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)


async def test_as_many_workers_run_as_the_application_is_scaled_to(fleet: FolderFleet, told: Path) -> None:
    await fleet.want(wanted(2))
    await until(lambda: len(running(told)) == 2)
    await until(lambda: {file.read_text() for file in told.iterdir()} == {"b1 queue-a a test:small 500"})
    two = running(told)
    await fleet.want(wanted(3))
    await until(lambda: len(running(told)) == 3)
    assert two < running(told), "those that ran are left alone"
    await fleet.want(wanted(1))
    await until(lambda: len(running(told)) == 1)
    assert running(told) < two
    await fleet.drop(APPLICATION, "b1")
    await until(lambda: running(told) == set())
    assert len(list(told.iterdir())) == 3


async def test_a_worker_that_dies_is_started_again(fleet: FolderFleet, told: Path) -> None:
    await fleet.want(wanted(1))
    await until(lambda: len(running(told)) == 1)
    [first] = running(told)
    os.kill(first, signal.SIGKILL)
    await until(lambda: bool(running(told) - {first}))
    assert await fleet.drop_all(APPLICATION) == ["b1"]
    await until(lambda: running(told) - {first} == set())


@pytest.mark.parametrize(("stop_seconds", "in_good_order"), [(30, True), (0.2, False)])
async def test_a_worker_has_its_time_to_leave(
    tmp_path: Path, told: Path, stop_seconds: float, in_good_order: bool
) -> None:
    with supervised(tmp_path, told, leaves_after=2, stop_seconds=stop_seconds) as fleet:
        await fleet.want(wanted(1))
        await until(lambda: len(running(told)) == 1)
        await fleet.drop(APPLICATION, "b1")
        await until(lambda: running(told) == set())
    assert (tmp_path / "left").exists() is in_good_order
