"""The doctor on the parts of the tests' stack: what is well, and what is not."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from temporalio.client import Client

from cli.doctor.parts import part_remarks
from cli.doctor.remark import Remark
from cli.doctor.settings import settings_remarks
from deploy.embedded.places import MIGRATIONS
from deploy.embedded.services import free_port
from deploy.embedded.sharing import shared_stack
from deploy.embedded.stack import Addresses
from deploy.migrating import migrate
from settings import DemoPerson, Settings
from store.application import ApplicationDatabase
from tests.integration.own_supabase import as_superuser, stack_with
from tests.integration.platform.control import new_control
from vault import LocalMasterKeys, fresh_master_key
from workflows.chores import Chore, schedule_id
from workflows.schedules import keep_schedules

NOWHERE = f"http://127.0.0.1:{free_port()}"


@pytest.fixture(scope="module")
def addresses() -> Iterator[Addresses]:
    with shared_stack() as found:
        yield found


@pytest.fixture
def settings(addresses: Addresses, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name, value in addresses.environment().items():
        monkeypatch.setenv(name, value)
    return Settings(
        task_queue=f"test-{uuid.uuid4().hex}",
        mongodb_database=f"doctor_{uuid.uuid4().hex[:12]}",
        master_keys={"test": SecretStr(fresh_master_key())},
    )


async def looked_at(settings: Settings) -> dict[str, Remark]:
    return {remark.part: remark for remark in await part_remarks(settings, NOWHERE)}


async def test_a_stack_without_worker_and_api(settings: Settings) -> None:
    found = await looked_at(settings)
    states = {part: remark.state for part, remark in found.items()}
    assert states == {
        "Temporal": "ok",
        "search attributes": "ok",
        "workers": "fails",
        "schedules": "fails",
        "store": states["store"],
        "store migrations": "warns",
        "Supabase": "ok",
        "search": "ok",
        "API": "fails",
    }
    assert states["store"] in ("warns", "ok")
    assert all(remark.next_step for remark in found.values() if remark.state != "ok")


async def test_schedules_are_looked_for(settings: Settings) -> None:
    client = await Client.connect(settings.temporal_address)
    await keep_schedules(client, settings.task_queue)
    first = client.get_schedule_handle(schedule_id(settings.task_queue, Chore.OLD_TALK))
    try:
        assert (await looked_at(settings))["schedules"].state == "ok"
        await first.pause()
        paused = (await looked_at(settings))["schedules"]
        assert (paused.state, Chore.OLD_TALK in paused.says) == ("warns", True)
    finally:
        for chore in Chore:
            await client.get_schedule_handle(schedule_id(settings.task_queue, chore)).delete()


async def test_a_wrong_service_key_is_told(settings: Settings) -> None:
    wrong = settings.model_copy(update={"supabase_service_role_key": SecretStr("not-a-key")})
    found = (await looked_at(wrong))["Supabase"]
    assert found.state == "fails"
    assert "service role key" in found.says
    assert "not-a-key" not in found.model_dump_json()


async def test_parts_that_are_away_are_named(settings: Settings) -> None:
    away = settings.model_copy(
        update={
            "temporal_address": "127.0.0.1:1",
            "mongodb_url": SecretStr("mongodb://127.0.0.1:1"),
            "supabase_url": "http://127.0.0.1:1",
        }
    )
    found = await looked_at(away)
    assert {part for part, remark in found.items() if remark.state == "fails"} == {
        "Temporal",
        "store",
        "Supabase",
        "API",
    }


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory, addresses: Addresses) -> Iterator[Addresses]:
    """A Supabase and a store that nobody else uses."""
    with stack_with(tmp_path_factory.mktemp("own"), parts=["supabase", "mongodb"]) as stack:
        yield stack.addresses.model_copy(update={"temporal_address": addresses.temporal_address})


@pytest.fixture
def own_settings(settings: Settings, own: Addresses) -> Settings:
    return settings.model_copy(
        update={
            "mongodb_url": SecretStr(own.mongodb_url or ""),
            "supabase_url": own.supabase_url,
            "supabase_service_role_key": SecretStr(own.service_role_key or ""),
        }
    )


async def test_databases_of_applications_are_asked_for_their_migrations(
    own_settings: Settings, own: Addresses, tmp_path: Path
) -> None:
    masters = LocalMasterKeys.given(own_settings.master_keys)
    await migrate(own_settings, masters, lambda database, step: None)
    before = (await looked_at(own_settings))["store migrations"]
    assert (before.state, before.says) == ("ok", f"All are done in {own_settings.mongodb_database}.")
    async with new_control(own, tmp_path) as control:
        name = control.application.database
        database = ApplicationDatabase.connect(own.mongodb_url or "", name, masters)
        assert await database.claim(control.application.id, control.application.org_id)
        await database.close()
        found = (await looked_at(own_settings))["store migrations"]
        assert found.state == "warns"
        assert f"({name})" in found.says
        assert own_settings.mongodb_database not in found.says
        await migrate(own_settings, masters, lambda database, step: None)
        after = (await looked_at(own_settings))["store migrations"]
        assert (after.state, after.says) == ("ok", f"All are done in {own_settings.mongodb_database}, {name}.")


def test_only_the_service_hears_which_migrations_are_applied(own: Addresses) -> None:
    key = str(own.anon_key)
    headers = {"apikey": key, "Authorization": f"Bearer {key}"}
    answer = httpx.post(f"{own.supabase_url}/rest/v1/rpc/applied_migrations", json={}, headers=headers, timeout=30)
    assert answer.status_code in (401, 403, 404), answer.text


async def test_every_sql_migration_is_asked_for(own_settings: Settings, own: Addresses) -> None:
    """Also one that adds no table, and one that comes later."""
    assert (await looked_at(own_settings))["Supabase"].state == "ok"
    for file in sorted(MIGRATIONS.glob("*.sql")):
        version = file.stem.partition("_")[0]
        as_superuser(own, f"delete from supabase_migrations.schema_migrations where version = '{version}'")
        found = (await looked_at(own_settings))["Supabase"]
        assert (found.state, file.stem in found.says) == ("fails", True)
    as_superuser(own, "drop function public.applied_migrations()", "notify pgrst, 'reload schema'")
    found = (await looked_at(own_settings))["Supabase"]
    assert (found.state, "does not say" in found.says) == ("fails", True)


def test_settings_that_do_not_do_for_peoples_books(settings: Settings) -> None:
    bare = settings.model_copy(update={"master_keys": {}, "master_keys_file": None, "supabase_service_role_key": None})
    states = {remark.part: remark.state for remark in settings_remarks(bare)}
    assert (states["master keys"], states["proofs"]) == ("fails", "fails")
    assert {remark.part: remark.state for remark in settings_remarks(settings)}["master keys"] == "ok"


def test_demonstration_people_are_for_this_machine_only(settings: Settings) -> None:
    somebody = DemoPerson(name="Tom", email="tom@example.com", password="secret", role="lead")
    there = settings.model_copy(update={"demo_people": (somebody,), "api_host": "0.0.0.0"})
    [remark] = [one for one in settings_remarks(there) if one.part == "demonstration"]
    assert remark.state == "fails"
    assert "secret" not in remark.model_dump_json()


def test_a_model_that_cannot_be_asked_is_told(settings: Settings) -> None:
    unknown = settings.model_copy(update={"model": "nobody:has-it"})
    [remark] = [one for one in settings_remarks(unknown) if one.part == "models"]
    assert remark.state == "fails"
