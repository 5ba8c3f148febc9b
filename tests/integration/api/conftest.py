"""The API over real HTTP, with a worker of its own, on the stack of the test run."""

from __future__ import annotations

import asyncio
import socket
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from pydantic import SecretStr
from temporalio.client import Client
from temporalio.converter import DataConverter
from temporalio.worker import Worker

from access import AuditLog, DealAccess, Directory
from access.features import FlagBook
from api.app import create_app
from api.parts import Parts, StreamTimes, open_parts
from audit.shipping import folder_for, open_trail
from deploy.embedded.people import Person
from deploy.embedded.sharing import shared_stack
from deploy.embedded.stack import Addresses
from deploy.platform import open_platform
from settings import Settings
from store import Store
from vault import LocalMasterKeys
from vault.payloads import PayloadSeal
from worker import build_worker
from workflows.calls import CIMCalls
from workflows.converter import data_converter
from workflows.places import WorkflowPlaces


class QuietServer(uvicorn.Server):
    """Leaves the signals of the test process alone."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


@dataclass
class Api:
    """A running API process, as far as HTTP can tell."""

    url: str
    parts: Parts

    def client(self, token: str | None = None, **options: Any) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.AsyncClient(base_url=self.url, headers=headers, timeout=30, **options)


@dataclass
class Site:
    """A stack with its own database and task queue; APIs and workers are started on it as needed."""

    addresses: Addresses
    people: list[Person]
    settings: Settings
    calls: CIMCalls
    store: Store
    api: Api = field(init=False)

    @asynccontextmanager
    async def running_api(
        self, stream_times: StreamTimes | None = None, settings: Settings | None = None, port: int = 0
    ) -> AsyncGenerator[Api]:
        opened: list[Parts] = []
        given = settings or self.settings

        @asynccontextmanager
        async def opening() -> AsyncGenerator[Parts]:
            async with open_parts(given, self.calls, stream_times) as parts:
                opened.append(parts)
                yield parts

        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        # With the protocol named, asyncio switches Nagle's algorithm off; else small answers wait 40 ms.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        app = create_app(given, opening)
        config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=1)
        server = QuietServer(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:
            await asyncio.sleep(0.01)
            assert not serving.done(), serving.exception()
        try:
            yield Api(f"http://127.0.0.1:{listener.getsockname()[1]}", opened[0])
        finally:
            server.should_exit = True
            await serving
            listener.close()

    @property
    def converter(self) -> DataConverter:
        """As the API and the worker of this site have it."""
        return data_converter(PayloadSeal(self.store.keys, WorkflowPlaces(self.store)))

    @asynccontextmanager
    async def running_worker(self) -> AsyncGenerator[Worker]:
        assert self.addresses.temporal_address is not None
        assert self.addresses.supabase_url is not None
        assert self.addresses.service_role_key is not None
        client = await Client.connect(self.addresses.temporal_address, data_converter=self.converter)
        access = DealAccess.connect(self.addresses.supabase_url, self.addresses.service_role_key)
        flags = FlagBook.connect(self.addresses.supabase_url, self.addresses.service_role_key)
        log = AuditLog.connect(self.addresses.supabase_url, self.addresses.service_role_key)
        directory = Directory.connect(self.addresses.supabase_url, self.addresses.service_role_key, "")
        folder = folder_for(self.settings.audit_folder, self.settings.supabase_url)
        async with (
            open_platform(self.settings, client, masters_of(self.settings), access) as platform,
            open_trail(folder, log) as trail,
        ):
            worker = build_worker(
                client, self.store, access, flags, self.settings, self.calls, platform, trail, log, directory
            )
            async with worker:
                yield worker
        await directory.close()
        await log.close()
        await flags.close()
        await access.close()

    async def temporal(self) -> Client:
        """A client of one's own, past the API."""
        assert self.addresses.temporal_address is not None
        return await Client.connect(self.addresses.temporal_address, data_converter=self.converter)

    def person(self, role: str, team: int = 0) -> Person:
        if role == "outsider":
            return next(person for person in self.people if person.role == "outsider")
        orgs = list(dict.fromkeys(person.org_id for person in self.people if person.org_id is not None))
        return next(person for person in self.people if person.role == role and person.org_id == orgs[team])

    def client(self, role: str, team: int = 0, **options: Any) -> httpx.AsyncClient:
        return self.api.client(self.person(role, team).access_token, **options)


def masters_of(settings: Settings) -> LocalMasterKeys:
    return LocalMasterKeys.given(settings.master_keys, settings.master_key, settings.master_keys_file)


async def open_store(settings: Settings) -> Store:
    url = settings.mongodb_url.get_secret_value()
    return await Store.connect(url, settings.mongodb_database, masters_of(settings))


@pytest.fixture(scope="session")
def addresses() -> Iterator[Addresses]:
    with shared_stack() as found:
        yield found


@asynccontextmanager
async def opened_site(addresses: Addresses, audit_folder: Path) -> AsyncGenerator[Site]:
    """With a worker and an API."""

    def secret(value: str | None) -> SecretStr:
        assert value is not None
        return SecretStr(value)

    name = f"api-{uuid.uuid4().hex[:12]}"
    settings = Settings(
        temporal_address=addresses.temporal_address or "",
        mongodb_url=secret(addresses.mongodb_url),
        mongodb_database=name,
        supabase_url=addresses.supabase_url or "",
        supabase_service_role_key=secret(addresses.service_role_key),
        supabase_anon_key=secret(addresses.anon_key),
        supabase_jwt_secret=secret(addresses.jwt_secret),
        master_keys_file=Path(addresses.master_keys_file or ""),
        max_upload_mb=2,
        rate_limits={},
        audit_folder=audit_folder,
    )
    store = await open_store(settings)
    await store.ensure_indexes()
    people = await asyncio.to_thread(addresses.people)
    found = Site(addresses, people, settings, CIMCalls(task_queue=name), store)
    async with found.running_worker(), found.running_api() as api:
        found.api = api
        yield found
    await store.close()


@pytest.fixture(scope="session")
async def site(addresses: Addresses, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    async with opened_site(addresses, tmp_path_factory.mktemp("audit")) as found:
        yield found


@pytest.fixture
async def lead(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with site.client("lead") as client:
        yield client


class Book:
    """A book made over HTTP, and how to change it."""

    def __init__(self, client: httpx.AsyncClient, head: dict[str, Any]) -> None:
        self.client = client
        self.id: str = head["id"]
        self.url = f"/cims/{self.id}"

    async def send(self, type_: str, **fields: Any) -> httpx.Response:
        fields.setdefault("command_id", str(uuid.uuid4()))
        return await self.client.post(f"{self.url}/commands", json={"type": type_, **fields})

    async def done(self, type_: str, **fields: Any) -> dict[str, Any]:
        response = await self.send(type_, **fields)
        assert response.status_code == 200, response.text
        return response.json()["results"][0]

    async def with_section(self) -> str:
        await self.done("save_outline", sections=[{"id": "market", "title": "Market", "description": "who buys"}])
        return "market"

    async def save_slide(self, text: str, slide_id: str | None = None, section_id: str = "market") -> dict[str, Any]:
        return await self.done("save_slide", slide=slide(text, slide_id, section_id))


def slide(text: str, slide_id: str | None = None, section_id: str = "market") -> dict[str, Any]:
    return {
        "id": slide_id,
        "section_id": section_id,
        "title": "Market size",
        "layout_type": "text",
        "components": [{"type": "text", "text": text}],
    }


async def new_book(client: httpx.AsyncClient, person: Person, title: str = "Bluecan") -> Book:
    response = await client.post("/cims", json={"deal_id": person.deal_id, "title": title})
    assert response.status_code == 201, response.text
    return Book(client, response.json())


@pytest.fixture
async def book(site: Site, lead: httpx.AsyncClient) -> Book:
    return await new_book(lead, site.person("lead"))
