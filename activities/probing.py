"""What a worker answers when it is asked whether it is fit to serve an application."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from temporalio import activity
from temporalio.exceptions import ApplicationError

from workflows.platform import PROBE_ACTIVITY, STEP_FAILED, ProbeAnswer, ProbeQuestion

if TYPE_CHECKING:
    from store.application import ApplicationDatabase


class Pings(Protocol):
    async def ping(self) -> None: ...


class ProbeActivities:
    def __init__(self, build_id: str, database: ApplicationDatabase, access: Pings) -> None:
        self._build_id = build_id
        self._database = database
        self._access = access

    @activity.defn(name=PROBE_ACTIVITY)
    async def probe(self, question: ProbeQuestion) -> ProbeAnswer:
        """Raises while the store or the access service does not answer, and for good on another's database."""
        holder = await self._database.holder()
        if holder != question.application_id:
            raise ApplicationError(
                "The worker has another application's database.", type=STEP_FAILED, non_retryable=True
            )
        await self._access.ping()
        return ProbeAnswer(build_id=self._build_id)
