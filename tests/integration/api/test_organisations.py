"""Organisations, their people, teams, projects and deals over HTTP, on the embedded Supabase."""

from __future__ import annotations

import asyncio
import uuid

from tests.integration.api.conftest import Site
from tests.integration.api.organising import change_row, service, someone

PAST = "2020-01-01T00:00:00Z"


async def test_whoever_begins_an_organisation_owns_it(site: Site) -> None:
    ann = await someone(site, "Ann Owner")
    assert (await ann.get("/me"))["organisations"] == []
    org_id = await ann.new_org("Brand & New")
    me = await ann.get("/me")
    assert [(org["org_id"], org["name"], org["role"]) for org in me["organisations"]] == [
        (org_id, "Brand & New", "owner")
    ]
    assert (await ann.get(f"/orgs/{org_id}/members"))["items"][0]["full_name"] == "Ann Owner"
    changed = await ann.client.patch(f"/orgs/{org_id}", json={"name": "Newer", "retention_days": 90})
    assert changed.status_code == 200
    assert [(org["name"], org["retention_days"]) for org in (await ann.get("/orgs"))["items"]] == [("Newer", 90)]


async def test_strangers_find_nothing_and_colleagues_are_told(site: Site) -> None:
    ann, bob, eve = await asyncio.gather(*(someone(site) for _ in range(3)))
    org_id = await ann.new_org()
    project_id, deal_id = await ann.new_deal(org_id)
    await ann.bring(bob, org_id)
    for path in ("", "/members", "/teams", "/invitations", "/keys", "/trials"):
        assert await eve.refused("GET", f"/orgs/{org_id}{path}") == (404, "unknown_org")
    for path in ("/members", "/invitations", "/trials"):
        assert await bob.refused("GET", f"/orgs/{org_id}{path}") == (403, "forbidden")
    assert await eve.refused("GET", f"/projects/{project_id}") == (404, "unknown_project")
    assert await bob.refused("GET", f"/projects/{project_id}") == (403, "forbidden")
    assert await eve.refused("PATCH", f"/deals/{deal_id}", name="Mine") == (404, "unknown_deal")
    assert await bob.refused("PATCH", f"/deals/{deal_id}", name="Mine") == (403, "forbidden")
    assert await eve.refused("PATCH", f"/deals/{uuid.uuid4()}", name="Mine") == (404, "unknown_deal")
    assert await bob.refused("PATCH", f"/orgs/{org_id}", name="Mine") == (403, "forbidden")
    assert await bob.refused("POST", "/projects", org_id=org_id, name="Mine") == (403, "forbidden")


async def test_an_invitation_opens_once_and_for_its_address(site: Site) -> None:
    ann, bob, eve = await asyncio.gather(*(someone(site) for _ in range(3)))
    org_id = await ann.new_org()
    project_id, deal_id = await ann.new_deal(org_id)
    made = await ann.post(
        f"/orgs/{org_id}/invitations", email=bob.email.upper(), project_id=project_id, project_role="reviewer"
    )
    assert made["link"].endswith(made["token"])
    async with service(site) as tables:
        kept = (await tables.get("/invitations", params={"org_id": f"eq.{org_id}"})).text
    assert made["token"] not in kept
    assert await eve.refused("POST", "/invitations/accept", token=made["token"]) == (403, "other_email")
    joined = await bob.post("/invitations/accept", token=made["token"])
    assert (joined["org_role"], joined["project_role"]) == ("member", "reviewer")
    assert await bob.post("/invitations/accept", token=made["token"]) == joined
    assert [(p["project_id"], p["project_role"]) for p in (await bob.get("/projects"))["items"]] == [
        (project_id, "reviewer")
    ]
    assert [deal["id"] for deal in (await bob.get("/deals", project_id=project_id))["items"]] == [deal_id]
    anybody = await ann.post(f"/orgs/{org_id}/invitations", org_role="billing")
    await eve.post("/invitations/accept", token=anybody["token"])
    assert await bob.refused("POST", "/invitations/accept", token=anybody["token"]) == (409, "invitation_closed")
    roles = {member["user_id"]: member["role"] for member in (await ann.get(f"/orgs/{org_id}/members"))["items"]}
    assert roles == {ann.person_id: "owner", bob.person_id: "member", eve.person_id: "billing"}


async def test_an_invitation_that_is_over_or_unknown_opens_nothing(site: Site) -> None:
    ann, bob = await asyncio.gather(someone(site), someone(site))
    org_id = await ann.new_org()
    expired = await ann.post(f"/orgs/{org_id}/invitations")
    await change_row(site, "invitations", {"expires_at": PAST}, id=expired["invitation"]["id"])
    revoked = await ann.post(f"/orgs/{org_id}/invitations")
    assert (await ann.client.delete(f"/orgs/{org_id}/invitations/{revoked['invitation']['id']}")).status_code == 204
    for over in (expired, revoked):
        assert await bob.refused("POST", "/invitations/accept", token=over["token"]) == (409, "invitation_closed")
    assert await bob.refused("POST", "/invitations/accept", token="x" * 43) == (404, "unknown_invitation")
    assert (await bob.get("/orgs"))["items"] == []


async def test_an_invitation_to_a_project_of_another_organisation_is_refused(site: Site) -> None:
    ann, eve = await asyncio.gather(someone(site), someone(site))
    own, others = await ann.new_org(), await eve.new_org()
    project_id, _ = await eve.new_deal(others)
    asked = {"project_id": project_id, "project_role": "lead"}
    assert await ann.refused("POST", f"/orgs/{own}/invitations", **asked) == (404, "unknown_project")


async def test_one_open_link_taken_by_many_at_once_lets_one_in(site: Site) -> None:
    ann, *others = await asyncio.gather(*(someone(site) for _ in range(5)))
    org_id = await ann.new_org()
    token = (await ann.post(f"/orgs/{org_id}/invitations"))["token"]
    answers = await asyncio.gather(
        *(other.client.post("/invitations/accept", json={"token": token}) for other in others)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert len((await ann.get(f"/orgs/{org_id}/members"))["items"]) == 2


async def test_the_last_owner_cannot_go_and_ownership_is_handed_over(site: Site) -> None:
    ann, bob = await asyncio.gather(someone(site), someone(site))
    org_id = await ann.new_org()
    members = f"/orgs/{org_id}/members"
    await ann.bring(bob, org_id, "admin")
    assert await ann.refused("DELETE", f"{members}/{ann.person_id}") == (409, "last_owner")
    assert await ann.refused("PATCH", f"{members}/{ann.person_id}", role="member") == (409, "last_owner")
    assert await bob.refused("PATCH", f"{members}/{bob.person_id}", role="owner") == (403, "forbidden")
    assert await bob.refused("DELETE", f"{members}/{ann.person_id}") == (403, "forbidden")
    assert await bob.refused("POST", f"/orgs/{org_id}/transfer", to=bob.person_id) == (403, "forbidden")
    assert (await ann.client.post(f"/orgs/{org_id}/transfer", json={"to": bob.person_id})).status_code == 204
    assert [org["role"] for org in (await ann.get("/orgs"))["items"]] == ["admin"]
    assert (await ann.client.delete(f"{members}/{ann.person_id}")).status_code == 204
    assert (await ann.get("/orgs"))["items"] == []


async def test_of_two_owners_who_leave_at_once_one_stays(site: Site) -> None:
    ann, bob = await asyncio.gather(someone(site), someone(site))
    org_id = await ann.new_org()
    await ann.bring(bob, org_id)
    promoted = await ann.client.patch(f"/orgs/{org_id}/members/{bob.person_id}", json={"role": "owner"})
    assert promoted.status_code == 200
    answers = await asyncio.gather(
        *(one.client.delete(f"/orgs/{org_id}/members/{one.person_id}") for one in (ann, bob))
    )
    assert sorted(answer.status_code for answer in answers) == [204, 409]


async def test_whoever_is_removed_loses_every_role_at_once(site: Site) -> None:
    ann, bob = await asyncio.gather(someone(site), someone(site))
    org_id = await ann.new_org()
    project_id, deal_id = await ann.new_deal(org_id)
    await ann.bring(bob, org_id, project_id=project_id, project_role="lead")
    team_id = (await ann.post(f"/orgs/{org_id}/teams", name="Movers"))["id"]
    assert (await ann.client.put(f"/orgs/{org_id}/teams/{team_id}/members/{bob.person_id}")).status_code == 204
    book = await bob.post("/cims", deal_id=deal_id, title="Kept")
    assert (await bob.client.get(f"/cims/{book['id']}")).status_code == 200
    assert (await ann.client.delete(f"/orgs/{org_id}/members/{bob.person_id}")).status_code == 204
    assert await bob.refused("GET", f"/cims/{book['id']}") == (404, "unknown_cim")
    assert await bob.refused("POST", "/cims", deal_id=deal_id, title="Another") == (404, "unknown_deal")
    assert (await bob.get("/projects"))["items"] == []
    assert (await ann.get(f"/orgs/{org_id}/teams/{team_id}/members"))["items"] == []
    assert [member["user_id"] for member in (await ann.get(f"/projects/{project_id}/members"))["items"]] == [
        ann.person_id
    ]
    await ann.bring(bob, org_id)
    assert await bob.refused("GET", f"/cims/{book['id']}") == (403, "forbidden")


async def test_a_team_is_named_filled_and_removed(site: Site) -> None:
    ann, bob, eve = await asyncio.gather(*(someone(site) for _ in range(3)))
    org_id = await ann.new_org()
    await ann.bring(bob, org_id)
    teams = f"/orgs/{org_id}/teams"
    team = await ann.post(teams, name="Movers")
    assert await ann.refused("POST", teams, name="Movers") == (409, "name_taken")
    assert await bob.refused("POST", teams, name="Shakers") == (403, "forbidden")
    assert await ann.refused("PUT", f"{teams}/{team['id']}/members/{eve.person_id}") == (409, "not_a_member")
    assert (await ann.client.put(f"{teams}/{team['id']}/members/{bob.person_id}")).status_code == 204
    assert [member["user_id"] for member in (await bob.get(f"{teams}/{team['id']}/members"))["items"]] == [
        bob.person_id
    ]
    renamed = await ann.client.patch(f"{teams}/{team['id']}", json={"name": "Shakers"})
    assert renamed.json()["name"] == "Shakers"
    assert (await ann.client.delete(f"{teams}/{team['id']}/members/{bob.person_id}")).status_code == 204
    assert (await ann.client.delete(f"{teams}/{team['id']}")).status_code == 204
    assert (await bob.get(teams))["items"] == []
    assert await ann.refused("GET", f"{teams}/{team['id']}/members") == (404, "unknown_team")


async def test_a_lead_staffs_the_project_from_the_organisation(site: Site) -> None:
    ann, bob, cat, eve = await asyncio.gather(*(someone(site) for _ in range(4)))
    org_id = await ann.new_org()
    project_id, _ = await ann.new_deal(org_id)
    members = f"/projects/{project_id}/members"
    await ann.bring(bob, org_id, project_id=project_id, project_role="lead")
    await ann.bring(cat, org_id)
    appointed = await bob.post(members, person=cat.email, role="editor")
    assert (appointed["user_id"], appointed["role"]) == (cat.person_id, "editor")
    assert (await bob.post(members, person=cat.person_id, role="viewer"))["role"] == "viewer"
    assert await cat.refused("POST", members, person=cat.person_id, role="lead") == (403, "forbidden")
    assert await bob.refused("POST", members, person=eve.person_id, role="viewer") == (409, "not_a_member")
    assert await bob.refused("POST", members, person=eve.email, role="viewer") == (409, "not_a_member")
    assert await bob.refused("DELETE", f"{members}/{eve.person_id}") == (404, "unknown_person")
    assert (await cat.client.delete(f"{members}/{cat.person_id}")).status_code == 204
    assert (await cat.get("/projects"))["items"] == []


async def test_the_documents_of_a_book_are_listed_without_their_names_until_it_is_deleted(site: Site) -> None:
    ann = await someone(site)
    _, deal_id = await ann.new_deal(await ann.new_org())
    book = f"/cims/{(await ann.post('/cims', deal_id=deal_id, title='With notes'))['id']}"

    async def listed() -> list[tuple[str, int]]:
        async with service(site) as tables:
            rows = (await tables.get("/documents", params={"deal_id": f"eq.{deal_id}"})).json()
        return [(row["name"], row["bytes"]) for row in rows]

    for _ in range(2):
        file = {"file": ("notes.md", b"# Notes", "text/markdown")}
        uploaded = await ann.client.post(f"{book}/sources", files=file)
        assert uploaded.is_success
        assert await listed() == [(uploaded.json()["id"], 7)]
    assert (await ann.client.delete(book)).status_code == 204
    assert await listed() == []


async def test_an_archived_deal_takes_no_new_book(site: Site) -> None:
    ann = await someone(site)
    project_id, deal_id = await ann.new_deal(await ann.new_org())
    book = await ann.post("/cims", deal_id=deal_id, title="Before")
    archived = await ann.client.patch(f"/deals/{deal_id}", json={"archived": True, "name": "Done"})
    assert archived.json()["archived_at"] is not None
    assert (await ann.get("/deals", project_id=project_id))["items"] == []
    assert [deal["name"] for deal in (await ann.get("/deals", project_id=project_id, archived=True))["items"]] == [
        "Done"
    ]
    assert (await ann.client.get(f"/cims/{book['id']}")).status_code == 200
    site.api.parts.grants.forget(ann.person_id)
    assert await ann.refused("POST", "/cims", deal_id=deal_id, title="After") == (409, "deal_archived")
    assert (await ann.client.patch(f"/deals/{deal_id}", json={"archived": False})).json()["archived_at"] is None
