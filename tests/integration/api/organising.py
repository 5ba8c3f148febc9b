"""People with accounts of their own, made over the API, and an organisation for them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import httpx

from tests.integration.api.conftest import Api, Site

PASSWORD = "correct horse battery"


@dataclass
class Caller:
    """Speaks with one token, over a connection of its own for each call."""

    api: Api
    token: str

    async def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        async with self.api.client(self.token) as client:
            return await client.request(method, path, **options)

    async def get(self, path: str, **options: Any) -> httpx.Response:
        return await self.request("GET", path, **options)

    async def post(self, path: str, **options: Any) -> httpx.Response:
        return await self.request("POST", path, **options)

    async def put(self, path: str, **options: Any) -> httpx.Response:
        return await self.request("PUT", path, **options)

    async def patch(self, path: str, **options: Any) -> httpx.Response:
        return await self.request("PATCH", path, **options)

    async def delete(self, path: str) -> httpx.Response:
        return await self.request("DELETE", path)


@dataclass
class Someone:
    """Somebody who signed up just now."""

    client: Caller
    person_id: str
    email: str
    refresh_token: str

    async def get(self, path: str, **params: Any) -> Any:
        answer = await self.client.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, **body: Any) -> Any:
        answer = await self.client.post(path, json=body)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    async def refused(self, method: str, path: str, **body: Any) -> tuple[int, str]:
        answer = await self.client.request(method, path, json=body or None)
        assert not answer.is_success, answer.text
        return answer.status_code, answer.json()["code"]

    async def new_org(self, name: str = "Tested & Co") -> str:
        return (await self.post("/orgs", name=name))["org_id"]

    async def bring(self, other: Someone, org_id: str, org_role: str = "member", **invitation: Any) -> None:
        """Invite somebody, who accepts."""
        made = await self.post(f"/orgs/{org_id}/invitations", email=other.email, org_role=org_role, **invitation)
        await other.post("/invitations/accept", token=made["token"])

    async def new_deal(self, org_id: str) -> tuple[str, str]:
        project_id = (await self.post("/projects", org_id=org_id, name="Project Tested"))["project_id"]
        deal_id = (await self.post("/deals", project_id=project_id, name="Tested"))["id"]
        return project_id, deal_id


async def someone(site: Site, name: str = "Some One") -> Someone:
    email = f"{uuid.uuid4().hex}@people.example"
    async with site.api.client() as client:
        answer = await client.post("/auth/sign-up", json={"email": email, "password": PASSWORD, "full_name": name})
    assert answer.status_code == 201, answer.text
    session = answer.json()["session"]
    return Someone(
        client=Caller(site.api, session["access_token"]),
        person_id=session["person_id"],
        email=email,
        refresh_token=session["refresh_token"],
    )


def service(site: Site) -> httpx.AsyncClient:
    """Supabase's tables, past everything."""
    headers = {"apikey": str(site.addresses.service_role_key)}
    return httpx.AsyncClient(base_url=f"{site.addresses.supabase_url}/rest/v1", headers=headers, timeout=30)


async def change_row(site: Site, table: str, change: dict[str, Any], **key: str) -> None:
    async with service(site) as tables:
        where = {column: f"eq.{value}" for column, value in key.items()}
        answer = await tables.patch(f"/{table}", params=where, json=change, headers={"Prefer": "return=representation"})
        assert len(answer.json()) == 1, answer.text
