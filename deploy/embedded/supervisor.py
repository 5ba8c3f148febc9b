"""The whole product on one machine: the backing parts, the worker and the API, watched until somebody stops them."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import threading
import time
from collections import deque
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import Self

import httpx
from pydantic import BaseModel, ConfigDict, SecretStr

from access.person import AccessUnavailable
from deploy import web
from deploy.embedded import tools
from deploy.embedded.fleet import Fleet, tended
from deploy.embedded.given import given_addresses, wanted_ports
from deploy.embedded.people import PASSWORD, whom_to_sign_in_as
from deploy.embedded.places import CHECKOUT, in_use, sole_user
from deploy.embedded.services import HOST, Port, Service
from deploy.embedded.stack import Addresses, EmbeddedStack
from deploy.embedded.steps import Report, StackError
from deploy.migrating import migrate
from settings import Settings
from store import StoreError
from vault import LocalMasterKeys, NoMasterKeys

WATCH_SECONDS = 0.2
HANDING_BACK_SECONDS = 10.0
"""How long a worker may take to be gone once it does not go on with what it has in hand."""
RESTARTS, RESTARTS_WITHIN_SECONDS = 5, 60.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class RunningStack(BaseModel):
    """What runs in a data folder, for other processes of the same person."""

    model_config = ConfigDict(frozen=True)

    api_url: str | None
    addresses: Addresses
    pids: dict[str, int]

    @classmethod
    def found_in(cls, data: Path) -> Self:
        """Read what the supervisor of this data folder wrote."""
        file = data / "stack.json"
        if not file.exists() or not in_use(data):
            raise StackError("No stack runs here. Start one with `make run`, then ask again.")
        return cls.model_validate_json(file.read_bytes())

    def write_to(self, data: Path) -> None:
        """Tell others, readable only by the same account: it holds keys."""
        fresh = data / "stack.json.new"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
            handle.write(self.model_dump_json(indent=2))
        fresh.replace(data / "stack.json")


class Stopped(BaseException):
    """Somebody asked us to stop; not an Exception, so that nothing on the way takes it for a fault."""


class Supervisor:
    """Starts everything in order, starts again what dies, stops everything in the reverse order."""

    def __init__(self, settings: Settings, data: Path, report: Report) -> None:
        """`data`: the folder of all data; one supervisor at a time uses it."""
        self._settings = settings
        self._data = data
        self._report = report
        self._restarts: deque[float] = deque(maxlen=RESTARTS)

    def run(self, *, backing_only: bool, build_web: bool = True) -> None:
        """Run until SIGINT or SIGTERM; a StackError says why it could not."""
        began = time.monotonic()
        ports, given = wanted_ports(self._settings), given_addresses(self._settings)
        self._report(f"Starting Bookrunner (data in {self._data})")
        with sole_user(self._data) as lock, ExitStack() as leaving:
            stack = EmbeddedStack(self._data, ports, given=given, report=self._report, keep_open=[lock])
            try:
                for number in STOP_SIGNALS:
                    signal.signal(number, _raise_stopped)
                building = threading.Thread(target=self._build_web, daemon=True)
                if build_web and not backing_only:
                    building.start()
                stack.start()
                tools.drop_build_files()
                services = list(stack.services.values())
                if not backing_only:
                    self._migrate(stack.addresses)
                    services += self._start_product(stack)
                    leaving.enter_context(tended(self._fleet(stack.addresses)))
                if building.ident is not None:
                    building.join()
                self._publish(stack, services, backing_only=backing_only)
                self._report(f"\nReady after {time.monotonic() - began:.1f} s; Ctrl-C stops it.")
                self._watch(stack, services, backing_only=backing_only)
            except Stopped:
                self._report("\nStopping ...")
            finally:
                for number in STOP_SIGNALS:
                    signal.signal(number, signal.SIG_IGN)
                (self._data / "stack.json").unlink(missing_ok=True)
                leaving.close()
                stack.close()
        self._report(f"Stopped; the data stays in {self._data}")

    def _start_product(self, stack: EmbeddedStack) -> list[Service]:
        services = [self._worker(stack.addresses), self._api(stack.addresses)]
        began = time.monotonic()
        for service in services:
            stack.runner.launch(service)
        for service in services:
            stack.runner.await_health(service)
            self._report(f"  {service.name} is ready after {time.monotonic() - began:.1f} s")
        return services

    def _migrate(self, addresses: Addresses) -> None:
        """What fails here is done by the next start, or by hand; everything runs without it."""
        known = {name: value for name, value in addresses.model_dump().items() if value is not None}
        secrets = {name: SecretStr(known[name]) for name in ("mongodb_url", "service_role_key") if name in known}
        settings = self._settings.model_copy(
            update={
                "mongodb_url": secrets.get("mongodb_url", self._settings.mongodb_url),
                "supabase_url": known.get("supabase_url", self._settings.supabase_url),
                "supabase_service_role_key": secrets.get("service_role_key", self._settings.supabase_service_role_key),
            }
        )
        try:
            file = Path(known["master_keys_file"]) if "master_keys_file" in known else None
            masters = LocalMasterKeys.given(settings.master_keys, settings.master_key, file)
            asyncio.run(migrate(settings, masters, lambda database, step: None))
        except (StoreError, AccessUnavailable, NoMasterKeys) as problem:
            self._report(f"  What is kept could not be migrated: {problem}. Run `python -m cli migrate`.")

    def _build_web(self) -> None:
        try:
            web.build(self._report)
        except (StackError, OSError) as problem:
            self._report(f"  The workspace could not be built; everything else runs without it. {problem}")

    def _worker(self, addresses: Addresses) -> Service:
        ready = self._data / "worker.ready"
        ready.unlink(missing_ok=True)
        env = self._environment(addresses)
        env |= {"BOOKRUNNER_READY_FILE": str(ready), "BOOKRUNNER_FLEET_FOLDER": str(self._data / "fleet")}
        argv = [sys.executable, str(CHECKOUT / "worker.py")]
        stop_seconds = self._worker_stop_seconds
        return Service("worker", argv, ready.exists, env=env, cwd=CHECKOUT, stop_seconds=stop_seconds)

    @property
    def _worker_stop_seconds(self) -> float:
        return self._settings.worker_drain_seconds + HANDING_BACK_SECONDS

    def _fleet(self, addresses: Addresses) -> Fleet:
        return Fleet(
            self._data / "fleet",
            self._data / "logs",
            self._environment(addresses),
            self._report,
            builds=self._data / "builds",
            keys_database=self._settings.keys_database or self._settings.mongodb_database,
            stop_seconds=self._worker_stop_seconds,
        )

    def _api(self, addresses: Addresses) -> Service:
        host, port = self._settings.api_host, self._settings.api_port
        argv = [sys.executable, "-m", "api"]
        ports = [Port(port, "BOOKRUNNER_API_PORT")]
        env = self._environment(addresses) | {"BOOKRUNNER_API_HOST": host, "BOOKRUNNER_API_PORT": str(port)}
        if addresses.temporal_ui_url:
            env["BOOKRUNNER_TEMPORAL_UI_URL"] = addresses.temporal_ui_url
        if addresses.supabase_is_embedded:
            env["BOOKRUNNER_DEMO_PEOPLE"] = json.dumps(whom_to_sign_in_as())
        return Service("api", argv, lambda: _healthy(self._api_url()), env=env, cwd=CHECKOUT, ports=ports)

    def _environment(self, addresses: Addresses) -> dict[str, str]:
        waiting = self._settings.audit_folder or self._data / "audit"
        return addresses.environment() | {"BOOKRUNNER_AUDIT_FOLDER": str(waiting)}

    def _api_url(self) -> str:
        everywhere = self._settings.api_host in ("0.0.0.0", "::")
        return f"http://{HOST if everywhere else self._settings.api_host}:{self._settings.api_port}"

    def _publish(self, stack: EmbeddedStack, services: list[Service], *, backing_only: bool) -> None:
        api_url = None if backing_only else self._api_url()
        pids = {service.name: stack.runner.pid(service.name) for service in services}
        RunningStack(api_url=api_url, addresses=stack.addresses, pids=pids).write_to(self._data)
        addresses = stack.addresses
        rows = {
            "Workspace": api_url,
            "API": api_url,
            "API docs": api_url and f"{api_url}/docs",
            "Temporal": addresses.temporal_address,
            "Temporal UI": addresses.temporal_ui_url,
            "Supabase": addresses.supabase_url,
        }
        if len(self._restarts) == 0:
            self._report("")
            for title, where in rows.items():
                if where:
                    self._report(f"  {title:<12} {where}")
            if api_url and addresses.supabase_is_embedded:
                self._report(f"\n  Sign in there as one of these (password {PASSWORD}):")
                for person in whom_to_sign_in_as():
                    self._report(f"  {person['email']:<44} {person['role']:<9} {person['organization']}")

    def _watch(self, stack: EmbeddedStack, services: list[Service], *, backing_only: bool) -> None:
        by_name = {service.name: service for service in services}
        while True:
            time.sleep(WATCH_SECONDS)
            for name, code in stack.runner.ended().items():
                self._admit_restart(name, code)
                stack.runner.forget(name)
                if name == "worker":
                    (self._data / "worker.ready").unlink(missing_ok=True)
                try:
                    stack.runner.start(by_name[name])
                except StackError as problem:
                    if name not in stack.runner.ended():
                        raise
                    self._report(f"  {problem}")
                    continue
                self._publish(stack, services, backing_only=backing_only)
                self._report(f"  {name} is back")

    def _admit_restart(self, name: str, code: int) -> None:
        log = self._data / "logs" / f"{name}.log"
        how = f"by signal {-code}" if code < 0 else f"with exit code {code}"
        now = time.monotonic()
        if len(self._restarts) == RESTARTS and now - self._restarts[0] < RESTARTS_WITHIN_SECONDS:
            raise StackError(f"{name} ended {how}, after {RESTARTS} restarts within a minute; giving up. Log: {log}")
        self._restarts.append(now)
        self._report(f"  {name} ended {how}; starting it again (log: {log})")


def _raise_stopped(number: int, frame: FrameType | None) -> None:
    raise Stopped


def _healthy(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health", timeout=2.0, trust_env=False).is_success
    except httpx.TransportError:
        return False
