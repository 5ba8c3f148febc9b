"""What travels between the nodes of a turn: references and counts, never texts."""

from __future__ import annotations

from typing import TypedDict

from pydantic import JsonValue

from agents.usage import Caller
from domain.requests import RequestAnswer
from domain.values import Actor, AgentType, Mode, Value


class TurnScope(Value):
    """Whose turn it is, and for whom."""

    agent_id: str
    run_id: str
    cim_id: str
    org_id: str
    deal_id: str
    agent_type: AgentType
    mode: Mode
    person_id: str
    thread_id: str
    message_id: str
    answer_id: str
    named: tuple[str, ...] = ()

    @property
    def actor(self) -> Actor:
        return Actor(kind="agent", id=self.agent_type, on_behalf_of=self.person_id)

    def caller(self, step: int, attempt: int) -> Caller:
        """On whose account a call of a model is."""
        return Caller(
            org_id=self.org_id,
            cim_id=self.cim_id,
            run_id=self.run_id,
            agent_id=self.agent_id,
            agent_type=self.agent_type,
            person_id=self.person_id,
            step=step,
            attempt=attempt,
        )


class TurnState(TypedDict, total=False):
    """State of the turn graph. Hashes are keys of texts kept beside the book.

    `transcript_hash` ends a chain of what model and tools said in this turn; `evidence_hash` are the facts and passages
    that references count through; `waiting` are ids of open requests; `answers` what people said to them (dumped
    RequestAnswer); `calls_left` tool calls of the last model message that are not settled yet.
    """

    scope: dict[str, JsonValue]
    context_hash: str
    evidence_hash: str
    transcript_hash: str
    steps: int
    calls: int
    calls_left: int
    steers_read: int
    waiting: list[str]
    answers: list[dict[str, JsonValue]]
    is_done: bool


class TurnStep(Value):
    """The state as a node reads it."""

    scope: TurnScope
    context_hash: str = ""
    evidence_hash: str = ""
    transcript_hash: str = ""
    steps: int = 0
    calls: int = 0
    calls_left: int = 0
    steers_read: int = 0
    waiting: tuple[str, ...] = ()
    answers: tuple[RequestAnswer, ...] = ()
    is_done: bool = False
