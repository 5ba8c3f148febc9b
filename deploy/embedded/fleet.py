"""Workers of applications on this machine: as many of each build as a file in the folder of the fleet says."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError

from deploy.embedded.places import CHECKOUT
from deploy.embedded.services import Runner, Service
from deploy.embedded.steps import Report, StackError
from domain.applications import WantedWorkers

LOOK_SECONDS = 0.5
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0
STEADY_SECONDS = 60.0


class Fleet:
    """Looks into its folder now and then, and starts and stops workers until they are what is wanted.

    A worker that ends by itself is started again, after pauses that grow; one that cannot start does not disturb the
    others.
    """

    def __init__(
        self,
        folder: Path,
        logs: Path,
        environment: Mapping[str, str],
        report: Report,
        *,
        builds: Path,
        keys_database: str,
        stop_seconds: float = 20.0,
    ) -> None:
        """`builds` may hold a checkout for a build, under its id; other builds run from this one. A worker that is
        stopped has `stop_seconds` to leave."""
        self._folder = folder
        self._environment = {**environment, "BOOKRUNNER_KEYS_DATABASE": keys_database}
        self._report = report
        self._builds = builds
        self._stop_seconds = stop_seconds
        self._runner = Runner(logs)
        self._running: dict[str, WantedWorkers] = {}
        self._pauses: dict[str, float] = {}
        self._began: dict[str, float] = {}
        self._not_before: dict[str, float] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def tend(self) -> None:
        """One look; call it again and again."""
        now = time.monotonic()
        for name in self._runner.ended():
            self._runner.forget(name)
            del self._running[name]
            self._put_off(name, now)
        wanted = self._wanted()
        for name in [name for name, workers in self._running.items() if wanted.get(name) != workers]:
            self._runner.stop(name)
            del self._running[name]
            self._report(f"  {name} is stopped")
        for name, workers in wanted.items():
            if name not in self._running and now >= self._not_before.get(name, 0.0):
                self._start(name, workers, now)

    def close(self) -> None:
        self._runner.close()

    def _wanted(self) -> dict[str, WantedWorkers]:
        found: dict[str, WantedWorkers] = {}
        for file in sorted(self._folder.glob("*/*.json")):
            try:
                workers = WantedWorkers.model_validate_json(file.read_bytes())
            except (FileNotFoundError, ValidationError):
                continue
            one = workers.model_copy(update={"scale": 1})
            for number in range(workers.scale):
                found[f"worker-{workers.application_id[:8]}-{workers.build_id}-{number + 1}"] = one
        return found

    def _start(self, name: str, workers: WantedWorkers, now: float) -> None:
        own = self._builds / workers.build_id
        checkout = own if (own / "worker.py").is_file() else CHECKOUT
        service = Service(
            name,
            [sys.executable, str(checkout / "worker.py")],
            lambda: True,
            env={**self._environment, **_settings_of(workers)},
            cwd=checkout,
            stop_seconds=self._stop_seconds,
        )
        self._began[name] = now
        try:
            self._runner.launch(service)
        except (StackError, OSError) as problem:
            self._report(f"  {name} could not be started: {problem}")
            self._put_off(name, now)
            return
        self._running[name] = workers
        self._report(f"  {name} is started")

    def _put_off(self, name: str, now: float) -> None:
        steady = now - self._began.get(name, now) > STEADY_SECONDS
        pause = FIRST_PAUSE_SECONDS if steady else self._pauses.get(name, FIRST_PAUSE_SECONDS)
        self._pauses[name] = min(2 * pause, LONGEST_PAUSE_SECONDS)
        self._not_before[name] = now + pause
        self._report(f"  {name} ended; starting it again in {pause:.0f} s (log: {self._runner.log(name)})")


@contextmanager
def tended(fleet: Fleet) -> Generator[None]:
    """Looks after the fleet in a thread, and stops its workers at the end."""
    leaving = threading.Event()

    def look() -> None:
        while not leaving.wait(LOOK_SECONDS):
            fleet.tend()

    tending = threading.Thread(target=look, name="fleet", daemon=True)
    tending.start()
    try:
        yield
    finally:
        leaving.set()
        tending.join()
        fleet.close()


def _settings_of(workers: WantedWorkers) -> dict[str, str]:
    given = {
        "BOOKRUNNER_APPLICATION_ID": workers.application_id,
        "BOOKRUNNER_DEPLOYMENT": workers.deployment,
        "BOOKRUNNER_BUILD_ID": workers.build_id,
        "BOOKRUNNER_TASK_QUEUE": workers.task_queue,
        "BOOKRUNNER_MONGODB_DATABASE": workers.database,
        "BOOKRUNNER_CONTINUE_AS_NEW_AFTER_EVENTS": str(workers.settings.continue_as_new_after_events),
        "BOOKRUNNER_READY_FILE": "",
        "BOOKRUNNER_FLEET_FOLDER": "",
    }
    return given | ({"BOOKRUNNER_MODEL": workers.settings.model} if workers.settings.model else {})
