"""A command that nothing proves is refused, and the refusal is in the audit log of the book's organisation."""

from __future__ import annotations

import uuid
from datetime import timedelta

from access import Assertions
from activities.granting import AccessActivities
from audit import AuditEntry
from domain.permissions import Role
from domain.values import Actor
from workflows.contract import AccessQuestion

ORG, PERSON = str(uuid.uuid4()), str(uuid.uuid4())


class Leads:
    async def role(self, person_id: str, org_id: str, deal_id: str) -> Role | None:
        return Role.LEAD


class Kept:
    def __init__(self) -> None:
        self.entries: list[AuditEntry] = []

    def record(self, entry: AuditEntry) -> None:
        self.entries.append(entry)


async def asked(proof: str, trail: Kept) -> str:
    proofs = Assertions({"k": b"k" * 32})
    actor = Actor(kind="user", id=PERSON)
    question = AccessQuestion(
        person_id=PERSON,
        org_id=ORG,
        deal_id="d",
        cim_id="b1",
        actor=actor,
        proof=proofs.of_person(actor, "b1") if proof == "good" else proof,
        command_hash="h",
    )
    return (await AccessActivities(Leads(), proofs, timedelta(seconds=60), trail).check_access(question)).proof


async def test_a_forged_command_leaves_an_entry() -> None:
    trail = Kept()
    assert await asked("forged", trail) == "refused"
    (entry,) = trail.entries
    assert (entry.org_id, entry.action, entry.result, entry.target.id) == (ORG, "cim.command", "refused", "b1")
    assert entry.actor.kind == "nobody"
    assert entry.details == {"code": "unproven", "claimed_person": PERSON}


async def test_a_proved_command_leaves_none_here() -> None:
    trail = Kept()
    assert await asked("good", trail) == "until"
    assert trail.entries == []
