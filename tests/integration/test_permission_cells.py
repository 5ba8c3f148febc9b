"""Row-level security and the permission matrix, compared cell by cell: role x table x operation, over PostgREST."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Generator
from dataclasses import dataclass, field

import httpx
import pytest

from access.tables import TABLE_RIGHTS, TableRights
from deploy.embedded.given import given_addresses
from deploy.embedded.places import MIGRATIONS
from deploy.embedded.sharing import shared_stack
from deploy.embedded.stack import Addresses
from domain.permissions import OrgRole, Role, may
from settings import Settings
from tests.integration.organisation import Account, Organisation, Row, where

OPERATIONS = ("select", "insert", "update", "delete")
LATER = "2030-01-01T00:00:00Z"


@dataclass(frozen=True)
class Sample:
    """A row of a table that may come and go, the columns that name it, and a change to it."""

    row: Row
    key: tuple[str, ...]
    change: Row
    then: Callable[[], None] | None = None
    fixed: bool = field(default=False)

    @property
    def name(self) -> Row:
        return {column: self.row[column] for column in self.key}


class Site:
    def __init__(self, addresses: Addresses) -> None:
        self.org = Organisation(addresses)
        self.stranger = Account(addresses)
        self.spare = Account(addresses)
        elsewhere = str(uuid.uuid4())
        self.org.put("organizations", {"id": elsewhere, "name": "Elsewhere"})
        self.org.put("memberships", {"org_id": elsewhere, "user_id": self.stranger.user_id, "role": "owner"})
        headers = {"apikey": str(addresses.anon_key)}
        self.nobody = httpx.Client(
            base_url=f"{addresses.supabase_url}/rest/v1", headers=headers, timeout=30, trust_env=False
        )
        self.samples = self._samples()

    def _samples(self) -> dict[str, Sample]:
        org, spare = self.org, self.spare.user_id
        in_org, in_project = {"org_id": org.id}, {"project_id": org.project_id}
        team, version, application, deployment = (str(uuid.uuid4()) for _ in range(4))
        project = str(uuid.uuid4())
        org.put("teams", {"id": team, **in_org, "name": "The standing team"})
        org.put("versions", {"id": version, "build_id": version})
        org.put(
            "applications",
            {
                "id": application,
                **in_org,
                "name": "One",
                "database": application,
                "task_queue": "q",
                "status": "archived",
            },
        )
        deploying = {"application_id": application, "action": "deploy", "status": "pending", "requested_by": "x"}
        org.put("deployments", {"id": deployment, **deploying})
        for _ in range(2):
            org.call("append_audits", entries=[self._audit_entry()])
        now = {"created_at": "2026-01-01T00:00:00Z"}

        def row(**fields: object) -> Row:
            return {"id": str(uuid.uuid4()), **fields}

        renamed = {"name": "Renamed"}
        by_id = ("id",)
        return {
            "organizations": Sample({"id": org.id, "name": "Tested & Co"}, by_id, renamed, fixed=True),
            "org_endings": Sample(
                {**in_org, "ends_at": LATER, "requested_by": spare}, ("org_id",), {"ends_at": "2031-01-01T00:00:00Z"}
            ),
            "memberships": Sample({**in_org, "user_id": spare, "role": "billing"}, ("org_id", "user_id"), now),
            "teams": Sample(row(**in_org, name="Passing team"), by_id, renamed),
            "team_members": Sample({"team_id": team, "user_id": spare}, ("team_id", "user_id"), now),
            "projects": Sample({"id": project, **in_org, "name": "P"}, by_id, renamed, lambda: org.staff(project)),
            "project_members": Sample(
                {**in_project, "user_id": spare, "role": "viewer"}, ("project_id", "user_id"), {"role": "reviewer"}
            ),
            "deals": Sample(row(**in_project, name="Passing deal"), by_id, renamed),
            "documents": Sample(
                row(
                    deal_id=org.deal_id,
                    cim_id="c",
                    name="a.pdf",
                    media_type="x",
                    bytes=1,
                    sha256="0",
                    uploaded_by=spare,
                ),
                by_id,
                renamed,
            ),
            "invitations": Sample(
                row(**in_org, org_role="member", token_hash=str(uuid.uuid4()), expires_at=LATER), by_id, now
            ),
            "api_keys": Sample(
                row(
                    **in_org,
                    name="K",
                    prefix="brk_x",
                    key_hash=str(uuid.uuid4()),
                    scopes=["org.read"],
                    created_by=spare,
                    expires_at=LATER,
                ),
                by_id,
                renamed,
            ),
            "trial_users": Sample(
                {
                    "user_id": spare,
                    **in_org,
                    **in_project,
                    "deal_id": org.deal_id,
                    "messages_a_day": 5,
                    "expires_at": LATER,
                },
                ("user_id",),
                {"messages_a_day": 9},
            ),
            "applications": Sample(
                row(**in_org, name="Two", database=str(uuid.uuid4()), task_queue=str(uuid.uuid4()), status="new"),
                by_id,
                renamed,
            ),
            "deployments": Sample(row(**deploying), by_id, {"status": "running"}),
            "deployment_steps": Sample(
                {"deployment_id": deployment, "position": 0, "name": "provision", "status": "new"},
                ("deployment_id", "position"),
                renamed,
            ),
            "versions": Sample(row(build_id=str(uuid.uuid4())), by_id, renamed),
            "features": Sample(row(**in_org, key="compose"), by_id, {"rollout_percent": 50}),
            "audit_logs": Sample(
                {
                    **in_org,
                    "seq": 3,
                    "entry_id": str(uuid.uuid4()),
                    "at": LATER,
                    "actor": {},
                    "action": "x",
                    "target": {},
                    "result": "done",
                    "previous_hash": "0",
                    "hash": "1",
                },
                ("org_id", "seq"),
                {"result": "refused"},
                fixed=True,
            ),
            "audit_heads": Sample({**in_org, "seq": 9}, ("org_id",), {"seq": 9}, fixed=True),
            "audit_anchors": Sample({**in_org, "seq": 1, "hash": "0"}, ("org_id",), {"hash": "1"}, fixed=True),
        }

    def _audit_entry(self) -> Row:
        return {
            "org_id": self.org.id,
            "entry_id": str(uuid.uuid4()),
            "at": "2000-01-01T00:00:00Z",
            "actor": {"kind": "user"},
            "action": "test",
            "target": {},
            "result": "done",
        }

    def ensure(self, table: str) -> None:
        self.org.put("memberships", {"org_id": self.org.id, "user_id": self.spare.user_id, "role": "billing"})
        sample = self.samples[table]
        if not sample.fixed:
            self.org.put(table, sample.row)
        if sample.then is not None:
            sample.then()

    def allows(self, client: httpx.Client, table: str, operation: str) -> bool:
        sample = self.samples[table]
        shown = {"Prefer": "return=representation"}
        self.ensure(table)
        if operation == "insert":
            if sample.fixed:
                answer = client.post(
                    f"/{table}", json={**sample.row, "id": str(uuid.uuid4())} if sample.key == ("id",) else sample.row
                )
            else:
                self.org.drop(table, sample.name)
                answer = client.post(f"/{table}", json=sample.row)
            assert answer.status_code in (201, 401, 403), answer.text
            return answer.status_code == 201
        if operation == "select":
            answer = client.get(f"/{table}", params=where(sample.name))
        elif operation == "update":
            answer = client.patch(f"/{table}", params=where(sample.name), json=sample.change, headers=shown)
        else:
            answer = client.delete(f"/{table}", params=where(sample.name), headers=shown)
        assert answer.status_code in (200, 401, 403), answer.text
        return answer.status_code == 200 and len(answer.json()) > 0


@pytest.fixture(scope="session")
def site() -> Generator[Site]:
    if given_addresses(Settings()).supabase_url:
        pytest.skip("makes accounts and rows of its own; only on the embedded Supabase")
    with shared_stack({"supabase"}) as addresses:
        made = Site(addresses)
        made.org.call("cut_audit", wanted_org=made.org.id)
        yield made
        made.org.close()


def test_every_table_has_its_rights_and_row_level_security() -> None:
    sql = "\n".join(file.read_text() for file in sorted(MIGRATIONS.glob("*.sql")))
    tables = set(re.findall(r"create table public\.(\w+)", sql))
    assert tables == set(TABLE_RIGHTS)
    assert tables == set(re.findall(r"alter table public\.(\w+) enable row level security", sql))


def expected(rights: TableRights, operation: str, roles: tuple[OrgRole | Role, ...], signed_in: bool) -> bool:
    right = getattr(rights, operation)
    return signed_in if right == "anyone" else right is not None and may(roles, right)


@pytest.mark.parametrize("who", [*OrgRole, *Role, "stranger", "nobody"])
def test_supabase_allows_what_the_matrix_says(site: Site, who: str) -> None:
    person = next((account for role, account in site.org.people.items() if role.value == who), site.stranger)
    client = site.nobody if who == "nobody" else person.rest
    wrong = [
        f"{table}.{operation}: expected {wanted}"
        for table, rights in TABLE_RIGHTS.items()
        for operation in OPERATIONS
        for wanted in [expected(rights, operation, person.roles, who != "nobody")]
        if site.allows(client, table, operation) is not wanted
    ]
    assert wrong == []


def test_admins_do_not_touch_owners(site: Site) -> None:
    org, admin = site.org, site.org.people[OrgRole.ADMIN]
    owner = {"org_id": org.id, "user_id": org.people[OrgRole.OWNER].user_id}
    shown = {"Prefer": "return=representation"}
    assert admin.rest.patch("/memberships", params=where(owner), json={"role": "member"}, headers=shown).json() == []
    assert admin.rest.delete("/memberships", params=where(owner), headers=shown).json() == []
    site.ensure("memberships")
    spare = {"org_id": org.id, "user_id": site.spare.user_id}
    raised = admin.rest.patch("/memberships", params=where(spare), json={"role": "owner"}, headers=shown)
    assert raised.status_code == 403
    assert org.rows("memberships", **spare)[0]["role"] == "billing"
