"""What an agent session leaves behind: its record, its answer, its requests, its steps."""

from __future__ import annotations

from typing import Literal, Protocol
from uuid import NAMESPACE_URL, uuid5

from pydantic import Field, JsonValue
from temporalio import activity
from temporalio.exceptions import ApplicationError

from agents.ports import CIMAddress, CommandSender
from agents.running import KeptStep
from domain.commands import CloseRequest
from domain.events import RequestAnswered
from domain.requests import ClosedHow, RequestAnswer
from domain.values import Instant, Value
from store.models import AgentSession, AgentStatus, Checkpoint
from workflows.contract import AgentInput, ForkPoint

SessionStatus = Literal["running", "waiting", "completed", "failed", "cancelled"]


class SessionReport(Value):
    """Where a session stands. `state` is the last state of its graph, once it is completed."""

    start: AgentInput
    status: SessionStatus
    doing: str = ""
    steps: int = 0
    waits_for: tuple[str, ...] = ()
    state: dict[str, JsonValue] = Field(default_factory=dict)
    error: str | None = None
    started_at: Instant
    completed_at: Instant | None = None


class CloseRequests(Value):
    start: AgentInput
    request_ids: tuple[str, ...]
    how: ClosedHow


class HeardAnswer(Value):
    """An answer that an agent was told of."""

    cim_id: str
    agent_id: str
    request_id: str
    seq: int


class EndAnswer(Value):
    """An answer that ends before it is complete. What was said stays."""

    message_id: str
    status: Literal["stopped", "failed"]
    error: str | None = None


class SessionLedger(Protocol):
    """Keeps the records of sessions, and tells those who look on."""

    async def put_session(self, session: AgentSession) -> None: ...

    async def checkpoint(self, checkpoint_id: str) -> Checkpoint | None: ...

    async def end_answer(self, end: EndAnswer) -> None: ...

    async def answered_at(self, cim_id: str, seq: int) -> RequestAnswered | None: ...


class SessionActivities:
    """Idempotent: repeated, each leaves the same behind."""

    def __init__(self, ledger: SessionLedger, sender: CommandSender) -> None:
        self._ledger = ledger
        self._sender = sender

    @activity.defn
    async def record_session(self, report: SessionReport) -> None:
        start = report.start
        await self._ledger.put_session(
            AgentSession(
                id=start.agent_id,
                cim_id=start.cim_id,
                org_id=start.org_id,
                run_id=start.run_id,
                parent_id=start.parent_id,
                agent_type=start.agent_type,
                title=start.title,
                status=_STATUS[report.status],
                doing="waiting for people" if report.status == "waiting" else report.doing,
                input=start.state,
                output=report.state,
                error=report.error,
                started_at=report.started_at,
                completed_at=report.completed_at,
                steps=report.steps,
                waits_for=report.waits_for,
            )
        )

    @activity.defn
    async def close_requests(self, close: CloseRequests) -> None:
        """Requests that are answered meanwhile stay as they are."""
        start = close.start
        commands = [
            CloseRequest(
                type="close_request",
                command_id=uuid5(NAMESPACE_URL, f"bookrunner:request/{start.cim_id}/{request_id}/{close.how}"),
                request_id=request_id,
                how="superseded" if close.how == "superseded" else "cancelled",
            )
            for request_id in close.request_ids
        ]
        address = CIMAddress(cim_id=start.cim_id, org_id=start.org_id, deal_id=start.deal_id)
        await self._sender.send(address, start.actor, commands)

    @activity.defn
    async def end_answer(self, end: EndAnswer) -> None:
        await self._ledger.end_answer(end)

    @activity.defn
    async def answer_in_log(self, heard: HeardAnswer) -> RequestAnswer | None:
        """The answer as the book has it; None when it has no such answer for this agent."""
        event = await self._ledger.answered_at(heard.cim_id, heard.seq)
        if event is None or (event.agent_id, event.request_id) != (heard.agent_id, heard.request_id):
            return None
        return event.answer

    @activity.defn
    async def checkpoint_at(self, point: ForkPoint) -> KeptStep:
        """The step, or the last one before it that waits for nobody: what was asked then, is asked anew.

        Fails for good when no such step is kept.
        """
        for number in range(point.step, -1, -1):
            found = await self._ledger.checkpoint(checkpoint_id(point.agent_id, number))
            if found is not None and not found.state.get("waiting"):
                return KeptStep(node=found.node, state=found.state)
        raise ApplicationError("This step is no longer kept. Ask anew.", type="RunFailed", non_retryable=True)


def checkpoint_id(agent_id: str, step: int) -> str:
    return f"{agent_id}:{step:04}"


_STATUS: dict[SessionStatus, AgentStatus] = {
    "running": "running",
    "waiting": "running",
    "completed": "completed",
    "failed": "failed",
    "cancelled": "failed",
}
