"""The whole product as processes that can be killed and started again, with proxies on every way between them."""

from __future__ import annotations

import asyncio
import itertools
import random
import resource
import signal
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx

from deploy.embedded.services import HOST, Service, free_port
from deploy.embedded.stack import ALL_PARTS, EmbeddedStack, Part, Ports
from deploy.embedded.steps import Report, StackError, tail
from tests.chaos.clocks import Clock, built_library
from tests.chaos.nursery import Birth, Kind, Nursery, is_alive
from tests.chaos.proxies import Proxy

APIS = ("api-1", "api-2")
WORKERS = ("worker-1", "worker-2")
KILLABLE = (*APIS, *WORKERS, *ALL_PARTS)
"""Everything that runs."""
START_SECONDS = 120.0
SMALLEST_FILE_BYTES = 4096
EVENTS_BEFORE_CONTINUE = 400
"""Short, so that books go on in fresh histories while parts die."""
HOLDS_BACK_SIGXFSZ = (
    "import os, signal, sys; signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGXFSZ]); "
    "os.execv(sys.argv[1], sys.argv[1:])"
)
"""A file that may not grow is an error of the write, as with a full disk, and not the end of the process."""


class Site:
    """Two API processes and two workers on a stack of their own; `rng` decides on ports' weather only."""

    def __init__(self, folder: Path, report: Report, rng: random.Random) -> None:
        self.folder = folder
        self.stack = EmbeddedStack(folder / "data", Ports.free(), report=lambda _: None)
        self._report = report
        self._rng = rng
        self._library = built_library(folder)
        self.clocks = {name: Clock(self._library, folder / f"{name}.clock") for name in ("api", "worker", "supabase")}
        self.proxies: dict[str, Proxy] = {}
        self.api_ports: dict[str, int] = {}
        self._parts: dict[str, Service] = {}
        self._nurseries: dict[Kind, Nursery] = {}
        self._births: dict[str, Birth] = {}
        self._pids: dict[str, int] = {}

    @classmethod
    @asynccontextmanager
    async def running(cls, folder: Path, report: Report, rng: random.Random) -> AsyncGenerator[Site]:
        site = cls(folder, report, rng)
        try:
            await site._start()
            yield site
        finally:
            for nursery in site._nurseries.values():
                await asyncio.to_thread(nursery.close)
            for proxy in site.proxies.values():
                await proxy.close()
            await asyncio.to_thread(site.stack.close)

    def url(self, api: str) -> str:
        """As clients reach it, through a proxy."""
        return f"http://{HOST}:{self.proxies[f'clients-{api}'].port}"

    def direct_url(self, api: str) -> str:
        return f"http://{HOST}:{self.api_ports[api]}"

    def log(self, name: str) -> Path:
        return self.stack.runner.log(name)

    async def kill(self, name: str) -> None:
        if name in self._births:
            await asyncio.to_thread(self._nurseries[self._births[name].kind].kill, self._pids[name])
        else:
            await asyncio.to_thread(lambda: self.stack.runner.stop(name, number=signal.SIGKILL))

    async def start_again(self, name: str) -> float:
        """Seconds until it was well again. Raises StackError when it does not come back."""
        began = time.monotonic()
        if name in self._births:
            await self._bear(name)
        else:
            await asyncio.to_thread(self.stack.runner.start, self._parts[name])
        return time.monotonic() - began

    def fill_disk(self, full: bool) -> None:
        """The files of the store cannot grow; what is written past their first page fails."""
        limit = SMALLEST_FILE_BYTES if full else resource.RLIM_INFINITY
        resource.prlimit(self.stack.runner.pid("mongodb"), resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))

    @property
    def has_clocks(self) -> bool:
        return self._library is not None

    async def _start(self) -> None:
        began = time.monotonic()
        kinds: tuple[Kind, ...] = ("api", "worker")
        for kind in kinds:
            self._nurseries[kind] = Nursery(self.clocks[kind].environment, self.log(f"nursery-{kind}"))
        await asyncio.to_thread(self.stack.start)
        self._report(f"  backing parts are ready after {time.monotonic() - began:.1f} s")
        mongodb = self.stack.services["mongodb"]
        held = replace(mongodb, argv=[sys.executable, "-S", "-c", HOLDS_BACK_SIGXFSZ, *mongodb.argv])
        supabase = self.stack.services["supabase"]
        supabase = replace(supabase, env={**supabase.env, **self.clocks["supabase"].environment})
        parts = {"temporal": self.stack.services["temporal"], "mongodb": held, "supabase": supabase}
        self._parts = {name: replace(part, start_seconds=START_SECONDS) for name, part in parts.items()}
        for part in ("mongodb", "supabase"):
            await self.kill(part)
            await self.start_again(part)
        await self._start_proxies()
        for api in APIS:
            port = {"BOOKRUNNER_API_HOST": HOST, "BOOKRUNNER_API_PORT": str(self.api_ports[api])}
            self._births[api] = Birth(kind="api", environment=self._environment("api") | port, log=str(self.log(api)))
        for worker in WORKERS:
            environment = self._environment("worker") | {"BOOKRUNNER_READY_FILE": str(self._ready_file(worker))}
            self._births[worker] = Birth(kind="worker", environment=environment, log=str(self.log(worker)))
        await asyncio.gather(*(self.start_again(name) for name in (*APIS, *WORKERS)))
        self._report(f"  {len(APIS)} API processes and {len(WORKERS)} workers after {time.monotonic() - began:.1f} s")

    async def _start_proxies(self) -> None:
        addresses = self.stack.addresses
        assert addresses.temporal_address is not None
        assert addresses.mongodb_url is not None
        assert addresses.supabase_url is not None
        ports = {
            "temporal": int(addresses.temporal_address.rpartition(":")[2]),
            "mongodb": int(addresses.mongodb_url.removeprefix(f"mongodb://{HOST}:").partition("/")[0]),
            "supabase": int(addresses.supabase_url.rpartition(":")[2]),
        }
        for side, part in itertools.product(("api", "worker"), ALL_PARTS):
            await self._add_proxy(f"{side}-{part}", ports[part])
        for api in APIS:
            self.api_ports[api] = free_port()
            await self._add_proxy(f"clients-{api}", self.api_ports[api])

    async def _add_proxy(self, name: str, target_port: int) -> None:
        proxy = Proxy(name, free_port(), target_port, self._rng)
        await proxy.start()
        self.proxies[name] = proxy

    def _environment(self, side: Kind) -> dict[str, str]:
        def port(part: Part) -> int:
            return self.proxies[f"{side}-{part}"].port

        return self.stack.addresses.environment() | {
            "TEMPORAL_ADDRESS": f"{HOST}:{port('temporal')}",
            "MONGODB_URL": f"mongodb://{HOST}:{port('mongodb')}/?maxPoolSize=2&directConnection=true",
            "SUPABASE_URL": f"http://{HOST}:{port('supabase')}",
            "BOOKRUNNER_AUDIT_FOLDER": str(self.folder / "data" / "audit"),
            "BOOKRUNNER_RATE_LIMITS": "{}",
            "BOOKRUNNER_CONTINUE_AS_NEW_AFTER_EVENTS": str(EVENTS_BEFORE_CONTINUE),
            "BOOKRUNNER_MODEL": "evidence-only",
        }

    async def _bear(self, name: str) -> None:
        birth, ends = self._births[name], time.monotonic() + START_SECONDS
        self._ready_file(name).unlink(missing_ok=True)
        self._pids[name] = await asyncio.to_thread(self._nurseries[birth.kind].started, birth)
        while not await self._is_well(name):
            if not is_alive(self._pids[name]) or time.monotonic() > ends:
                raise StackError(f"{name} did not come back. Last lines of {birth.log}:\n{tail(Path(birth.log))}")
            await asyncio.sleep(0.03)

    async def _is_well(self, name: str) -> bool:
        if name in WORKERS:
            return self._ready_file(name).exists()
        return await asyncio.to_thread(_answers, self.direct_url(name))

    def _ready_file(self, name: str) -> Path:
        return self.folder / f"{name}.ready"


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health", timeout=2.0, trust_env=False).is_success
    except httpx.TransportError:
        return False
