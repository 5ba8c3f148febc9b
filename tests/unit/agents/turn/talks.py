"""A conversation in memory, with branches, that counts what is read of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from agents.ports import TalkMessage
from agents.turn.state import TurnScope
from domain.values import AgentType, Mode

BEGAN = datetime(2026, 3, 1, 9, tzinfo=UTC)


class MemoryTalk:
    """Messages follow the last one said, or the one named."""

    def __init__(self) -> None:
        self.messages: dict[str, TalkMessage] = {}
        self.parents: dict[str, str | None] = {}
        self.longest_read = 0
        self.leaf: str | None = None

    def say(self, text: str, role: str = "user", after: str | None = None) -> str:
        """The id of the message."""
        number = len(self.messages) + 1
        message_id = f"m{number:06}"
        self.messages[message_id] = TalkMessage.model_validate(
            {
                "id": message_id,
                "role": role,
                "author": "lea" if role == "user" else "assistant",
                "text": text,
                "created_at": BEGAN + timedelta(minutes=number),
            }
        )
        self.parents[message_id] = after or self.leaf
        self.leaf = message_id
        return message_id

    def exchange(self, question: str, answer: str) -> None:
        self.say(question)
        self.say(answer, "assistant")

    async def path(self, message_id: str, limit: int) -> Sequence[TalkMessage]:
        at: str | None = message_id
        found: list[TalkMessage] = []
        while at is not None and len(found) < limit:
            found.append(self.messages[at])
            at = self.parents[at]
        self.longest_read = max(self.longest_read, len(found))
        return found[::-1]

    async def steers(self, run_id: str, after: int) -> Sequence[str]:
        return []

    async def is_said(self, run_id: str, answer_id: str, after: int) -> bool:
        return True


def scope_of(
    cim_id: str,
    message_id: str,
    *,
    agent_type: AgentType = "assistant",
    mode: Mode = "draft",
    named: tuple[str, ...] = (),
) -> TurnScope:
    return TurnScope(
        agent_id="agent1",
        run_id="run1",
        cim_id=cim_id,
        org_id="org1",
        deal_id="deal1",
        agent_type=agent_type,
        mode=mode,
        person_id="lea",
        thread_id="main",
        message_id=message_id,
        answer_id="answer1",
        named=named,
    )
