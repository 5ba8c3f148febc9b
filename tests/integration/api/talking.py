"""A client of the talk, as the workspace is one: it shows messages by the documented rules of the stream."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from domain.values import Actor
from store import Message, Store, Thread
from store.models import MessageStatus

from .reading import Message as Sent

FINAL = ("complete", "stopped", "failed")
AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@dataclass
class Shown:
    text: str
    status: str
    attempt: int = 0


@dataclass
class Screen:
    """What a tab shows, by message id, and the steps of the workspace that it has seen."""

    messages: dict[str, Shown] = field(default_factory=dict[str, Shown])
    steps: list[int] = field(default_factory=list[int])

    def show(self, page: dict[str, Any]) -> None:
        """A page of messages."""
        for item in page["items"]:
            self.messages[item["id"]] = Shown(item["text"], item["status"], item["attempt"])

    def receive(self, sent: Sent) -> None:
        if sent.event == "message":
            self._message(sent.data)
        elif sent.event in ("delta", "message_reset"):
            known = self.messages.get(sent.data["message_id"])
            if known is not None and known.status not in FINAL and sent.data["attempt"] >= known.attempt:
                known.attempt = sent.data["attempt"]
                known.text = sent.data["text"] if sent.event == "message_reset" else known.text + sent.data["text"]
        elif sent.event == "workspace":
            self.steps.append(sent.data["n"])

    def texts(self) -> dict[str, str]:
        return {id_: shown.text for id_, shown in self.messages.items()}

    def _message(self, data: dict[str, Any]) -> None:
        known = self.messages.get(data["id"])
        if known is None or data["status"] in FINAL:
            self.messages[data["id"]] = Shown(data["text"], data["status"])
        else:
            known.status = data["status"]


class Speaker:
    """Writes a conversation into the store, as a worker does: answers with deltas, resets and late words."""

    def __init__(self, store: Store, cim_id: str) -> None:
        self.store = store
        self.cim_id = cim_id

    async def thread(self, *leaves: str, thread_id: str = "main") -> None:
        await self.store.threads.put(
            Thread(
                id=thread_id,
                cim_id=self.cim_id,
                leaf_id=leaves[-1],
                leaves=leaves,
                created_at=AT,
                updated_at=AT,
            )
        )

    async def question(self, name: str, parent: str | None = None, thread_id: str = "main") -> None:
        lea = Actor(kind="user", id="lea")
        await self._put(name, parent, "user", lea, "complete", f"Question {name}?", thread_id)

    async def answer(self, name: str, parent: str, status: MessageStatus, text: str = "") -> None:
        assistant = Actor(kind="agent", id="assistant", on_behalf_of="lea")
        await self._put(name, parent, "assistant", assistant, status, text, "main")

    async def add(self, name: str, text: str, attempt: int = 1) -> int:
        return await self._say("delta", {"message_id": self.id(name), "attempt": attempt, "text": text})

    async def reset(self, name: str, text: str, attempt: int) -> int:
        return await self._say("message_reset", {"message_id": self.id(name), "attempt": attempt, "text": text})

    async def step(self, n: int) -> int:
        return await self._say("workspace", {"action": "focus_slide", "n": n})

    async def tell(self, turn: int, words: Sequence[str]) -> dict[str, str]:
        """A whole turn with an attempt that fails midway. The texts in the end, by id."""
        asked, answered = f"q{turn}", f"a{turn}"
        await self.question(asked)
        await self.answer(answered, asked, "queued")
        await self.answer(answered, asked, "writing")
        half = len(words) // 2
        for word in words[:half]:
            await self.add(answered, word)
        await self.reset(answered, "", attempt=2)
        await self.step(turn)
        await self.add(answered, "late", attempt=1)
        for word in words:
            await self.add(answered, word, attempt=2)
        await self.answer(answered, asked, "complete", "".join(words))
        return {self.id(asked): f"Question {asked}?", self.id(answered): "".join(words)}

    def id(self, name: str) -> str:
        return f"{self.cim_id[:24]}-{name}"

    async def _say(self, kind: Any, data: dict[str, Any]) -> int:
        return await self.store.say(self.cim_id, kind, data)

    async def _put(
        self,
        name: str,
        parent: str | None,
        role: Any,
        author: Actor,
        status: MessageStatus,
        text: str,
        thread_id: str,
    ) -> None:
        await self.store.messages.put(
            Message(
                id=self.id(name),
                cim_id=self.cim_id,
                thread_id=thread_id,
                parent_id=None if parent is None else self.id(parent),
                role=role,
                text=text,
                author=author,
                created_at=AT,
                status=status,
            )
        )
