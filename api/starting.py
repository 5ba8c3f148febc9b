"""Starting the workflows of runs, exports and ingest, and what to say when that fails."""

from __future__ import annotations

import secrets
import time
import uuid
from collections.abc import Awaitable
from typing import TypeVar

from api.gateway import NotRunning, Refused, ThreadBusy, TryAgain, UnprovenCall
from api.problems import ApiProblem

Answer = TypeVar("Answer")

NAMESPACE = uuid.UUID("b1f6a2f4-8d5c-4d0b-9a53-6a0f0c2f7e21")


async def start_or_problem(start: Awaitable[Answer]) -> Answer:
    """What the call answers; when it fails, a problem that says what to do."""
    try:
        return await start
    except ThreadBusy as busy:
        raise ApiProblem(
            "thread_busy", str(busy), "Wait for the answer, or send the message with policy `enqueue` or `interrupt`."
        ) from None
    except UnprovenCall as unproven:
        raise ApiProblem("unproven", str(unproven), "Try again; if it stays so, tell the operators.") from None
    except (TryAgain, NotRunning):
        raise ApiProblem(
            "workflow_unavailable", "The workflow service does not answer just now.", "Try again in a moment."
        ) from None
    except Refused:
        raise ApiProblem("not_carried_out", "This could not be started.", "Tell the operators.") from None


async def told(signal: Awaitable[None]) -> bool:
    """Whether a workflow could be told something; false when it is not running."""
    try:
        await signal
    except NotRunning:
        return False
    except (TryAgain, Refused):
        raise ApiProblem(
            "workflow_unavailable", "The workflow service does not answer just now.", "Try again in a moment."
        ) from None
    return True


def id_of(kind: str, cim_id: str, person_id: str, key: str | None) -> str:
    """A new id; with an idempotency key the same id each time."""
    if key is None:
        return uuid.uuid4().hex
    return uuid.uuid5(NAMESPACE, f"{kind}/{cim_id}/{person_id}/{key}").hex


def new_message_id() -> str:
    """Sorts by time."""
    return f"{time.time_ns() // 1_000:016x}{secrets.token_hex(4)}"
