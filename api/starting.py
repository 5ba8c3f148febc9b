"""Starting the workflows of runs, exports and ingest, and what to say when that fails."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable

from api.gateway import NotRunning, Refused, TryAgain
from api.problems import ApiProblem

NAMESPACE = uuid.UUID("b1f6a2f4-8d5c-4d0b-9a53-6a0f0c2f7e21")


async def start_or_problem(start: Awaitable[None]) -> None:
    try:
        await start
    except (TryAgain, NotRunning):
        raise ApiProblem(
            "workflow_unavailable", "The workflow service does not answer just now.", "Try again in a moment."
        ) from None
    except Refused:
        raise ApiProblem("not_carried_out", "This could not be started.", "Tell the operators.") from None


def id_of(kind: str, cim_id: str, person_id: str, key: str | None) -> str:
    """A new id; with an idempotency key the same id each time."""
    if key is None:
        return uuid.uuid4().hex
    return uuid.uuid5(NAMESPACE, f"{kind}/{cim_id}/{person_id}/{key}").hex
