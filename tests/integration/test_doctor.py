"""The doctor on the parts of the tests' stack: what is well, and what is not."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from pydantic import SecretStr
from temporalio.client import Client

from cli.doctor.parts import part_remarks
from cli.doctor.remark import Remark
from cli.doctor.settings import settings_remarks
from deploy.embedded.services import free_port
from deploy.embedded.sharing import shared_stack
from deploy.embedded.stack import Addresses
from settings import DemoPerson, Settings
from vault import fresh_master_key
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
