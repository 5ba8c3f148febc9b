"""Accounts, sessions, passwords and trials, through the API alone."""

from __future__ import annotations

import asyncio
import re
import uuid
from pathlib import Path

from tests.integration.api.conftest import Site
from tests.integration.api.organising import PASSWORD, change_row, someone

PAST = "2020-01-01T00:00:00Z"


async def test_a_session_is_refreshed_and_ends(site: Site) -> None:
    ann = await someone(site)
    async with site.api.client() as client:
        wrong = await client.post("/auth/sign-in", json={"email": ann.email, "password": "not this one"})
        assert (wrong.status_code, wrong.json()["code"]) == (401, "sign_in_refused")
        session = (await client.post("/auth/sign-in", json={"email": ann.email, "password": PASSWORD})).json()
        again = await client.post("/auth/refresh", json={"refresh_token": session["refresh_token"]})
        assert again.status_code == 200
        async with site.api.client(again.json()["access_token"]) as signed_in:
            assert (await signed_in.get("/me")).json()["person_id"] == ann.person_id
            assert (await signed_in.post("/auth/sign-out")).status_code == 204
            assert (await signed_in.post("/auth/sign-out")).status_code == 204
        over = await client.post("/auth/refresh", json={"refresh_token": again.json()["refresh_token"]})
        assert (over.status_code, over.json()["code"]) == (401, "sign_in_refused")


async def test_an_account_is_refused_with_a_reason(site: Site) -> None:
    ann = await someone(site)
    async with site.api.client() as client:
        taken = await client.post("/auth/sign-up", json={"email": ann.email, "password": PASSWORD})
        assert (taken.status_code, taken.json()["code"]) == (409, "account_refused")
        for email, password in ((f"{uuid.uuid4().hex}@x.example", "short"), ("nobody", PASSWORD)):
            odd = await client.post("/auth/sign-up", json={"email": email, "password": password})
            assert (odd.status_code, odd.json()["code"]) == (422, "invalid_input")
            assert password not in odd.text


async def test_a_password_is_reset_with_the_code_of_the_mail(site: Site) -> None:
    ann = await someone(site)
    async with site.api.client() as client:
        for email in (ann.email, "nobody@people.example"):
            assert (await client.post("/auth/password-reset", json={"email": email})).status_code == 202
        guess = {"email": ann.email, "code": "000000", "password": "another horse battery"}
        wrong = await client.post("/auth/password-reset/confirm", json=guess)
        assert (wrong.status_code, wrong.json()["code"]) == (401, "sign_in_refused")
        code = await mailed_code(site, ann.email)
        done = await client.post("/auth/password-reset/confirm", json={**guess, "code": code})
        assert done.status_code == 200, done.text
        assert (await client.post("/auth/password-reset/confirm", json={**guess, "code": code})).status_code == 401
        for password, status in ((PASSWORD, 401), ("another horse battery", 200)):
            signed_in = await client.post("/auth/sign-in", json={"email": ann.email, "password": password})
            assert signed_in.status_code == status


async def mailed_code(site: Site, email: str) -> str:
    """The embedded Supabase writes its mails into its log, in the folder where the master keys are too."""
    log = Path(str(site.addresses.master_keys_file)).parent / "logs" / "supabase.log"
    for _ in range(50):
        text = await asyncio.to_thread(log.read_text)
        mails = re.findall(rf"To: {re.escape(email)}\nSubject: Reset Your Password.*?code: (\d+)", text, re.DOTALL)
        if mails:
            return mails[-1]
        await asyncio.sleep(0.1)
    raise AssertionError("no mail came")


async def test_a_trial_has_its_bounds_and_becomes_an_account_with_all_its_work(site: Site) -> None:
    ann = await someone(site)
    org_id = await ann.new_org()
    async with site.api.client() as client:
        for refused in (org_id, str(uuid.uuid4())):
            answer = await client.post("/auth/trial", json={"org_id": refused})
            assert (answer.status_code, answer.json()["code"]) == (403, "trial_refused")
        assert (await ann.client.patch(f"/orgs/{org_id}", json={"trial_allowed": True})).status_code == 200
        begun = (await client.post("/auth/trial", json={"org_id": org_id})).json()
    trial_id = begun["session"]["person_id"]
    deal = {"deal_id": begun["deal_id"], "title": "Tried"}
    async with site.api.client(begun["session"]["access_token"]) as trying:
        me = (await trying.get("/me")).json()
        assert (me["organisations"], me["trial"]["org_id"]) == ([], org_id)
        assert (await trying.get(f"/orgs/{org_id}")).status_code == 404
        book = (await trying.post("/cims", json=deal)).json()
        second = await trying.post("/cims", json=deal)
        assert (second.status_code, second.json()["code"]) == (409, "trial_limit")
        assert (await trying.post("/deals", json={"project_id": begun["project_id"], "name": "X"})).status_code == 403

        await change_row(site, "trial_users", {"messages_a_day": 1}, user_id=trial_id)
        talk = {"text": "What is known?", "mode": "ask", "thread_id": "main"}
        assert (await trying.post(f"/cims/{book['id']}/messages", json=talk)).status_code == 202
        spent = await trying.post(f"/cims/{book['id']}/messages", json=talk)
        assert (spent.status_code, spent.json()["code"]) == (409, "trial_limit")

        await change_row(site, "trial_users", {"expires_at": PAST}, user_id=trial_id)
        site.api.parts.grants.forget(trial_id)
        assert (await trying.get(f"/cims/{book['id']}")).status_code == 404

        account = {"email": f"{uuid.uuid4().hex}@people.example", "password": PASSWORD}
        upgraded = await trying.post("/auth/trial/upgrade", json=account)
        assert upgraded.status_code == 200, upgraded.text
        assert (await trying.post("/auth/trial/upgrade", json=account)).status_code == 403
        assert (await trying.get(f"/cims/{book['id']}")).status_code == 404
    async with site.api.client(upgraded.json()["session"]["access_token"]) as kept:
        assert (await kept.get(f"/cims/{book['id']}")).json()["title"] == "Tried"
        me = (await kept.get("/me")).json()
        assert [(org["org_id"], org["role"]) for org in me["organisations"]] == [(org_id, "member")]
        assert [project["project_role"] for project in me["projects"]] == ["lead"]
    assert [trial["upgraded_to"] for trial in (await ann.get(f"/orgs/{org_id}/trials"))["items"]] == [
        upgraded.json()["person_id"]
    ]


async def test_many_books_begun_at_once_in_a_trial_are_one(site: Site) -> None:
    ann = await someone(site)
    org_id = await ann.new_org()
    assert (await ann.client.patch(f"/orgs/{org_id}", json={"trial_allowed": True})).status_code == 200
    async with site.api.client() as client:
        begun = (await client.post("/auth/trial", json={"org_id": org_id})).json()
    async with site.api.client(begun["session"]["access_token"]) as trying:
        asked = {"deal_id": begun["deal_id"], "title": "Tried"}
        answers = await asyncio.gather(*(trying.post("/cims", json=asked) for _ in range(4)))
        assert {answer.status_code for answer in answers} <= {201, 409}
        assert len((await trying.get("/cims")).json()["items"]) == 1
