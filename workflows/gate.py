"""The gate of a CIM: who sends a command is proved, and what that person may do is asked of the access service.

Both answers are kept for a short while: a grant per person, and the hashes of assertions that were checked.
"""

from __future__ import annotations

import hashlib

from temporalio import workflow
from temporalio.exceptions import FailureError

from domain.permissions import may_send
from domain.refusals import Refusal
from domain.values import content_hash
from workflows.contract import (
    ACCESS_PATIENCE,
    ACCESS_RETRY,
    ACCESS_TIMEOUT,
    AccessGrant,
    AccessQuestion,
    CIMInput,
    Entry,
    ProvenActor,
)

with workflow.unsafe.imports_passed_through():
    from activities.granting import AccessActivities

MOST_PROVEN = 500


class AccessGate:
    """Lets a command pass when it is proved who sends it, and the role of the person behind it allows it."""

    def __init__(self, start: CIMInput, *, requires_proof: bool) -> None:
        self._start = start
        self._requires_proof = requires_proof
        self._grants = dict(start.grants)
        self._proven = dict(start.proven)
        self._asking: set[str] = set()

    def live_grants(self) -> dict[str, AccessGrant]:
        now = workflow.now()
        return {person: grant for person, grant in self._grants.items() if grant.expires_at > now}

    def live_proven(self) -> dict[str, ProvenActor]:
        now = workflow.now()
        return {hash_: proven for hash_, proven in self._proven.items() if proven.expires_at > now}

    async def check(self, entry: Entry, *, patient: bool) -> None:
        """Raises Refusal `unproven`, `forbidden`, or `access_unavailable` unless `patient` (then it waits)."""
        grant = await self._grant_for(entry, patient=patient)
        if grant.role is None:
            raise Refusal("forbidden", "You have no role in this deal.", "Ask the project lead for access.")
        if not may_send(grant.role, entry.command):
            action = entry.command.type.replace("_", " ")
            raise Refusal("forbidden", f"A {grant.role.value} may not {action}.", "Ask the project lead.")

    async def _grant_for(self, entry: Entry, *, patient: bool) -> AccessGrant:
        person_id = entry.actor.person_id
        while True:
            grant = self._grants.get(person_id)
            is_live = grant is not None and grant.role is not None and grant.expires_at > workflow.now()
            if grant is not None and is_live and self._is_proven(entry):
                return grant
            if person_id in self._asking:
                await workflow.wait_condition(lambda: person_id not in self._asking)
                continue
            try:
                return await self._ask(entry)
            except FailureError as error:
                if not patient:
                    raise Refusal(
                        "access_unavailable",
                        "Your rights could not be checked just now, so nothing was changed.",
                        "Try again in a few seconds.",
                    ) from error
            await workflow.sleep(ACCESS_PATIENCE)

    def _is_proven(self, entry: Entry) -> bool:
        if not self._requires_proof:
            return True
        proven = self._proven.get(_hash(entry.proof))
        return proven is not None and proven.actor == entry.actor and proven.expires_at > workflow.now()

    async def _ask(self, entry: Entry) -> AccessGrant:
        """Raises Refusal `unproven`; what is known of the person stays as it is then."""
        person_id = entry.actor.person_id
        self._asking.add(person_id)
        try:
            grant = await workflow.execute_local_activity_method(
                AccessActivities.check_access,
                self._question(entry),
                schedule_to_close_timeout=ACCESS_TIMEOUT,
                retry_policy=ACCESS_RETRY,
            )
        finally:
            self._asking.discard(person_id)
        if self._requires_proof and grant.proof not in ("once", "until"):
            raise Refusal(
                "unproven",
                "It is not proved who sends this, so nothing was changed.",
                "Send it through the API, or with a fresh assertion.",
            )
        self._grants = {**self.live_grants(), person_id: grant}
        if grant.proof == "until" and grant.proof_expires_at is not None:
            proven = self.live_proven()
            for hash_ in list(proven)[: len(proven) - MOST_PROVEN + 1]:
                del proven[hash_]
            self._proven = {
                **proven,
                _hash(entry.proof): ProvenActor(actor=entry.actor, expires_at=grant.proof_expires_at),
            }
        return grant

    def _question(self, entry: Entry) -> AccessQuestion:
        start = self._start
        question = AccessQuestion(person_id=entry.actor.person_id, org_id=start.org_id, deal_id=start.deal_id)
        if not self._requires_proof:
            return question
        return question.model_copy(
            update={
                "cim_id": start.cim_id,
                "actor": entry.actor,
                "proof": entry.proof,
                "standby": entry.standby,
                "command_hash": content_hash(entry.command),
            }
        )


def _hash(proof: str) -> str:
    return hashlib.sha256(proof.encode()).hexdigest()
