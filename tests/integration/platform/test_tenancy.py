"""An organisation's own application, with real workers of two builds: where its books are, and who serves them."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import JsonValue
from temporalio.api.common.v1 import Payload
from temporalio.client import Client

from access.registry import Registry
from cli.import_supabase.importing import Import
from deploy.embedded.fleet import Fleet, tended
from deploy.embedded.stack import Addresses
from domain.applications import Version, database_of, task_queue_of
from domain.permissions import OrgRole, Role
from store.application import ApplicationDatabase
from tests.integration.api.conftest import Api, Site, masters_of, site
from tests.integration.api.test_codec import as_json, texts_in
from tests.integration.organisation import Organisation
from tests.sealed import payloads_in
from workflows.calls import CIMCalls
from workflows.contract import cim_workflow_id

__all__ = ["site"]

SECONDS = 150


@dataclass
class Tenant:
    """An organisation with people, and the API that serves it and everybody else."""

    site: Site
    api: Api
    bank: Organisation

    def client(self, role: OrgRole | Role) -> httpx.AsyncClient:
        return self.api.client(self.bank.people[role].token)

    async def temporal(self) -> Client:
        return await self.site.temporal()

    async def build_of(self, cim_id: str) -> tuple[str, str]:
        """Task queue and build that serve a book."""
        handle = (await self.temporal()).get_workflow_handle(cim_workflow_id(self.bank.id, cim_id))
        info = (await handle.describe()).raw_description.workflow_execution_info
        return info.task_queue, info.versioning_info.deployment_version.build_id

    async def payloads_of(self, cim_id: str) -> list[Payload]:
        handle = (await self.temporal()).get_workflow_handle(cim_workflow_id(self.bank.id, cim_id))
        return [each for event in (await handle.fetch_history()).events for each in payloads_in(event)]

    async def recorded_in(self, database: str, cim_id: str) -> int:
        url = self.site.addresses.mongodb_url or ""
        found = ApplicationDatabase.connect(url, database, masters_of(self.site.settings))
        try:
            return await found.rev_of(cim_id)
        finally:
            await found.close()


@pytest.fixture
def bank(addresses: Addresses) -> Iterator[Organisation]:
    organisation = Organisation(addresses)
    yield organisation
    organisation.close()


@pytest.fixture
async def tenant(site: Site, bank: Organisation, tmp_path: Path) -> AsyncIterator[Tenant]:
    settings = site.settings.model_copy(update={"fleet_folder": tmp_path / "fleet", "audit_folder": tmp_path / "audit"})
    queue = f"tenancy-{uuid.uuid4().hex[:12]}"
    own = Site(site.addresses, site.people, settings, CIMCalls(task_queue=queue), site.store)
    environment = {**site.addresses.environment(), "BOOKRUNNER_AUDIT_FOLDER": str(tmp_path / "audit")}
    fleet = Fleet(
        tmp_path / "fleet",
        tmp_path / "logs",
        environment,
        print,
        builds=tmp_path / "builds",
        keys_database=settings.mongodb_database,
    )
    with ExitStack() as leaving:
        await asyncio.to_thread(leaving.enter_context, tended(fleet))
        async with own.running_worker(), own.running_api() as api:
            yield Tenant(own, api, bank)
        await asyncio.to_thread(leaving.close)


async def version(tenant: Tenant, name: str) -> Version:
    registry = Registry.connect(tenant.site.settings.supabase_url, tenant.site.addresses.service_role_key or "")
    made = Version(id=str(uuid.uuid4()), build_id=f"{name}-{uuid.uuid4().hex[:6]}", created_at=datetime.now(UTC))
    await registry.add_version(made)
    await registry.close()
    return made


async def deployed(admin: httpx.AsyncClient, application: str, action: str, version_id: str | None = None) -> None:
    body = {"action": action, "version_id": version_id}
    begun = await admin.post(f"/applications/{application}/deployments", json=body)
    assert begun.status_code == 202, begun.text
    async with asyncio.timeout(SECONDS):
        while True:
            found = (await admin.get(f"/deployments/{begun.json()['id']}")).json()
            if found["deployment"]["finished_at"] is not None:
                break
            await asyncio.sleep(0.3)
    assert found["deployment"]["status"] == "completed", found


async def book(lead: httpx.AsyncClient, bank: Organisation) -> dict[str, Any]:
    made = await lead.post("/cims", json={"deal_id": bank.deal_id, "title": "Bluecan"})
    assert made.status_code == 201, made.text
    return made.json()


async def renamed(lead: httpx.AsyncClient, cim_id: str, title: str) -> None:
    command = {"type": "rename", "command_id": str(uuid.uuid4()), "title": title}
    answer = await lead.post(f"/cims/{cim_id}/commands", json=command)
    assert answer.status_code == 200, answer.text


class OneRow:
    """An old table with one book."""

    def __init__(self, row: dict[str, JsonValue]) -> None:
        self._row = row

    async def rows(self) -> AsyncGenerator[dict[str, JsonValue]]:
        yield self._row


async def imported_book(tenant: Tenant) -> str:
    row: dict[str, JsonValue] = {
        "id": "1",
        "deal_id": tenant.bank.deal_id,
        "user_id": tenant.bank.people[Role.LEAD].user_id,
        "title": "Old",
    }
    for outcome in ("taken", "there_already"):
        importing = Import(tenant.api.parts, OneRow(row), is_dry_run=False, tell=print)
        [report] = (await importing.run("cims")).rows
        assert (report.outcome, report.reason) == (outcome, None)
    return str(report.cim_id)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("upgrade", ["stay", "at_continue_as_new"])
async def test_books_live_in_their_application_and_on_its_builds(tenant: Tenant, upgrade: str) -> None:
    bank = tenant.bank
    async with tenant.client(OrgRole.ADMIN) as admin, tenant.client(Role.LEAD) as lead:
        old = await book(lead, bank)
        made = await admin.post(
            f"/orgs/{bank.id}/applications", json={"name": "Desk", "settings": {"upgrade": upgrade}}
        )
        application = made.json()["id"]
        first, second = await version(tenant, "first"), await version(tenant, "second")
        queue, database = task_queue_of(application), database_of(application)

        await deployed(admin, application, "deploy", first.id)
        async with asyncio.timeout(10):
            while bank.id not in await tenant.api.parts.tenancy.applications():
                await asyncio.sleep(0.1)
        one = await book(lead, bank)
        assert await tenant.build_of(one["id"]) == (queue, first.build_id)
        await renamed(lead, one["id"], "On the first build")
        imported = await imported_book(tenant)
        assert await tenant.build_of(imported) == (queue, first.build_id)
        async with asyncio.timeout(10):
            while await tenant.recorded_in(database, imported) < 1:
                await asyncio.sleep(0.1)
        async with asyncio.timeout(10):
            while await tenant.recorded_in(database, one["id"]) < 2:
                await asyncio.sleep(0.1)
        assert await tenant.recorded_in(tenant.site.settings.mongodb_database, one["id"]) == 0
        assert await tenant.recorded_in(database, old["id"]) == 0
        listed = [item["id"] for item in (await lead.get("/cims")).json()["items"]]
        assert sorted(listed) == sorted([imported, one["id"], old["id"]])
        opened = await lead.post("/codec/decode", json=as_json(*await tenant.payloads_of(one["id"])))
        assert "Bluecan" in texts_in(opened)
        await renamed(lead, old["id"], "Where it was")
        async with tenant.api.client(tenant.site.person("lead").access_token) as stranger:
            assert (await stranger.get(f"/cims/{one['id']}")).status_code == 404

        await deployed(admin, application, "deploy", second.id)
        two = await book(lead, bank)
        assert await tenant.build_of(two["id"]) == (queue, second.build_id)
        await renamed(lead, one["id"], "After the second build")
        moved = second.build_id if upgrade == "at_continue_as_new" else first.build_id
        assert await tenant.build_of(one["id"]) == (queue, moved)
        assert (await lead.get(f"/cims/{one['id']}")).json()["title"] == "After the second build"

        await deployed(admin, application, "roll_back")
        three = await book(lead, bank)
        assert await tenant.build_of(three["id"]) == (queue, first.build_id)
        stays = first.build_id if upgrade == "at_continue_as_new" else second.build_id
        await renamed(lead, two["id"], "After the way back")
        assert await tenant.build_of(two["id"]) == (queue, stays)

        await deployed(admin, application, "retire")
        async with asyncio.timeout(10):
            while (await lead.get(f"/cims/{one['id']}")).status_code != 404:
                await asyncio.sleep(0.1)
        assert (await lead.get(f"/cims/{old['id']}")).status_code == 200
        assert await tenant.recorded_in(database, one["id"]) > 2
