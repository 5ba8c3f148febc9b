"""The people, organisations and deals that an embedded stack starts with. Never used against another Supabase."""

from __future__ import annotations

import uuid
from typing import Literal

import httpx
from pydantic import BaseModel, ConfigDict

from deploy.embedded.supabase import Keys

NAMESPACE = uuid.UUID("5b1d7c0e-7f43-4d0c-9a64-5d3f6a1e0b11")
PASSWORD = "book-runner-demo"

Role = Literal["lead", "editor", "reviewer", "viewer", "owner", "admin", "billing", "outsider"]
ORG_ROLES = ("owner", "admin", "billing")
"""Those without a role in the project; everybody else of a team is a member of the organisation."""


class Person(BaseModel):
    """One person of the demonstration, signed in; ids are absent for the outsider."""

    model_config = ConfigDict(frozen=True)

    name: str
    email: str
    password: str
    user_id: str
    role: Role
    access_token: str
    org_id: str | None
    project_id: str | None
    deal_id: str | None


class Team(BaseModel):
    """An organisation with one team, one project, one deal and its people by role."""

    model_config = ConfigDict(frozen=True)

    organization: str
    domain: str
    team: str
    project: str
    deal: str
    people: dict[Role, str]

    def row_id(self, kind: str) -> str:
        """Stable id of the organisation, team, project or deal, so that seeding again finds the same rows."""
        return str(uuid.uuid5(NAMESPACE, f"{kind}/{self.domain}"))


TEAMS = (
    Team(
        organization="Harbour & Finch",
        domain="harbourfinch.example",
        team="Consumer Goods",
        project="Project Bluecan",
        deal="Bluecan",
        people={
            "owner": "Margaret Finch",
            "admin": "Ingrid Solheim",
            "billing": "Paul Achterberg",
            "lead": "Tom Okafor",
            "editor": "Priya Raman",
            "reviewer": "Elena Sokolova",
            "viewer": "Jonas Lindqvist",
        },
    ),
    Team(
        organization="Calder Row Advisors",
        domain="calderrow.example",
        team="Industrials",
        project="Project Northgate",
        deal="Northgate Logistics",
        people={
            "owner": "David Calder",
            "admin": "Rosa Delgado",
            "billing": "Samir Haddad",
            "lead": "Aisha Mbeki",
            "editor": "Lucas Ferreira",
            "reviewer": "Hannah Weiss",
            "viewer": "Kenji Mori",
        },
    ),
)
OUTSIDER = ("Robin Vale", "robin.vale@elsewhere.example")


def whom_to_sign_in_as() -> list[dict[str, str]]:
    """Everybody, as the sign-in page offers them."""
    return [
        {
            "name": name,
            "email": email_of(name, team.domain),
            "password": PASSWORD,
            "role": role,
            "organization": team.organization,
        }
        for team in TEAMS
        for role, name in team.people.items()
    ]


def email_of(name: str, domain: str) -> str:
    """Address of a person at a domain."""
    return f"{name.lower().replace(' ', '.')}@{domain}"


class Directory:
    """HTTP calls to one embedded Supabase, for seeding and signing in."""

    def __init__(self, url: str, keys: Keys) -> None:
        """`keys` are those of the same Supabase."""
        self._keys = keys
        self._http = httpx.Client(base_url=url, timeout=30.0, trust_env=False)

    def __enter__(self) -> Directory:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def seed(self) -> None:
        """Make the organisations, people, projects and deals that are missing."""
        self._account(*OUTSIDER)
        for team in TEAMS:
            org, project = team.row_id("organization"), team.row_id("project")
            self._upsert("organizations", [{"id": org, "name": team.organization}])
            self._upsert("projects", [{"id": project, "org_id": org, "name": team.project}])
            self._upsert("deals", [{"id": team.row_id("deal"), "project_id": project, "name": team.deal}])
            accounts = {role: self._account(n, email_of(n, team.domain)) for role, n in team.people.items()}
            members = [
                {"org_id": org, "user_id": user, "role": role if role in ORG_ROLES else "member"}
                for role, user in accounts.items()
            ]
            self._upsert("memberships", members)
            deal_team = {role: user for role, user in accounts.items() if role not in ORG_ROLES}
            staff = [{"project_id": project, "user_id": user, "role": role} for role, user in deal_team.items()]
            self._upsert("project_members", staff)
            row = team.row_id("team")
            self._upsert("teams", [{"id": row, "org_id": org, "name": team.team}])
            self._upsert("team_members", [{"team_id": row, "user_id": user} for user in deal_team.values()])

    def people(self) -> list[Person]:
        """Everybody, signed in just now."""
        found = [
            self._person(name, email_of(name, team.domain), role, team)
            for team in TEAMS
            for role, name in team.people.items()
        ]
        return [*found, self._person(*OUTSIDER, "outsider", None)]

    def _person(self, name: str, email: str, role: Role, team: Team | None) -> Person:
        session = self._sign_in(email)
        session.raise_for_status()
        return Person(
            name=name,
            email=email,
            password=PASSWORD,
            user_id=session.json()["user"]["id"],
            role=role,
            access_token=session.json()["access_token"],
            org_id=team.row_id("organization") if team else None,
            project_id=team.row_id("project") if team else None,
            deal_id=team.row_id("deal") if team else None,
        )

    def _account(self, name: str, email: str) -> str:
        body = {"email": email, "password": PASSWORD, "data": {"full_name": name}}
        answer = self._http.post("/auth/v1/signup", json=body, headers={"apikey": self._keys.anon_key})
        if not answer.is_success:
            answer = self._sign_in(email)
        answer.raise_for_status()
        return str(answer.json()["user"]["id"])

    def _sign_in(self, email: str) -> httpx.Response:
        return self._http.post(
            "/auth/v1/token",
            params={"grant_type": "password"},
            json={"email": email, "password": PASSWORD},
            headers={"apikey": self._keys.anon_key},
        )

    def _upsert(self, table: str, rows: list[dict[str, str]]) -> None:
        headers = {"apikey": self._keys.service_role_key, "Prefer": "resolution=merge-duplicates,return=minimal"}
        self._http.post(f"/rest/v1/{table}", json=rows, headers=headers).raise_for_status()
