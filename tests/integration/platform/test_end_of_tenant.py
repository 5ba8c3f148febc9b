"""An owner ends an organisation: afterwards nobody has a right, and nothing that was kept of it can be read."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from pymongo import MongoClient
from temporalio.client import WorkflowHistory

from access import AuditFilter
from access.endings import Endings
from deploy.embedded.stack import Addresses
from domain.applications import database_of
from domain.permissions import OrgRole, Role
from tests.integration.api.conftest import Site, open_store, site
from tests.integration.organisation import Organisation
from tests.integration.own_supabase import stack_with
from tests.sealed import payloads_in
from vault import KeysDestroyed, is_sealed
from vault.payloads import is_sealed_payload, opened

from .test_tenancy import Tenant, bank, book, deployed, renamed, tenant, version

__all__ = ["bank", "site", "tenant"]

SECONDS = 120


@pytest.fixture(scope="session")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Addresses]:
    """A stack of one's own: every default worker of a Supabase carries out the ends of its organisations."""
    with stack_with(tmp_path_factory.mktemp("ending")) as running:
        yield running.addresses


@pytest.fixture
async def owner(tenant: Tenant) -> AsyncIterator[httpx.AsyncClient]:
    async with tenant.client(OrgRole.OWNER) as client:
        yield client


async def until_ended(bank: Organisation) -> None:
    async with asyncio.timeout(SECONDS):
        while not (await asyncio.to_thread(bank.rows, "org_endings", org_id=bank.id))[0]["ended_at"]:
            await asyncio.sleep(0.2)


async def until_unknown(lead: httpx.AsyncClient, deal_id: str) -> set[int]:
    """What is answered to one who would begin a book, until the API has forgotten that there was a right."""
    answers: set[int] = set()
    async with asyncio.timeout(20):
        while 404 not in answers:
            begun = await lead.post("/cims", json={"deal_id": deal_id, "title": "After the end"})
            answers.add(begun.status_code)
    return answers


def kept_in(site: Site, database: str) -> list[dict[str, Any]]:
    """Every document of a database that is somebody's."""
    with MongoClient[dict[str, Any]](site.addresses.mongodb_url) as client:
        names = client[database].list_collection_names()
        return [{**each, "_in": name} for name in names for each in client[database][name].find()]


def values_in(document: object) -> Iterator[object]:
    if isinstance(document, dict):
        for each in document.values():  # pyright: ignore[reportUnknownVariableType]
            yield from values_in(each)  # pyright: ignore[reportUnknownArgumentType]
    elif isinstance(document, list):
        for each in document:  # pyright: ignore[reportUnknownVariableType]
            yield from values_in(each)  # pyright: ignore[reportUnknownArgumentType]
    else:
        yield document


async def until_closed(tenant: Tenant, cim_id: str, is_open: asyncio.Event) -> str:
    """Why the stream of somebody who looks on was closed."""
    async with tenant.client(Role.EDITOR) as editor, editor.stream("GET", f"/cims/{cim_id}/stream") as stream:
        assert stream.status_code == 200
        last = ""
        async for line in stream.aiter_lines():
            is_open.set()
            if line.startswith("data:") and last == "event: closing":
                return str(json.loads(line.removeprefix("data:"))["reason"])
            last = line
    return "ended without a word"


async def histories(tenant: Tenant) -> list[WorkflowHistory]:
    client = await tenant.temporal()
    return [
        await client.get_workflow_handle(each.id, run_id=each.run_id).fetch_history()
        async for each in client.list_workflows()
        if tenant.bank.id in each.id
    ]


@pytest.mark.timeout(400)
async def test_nothing_of_an_ended_organisation_can_be_read(tenant: Tenant, owner: httpx.AsyncClient) -> None:
    bank, site = tenant.bank, tenant.site
    url = f"/orgs/{bank.id}/ending"
    async with tenant.client(Role.LEAD) as lead, tenant.client(OrgRole.ADMIN) as admin:
        old = await book(lead, bank)
        made = await owner.post(f"/orgs/{bank.id}/applications", json={"name": "Desk"})
        application = made.json()["id"]
        await deployed(owner, application, "deploy", (await version(tenant, "only")).id)
        async with asyncio.timeout(30):
            one = await book(lead, bank)
            while (await tenant.build_of(one["id"]))[0] != f"application-{application}":
                one = await book(lead, bank)
        await renamed(lead, one["id"], "In an application")
        main, own = site.settings.mongodb_database, database_of(application)
        async with asyncio.timeout(20):
            while await tenant.recorded_in(own, one["id"]) < 2:
                await asyncio.sleep(0.1)
        before = [value for name in (main, own) for each in kept_in(site, name) for value in values_in(each)]
        sealed = [value for value in before if isinstance(value, bytes) and is_sealed(value)]
        copied = await histories(tenant)
        store = await open_store(site.settings)
        try:
            assert [await store.keys.open(value) for value in sealed]
        finally:
            await store.close()

        assert (await admin.put(url, json={"confirm": "Tested & Co"})).status_code == 403
        wrong = await owner.put(url, json={"confirm": "tested & co"})
        assert (wrong.status_code, wrong.json()["code"]) == (409, "not_confirmed")
        none = await lead.get(url)
        assert (none.status_code, none.json()) == (200, None)
        asked = await owner.put(url, json={"confirm": "Tested & Co", "after_days": 1})
        assert asked.status_code == 202, asked.text
        assert (await lead.get(url)).json()["ends_at"] == asked.json()["ends_at"]
        assert (await owner.delete(url)).status_code == 204
        assert (await owner.delete(url)).status_code == 404
        assert (await lead.get(f"/cims/{one['id']}")).status_code == 200

        is_open = asyncio.Event()
        looking_on = asyncio.create_task(until_closed(tenant, one["id"], is_open))
        await is_open.wait()
        assert (await owner.put(url, json={"confirm": "Tested & Co", "after_days": 0})).status_code == 202
        await until_ended(bank)
        assert await looking_on in ("access_lost", "deleted"), "whichever is seen first"
        async with asyncio.timeout(10):
            while (await lead.get(f"/cims/{old['id']}")).status_code != 404:
                await asyncio.sleep(0.1)
        assert (await lead.get(f"/cims/{one['id']}")).status_code == 404
        assert (await owner.get(f"/orgs/{bank.id}")).status_code == 404
        assert await until_unknown(lead, bank.deal_id) <= {403, 404}

    store = await open_store(site.settings)
    try:
        assert len(sealed) >= 4
        for value in sealed:
            with pytest.raises(KeysDestroyed):
                await store.keys.open(value)
        payloads = [
            each
            for history in copied
            for event in history.events
            for each in payloads_in(event)
            if is_sealed_payload(each)
        ]
        assert len(payloads) >= 4
        for payload in payloads:
            with pytest.raises(KeysDestroyed):
                await opened(store.keys, payload)
    finally:
        await store.close()
    with MongoClient[dict[str, Any]](site.addresses.mongodb_url) as client:
        assert own not in client.list_database_names()
    left = [each for each in kept_in(site, main) if bank.id in str(each) or old["id"] in str(each)]
    assert {each["_in"] for each in left} <= {"keys", "cims", "usage", "heads"}, {each["_in"] for each in left}
    assert not [value for each in left for value in values_in(each) if isinstance(value, bytes) and value]
    running = [each.id async for each in (await tenant.temporal()).list_workflows("ExecutionStatus = 'Running'")]
    assert not [id_ for id_ in running if any(name in id_ for name in (bank.id, old["id"], one["id"]))]
    assert bank.rows("organizations", id=bank.id)[0]["name"] == "Ended"
    for table in ("memberships", "projects", "invitations", "api_keys", "teams"):
        assert bank.rows(table, org_id=bank.id) == []


@pytest.mark.timeout(300)
async def test_every_step_is_in_the_log_which_stays_whole(tenant: Tenant, owner: httpx.AsyncClient) -> None:
    bank, log = tenant.bank, tenant.api.parts.audit_log
    url = f"/orgs/{bank.id}/ending"
    assert (await owner.put(url, json={"confirm": "Another"})).status_code == 409
    assert (await owner.put(url, json={"confirm": "Tested & Co", "after_days": 0})).status_code == 202
    await until_ended(bank)
    wanted = [("org.end", "refused"), ("org.end", "accepted"), ("org.begin_end", "accepted"), ("org.destroy", "done")]
    async with asyncio.timeout(30):
        while True:
            rows = list(reversed(await log.page(bank.id, AuditFilter(action="org."), None, 50)))
            if len(rows) >= len(wanted):
                break
            await asyncio.sleep(0.2)
    assert sorted((row.action, row.result) for row in rows) == sorted(wanted)
    assert isinstance(rows[-1].actor, dict)
    assert {str(each.actor["on_behalf_of"]) for each in rows if isinstance(each.actor, dict)} == {
        "None",
        bank.people[OrgRole.OWNER].user_id,
    }
    assert (await log.verified(bank.id)).is_whole


@pytest.mark.timeout(300)
async def test_what_broke_off_is_gone_on_with(tenant: Tenant, owner: httpx.AsyncClient) -> None:
    """A worker died after it had taken the rights away: the next look finds it."""
    bank, site = tenant.bank, tenant.site
    endings = Endings.connect(site.settings.supabase_url, site.addresses.service_role_key or "")
    url = f"/orgs/{bank.id}/ending"
    async with tenant.client(Role.LEAD) as lead:
        made = await book(lead, bank)
        assert (await owner.put(url, json={"confirm": "Tested & Co", "after_days": 1})).status_code == 202
        assert await endings.begin(bank.id) == [], "its day has not come"
        assert (await lead.get(f"/cims/{made['id']}")).status_code == 200
    assert (await owner.put(url, json={"confirm": "Tested & Co", "after_days": 0})).status_code == 202
    principals = await endings.begin(bank.id)
    assert await endings.take_back(bank.id) is False
    await endings.close()
    assert uuid.UUID(bank.people[Role.LEAD].user_id) in {uuid.UUID(each) for each in principals} or principals == []
    await until_ended(bank)
    store = await open_store(site.settings)
    try:
        assert await store.head(made["id"]) is None
        with pytest.raises(KeysDestroyed):
            await store.keys.current(bank.id)
    finally:
        await store.close()
