"""The registry of applications and the settings of flags, in a real Supabase."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from access.features import FlagBook
from access.registry import Registry
from access.rows import MissingParent, Taken
from deploy.embedded.people import TEAMS
from deploy.embedded.sharing import shared_stack
from deploy.embedded.stack import Addresses
from domain.applications import (
    Application,
    ApplicationSettings,
    Deployment,
    DeploymentStep,
    Version,
    database_of,
    task_queue_of,
)
from domain.flags import FlagRule, FlagSetting, evaluate

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
BANK = str(uuid.uuid4())
"""An organisation of these tests alone: applications of the demonstration's would take others' books."""


@pytest.fixture(scope="module")
def addresses() -> Iterator[Addresses]:
    with shared_stack({"supabase"}) as found:
        headers = {"apikey": str(found.service_role_key)}
        row = {"id": BANK, "name": "Of the registry's tests"}
        httpx.post(
            f"{found.supabase_url}/rest/v1/organizations", json=row, headers=headers, timeout=30, trust_env=False
        ).raise_for_status()
        yield found


@pytest.fixture
async def registry(addresses: Addresses) -> AsyncIterator[Registry]:
    registry = Registry.connect(addresses.supabase_url or "", addresses.service_role_key or "")
    yield registry
    await registry.close()


@pytest.fixture
async def flags(addresses: Addresses) -> AsyncIterator[FlagBook]:
    flags = FlagBook.connect(addresses.supabase_url or "", addresses.service_role_key or "")
    yield flags
    await flags.close()


def application(org_id: str = BANK) -> Application:
    id_ = str(uuid.uuid4())
    return Application(
        id=id_,
        org_id=org_id,
        name=f"Desk {id_[:8]}",
        database=database_of(id_),
        task_queue=task_queue_of(id_),
        settings=ApplicationSettings(upgrade="at_continue_as_new"),
        scale=2,
        created_at=NOW,
        updated_at=NOW,
    )


async def archived(registry: Registry, one: Application) -> None:
    await registry.set_application(one.id, "archived", None)


async def test_an_application_is_kept_as_it_was_given(registry: Registry) -> None:
    one = application()
    await registry.add_application(one)
    try:
        assert await registry.application(one.id) == one
        assert one in await registry.applications(BANK)
        with pytest.raises(Taken):
            await registry.add_application(application())
    finally:
        await archived(registry, one)
    found = await registry.application(one.id)
    assert found is not None
    assert (found.status, found.current_version_id) == ("archived", None)


async def test_an_application_needs_an_organisation(registry: Registry) -> None:
    with pytest.raises(MissingParent):
        await registry.add_application(application(str(uuid.uuid4())))
    assert await registry.org_exists(BANK)
    assert not await registry.org_exists(str(uuid.uuid4()))


async def test_deployments_and_their_steps(registry: Registry) -> None:
    one, version = application(), Version(id=str(uuid.uuid4()), build_id=f"b-{uuid.uuid4().hex}", created_at=NOW)
    await registry.add_application(one)
    try:
        await registry.add_version(version)
        with pytest.raises(Taken):
            await registry.add_version(version.model_copy(update={"id": str(uuid.uuid4())}))
        deployments = [
            Deployment(
                id=str(uuid.uuid4()),
                application_id=one.id,
                version_id=version.id,
                action="deploy",
                status="pending",
                requested_by="ann",
                created_at=NOW + timedelta(minutes=minute),
            )
            for minute in range(3)
        ]
        for deployment in deployments:
            await registry.add_deployment(deployment)
        assert list(await registry.deployments(one.id, None, 2)) == deployments[:0:-1]
        assert list(await registry.deployments(one.id, deployments[1].created_at, 2)) == deployments[:1]

        ended = deployments[0].model_copy(update={"status": "undone", "error": "it broke", "finished_at": NOW})
        await registry.set_deployment(ended)
        assert await registry.deployment(ended.id) == ended

        step = DeploymentStep(
            deployment_id=ended.id, position=0, name="provision", status="running", details={"n": 1}, started_at=NOW
        )
        done = step.model_copy(update={"status": "done", "attempt": 2, "finished_at": NOW, "details": {"made": True}})
        await registry.put_step(step)
        await registry.put_step(done)
        assert list(await registry.steps(ended.id)) == [done]
    finally:
        await archived(registry, one)


async def test_flags_are_set_for_one_organisation_and_for_all(flags: FlagBook) -> None:
    key = f"flag_{uuid.uuid4().hex[:12]}"
    setting = FlagSetting(
        key=key, org_id=BANK, percent=40, unit="team", rules=(FlagRule(person_ids=("ann",), percent=100),)
    )
    kept = await flags.set(setting)
    assert kept.model_copy(update={"updated_at": None}) == setting
    await flags.set(FlagSetting(key=key, percent=100))
    subject = await flags.subject(BANK, "00000000-0000-4000-8000-000000000000")
    own = await flags.settings_of(BANK)
    assert not evaluate(key, own, subject)
    await flags.set(setting.model_copy(update={"percent": 5, "rules": ()}))
    assert {each.percent for each in await flags.settings_of(BANK) if each.key == key} == {5, 100}
    other = TEAMS[1].row_id("organization")
    assert evaluate(key, await flags.settings_of(other), await flags.subject(other, None))

    assert await flags.unset(key, BANK)
    assert not await flags.unset(key, BANK)
    assert evaluate(key, await flags.settings_of(BANK), subject)
    assert await flags.unset(key, None)
    assert not [each for each in await flags.settings_of(BANK) if each.key == key]
