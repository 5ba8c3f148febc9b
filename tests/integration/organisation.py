"""An organisation of its own on the embedded Supabase, with somebody in every role, for tests that change it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import httpx

from deploy.embedded.stack import Addresses
from domain.permissions import AnyRole, OrgRole, Role

PASSWORD = "a-long-enough-password"

Row = dict[str, Any]


class Account:
    """A fresh account, signed in."""

    def __init__(self, addresses: Addresses, roles: tuple[AnyRole, ...] = (), name: str = "") -> None:
        self.email = f"{uuid.uuid4().hex}@people.example"
        self.roles = roles
        answer = httpx.post(
            f"{addresses.supabase_url}/auth/v1/signup",
            json={"email": self.email, "password": PASSWORD, "data": {"full_name": name}},
            headers={"apikey": str(addresses.anon_key)},
            timeout=30,
            trust_env=False,
        )
        answer.raise_for_status()
        self.user_id: str = answer.json()["user"]["id"]
        self.token: str = answer.json()["access_token"]
        self.rest = httpx.Client(
            base_url=f"{addresses.supabase_url}/rest/v1",
            headers={"apikey": str(addresses.anon_key), "Authorization": f"Bearer {self.token}"},
            timeout=30,
            trust_env=False,
        )


class Organisation:
    """One project with one deal, and an account for each role of the organisation and of the project."""

    def __init__(self, addresses: Addresses) -> None:
        self.service = httpx.Client(
            base_url=f"{addresses.supabase_url}/rest/v1",
            headers={"apikey": str(addresses.service_role_key)},
            timeout=30,
            trust_env=False,
        )
        self.id, self.project_id, self.deal_id = (str(uuid.uuid4()) for _ in range(3))
        self.people: Mapping[AnyRole, Account] = {
            **{role: Account(addresses, (role,), f"The {role}") for role in OrgRole},
            **{role: Account(addresses, (OrgRole.MEMBER, role), f"The {role}") for role in Role},
        }
        self.put("organizations", {"id": self.id, "name": "Tested & Co"})
        self.put("projects", {"id": self.project_id, "org_id": self.id, "name": "Project Tested"})
        self.put("deals", {"id": self.deal_id, "project_id": self.project_id, "name": "Tested"})
        for person in self.people.values():
            self.put("memberships", {"org_id": self.id, "user_id": person.user_id, "role": person.roles[0]})
        self.staff(self.project_id)

    def staff(self, project_id: str) -> None:
        for role in Role:
            row = {"project_id": project_id, "user_id": self.people[role].user_id, "role": role}
            self.put("project_members", row)

    def put(self, table: str, row: Row) -> None:
        headers = {"Prefer": "resolution=merge-duplicates,return=minimal"}
        answer = self.service.post(f"/{table}", json=[row], headers=headers)
        assert answer.is_success, f"{table}: {answer.text}"

    def drop(self, table: str, key: Row) -> None:
        answer = self.service.delete(f"/{table}", params=where(key))
        assert answer.is_success, f"{table}: {answer.text}"

    def rows(self, table: str, **key: str) -> list[Row]:
        answer = self.service.get(f"/{table}", params=where(key))
        answer.raise_for_status()
        return answer.json()

    def call(self, function: str, **arguments: Any) -> Any:
        answer = self.service.post(f"/rpc/{function}", json=arguments)
        assert answer.is_success, f"{function}: {answer.text}"
        return answer.json()

    def close(self) -> None:
        self.service.close()
        for person in self.people.values():
            person.rest.close()


def where(key: Mapping[str, Any]) -> dict[str, str]:
    return {column: f"eq.{value}" for column, value in key.items()}
