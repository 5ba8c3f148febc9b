"""What the CIM workflow asks of the access service."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from temporalio import activity
from temporalio.exceptions import ApplicationError

from audit import AuditActor, AuditEntry, Target, Trail
from domain.permissions import Role
from workflows.contract import AccessGrant, AccessQuestion, CallQuestion

if TYPE_CHECKING:
    from access import Assertion, Assertions


class AsksForRoles(Protocol):
    async def role(self, person_id: str, org_id: str, deal_id: str) -> Role | None: ...


class AccessActivities:
    def __init__(
        self, access: AsksForRoles, proofs: Assertions, grant_lifetime: timedelta, trail: Trail | None = None
    ) -> None:
        self._access = access
        self._proofs = proofs
        self._grant_lifetime = grant_lifetime
        self._trail = trail

    @activity.defn
    async def check_access(self, question: AccessQuestion) -> AccessGrant:
        """A short-lived grant. Raises access.AccessUnavailable while the access service does not answer."""
        now = datetime.now(UTC)
        proved = None
        if question.cim_id:
            proved = self._proved(question)
            if proved is None:
                self._tell_unproven(question, "cim.command", question.person_id)
                return AccessGrant(person_id=question.person_id, role=None, expires_at=now, proof="refused")
            if proved.use == "upkeep":
                return AccessGrant(person_id=question.person_id, role=Role.LEAD, expires_at=now, proof="once")
        role = await self._access.role(question.person_id, question.org_id, question.deal_id)
        grant = AccessGrant(person_id=question.person_id, role=role, expires_at=now + self._grant_lifetime)
        if proved is None:
            return grant
        if proved.use != "session":
            return grant.model_copy(update={"proof": "once"})
        return grant.model_copy(update={"proof": "until", "proof_expires_at": proved.expires_at})

    @activity.defn
    async def check_call(self, question: CallQuestion) -> bool:
        """Whether it is proved who calls. Rights are asked for when something is done in that person's name."""
        proofs, actor = self._proofs, question.actor
        if proofs.called(question.proof, actor, question.cim_id, question.call_hash, question.within_seconds):
            return True
        self._tell_unproven(question, question.call, actor.person_id)
        return False

    @activity.defn
    async def sign_call(self, question: CallQuestion) -> str:
        """For an agent that a run has work. Only for the workflow in hand: nothing that comes by a queue is signed."""
        if not activity.info().is_local or question.actor.kind != "agent":
            raise ApplicationError("Workers sign for their own runs alone.", non_retryable=True)
        return self._proofs.of_call(question.actor, question.cim_id, question.call_hash)

    def _tell_unproven(self, question: AccessQuestion | CallQuestion, action: str, claimed_person: str) -> None:
        if self._trail is None:
            return
        self._trail.record(
            AuditEntry(
                org_id=question.org_id,
                actor=AuditActor(kind="nobody", id="unproven"),
                action=action,
                target=Target(kind="cim", id=question.cim_id),
                result="refused",
                details={"code": "unproven", "claimed_person": claimed_person},
            )
        )

    def _proved(self, question: AccessQuestion) -> Assertion | None:
        actor = question.actor
        if actor is None or actor.person_id != question.person_id:
            return None
        for proof in (question.proof, question.standby):
            proved = self._proofs.sender(proof, actor, question.cim_id, question.command_hash) if proof else None
            if proved is not None:
                return proved
        return None
