"""The gate of a CIM: short-lived grants per person, asked of the access service when they are missing or over."""

from __future__ import annotations

from temporalio import workflow
from temporalio.exceptions import FailureError

from domain.permissions import may_send
from domain.refusals import Refusal
from workflows.contract import (
    ACCESS_PATIENCE,
    ACCESS_RETRY,
    ACCESS_TIMEOUT,
    AccessGrant,
    AccessQuestion,
    Entry,
)

with workflow.unsafe.imports_passed_through():
    from activities.granting import AccessActivities


class AccessGate:
    """Lets a command pass when the role of the person behind it allows it."""

    def __init__(self, org_id: str, deal_id: str, grants: dict[str, AccessGrant]) -> None:
        self._org_id = org_id
        self._deal_id = deal_id
        self._grants = dict(grants)
        self._asking: set[str] = set()

    def live_grants(self) -> dict[str, AccessGrant]:
        now = workflow.now()
        return {person: grant for person, grant in self._grants.items() if grant.expires_at > now}

    async def check(self, entry: Entry, *, patient: bool) -> None:
        """Raises Refusal `forbidden`, or `access_unavailable` unless `patient` (then it waits for the service)."""
        grant = await self._grant_for(entry.actor.person_id, patient=patient)
        if grant.role is None:
            raise Refusal("forbidden", "You have no role in this deal.", "Ask the project lead for access.")
        if not may_send(grant.role, entry.command):
            action = entry.command.type.replace("_", " ")
            raise Refusal("forbidden", f"A {grant.role.value} may not {action}.", "Ask the project lead.")

    async def _grant_for(self, person_id: str, *, patient: bool) -> AccessGrant:
        while True:
            grant = self._grants.get(person_id)
            if grant is not None and grant.role is not None and grant.expires_at > workflow.now():
                return grant
            if person_id in self._asking:
                await workflow.wait_condition(lambda: person_id not in self._asking)
                continue
            try:
                return await self._ask(person_id)
            except FailureError as error:
                if not patient:
                    raise Refusal(
                        "access_unavailable",
                        "Your rights could not be checked just now, so nothing was changed.",
                        "Try again in a few seconds.",
                    ) from error
            await workflow.sleep(ACCESS_PATIENCE)

    async def _ask(self, person_id: str) -> AccessGrant:
        self._asking.add(person_id)
        try:
            grant = await workflow.execute_local_activity_method(
                AccessActivities.check_access,
                AccessQuestion(person_id=person_id, org_id=self._org_id, deal_id=self._deal_id),
                schedule_to_close_timeout=ACCESS_TIMEOUT,
                retry_policy=ACCESS_RETRY,
            )
        finally:
            self._asking.discard(person_id)
        self._grants = {**self.live_grants(), person_id: grant}
        return grant
