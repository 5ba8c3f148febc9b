"""Keys of machines: what they reach, and when they stop."""

from __future__ import annotations

import asyncio
import uuid

import httpx

from tests.integration.api.conftest import Site
from tests.integration.api.organising import Caller, change_row, service, someone

PAST = "2020-01-01T00:00:00Z"


def rename(title: str) -> dict[str, str]:
    return {"type": "rename", "command_id": str(uuid.uuid4()), "title": title}


async def test_a_key_does_what_its_scopes_name_and_no_more(site: Site) -> None:
    ann = await someone(site)
    org_id = await ann.new_org()
    _, deal_id = await ann.new_deal(org_id)
    made = await ann.post(f"/orgs/{org_id}/keys", name="Robot", scopes=["books.read", "cim.create", "cim.rename"])
    key_id = made["details"]["id"]
    async with site.api.client(made["key"]) as robot:
        me = (await robot.get("/me")).json()
        assert (me["kind"], me["person_id"], me["acts_for"]) == ("machine", key_id, ann.person_id)
        created = await robot.post("/cims", json={"deal_id": deal_id, "title": "By a machine"})
        assert created.status_code == 201, created.text
        book = f"/cims/{created.json()['id']}"
        assert (await robot.get(book)).json()["owner_id"] == key_id
        done = await robot.post(f"{book}/commands", json=rename("Renamed"))
        assert done.status_code == 200, done.text
        assert done.json()["results"][0]["events"][0]["actor"]["id"] == key_id
        complete = {"type": "complete", "command_id": str(uuid.uuid4())}
        refused = await robot.post(f"{book}/commands", json=complete)
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
        for call in (robot.delete(book), robot.get(f"{book}/sources"), robot.get(f"/orgs/{org_id}/members")):
            assert (await call).status_code == 403
        again = {"name": "Second", "scopes": ["books.read"]}
        assert (await robot.post(f"/orgs/{org_id}/keys", json=again)).status_code == 403
        assert (await robot.post("/auth/sign-out")).status_code == 403


async def test_a_key_is_shown_once_and_kept_as_a_hash(site: Site) -> None:
    ann = await someone(site)
    org_id = await ann.new_org()
    made = await ann.post(f"/orgs/{org_id}/keys", name="Robot", scopes=["org.read"])
    assert made["key"].startswith(made["details"]["prefix"])
    listed = await ann.client.get(f"/orgs/{org_id}/keys")
    async with service(site) as tables:
        kept = (await tables.get("/api_keys", params={"org_id": f"eq.{org_id}"})).text
    assert made["key"] not in listed.text + kept
    assert "key_hash" not in listed.text
    odd = {"name": "Odd", "scopes": ["everything"]}
    assert await ann.refused("POST", f"/orgs/{org_id}/keys", **odd) == (422, "invalid_input")


async def status_of(client: httpx.AsyncClient | Caller, path: str) -> int:
    return (await client.get(path)).status_code


async def test_a_key_ends_with_revocation_expiry_and_the_membership_of_its_maker(site: Site) -> None:
    ann, bob = await asyncio.gather(someone(site), someone(site))
    org_id = await ann.new_org()
    await ann.bring(bob, org_id)
    keys = f"/orgs/{org_id}/keys"
    first, second, third = [
        await bob.post(keys, name=name, scopes=["org.read"]) for name in ("first", "second", "third")
    ]
    path = f"/orgs/{org_id}"
    clients = [Caller(site.api, made["key"]) for made in (first, second, third)]
    assert [await status_of(client, path) for client in clients] == [200, 200, 200]
    assert (await bob.client.delete(f"{keys}/{first['details']['id']}")).status_code == 204
    await change_row(site, "api_keys", {"expires_at": PAST}, id=second["details"]["id"])
    assert [await status_of(client, path) for client in clients] == [401, 401, 200]
    assert (await ann.client.delete(f"/orgs/{org_id}/members/{bob.person_id}")).status_code == 204
    assert [await status_of(client, path) for client in clients] == [401, 401, 401]
    assert {key["last_used_at"] is not None for key in (await ann.get(keys))["items"]} == {True}


async def test_a_key_does_not_leave_its_organisation(site: Site) -> None:
    ann = await someone(site)
    here, there = await ann.new_org(), await ann.new_org()
    _, deal_id = await ann.new_deal(there)
    book = await ann.post("/cims", deal_id=deal_id, title="Elsewhere")
    made = await ann.post(f"/orgs/{here}/keys", name="R", scopes=["org.read", "books.read", "cim.create"])
    async with site.api.client(made["key"]) as robot:
        assert await status_of(robot, f"/orgs/{here}") == 200
        assert await status_of(robot, f"/orgs/{there}") == 404
        assert await status_of(robot, f"/cims/{book['id']}") == 404
        assert (await robot.get("/cims")).json()["items"] == []
        assert (await robot.post("/cims", json={"deal_id": deal_id, "title": "T"})).status_code == 404


async def test_members_see_and_revoke_their_own_keys_only(site: Site) -> None:
    ann, bob, paul = await asyncio.gather(*(someone(site) for _ in range(3)))
    org_id = await ann.new_org()
    await ann.bring(bob, org_id)
    await ann.bring(paul, org_id, "billing")
    keys = f"/orgs/{org_id}/keys"
    anns = (await ann.post(keys, name="Ann's", scopes=["org.read"]))["details"]["id"]
    bobs = (await bob.post(keys, name="Bob's", scopes=["org.read"]))["details"]["id"]
    assert [key["id"] for key in (await bob.get(keys))["items"]] == [bobs]
    assert [key["id"] for key in (await ann.get(keys))["items"]] == [anns, bobs]
    assert await bob.refused("DELETE", f"{keys}/{anns}") == (403, "forbidden")
    assert await paul.refused("POST", keys, name="Paul's", scopes=["org.read"]) == (403, "forbidden")
    assert (await ann.client.delete(f"{keys}/{bobs}")).status_code == 204


async def test_something_like_a_key_is_not_one(site: Site) -> None:
    for token in ("brk_", "brk_short", f"brk_{'x' * 43}", f"brk_{'x' * 5_000}"):
        async with site.api.client(token) as client:
            assert await status_of(client, "/me") == 401
