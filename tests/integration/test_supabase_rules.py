"""Row-level security of our migrations, asked as each person over Supabase's own HTTP API."""

from __future__ import annotations

from collections.abc import Generator
from typing import Protocol

import httpx
import pytest

from deploy.embedded.given import given_addresses
from deploy.embedded.people import Person
from deploy.embedded.sharing import shared_stack
from deploy.embedded.stack import Addresses
from settings import Settings

TABLES = ("organizations", "memberships", "projects", "project_members", "deals")
BANK, ADVISOR = "harbourfinch.example", "calderrow.example"


class SignIn(Protocol):
    """Opens an HTTP client that speaks as one person."""

    def __call__(self, role: str, domain: str = BANK) -> httpx.Client: ...


@pytest.fixture(scope="session")
def addresses() -> Generator[Addresses]:
    given = given_addresses(Settings())
    if given.supabase_url:
        pytest.skip("needs the seeded people of the embedded Supabase")
    with shared_stack({"supabase"}) as known:
        yield known


@pytest.fixture(scope="module")
def people(addresses: Addresses) -> list[Person]:
    return addresses.people()


@pytest.fixture(scope="module")
def sign_in(addresses: Addresses, people: list[Person]) -> Generator[SignIn]:
    opened: list[httpx.Client] = []

    def session(role: str, domain: str = BANK) -> httpx.Client:
        person = find(people, role, domain)
        headers = {"apikey": str(addresses.anon_key), "Authorization": f"Bearer {person.access_token}"}
        client = httpx.Client(base_url=f"{addresses.supabase_url}/rest/v1", headers=headers, trust_env=False)
        opened.append(client)
        return client

    yield session
    for client in opened:
        client.close()


def find(people: list[Person], role: str, domain: str) -> Person:
    return next(p for p in people if p.role == role and (role == "outsider" or p.email.endswith(domain)))


def rows(client: httpx.Client, table: str) -> int:
    answer = client.get(f"/{table}", params={"select": "*"})
    answer.raise_for_status()
    return len(answer.json())


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        ("owner", (1, 7, 1, 4, 1)),
        ("admin", (1, 7, 1, 4, 1)),
        ("billing", (1, 1, 0, 0, 0)),
        ("lead", (1, 1, 1, 4, 1)),
        ("editor", (1, 1, 1, 4, 1)),
        ("reviewer", (1, 1, 1, 4, 1)),
        ("viewer", (1, 1, 1, 4, 1)),
        ("outsider", (0, 0, 0, 0, 0)),
    ],
)
@pytest.mark.parametrize("domain", [BANK, ADVISOR])
def test_people_see_only_what_is_theirs(sign_in: SignIn, role: str, domain: str, seen: tuple[int, ...]) -> None:
    client = sign_in(role, domain)
    assert tuple(rows(client, table) for table in TABLES) == seen


@pytest.mark.parametrize("table", TABLES)
def test_without_a_person_nothing_is_seen(addresses: Addresses, table: str) -> None:
    with httpx.Client(base_url=f"{addresses.supabase_url}/rest/v1", trust_env=False) as client:
        assert client.get(f"/{table}").status_code == 401
        keyed = client.get(f"/{table}", headers={"apikey": str(addresses.anon_key)})
        assert keyed.status_code in (401, 403) or keyed.json() == []


def test_a_deal_of_the_other_organisation_stays_hidden(sign_in: SignIn, people: list[Person]) -> None:
    other = find(people, "lead", ADVISOR)
    answer = sign_in("lead").get("/deals", params={"id": f"eq.{other.deal_id}"})
    assert answer.json() == []


def test_only_leads_change_the_team(sign_in: SignIn, people: list[Person]) -> None:
    viewer, outsider = find(people, "viewer", BANK), find(people, "outsider", BANK)
    params = {"project_id": f"eq.{viewer.project_id}", "user_id": f"eq.{viewer.user_id}"}
    wanted = {"Prefer": "return=representation"}
    grab = sign_in("editor").patch("/project_members", params=params, json={"role": "lead"}, headers=wanted)
    assert grab.json() == []
    assert (
        len(sign_in("lead").patch("/project_members", params=params, json={"role": "viewer"}, headers=wanted).json())
        == 1
    )
    stranger = {"project_id": viewer.project_id, "user_id": outsider.user_id, "role": "viewer"}
    assert sign_in("lead").post("/project_members", json=stranger).status_code == 403


def test_nobody_but_an_owner_makes_an_owner(sign_in: SignIn, people: list[Person]) -> None:
    lead = find(people, "lead", BANK)
    params = {"org_id": f"eq.{lead.org_id}", "user_id": f"eq.{lead.user_id}"}
    answer = sign_in("lead").patch(
        "/memberships", params=params, json={"role": "owner"}, headers={"Prefer": "return=representation"}
    )
    assert answer.json() == []


def access(addresses: Addresses, user_id: str, deal_id: str | None, key: str | None = None) -> httpx.Response:
    return httpx.post(
        f"{addresses.supabase_url}/rest/v1/rpc/deal_access",
        json={"wanted_user": user_id, "wanted_deal": deal_id},
        headers={"apikey": key or str(addresses.service_role_key)},
        trust_env=False,
    )


@pytest.mark.parametrize("role", ["lead", "editor", "reviewer", "viewer"])
def test_deal_access_tells_role_and_place(addresses: Addresses, people: list[Person], role: str) -> None:
    person = find(people, role, BANK)
    assert access(addresses, person.user_id, person.deal_id).json() == [
        {
            "deal_id": person.deal_id,
            "org_id": person.org_id,
            "project_id": person.project_id,
            "project_role": role,
            "org_role": "member",
            "on_trial": False,
            "archived": False,
        }
    ]


def test_deal_access_tells_colleague_from_stranger(addresses: Addresses, people: list[Person]) -> None:
    owner, lead = find(people, "owner", BANK), find(people, "lead", BANK)
    colleague = access(addresses, owner.user_id, lead.deal_id).json()
    assert [(row["project_role"], row["org_role"]) for row in colleague] == [(None, "owner")]
    for stranger in (find(people, "outsider", BANK), find(people, "lead", ADVISOR)):
        assert access(addresses, stranger.user_id, lead.deal_id).json() == []


def test_deal_access_equals_the_inner_joins(addresses: Addresses, people: list[Person]) -> None:
    select = "id,projects!inner(org_id,project_members!inner(user_id,role))"
    for person in people:
        for deal_id in {p.deal_id for p in people if p.deal_id}:
            params = {
                "select": select,
                "id": f"eq.{deal_id}",
                "projects.project_members.user_id": f"eq.{person.user_id}",
            }
            headers = {"apikey": str(addresses.service_role_key)}
            joined = httpx.get(
                f"{addresses.supabase_url}/rest/v1/deals", params=params, headers=headers, trust_env=False
            ).json()
            by_join = [row["projects"]["project_members"][0]["role"] for row in joined]
            by_function = [row["project_role"] for row in access(addresses, person.user_id, deal_id).json()]
            assert [role for role in by_function if role] == by_join


def test_deal_access_is_for_the_service_alone(addresses: Addresses, people: list[Person]) -> None:
    lead = find(people, "lead", BANK)
    assert access(addresses, lead.user_id, lead.deal_id, key=str(addresses.anon_key)).status_code in (401, 403)
    headers = {"apikey": str(addresses.anon_key), "Authorization": f"Bearer {lead.access_token}"}
    own = httpx.post(
        f"{addresses.supabase_url}/rest/v1/rpc/deal_access",
        json={"wanted_user": lead.user_id, "wanted_deal": lead.deal_id},
        headers=headers,
        trust_env=False,
    )
    assert own.status_code in (401, 403)
