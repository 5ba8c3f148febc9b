"""A conversation with the built-in model in memory: the real context, the real tools and the real book."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from uuid import uuid4

from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from pydantic import JsonValue

from agents.evidence_only.model import EvidenceOnlyChatModel
from agents.tools.registry import ALL_TOOLS, describe, tools_for
from agents.tools.runner import Settled, ToolRunner, calls_of
from agents.tools.tool import ToolDesk
from agents.turn.assembling import Assembled, Assembler
from agents.turn.evidence_shelf import EvidenceShelf
from agents.turn.prompts import turn_messages
from agents.turn.state import TurnScope
from agents.turn.transcript import words_of
from domain.requests import ConfirmationAnswer, QuestionAnswer, RequestAnswer, RequestDraft
from domain.tool_calls import ToolCall
from domain.values import AgentType, Mode
from search.turns import BookSearch
from tests.unit.agents.packs import MemoryBook
from tests.unit.agents.turn.talks import MemoryTalk, scope_of

MOST_STEPS = 20

Person = Callable[[RequestDraft], RequestAnswer]


def approves(request: RequestDraft) -> RequestAnswer:
    """Says yes to every confirmation, and takes the first option of every question."""
    if request.body.kind == "question":
        answer = QuestionAnswer(choices=request.body.options[:1])
        return RequestAnswer(request_id=request.id, how="answered", question=answer, by="lea")
    return RequestAnswer(
        request_id=request.id, how="answered", confirmation=ConfirmationAnswer(approved=True), by="lea"
    )


def refuses(request: RequestDraft) -> RequestAnswer:
    """Says no to every confirmation, and leaves questions unanswered."""
    if request.body.kind == "question":
        return RequestAnswer(request_id=request.id, how="cancelled", by="lea")
    denial = ConfirmationAnswer(approved=False, reason="I did not ask for that.")
    return RequestAnswer(request_id=request.id, how="answered", confirmation=denial, by="lea")


@dataclass
class Said:
    """An answer with what led to it."""

    text: str
    calls: list[ToolCall] = field(default_factory=list[ToolCall])
    requests: list[RequestDraft] = field(default_factory=list[RequestDraft])
    arguments: list[dict[str, JsonValue]] = field(default_factory=list[dict[str, JsonValue]])

    def done(self) -> list[str]:
        return [call.tool for call in self.calls if call.status == "done"]


class _Unseen:
    async def show(self, cim_id: str, action: str, details: dict[str, JsonValue]) -> None:
        return None


class Thread:
    """One thread about one book. `person` answers what agents ask."""

    def __init__(self, book: MemoryBook, person: Person = approves) -> None:
        self.book = book
        self.person = person
        self.talk = MemoryTalk()
        self._search = BookSearch()
        self._shelf = EvidenceShelf(book)
        self._assembler = Assembler(book, self.talk, self._search, self._shelf)
        self._runner = ToolRunner(ALL_TOOLS)

    async def assembled(self, text: str) -> Assembled:
        """What a turn would start from."""
        message_id = self.talk.say(text)
        return await self._assembler.assemble(scope_of(self.book.address.cim_id, message_id), text)

    async def say(
        self, text: str, *, agent: AgentType = "assistant", mode: Mode = "draft", named: tuple[str, ...] = ()
    ) -> Said:
        message_id = self.talk.say(text)
        address = self.book.address
        scope = TurnScope(
            agent_id=uuid4().hex,
            run_id=uuid4().hex,
            cim_id=address.cim_id,
            org_id=address.org_id,
            deal_id=address.deal_id,
            agent_type=agent,
            mode=mode,
            person_id="lea",
            thread_id="t1",
            message_id=message_id,
            answer_id=uuid4().hex,
            named=named,
        )
        assembled = await self._assembler.assemble(scope, text)
        tools = tools_for(agent, mode)
        model = EvidenceOnlyChatModel().bind_tools(describe(tools))
        transcript: list[BaseMessage] = []
        said = Said("")
        for _ in range(MOST_STEPS):
            message = await model.ainvoke(turn_messages(assembled.context, transcript))
            transcript.append(message)
            if not message.tool_calls:
                break
            said.arguments.extend(dict(call["args"]) for call in message.tool_calls)

            def desk_of(call_id: str) -> ToolDesk:
                return ToolDesk(
                    scope=scope,
                    context=assembled.context,
                    evidence=assembled.evidence,
                    workspace=self.book,
                    sender=self.book,
                    talk=_Unseen(),
                    library=self._search,
                    call_id=f"{scope.agent_id}/{call_id}",
                )

            transcript.extend(await self._settle(message, desk_of, said))
        said.text = words_of(transcript)
        self.talk.say(said.text, "assistant")
        return said

    async def _settle(
        self, message: AIMessage, desk_of: Callable[[str], ToolDesk], said: Said
    ) -> Sequence[ToolMessage]:
        results: list[ToolMessage] = []
        answers: list[RequestAnswer] = []
        while len(results) < len(message.tool_calls):
            waiting = calls_of(message, {one.tool_call_id for one in results})
            settled: Settled = await self._runner.settle(waiting, desk_of, answers)
            results.extend(settled.messages)
            said.calls.extend(settled.records)
            said.requests.extend(settled.requests)
            answers = [self.person(request) for request in settled.requests]
            assert settled.messages or answers, "nothing goes on"
        return results
