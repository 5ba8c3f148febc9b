"""Messages of a small conversation."""

from __future__ import annotations

from datetime import UTC, datetime

from domain.values import Actor
from store import Message, Store
from store.models import MessageStatus

LEA = Actor(kind="user", id="lea")
ASSISTANT = Actor(kind="agent", id="assistant", on_behalf_of="lea")
AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def question(id_: str, parent_id: str | None = None, cim_id: str = "c1") -> Message:
    return Message(
        id=id_, cim_id=cim_id, parent_id=parent_id, role="user", text=f"Question {id_}?", author=LEA, created_at=AT
    )


def answer(
    id_: str, parent_id: str | None, status: MessageStatus, text: str = "", cim_id: str = "c1", run_id: str = "r1"
) -> Message:
    return Message(
        id=id_,
        cim_id=cim_id,
        parent_id=parent_id,
        role="assistant",
        text=text,
        author=ASSISTANT,
        created_at=AT,
        status=status,
        run_id=run_id,
    )


async def delta(store: Store, message_id: str, text: str, attempt: int = 1, cim_id: str = "c1") -> int:
    return await store.say(cim_id, "delta", {"message_id": message_id, "attempt": attempt, "text": text})


async def reset(store: Store, message_id: str, text: str, attempt: int, cim_id: str = "c1") -> int:
    return await store.say(cim_id, "message_reset", {"message_id": message_id, "attempt": attempt, "text": text})
