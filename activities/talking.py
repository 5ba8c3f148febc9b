"""What agents read and say in a conversation, kept in the store."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import JsonValue

from agents.ports import TalkMessage
from store import Message, Store


class StoreConversation:
    """Reads of threads. Raises StoreUnavailable while the store is away."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def path(self, message_id: str, limit: int) -> Sequence[TalkMessage]:
        """Without those that say nothing (yet)."""
        found: list[TalkMessage] = []
        next_id: str | None = message_id
        while next_id is not None and len(found) < limit:
            page = await self._store.messages.path(next_id, limit - len(found))
            found = [*_talk_messages(page), *found]
            next_id = page[0].parent_id if page else None
        return found

    async def steers(self, run_id: str, after: int) -> Sequence[str]:
        return await self._store.steers.after(run_id, after)

    async def is_said(self, run_id: str, answer_id: str, after: int) -> bool:
        run = await self._store.runs.get(run_id)
        if run is not None and run.answer_ids[-1:] == (answer_id,):
            return await self._store.steers.close(run.cim_id, run_id, after, by=answer_id)
        return not await self._store.steers.after(run_id, after)


class StoreAnswerSink:
    """The words of answers, as entries of the talk. Raises CIMErased once the book is gone."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def reset(self, cim_id: str, message_id: str, attempt: int, text: str) -> None:
        await self._store.say(cim_id, "message_reset", {"message_id": message_id, "attempt": attempt, "text": text})

    async def add(self, cim_id: str, message_id: str, attempt: int, text: str) -> None:
        await self._store.say(cim_id, "delta", {"message_id": message_id, "attempt": attempt, "text": text})


class StoreTalk:
    """What tools put before the eyes of those who look on, as entries of the talk."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def show(self, cim_id: str, action: str, details: dict[str, JsonValue]) -> None:
        await self._store.say(cim_id, "workspace", {"action": action, "details": details})


def _talk_messages(messages: Sequence[Message]) -> list[TalkMessage]:
    return [
        TalkMessage(
            id=message.id,
            role=message.role,
            author=message.author.id,
            text=message.text,
            created_at=message.created_at,
        )
        for message in messages
        if message.role in ("user", "assistant") and message.text
    ]
