"""The embedded stack: Temporal, a MongoDB server and Supabase on one machine, each a real one."""

from __future__ import annotations

import asyncio
import signal
import tempfile
import time
from collections.abc import AsyncGenerator, Collection, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from deploy.embedded import masters, mongodb, seeding, supabase, temporal
from deploy.embedded.people import Directory, Person
from deploy.embedded.services import HOST, Runner, Service, free_port
from deploy.embedded.steps import Report, StackError, say
from deploy.embedded.supabase import Keys

Part = Literal["temporal", "mongodb", "supabase"]
ALL_PARTS: tuple[Part, ...] = ("temporal", "mongodb", "supabase")


class Ports(BaseModel):
    """Ports of the backing parts; a `temporal_ui` of None leaves the UI out."""

    model_config = ConfigDict(frozen=True)

    temporal: int = 7233
    temporal_ui: int | None = 8233
    api: int | None = None
    """Where the UI of Temporal finds the API, which opens payloads for it."""
    mongodb: int = 27117
    supabase: int = 54321

    @classmethod
    def free(cls) -> Ports:
        """Ports that nobody uses now, without the UI."""
        return cls(temporal=free_port(), temporal_ui=None, mongodb=free_port(), supabase=free_port())


class Addresses(BaseModel):
    """Where each part is reached and with which keys; also says what was given from outside, which then wins."""

    model_config = ConfigDict(frozen=True)

    temporal_address: str | None = None
    temporal_ui_url: str | None = None
    mongodb_url: str | None = None
    supabase_url: str | None = None
    anon_key: str | None = None
    service_role_key: str | None = None
    jwt_secret: str | None = None
    supabase_is_embedded: bool = False
    master_keys_file: str | None = None
    """The keys that wrap all others, where the environment gives none (BOOKRUNNER_MASTER_KEYS)."""

    def environment(self) -> dict[str, str]:
        """The same as environment variables, for a process that uses the stack."""
        named = {
            "TEMPORAL_ADDRESS": self.temporal_address,
            "MONGODB_URL": self.mongodb_url,
            "SUPABASE_URL": self.supabase_url,
            "SUPABASE_ANON_KEY": self.anon_key,
            "SUPABASE_SERVICE_ROLE_KEY": self.service_role_key,
            "SUPABASE_JWT_SECRET": self.jwt_secret,
            "BOOKRUNNER_MASTER_KEYS_FILE": self.master_keys_file,
        }
        return {name: value for name, value in named.items() if value is not None}

    def people(self) -> list[Person]:
        """The seeded people, signed in just now; refuses where Supabase is not the embedded one."""
        if not self.supabase_is_embedded:
            raise StackError("There are demonstration people only in the embedded Supabase, and this is another one.")
        with Directory(self._known(self.supabase_url), self._keys()) as directory:
            return directory.people()

    def _keys(self) -> Keys:
        return Keys(
            jwt_secret=self._known(self.jwt_secret),
            anon_key=self._known(self.anon_key),
            service_role_key=self._known(self.service_role_key),
        )

    @staticmethod
    def _known(value: str | None) -> str:
        if value is None:
            raise StackError("This stack runs without Supabase.")
        return value


class EmbeddedStack:
    """Backing parts in one data folder, started together and stopped in the reverse order."""

    def __init__(
        self,
        data: Path,
        ports: Ports,
        *,
        given: Addresses | None = None,
        report: Report = say,
        keep_open: Sequence[int] = (),
    ) -> None:
        """`given`: addresses from outside; their parts are not started."""
        self.addresses = given or Addresses()
        self.data = data
        self.services: dict[Part, Service] = {}
        data.mkdir(parents=True, exist_ok=True)
        if self.addresses.master_keys_file is None:
            self._know(master_keys_file=str(masters.kept_in(data)))
        self.runner = Runner(data / "logs", keep_open=keep_open)
        self._ports = ports
        self._report = report

    def start(self, parts: Collection[Part] = ALL_PARTS) -> None:
        """Find or build, start, and wait until every part is well; parts that run already stay as they are."""
        began = time.monotonic()
        wanted: list[Part] = [part for part in ALL_PARTS if part in parts and part not in self.services]
        fresh: list[Part] = [part for part in wanted if self._prepare(part)]
        with ThreadPoolExecutor(max_workers=max(1, len(fresh))) as pool:
            try:
                for outcome in [pool.submit(self._start, part, began) for part in fresh]:
                    outcome.result()
            except BaseException:
                self.runner.give_up()
                raise

    def kill(self, part: Part) -> None:
        """End a part the hard way (SIGKILL), as a crash would; `start_again` brings it back."""
        self.runner.stop(part, number=signal.SIGKILL)

    def start_again(self, part: Part) -> None:
        """Start a stopped part on its old port and data."""
        self.runner.start(self.services[part])

    def stop_part(self, part: Part) -> None:
        """Stop one part in order."""
        self.runner.stop(part)

    def close(self) -> None:
        """Stop everything that was started."""
        self.runner.close()

    def _start(self, part: Part, began: float) -> None:
        self.runner.start(self.services[part])
        self._report(f"  {part} is ready after {time.monotonic() - began:.1f} s")

    def _prepare(self, part: Part) -> bool:
        if part == "temporal":
            return self._prepare_temporal()
        if part == "mongodb":
            return self._prepare_mongodb()
        return self._prepare_supabase()

    def _prepare_temporal(self) -> bool:
        if self.addresses.temporal_address:
            return self._use_given("temporal", self.addresses.temporal_address)
        ports = self._ports
        codec_url = f"http://{HOST}:{ports.api}/codec" if ports.api else None
        self.services["temporal"] = temporal.service(
            self.data, ports.temporal, ports.temporal_ui, codec_url, self._report
        )
        ui = f"http://{HOST}:{ports.temporal_ui}" if ports.temporal_ui else None
        self._know(temporal_address=f"{HOST}:{ports.temporal}", temporal_ui_url=ui)
        return True

    def _prepare_mongodb(self) -> bool:
        if self.addresses.mongodb_url:
            return self._use_given("mongodb", "MONGODB_URL")
        self.services["mongodb"], url = mongodb.service(self.data, self._ports.mongodb, self._report)
        self._know(mongodb_url=url)
        return True

    def _prepare_supabase(self) -> bool:
        if self.addresses.supabase_url:
            return self._use_given("supabase", self.addresses.supabase_url)
        seeding.put_seeded_project(self.data, self._report)
        self.services["supabase"], url, keys = supabase.service(self.data, self._ports.supabase, self._report)
        self._know(supabase_url=url, supabase_is_embedded=True, **keys.model_dump())
        return True

    def _use_given(self, part: Part, where: str) -> bool:
        self._report(f"  {part} is given by the environment: {where}")
        return False

    def _know(self, **found: str | bool | None) -> None:
        self.addresses = self.addresses.model_copy(update=found)


@contextmanager
def running_stack(
    parts: Collection[Part] = ALL_PARTS,
    *,
    data_dir: Path | None = None,
    ports: Ports | Literal["free"] = "free",
    given: Addresses | None = None,
    report: Report = say,
) -> Generator[EmbeddedStack]:
    """An embedded stack for the time of a with-block; without `data_dir` its data goes away afterwards."""
    with tempfile.TemporaryDirectory(prefix="bookrunner-", ignore_cleanup_errors=True) as temporary:
        wanted = Ports.free() if ports == "free" else ports
        stack = EmbeddedStack(data_dir or Path(temporary), wanted, given=given, report=report)
        try:
            stack.start(parts)
            yield stack
        finally:
            stack.close()


@asynccontextmanager
async def embedded_stack(
    parts: Collection[Part] = ALL_PARTS,
    *,
    data_dir: Path | None = None,
    ports: Ports | Literal["free"] = "free",
    given: Addresses | None = None,
    report: Report = say,
) -> AsyncGenerator[EmbeddedStack]:
    """The same as `running_stack` for async code."""
    stack = running_stack(parts, data_dir=data_dir, ports=ports, given=given, report=report)
    entered = await asyncio.to_thread(stack.__enter__)
    try:
        yield entered
    finally:
        await asyncio.to_thread(stack.__exit__, None, None, None)
