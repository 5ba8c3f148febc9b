"""What somebody can do who may signal workflows and read histories, but was never signed in: nothing."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy

from access import Assertions
from api.addresses import CIMAddress
from api.gateway import TemporalGateway
from domain.commands import Rename
from domain.permissions import Role
from domain.session import CIMSession
from domain.values import Actor, content_hash
from workflows.cim import CIMWorkflow
from workflows.contract import CIM_WORKFLOW, SUBMIT_SIGNAL, AccessGrant, CIMInput, Entry, Submission

from .conftest import LEA, Desk

ED = Actor(kind="user", id="ed")
AGENT = Actor(kind="agent", id="writer", on_behalf_of="lea")
KEY = b"the key of the tests, 32 bytes and more"
OTHER_KEY = b"another key, also of 32 bytes and more"

Forging = Callable[[Desk, Rename], str]


def rename(title: str = "Forged") -> Rename:
    return Rename(type="rename", command_id=uuid.uuid4(), title=title)


def late(seconds: float) -> Assertions:
    return Assertions({"test": KEY}, clock=lambda: time.time() - seconds)


def signed(claims: dict[str, Any], key: bytes = KEY, algorithm: str = "HS256") -> str:
    return jwt.encode(claims, key, algorithm, headers={"kid": "test"})


def claims_of(desk: Desk, **changes: Any) -> dict[str, Any]:
    now = int(time.time())
    claims = {"iss": "bookrunner-api", "sub": "lea", "cim": desk.cim_id, "use": "session", "iat": now, "exp": now + 120}
    return {**claims, **changes}


FORGERIES: dict[str, Forging] = {
    "none": lambda desk, _: "",
    "nonsense": lambda desk, _: "a.b.c",
    "expired": lambda desk, _: late(200).of_person(LEA, desk.cim_id),
    "from the future": lambda desk, _: late(-200).of_person(LEA, desk.cim_id),
    "of another book": lambda desk, _: desk.access.proofs.of_person(LEA, "another"),
    "of another person": lambda desk, _: desk.access.proofs.of_person(ED, desk.cim_id),
    "of another person by hand": lambda desk, _: desk.access.proofs.by_hand("ed", desk.cim_id)[0],
    "of an agent": lambda desk, _: desk.access.proofs.of_agent(AGENT, desk.cim_id, "run/x/y"),
    "of another command": lambda desk, _: desk.access.proofs.of_command(LEA, desk.cim_id, content_hash(rename())),
    "of a call": lambda desk, command: desk.access.proofs.of_call(LEA, desk.cim_id, content_hash(command)),
    "with another key": lambda desk, _: Assertions({"test": OTHER_KEY}).of_person(LEA, desk.cim_id),
    "with an unknown key": lambda desk, _: Assertions({"new": OTHER_KEY}).of_person(LEA, desk.cim_id),
    "alg none": lambda desk, _: jwt.encode(claims_of(desk), "", "none", headers={"kid": "test"}),
    "too long a life": lambda desk, _: signed(claims_of(desk, exp=int(time.time()) + 86_400)),
    "signed by the wrong side": lambda desk, _: signed(claims_of(desk, iss="bookrunner-worker")),
    "no book": lambda desk, _: signed({k: v for k, v in claims_of(desk).items() if k != "cim"}),
    "too long": lambda desk, _: "a" * 2_048,
}


@pytest.mark.parametrize("how", FORGERIES)
async def test_a_forged_entry_changes_nothing_though_the_person_has_a_live_grant(desk: Desk, how: str) -> None:
    async with desk.worker():
        await desk.create()
        command = rename()
        entry = Entry(actor=LEA, command=command, proof=FORGERIES[how](desk, command))
        await desk.handle.signal(SUBMIT_SIGNAL, Submission(entries=(entry,)))
        answer = await desk.calls.execute(desk.client, "org1", "deal1", desk.cim_id, Submission(entries=(entry,)))
        assert answer.results[0].problem is not None
        assert answer.results[0].problem.code == "unproven"
        [done] = await desk.execute(rename("By Lea"))
        assert done.problem is None
        assert [event.type for event in desk.store.log[desk.cim_id]] == ["cim_created", "renamed"]
        state = await desk.handle.query(CIMWorkflow.state)
        assert state is not None
        assert state.content.title == "By Lea"


async def test_a_proof_that_was_seen_lets_nobody_else_through(desk: Desk) -> None:
    async with desk.worker():
        await desk.create()
        seen = desk.access.proofs.of_person(LEA, desk.cim_id)
        for actor in (ED, AGENT, Actor(kind="agent", id="lea"), Actor(kind="system", id="lea")):
            entry = Entry(actor=actor, command=rename(), proof=seen)
            answer = await desk.calls.execute(desk.client, "org1", "deal1", desk.cim_id, Submission(entries=(entry,)))
            assert answer.results[0].problem is not None
            assert answer.results[0].problem.code == "unproven"


async def test_one_check_is_enough_for_the_commands_of_a_minute(desk: Desk) -> None:
    async with desk.worker():
        await desk.create()
        asked = desk.access.questions
        for _ in range(5):
            await desk.execute(desk.save_persona())
        assert desk.access.questions == asked


async def test_by_hand_the_rights_of_the_moment_count(desk: Desk) -> None:
    async with desk.worker():
        await desk.create()
        proof, _ = desk.access.proofs.by_hand("lea", desk.cim_id)
        first = Submission(entries=(Entry(actor=LEA, command=rename("By hand"), proof=proof),))
        await desk.handle.signal(SUBMIT_SIGNAL, first)
        await desk.until_recorded(2)
        desk.access.roles["lea"] = None
        second = Submission(entries=(Entry(actor=LEA, command=rename("Later"), proof=proof),))
        answer = await desk.calls.execute(desk.client, "org1", "deal1", desk.cim_id, second)
        assert answer.results[0].problem is not None
        assert answer.results[0].problem.code == "forbidden"


async def test_what_waited_for_a_worker_is_done_when_its_proof_has_long_expired(desk: Desk) -> None:
    async with desk.worker():
        await desk.create()
    command = rename("Waited")
    entry = Entry(
        actor=LEA,
        command=command,
        proof=late(3_600).of_person(LEA, desk.cim_id),
        standby=late(86_400).of_command(LEA, desk.cim_id, content_hash(command)),
    )
    await desk.handle.signal(SUBMIT_SIGNAL, Submission(entries=(entry,)))
    forged = entry.model_copy(update={"command": rename("Another")})
    await desk.handle.signal(SUBMIT_SIGNAL, Submission(entries=(forged,)))
    async with desk.worker():
        await desk.until_recorded(2)
        [after] = await desk.execute(desk.save_persona())
        assert after.problem is None
        state = await desk.handle.query(CIMWorkflow.state)
        assert state is not None
        assert state.content.title == "Waited"


async def test_agents_act_with_a_proof_of_their_own(desk: Desk) -> None:
    async with desk.worker():
        await desk.create()
        [done] = await desk.execute(rename("By an agent"), actor=AGENT)
        assert done.problem is None


async def test_a_key_can_be_changed(desk: Desk) -> None:
    async with desk.worker():
        await desk.create()
        desk.access.proofs = Assertions({"new": OTHER_KEY, "test": KEY})
        [done] = await desk.execute(rename("New key"))
        assert done.problem is None
        old = Entry(actor=LEA, command=rename("Old key"), proof=Assertions({"test": KEY}).of_person(LEA, desk.cim_id))
        answer = await desk.calls.execute(desk.client, "org1", "deal1", desk.cim_id, Submission(entries=(old,)))
        assert answer.results[0].problem is None


async def test_a_book_that_is_started_by_hand_takes_nothing_from_its_input(client: Client) -> None:
    desk = Desk(client)
    grant = AccessGrant(person_id="eve", role=Role.LEAD, expires_at=datetime.now(UTC) + timedelta(hours=1))
    start = CIMInput(
        cim_id=desk.cim_id,
        org_id="org1",
        deal_id="deal1",
        session=CIMSession(),
        grants={"eve": grant},
    )
    eve = Actor(kind="user", id="eve")
    async with desk.worker():
        await desk.create()
        await desk.handle.terminate()
        await client.start_workflow(
            CIM_WORKFLOW,
            start,
            id=desk.id,
            task_queue=desk.queue,
            id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
        )
        proof = desk.access.proofs.of_person(eve, desk.cim_id)
        entry = Entry(actor=eve, command=rename(), proof=proof)
        answer = await desk.calls.execute(client, "org1", "deal1", desk.cim_id, Submission(entries=(entry,)))
        assert answer.results[0].problem is not None
        assert answer.results[0].problem.code == "forbidden"
        assert [event.type for event in desk.store.log[desk.cim_id]] == ["cim_created"]
        found = await desk.handle.query(CIMWorkflow.state)
        assert found is not None
        assert found.content.title == "Bluecan"


async def test_proofs_are_carried_on_when_the_history_is_long(client: Client) -> None:
    desk = Desk(client, continue_after_events=30)
    async with desk.worker():
        await desk.create()
        for number in range(8):
            await desk.execute(rename(f"Title {number}"))
            await asyncio.sleep(0.05)
        entry = Entry(actor=LEA, command=rename())
        answer = await desk.calls.execute(client, "org1", "deal1", desk.cim_id, Submission(entries=(entry,)))
        assert answer.results[0].problem is not None
        assert answer.results[0].problem.code == "unproven"
        assert desk.access.questions <= 3


async def test_a_clock_that_differs_refuses_nothing_that_the_api_sends(desk: Desk) -> None:
    """Neither a new command, nor one that was carried out when the clocks were alike."""
    address = CIMAddress(cim_id=desk.cim_id, org_id="org1", project_id="project1", deal_id="deal1")
    command = rename("By a set clock")
    submission = Submission(entries=(Entry(actor=LEA, command=command),))
    async with desk.worker():
        await desk.create()
        for clock, is_known in ((late(600), False), (late(-600), True), (late(600), True)):
            gateway = TemporalGateway(desk.client, desk.calls, clock)
            [result] = (await gateway.execute(address, submission, starts=False)).results
            assert result.problem is None
            assert result.repeated is is_known
        forger = TemporalGateway(desk.client, desk.calls, Assertions({"test": OTHER_KEY}))
        [result] = (await forger.execute(address, submission, starts=False)).results
        assert result.problem is not None
        assert result.problem.code == "unproven"
