"""What the CIM workflow asks of the access service."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from temporalio import activity

from workflows.contract import AccessGrant, AccessQuestion

if TYPE_CHECKING:
    from access import DealAccess


class AccessActivities:
    def __init__(self, access: DealAccess, grant_lifetime: timedelta) -> None:
        self._access = access
        self._grant_lifetime = grant_lifetime

    @activity.defn
    async def check_access(self, question: AccessQuestion) -> AccessGrant:
        """A short-lived grant. Raises access.AccessUnavailable while the access service does not answer."""
        expires_at = datetime.now(UTC) + self._grant_lifetime
        role = await self._access.role(question.person_id, question.org_id, question.deal_id)
        return AccessGrant(person_id=question.person_id, role=role, expires_at=expires_at)
