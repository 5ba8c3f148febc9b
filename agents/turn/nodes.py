"""The nodes of a turn. Each may be repeated: what it did the first time is found again, not done twice."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import NAMESPACE_URL, UUID, uuid5

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langgraph.types import interrupt

from agents.brief import Evidence
from agents.desk import Desk
from agents.failures import run_failed
from agents.heartbeat import attempt, beating
from agents.ports import (
    Answers,
    AnswerSink,
    CIMAddress,
    CommandSender,
    Conversation,
    FinishedAnswer,
    Outcome,
    Workspace,
)
from agents.sending import outcomes_of
from agents.tools.registry import describe, tools_for
from agents.tools.runner import Call, Settled, ToolRunner, calls_of, request_id_of
from agents.tools.tool import Talk, ToolDesk
from agents.turn.assembling import Assembler
from agents.turn.citing import citations_of, unsupported_in
from agents.turn.context import TurnContext
from agents.turn.evidence_shelf import EvidenceShelf
from agents.turn.prompts import turn_messages
from agents.turn.searching import TurnSearch
from agents.turn.speaking import Speaker
from agents.turn.state import TurnScope, TurnState, TurnStep
from agents.turn.thinking import think
from agents.turn.transcript import lengthened, transcript_of, words_of
from agents.usage import Models, on_account_of
from domain.commands import Command, OpenRequest, RecordToolCalls
from domain.requests import RequestDraft
from domain.values import AgentType

MOST_STEPS: dict[AgentType, int] = {"assistant": 16, "research": 10, "editor": 16, "outline": 10}
MOST_CALLS = 60
RECORDED_AT_ONCE = 50
NO_ANSWER = "I have nothing to say to this."


class AfterTurn(Protocol):
    """What is done once an answer is complete: the summary and the indexes are brought up to date."""

    async def tend(self, scope: TurnScope) -> None: ...


@dataclass(frozen=True)
class TurnParts:
    """What the nodes of a turn work with."""

    workspace: Workspace
    sender: CommandSender
    conversation: Conversation
    sink: AnswerSink
    answers: Answers
    talk: Talk
    assembler: Assembler
    shelf: EvidenceShelf
    search: TurnSearch
    models: Models
    runner: ToolRunner
    after: AfterTurn


class TurnNodes:
    def __init__(self, parts: TurnParts) -> None:
        self._parts = parts

    async def assemble(self, state: TurnState) -> TurnState:
        """What the turn starts from, kept by reference."""
        step, desk = self._open(state)
        scope, parts = step.scope, self._parts
        async with self._at_work(step):
            [message] = await parts.conversation.path(scope.message_id, 1) or [None]
            if message is None:
                raise run_failed("The message that is to be answered is not there (any more).")
            await parts.answers.begin(scope.answer_id)
            assembled = await parts.assembler.assemble(scope, message.text)
            return {
                "context_hash": await desk.keep(assembled.context),
                "evidence_hash": assembled.evidence_hash,
                "transcript_hash": "",
                "steps": 0,
                "calls": 0,
                "calls_left": 0,
                "steers_read": 0,
                "waiting": [],
                "answers": [],
                "is_done": False,
            }

    async def think(self, state: TurnState) -> TurnState:
        """One call of the model; its words reach the people who look on while they come."""
        step, desk = self._open(state)
        scope, parts = step.scope, self._parts
        async with beating():
            context = await desk.load(TurnContext, step.context_hash)
            transcript = await transcript_of(desk, step.transcript_hash)
            steers = await parts.conversation.steers(scope.run_id, step.steers_read)
            added: list[BaseMessage] = [HumanMessage(text) for text in steers]
            may_call = step.steps < MOST_STEPS.get(scope.agent_type, 10) and step.calls < MOST_CALLS
            tools = describe(tools_for(scope.agent_type, scope.mode)) if may_call else []
            tries = attempt()
            speaker = Speaker(
                parts.sink,
                scope.cim_id,
                scope.answer_id,
                step=step.steps,
                attempt=tries,
                prefix=words_of(transcript),
            )
            model = parts.models.open(scope.caller(step.steps, tries), "chat")
            thought = await think(model, turn_messages(context, [*transcript, *added]), tools, speaker)
            said = thought.message
            calls = len(said.tool_calls) + len(said.invalid_tool_calls)
            return {
                "transcript_hash": await lengthened(desk, step.transcript_hash, [*added, said]),
                "steps": step.steps + 1,
                "calls": step.calls + calls,
                "calls_left": calls,
                "steers_read": step.steers_read + len(steers),
                "waiting": [],
                "answers": [],
            }

    async def act(self, state: TurnState) -> TurnState:
        """Carries out what the model asked for, as far as nobody has to be asked first."""
        step, desk = self._open(state)
        async with self._at_work(step):
            transcript = await transcript_of(desk, step.transcript_hash)
            context = await desk.load(TurnContext, step.context_hash)
            evidence = await self._parts.shelf.load(step.scope.cim_id, step.evidence_hash)
            calls = _open_calls(transcript)
            settled = await self._settle(step, context, evidence, transcript, calls)
            refused = await self._ask(step, settled, calls)
            await self._record(step, settled)
            waiting = [request_id for request_id in settled.waiting if request_id not in refused]
            return {
                "transcript_hash": await lengthened(desk, step.transcript_hash, [*settled.messages, *refused.values()]),
                "calls_left": len(settled.left) - len(refused),
                "waiting": waiting,
                "answers": [],
            }

    async def wait(self, state: TurnState) -> TurnState:
        """Waits until people have answered; costs nothing meanwhile."""
        answers: list[dict[str, Any]] = interrupt({"request_ids": list(state.get("waiting", []))})
        return {"answers": answers, "waiting": []}

    async def finish(self, state: TurnState) -> TurnState:
        """The answer as it stays, unless something was added that the model has not read yet."""
        step, desk = self._open(state)
        scope, parts = step.scope, self._parts
        async with beating():
            if not await parts.conversation.is_said(scope.run_id, scope.answer_id, step.steers_read):
                return {"is_done": False}
            transcript = await transcript_of(desk, step.transcript_hash)
            context = await desk.load(TurnContext, step.context_hash)
            evidence = await parts.shelf.load(scope.cim_id, step.evidence_hash)
            text = words_of(transcript) or NO_ANSWER
            steers = tuple(one.text for one in transcript if isinstance(one, HumanMessage))
            known = " ".join((context.said, *context.excerpts, *steers))
            await parts.answers.finish(
                scope.answer_id,
                FinishedAnswer(
                    text=text,
                    citations=citations_of(text, evidence),
                    unsupported=unsupported_in(text, evidence, known),
                    steering=steers,
                ),
            )
            return {"is_done": True}

    async def tend(self, state: TurnState) -> TurnState:
        """What later turns are served by: the running summary, the indexes."""
        step, _ = self._open(state)
        async with self._at_work(step):
            await self._parts.after.tend(step.scope)
        return {}

    @asynccontextmanager
    async def _at_work(self, step: TurnStep) -> AsyncGenerator[None]:
        """What is searched meanwhile is on the account of the turn."""
        async with beating():
            with on_account_of(step.scope.caller(step.steps, attempt())):
                yield

    def _open(self, state: TurnState) -> tuple[TurnStep, Desk]:
        step = TurnStep.from_state(state)
        return step, Desk(self._parts.workspace, step.scope.cim_id)

    async def _settle(
        self,
        step: TurnStep,
        context: TurnContext,
        evidence: Evidence,
        transcript: Sequence[BaseMessage],
        calls: Sequence[Call],
    ) -> Settled:
        steering = tuple(one.text for one in transcript if isinstance(one, HumanMessage))

        def desk_of(call_id: str) -> ToolDesk:
            return ToolDesk(
                scope=step.scope,
                context=context,
                evidence=evidence,
                workspace=self._parts.workspace,
                sender=self._parts.sender,
                talk=self._parts.talk,
                library=self._parts.search,
                call_id=_unique(step, call_id),
                steering=steering,
            )

        return await self._parts.runner.settle(calls, desk_of, step.answers)

    async def _ask(self, step: TurnStep, settled: Settled, calls: Sequence[Call]) -> dict[str, ToolMessage]:
        """Opens the requests. For those that the book refuses: what the model is told instead, by request."""
        refused: dict[str, ToolMessage] = {}
        for request in settled.requests:
            outcome = await self._send(step, _opening(request))
            if outcome.problem is not None:
                call = next(call for call in calls if request_id_of(_unique(step, call.id)) == request.id)
                told = f"Nobody could be asked, so nothing was done. {outcome.problem.message}"
                refused[request.id] = ToolMessage(told, tool_call_id=call.id, name=call.name, status="error")
        return refused

    async def _record(self, step: TurnStep, settled: Settled) -> None:
        for hash_, body in settled.bodies.items():
            await self._parts.workspace.put_text(step.scope.cim_id, hash_, body)
        for start in range(0, len(settled.records), RECORDED_AT_ONCE):
            records = settled.records[start : start + RECORDED_AT_ONCE]
            name = "/".join(sorted(call.id for call in records))
            outcome = await self._send(
                step,
                RecordToolCalls(
                    type="record_tool_calls", command_id=_command_id(step.scope, f"calls/{name}"), calls=records
                ),
            )
            if outcome.problem is not None:
                raise run_failed(f"What was done could not be recorded. {outcome.problem.message}")

    async def _send(self, step: TurnStep, command: Command) -> Outcome:
        scope, parts = step.scope, self._parts
        address = CIMAddress(cim_id=scope.cim_id, org_id=scope.org_id, deal_id=scope.deal_id)
        [outcome] = await outcomes_of(parts.workspace, parts.sender, address, scope.actor, [command])
        return outcome


def _opening(request: RequestDraft) -> OpenRequest:
    return OpenRequest(
        type="open_request", command_id=uuid5(NAMESPACE_URL, f"bookrunner:request/{request.id}"), request=request
    )


def _command_id(scope: TurnScope, name: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"bookrunner:agent/{scope.agent_id}/{name}")


def _unique(step: TurnStep, call_id: str) -> str:
    """The id of a call, which models give out anew for each message, as it is known outside the turn."""
    return f"{step.scope.agent_id}/{step.steps}/{call_id}"


def _open_calls(transcript: Sequence[BaseMessage]) -> tuple[Call, ...]:
    """The calls of the model's last message that have no result yet."""
    settled = {one.tool_call_id for one in transcript if isinstance(one, ToolMessage)}
    last = next((one for one in reversed(transcript) if isinstance(one, AIMessage)), None)
    return () if last is None else calls_of(last, settled)
