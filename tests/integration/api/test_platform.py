"""Applications, versions, deployments and flags over HTTP."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import uuid
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from audit import NO_ORGANIZATION
from deploy.embedded.places import CHECKOUT
from domain.permissions import OrgRole, Role
from tests.integration.api.conftest import Api, Site
from tests.integration.organisation import Account, Organisation
from tests.sealed import payloads_in
from vault.payloads import is_sealed_payload
from workflows.platform import deployment_workflow_id

from .auditing import until_rows
from .test_codec import as_json, texts_in


@pytest.fixture
def bank(site: Site) -> Iterator[Organisation]:
    organisation = Organisation(site.addresses)
    yield organisation
    organisation.close()


@pytest.fixture(scope="module")
def operator(site: Site) -> Iterator[Account]:
    account = Account(site.addresses)
    yield account
    account.rest.close()


@pytest.fixture(scope="module")
async def operated(site: Site, operator: Account) -> AsyncIterator[Api]:
    """An API that knows who runs the platform."""
    settings = site.settings.model_copy(update={"platform_operators": (operator.user_id,)})
    async with site.running_api(settings=settings) as api:
        yield api


def build() -> dict[str, str]:
    return {"build_id": f"b-{uuid.uuid4().hex[:12]}", "name": "Spring"}


async def test_only_operators_make_versions(operated: Api, operator: Account, bank: Organisation) -> None:
    given = build()
    async with operated.client(operator.token) as run, operated.client(bank.people[OrgRole.OWNER].token) as owner:
        assert (await owner.post("/versions", json=given)).status_code == 403
        made = await run.post("/versions", json=given)
        assert made.status_code == 201, made.text
        again = await run.post("/versions", json=given)
        assert (again.status_code, again.json()["code"]) == (409, "name_taken")
        listed = (await owner.get("/versions")).json()["items"]
        assert given["build_id"] in [version["build_id"] for version in listed]
        retired = await run.post(f"/versions/{made.json()['id']}/retire")
        assert retired.json()["retired_at"] is not None
        assert (await owner.get("/applications")).status_code == 403
        assert (await run.get("/applications")).status_code == 200


async def test_an_application_is_made_changed_and_deployed_once_at_a_time(
    site: Site, operated: Api, operator: Account, bank: Organisation
) -> None:
    async with operated.client(operator.token) as run, operated.client(bank.people[OrgRole.ADMIN].token) as admin:
        version = (await run.post("/versions", json=build())).json()
        url = f"/orgs/{bank.id}/applications"
        made = await admin.post(url, json={"name": "Desk", "scale": 1})
        assert made.status_code == 201, made.text
        application = made.json()
        assert application["status"] == "new"
        assert application["org_id"] == bank.id
        assert (await admin.post(url, json={"name": "Another"})).json()["code"] == "name_taken"

        one = f"/applications/{application['id']}"
        changed = await admin.patch(one, json={"scale": 2, "settings": {"upgrade": "at_continue_as_new"}})
        assert (changed.json()["scale"], changed.json()["settings"]["upgrade"]) == (2, "at_continue_as_new")
        assert (await admin.get(one)).json() == changed.json()

        back = await admin.post(f"{one}/deployments", json={"action": "roll_back"})
        assert (back.status_code, back.json()["code"]) == (409, "not_possible")
        key = {"Idempotency-Key": uuid.uuid4().hex}
        begun = await admin.post(f"{one}/deployments", json={"action": "provision"}, headers=key)
        assert begun.status_code == 202, begun.text
        ended = await _ended(admin, begun.json()["id"])
        assert ended["deployment"]["status"] == "completed"
        assert [(step["name"], step["status"]) for step in ended["steps"]] == [("provision", "done")]
        repeated = await admin.post(f"{one}/deployments", json={"action": "provision"}, headers=key)
        assert repeated.json()["id"] == begun.json()["id"]
        assert (await admin.get(one)).json()["status"] == "ready"
        await _audited(admin, bank, "deployment.begin", "deployment.provision", "deployment.end")

        # No worker of this version runs anywhere here, so the deployment stays at its health check for a while.
        await _only_those_who_manage_it_read_its_histories(site, operated, bank, application["id"])
        deploying = await admin.post(f"{one}/deployments", json={"action": "deploy", "version_id": version["id"]})
        assert deploying.status_code == 202, deploying.text
        second = await admin.post(f"{one}/deployments", json={"action": "deploy", "version_id": version["id"]})
        assert (second.status_code, second.json()["code"]) == (409, "deployment_under_way")
        history = (await admin.get(f"{one}/deployments")).json()
        assert [each["action"] for each in history["items"]] == ["deploy", "deploy", "provision"]
        url = f"/deployments/{deploying.json()['id']}"
        async with operated.client(bank.people[OrgRole.MEMBER].token) as member:
            assert (await member.post(f"{url}/call-off")).status_code == 403
        await _until_running(admin, url)
        called_off = await admin.post(f"{url}/call-off")
        assert (called_off.status_code, called_off.json()["called_off_by"]) == (202, bank.people[OrgRole.ADMIN].user_id)
        ended = (await _ended(admin, deploying.json()["id"]))["deployment"]
        assert (ended["status"], ended["error"]) == ("undone", "It was called off.")
        assert (await admin.post(f"{url}/call-off")).json()["code"] == "not_possible"
        assert (await admin.get(one)).json()["status"] == "ready"


async def _only_those_who_manage_it_read_its_histories(
    site: Site, api: Api, bank: Organisation, application_id: str
) -> None:
    client = await site.temporal()
    history = await client.get_workflow_handle(deployment_workflow_id(bank.id, application_id)).fetch_history()
    payloads = [payload for event in history.events for payload in payloads_in(event)]
    assert all(is_sealed_payload(payload) for payload in payloads)
    people = {role: bank.people[role].token for role in (OrgRole.OWNER, OrgRole.ADMIN, OrgRole.MEMBER, Role.LEAD)}
    people_elsewhere = {"outsider": site.person("outsider").access_token, "other": site.person("owner").access_token}
    answers: dict[str, int] = {}
    for name, token in {**people, **people_elsewhere}.items():
        async with api.client(token) as person:
            answer = await person.post("/codec/decode", json=as_json(*payloads))
            answers[name] = answer.status_code
            assert (answer.status_code == 200) is (name in (OrgRole.OWNER, OrgRole.ADMIN))
            if answer.status_code == 200:
                assert application_id in texts_in(answer)
    assert answers == {"owner": 200, "admin": 200, "member": 403, "lead": 403, "outsider": 404, "other": 404}


async def test_strangers_and_members_get_nowhere(
    site: Site, operated: Api, operator: Account, bank: Organisation
) -> None:
    async with (
        operated.client(bank.people[OrgRole.OWNER].token) as owner,
        operated.client(bank.people[OrgRole.MEMBER].token) as member,
        operated.client(operator.token) as run,
    ):
        made = (await owner.post(f"/orgs/{bank.id}/applications", json={"name": "Desk"})).json()
        one = f"/applications/{made['id']}"
        begun = (await owner.post(f"{one}/deployments", json={"action": "provision"})).json()
        for path in (one, f"{one}/deployments", f"/deployments/{begun['id']}"):
            assert (await member.get(path)).status_code == 403
            assert (await run.get(path)).status_code == 200
        stranger = Organisation(site.addresses)
        async with operated.client(stranger.people[OrgRole.OWNER].token) as other:
            for path in (one, f"{one}/deployments", f"/deployments/{begun['id']}"):
                answer = await other.get(path)
                assert answer.status_code == 404, path
            assert (await other.patch(one, json={"scale": 9})).status_code == 404
            assert (await other.post(f"{one}/deployments", json={"action": "retire"})).status_code == 404
        stranger.close()


async def test_flags_are_set_and_read(operated: Api, operator: Account, bank: Organisation) -> None:
    key = f"flag_{uuid.uuid4().hex[:8]}"
    async with (
        operated.client(bank.people[OrgRole.ADMIN].token) as admin,
        operated.client(bank.people[OrgRole.MEMBER].token) as member,
        operated.client(operator.token) as run,
    ):
        url = f"/orgs/{bank.id}/flags/{key}"
        assert (await _flags(member, bank))["compose_runs"] is True
        assert (await member.put(url, json={"percent": 100})).status_code == 403
        assert (await admin.put(url, json={"percent": 100})).status_code == 200
        assert (await _flags(member, bank))[key] is True

        assert (await admin.put(f"/flags/{key}", json={"enabled": False})).status_code == 403
        assert (await run.put(f"/flags/{key}", json={"enabled": False})).status_code == 200
        assert (await _flags(member, bank))[key] is False, "the kill switch of all wins"
        assert (await run.delete(f"/flags/{key}")).status_code == 204

        listed = (await admin.get(f"/orgs/{bank.id}/flags")).json()
        assert [setting["key"] for setting in listed["settings"] if setting["org_id"] == bank.id] == [key]
        assert (await admin.delete(url)).status_code == 204
        assert (await admin.delete(url)).status_code == 404
        assert key not in await _flags(member, bank)
        assert (await admin.put(f"/orgs/{bank.id}/flags/{key}", json={"percent": 101})).status_code == 422


async def _cli(site: Site, api: Api, token: str, *words: str) -> Any:
    """What a command writes as JSON."""
    folder = {"BOOKRUNNER_TOKEN": token, "BOOKRUNNER_AUDIT_FOLDER": str(site.settings.audit_folder)}
    environment = {**os.environ, **site.addresses.environment(), **folder}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cli", *words, "--json"), cwd=CHECKOUT, env=environment, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    assert process.returncode == 0, out.decode()
    return json.loads(out)


async def test_the_same_on_the_command_line(site: Site, operated: Api, bank: Organisation) -> None:
    token, given = bank.people[OrgRole.OWNER].token, f"b-{uuid.uuid4().hex[:12]}"
    here = ("--api", operated.url)
    [added] = await _cli(site, operated, token, "versions", "add", given)
    assert added["build_id"] == given
    assert given in [each["build_id"] for each in await _cli(site, operated, token, "versions", "list")]
    [made] = await _cli(
        site, operated, token, "applications", "create", "Desk", "--upgrade", "at_continue_as_new", *here
    )
    assert made["settings"]["upgrade"] == "at_continue_as_new"
    done = await _cli(site, operated, token, "deployments", "start", made["id"], "provision", *here)
    assert done["deployment"]["status"] == "completed"
    assert [each["status"] for each in await _cli(site, operated, token, "deployments", "list", made["id"], *here)] == [
        "completed"
    ]
    [kept] = await _cli(site, operated, token, "flags", "set", "compose_runs", "--off", *here)
    assert kept["enabled"] is False
    async with operated.client(token) as owner:
        assert (await _flags(owner, bank))["compose_runs"] is False
    # What goes past the API is recorded by the command itself.
    [entry] = await until_rows(operated, NO_ORGANIZATION, given)
    assert isinstance(entry.actor, dict)
    assert (entry.action, entry.result, entry.actor["id"]) == ("version.create", "done", "cli")


async def test_an_owner_ends_an_organisation_on_the_command_line_and_keeps_it(
    site: Site, operated: Api, bank: Organisation
) -> None:
    token, here = bank.people[OrgRole.OWNER].token, ("--api", operated.url)
    [mine] = await _cli(site, operated, token, "orgs", "list", *here)
    assert (mine["org_id"], mine["role"]) == (bank.id, "owner")
    [ending] = await _cli(site, operated, token, "orgs", "end", bank.id, "--confirm", mine["name"], *here)
    assert await _cli(site, operated, token, "orgs", "ending", bank.id, *here) == [ending]
    async with operated.client(token) as owner:
        assert (await owner.delete(f"/orgs/{bank.id}/ending")).status_code == 204
    assert bank.rows("org_endings", org_id=bank.id) == []


async def _flags(client: httpx.AsyncClient, bank: Organisation) -> dict[str, bool]:
    [mine] = [each for each in (await client.get("/flags")).json()["items"] if each["org_id"] == bank.id]
    return mine["flags"]


async def _audited(admin: httpx.AsyncClient, bank: Organisation, *actions: str) -> None:
    """The entries come a moment later; nobody waits for them."""
    async with asyncio.timeout(30):
        while True:
            listed = (await admin.get(f"/orgs/{bank.id}/audit", params={"action": "deployment."})).json()["items"]
            if set(actions) <= {entry["action"] for entry in listed}:
                return
            await asyncio.sleep(0.3)


async def _until_running(client: httpx.AsyncClient, url: str) -> None:
    async with asyncio.timeout(30):
        while (await client.get(url)).json()["deployment"]["status"] != "running":
            await asyncio.sleep(0.1)


async def _ended(client: httpx.AsyncClient, deployment_id: str) -> dict[str, Any]:
    async with asyncio.timeout(60):
        while True:
            found = (await client.get(f"/deployments/{deployment_id}")).json()
            if found["deployment"]["finished_at"] is not None:
                return found
            await asyncio.sleep(0.2)
