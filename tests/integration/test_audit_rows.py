"""What is changed past the API, by people over PostgREST or by whoever owns the database, is in the audit log too."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterator

import pytest

from access import AuditFilter, AuditLog
from audit.chain import AuditRow
from deploy.embedded.stack import Addresses
from domain.permissions import OrgRole, Role

from .organisation import Account, Organisation, where
from .own_supabase import as_superuser, stack_with


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Addresses]:
    with stack_with(tmp_path_factory.mktemp("audit-rows"), parts={"supabase"}) as running:
        yield running.addresses


@pytest.fixture
def bank(addresses: Addresses) -> Iterator[Organisation]:
    organisation = Organisation(addresses)
    yield organisation
    organisation.close()


@pytest.fixture
async def log(addresses: Addresses) -> AsyncIterator[AuditLog]:
    opened = AuditLog.connect(str(addresses.supabase_url), str(addresses.service_role_key))
    yield opened
    await opened.close()


async def recorded(log: AuditLog, bank: Organisation) -> list[AuditRow]:
    """The oldest first; the chain is whole."""
    assert (await log.verified(bank.id)).is_whole
    return list(reversed(await log.page(bank.id, AuditFilter(), None, 100)))


def told(row: AuditRow) -> tuple[object, ...]:
    assert isinstance(row.actor, dict)
    assert isinstance(row.target, dict)
    return row.actor["kind"], row.actor["id"], row.action, row.target["kind"], row.target["id"], row.result


async def test_what_people_change_over_postgrest_is_recorded(
    addresses: Addresses, log: AuditLog, bank: Organisation
) -> None:
    owner, admin, viewer = (bank.people[role] for role in (OrgRole.OWNER, OrgRole.ADMIN, Role.VIEWER))
    stranger = Account(addresses)
    deal = str(uuid.uuid4())
    answers = [
        owner.rest.patch("/organizations", params=where({"id": bank.id}), json={"name": "Secret & Co"}),
        admin.rest.patch(
            "/project_members",
            params=where({"project_id": bank.project_id, "user_id": viewer.user_id}),
            json={"role": "editor"},
        ),
        admin.rest.post("/deals", json={"id": deal, "project_id": bank.project_id, "name": "Secret deal"}),
        owner.rest.post("/memberships", json={"org_id": bank.id, "user_id": stranger.user_id, "role": "billing"}),
        owner.rest.delete("/memberships", params=where({"org_id": bank.id, "user_id": viewer.user_id})),
    ]
    assert [answer.is_success for answer in answers] == [True] * len(answers), [answer.text for answer in answers]
    stranger.rest.close()
    rows = await recorded(log, bank)
    assert {told(row) for row in rows} == {
        ("user", owner.user_id, "organization.update", "organization", bank.id, "done"),
        ("user", admin.user_id, "project_member.update", "project_member", viewer.user_id, "done"),
        ("user", admin.user_id, "deal.insert", "deal", deal, "done"),
        ("user", owner.user_id, "membership.insert", "membership", stranger.user_id, "done"),
        ("user", owner.user_id, "membership.delete", "membership", viewer.user_id, "done"),
        ("user", owner.user_id, "project_member.delete", "project_member", viewer.user_id, "done"),
    }
    details = {row.action: row.details for row in rows}
    assert details["organization.update"] == {"table": "organizations", "fields": ["name"]}
    assert details["project_member.update"] == {
        "table": "project_members",
        "project_id": bank.project_id,
        "role": "editor",
        "role_before": "viewer",
        "fields": ["role"],
    }
    assert "Secret" not in "".join(row.model_dump_json() for row in rows)


async def test_what_is_refused_changes_nothing_and_what_stays_the_same_is_no_change(
    log: AuditLog, bank: Organisation
) -> None:
    owner, viewer = bank.people[OrgRole.OWNER], bank.people[Role.VIEWER]
    named = where({"id": bank.id})
    assert viewer.rest.patch("/organizations", params=named, json={"name": "Mine"}).is_success
    gone = viewer.rest.post("/deals", json={"project_id": bank.project_id, "name": "Mine"})
    assert not gone.is_success
    assert owner.rest.patch("/organizations", params=named, json={"name": "Tested & Co"}).is_success
    assert await recorded(log, bank) == []


async def test_what_the_owner_of_the_database_changes_is_recorded(
    addresses: Addresses, log: AuditLog, bank: Organisation
) -> None:
    viewer = bank.people[Role.VIEWER].user_id
    as_superuser(
        addresses,
        f"""
        do $$ begin
          perform set_config('request.jwt.claim.role', '', true), set_config('request.jwt.claim.sub', '', true);
          update public.memberships set role = 'admin' where user_id = '{viewer}';
          insert into public.features (key, org_id) values ('compose_runs', '{bank.id}');
          delete from auth.users where id = '{viewer}';
        end $$
        """,
    )
    rows = await recorded(log, bank)
    assert sorted(row.action for row in rows) == [
        "feature.insert",
        "membership.delete",
        "membership.update",
        "project_member.delete",
    ]
    assert {told(row)[:2] for row in rows} == {("system", "database")}
    assert isinstance(rows[0].details, dict)
    assert rows[0].details["database_user"]
    assert (rows[0].details["role_before"], rows[0].details["role"]) == ("member", "admin")


async def test_the_service_records_what_it_does_by_itself(log: AuditLog, bank: Organisation) -> None:
    bank.put("deals", {"id": str(uuid.uuid4()), "project_id": bank.project_id, "name": "Another"})
    assert await recorded(log, bank) == []


async def test_an_organisation_that_goes_leaves_its_chain(
    addresses: Addresses, log: AuditLog, bank: Organisation
) -> None:
    as_superuser(
        addresses,
        f"""
        do $$ begin
          perform set_config('request.jwt.claim.role', '', true), set_config('request.jwt.claim.sub', '', true);
          update public.organizations set name = 'Going' where id = '{bank.id}';
          delete from public.organizations where id = '{bank.id}';
        end $$
        """,
    )
    actions = [row.action for row in await recorded(log, bank)]
    assert actions.count("organization.update") == actions.count("organization.delete") == 1
    assert "membership.delete" in actions
