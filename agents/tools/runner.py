"""Carries out the tool calls of a model's message, or says what keeps each of them from being carried out."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from langchain_core.messages import AIMessage, ToolMessage
from pydantic import JsonValue, TypeAdapter
from temporalio.exceptions import ApplicationError

from agents.desk import Desk
from agents.tools.permission import needs_a_person
from agents.tools.registry import ALL_TOOLS
from agents.tools.tool import Tool, ToolDesk, ToolResult
from agents.tools.vetting import refusal_by_mode, typed_arguments
from domain.requests import RequestAnswer, RequestBody, RequestDraft
from domain.tool_calls import ToolCall, ToolCallBody, ToolCallStatus
from domain.values import Value

MOST_CALLS = 16
MOST_RESULT_CHARACTERS = 20_000

_JSON = TypeAdapter[JsonValue](JsonValue)


class Call(Value):
    """A call as the model made it. `malformed` says why its arguments could not be read."""

    id: str
    name: str
    arguments: JsonValue = None
    malformed: str = ""


@dataclass(frozen=True)
class Settled:
    """What became of the calls of one message.

    `messages` answer the settled calls, in their order; `records` and `bodies` (JSON by hash) tell the log of them.
    `requests` are to be opened now; `waiting` are the ids of all requests that calls wait for, `left` the ids of the
    calls that are not settled yet: they are to be settled again, with the answers.
    """

    messages: tuple[ToolMessage, ...] = ()
    records: tuple[ToolCall, ...] = ()
    bodies: dict[str, str] = field(default_factory=dict[str, str])
    requests: tuple[RequestDraft, ...] = ()
    waiting: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


def calls_of(message: AIMessage, settled: Collection[str] = ()) -> tuple[Call, ...]:
    """The calls of a message in their order, without those that are settled; ones that cannot be read come last."""
    calls = [
        *(Call(id=call["id"] or "", name=call["name"], arguments=call["args"]) for call in message.tool_calls),
        *(
            Call(id=call["id"] or "", name=call["name"] or "", malformed=call["error"] or "The arguments are no JSON.")
            for call in message.invalid_tool_calls
        ),
    ]
    return tuple(call for call in calls if call.id not in settled)


def request_id_of(call_id: str) -> str:
    """The id of the request that a call waits for."""
    return f"q-{uuid5(NAMESPACE_URL, f'bookrunner:request/{call_id}').hex}"


class ToolRunner:
    def __init__(self, tools: Iterable[Tool[Any]] = ALL_TOOLS) -> None:
        self._tools = {tool.name: tool for tool in tools}

    async def settle(
        self,
        calls: Sequence[Call],
        desk_of: Callable[[str], ToolDesk],
        answers: Sequence[RequestAnswer] = (),
        opened: Collection[str] = (),
    ) -> Settled:
        """Settles what can be settled now. `desk_of` gives the desk for a call's id; `opened` are the ids of requests
        that people see already.

        A call that waits for people keeps its place: behind it, calls that change nothing go on, others wait too.
        Raises retryable errors of tools; a repeated call changes nothing twice.
        """
        answered = {answer.request_id: answer for answer in answers}
        round_ = _Round(self._tools, answered, frozenset(opened))
        for number, call in enumerate(calls):
            desk = desk_of(call.id)
            if number >= MOST_CALLS:
                round_.settled(call, desk, "refused", _Said(error=f"At most {MOST_CALLS} calls go into one message."))
            else:
                await round_.settle(call, desk)
        return round_.outcome()


class _Said(Value):
    """How a call ended, in words for the model."""

    content: JsonValue = None
    error: str = ""
    summary: str = ""
    confirmed_by: str = ""


class _Round:
    """One pass over the calls of a message."""

    def __init__(self, tools: dict[str, Tool[Any]], answers: dict[str, RequestAnswer], opened: frozenset[str]) -> None:
        self._tools = tools
        self._answers = answers
        self._opened = opened
        self._messages: list[ToolMessage] = []
        self._records: list[ToolCall] = []
        self._bodies: dict[str, str] = {}
        self._requests: list[RequestDraft] = []
        self._waiting: list[str] = []
        self._left: list[str] = []
        self._has_question = False

    def outcome(self) -> Settled:
        return Settled(
            messages=tuple(self._messages),
            records=tuple(self._records),
            bodies=self._bodies,
            requests=tuple(self._requests),
            waiting=tuple(self._waiting),
            left=tuple(self._left),
        )

    async def settle(self, call: Call, desk: ToolDesk) -> None:
        tool = self._tools.get(call.name)
        if tool is None or desk.scope.agent_type not in tool.agents:
            self.settled(call, desk, "refused", _Said(error=f"There is no tool “{call.name[:100]}” here."))
            return
        if call.malformed:
            self.settled(call, desk, "refused", _Said(error=f"The arguments cannot be read: {call.malformed[:300]}"))
            return
        arguments = typed_arguments(tool, call.arguments)
        if isinstance(arguments, str):
            self.settled(call, desk, "refused", _Said(error=arguments))
            return
        if refusal := refusal_by_mode(tool, arguments, desk):
            self.settled(call, desk, "refused", _Said(error=refusal))
            return
        answer = self._answers.get(request_id_of(desk.call_id))
        if answer is not None:
            await self._go_by(answer, call, tool, arguments, desk)
        elif tool.permission == "write" and self._has_question:
            self.settled(call, desk, "refused", _Said(error="People are asked something first. Wait for their answer."))
        elif needs_a_person(tool, arguments, desk):
            await self._ask(call, tool, arguments, desk)
        elif tool.permission == "write" and self._waiting:
            self._left.append(call.id)
        else:
            await self._run(call, tool, arguments, desk)

    async def _go_by(
        self, answer: RequestAnswer, call: Call, tool: Tool[Any], arguments: Value, desk: ToolDesk
    ) -> None:
        confirmation = answer.confirmation
        if answer.how != "answered":
            sentence = f"The request was {answer.how}; nothing was done."
            self.settled(call, desk, "denied", _Said(error=sentence, confirmed_by=answer.by))
        elif tool.is_question:
            given = answer.question.model_dump(mode="json") if answer.question else {}
            summary = ", ".join([*answer.question.choices, answer.question.text]) if answer.question else ""
            self.settled(call, desk, "done", _Said(content=given, summary=summary.strip(" ,"), confirmed_by=answer.by))
        elif confirmation is None or not confirmation.approved:
            reason = confirmation.reason.strip() if confirmation else ""
            sentence = f"A person said no: {reason}" if reason else "A person said no and gave no reason."
            self.settled(call, desk, "denied", _Said(error=sentence, confirmed_by=answer.by))
        elif tool.permission == "write" and self._left:
            self._left.append(call.id)
        else:
            await self._run_confirmed(answer, call, tool, arguments, desk)

    async def _run_confirmed(
        self, answer: RequestAnswer, call: Call, tool: Tool[Any], arguments: Value, desk: ToolDesk
    ) -> None:
        kept = Desk(desk.workspace, desk.scope.cim_id)
        if answer.confirmation is not None and answer.confirmation.arguments_hash:
            changed = _JSON.validate_json(await kept.text(answer.confirmation.arguments_hash))
            given = arguments.model_dump(mode="json")
            merged = {**given, **changed} if isinstance(changed, dict) else changed
            call = call.model_copy(update={"arguments": merged})
            revised = typed_arguments(tool, merged)
            if isinstance(revised, str):
                sentence = f"The arguments as the person changed them cannot be used. {revised}"
                self.settled(call, desk, "refused", _Said(error=sentence, confirmed_by=answer.by))
                return
            arguments = revised
        if tool.basis is not None:
            begun = f"begun {answer.request_id}"
            seen = _seen(answer.request_id, await tool.basis(arguments, desk))
            if not await kept.has(begun) and not await kept.has(seen):
                sentence = "What it would change has changed since people were shown it. Look again, and ask again."
                self.settled(call, desk, "refused", _Said(error=sentence, confirmed_by=answer.by))
                return
            await kept.put(begun)
        await self._run(call, tool, arguments, desk, answer.by)

    async def _ask(self, call: Call, tool: Tool[Any], arguments: Value, desk: ToolDesk) -> None:
        request_id = request_id_of(desk.call_id)
        if request_id not in self._opened:
            body = await tool.ask(arguments, desk) if tool.ask else _plain_confirmation(tool, arguments)
            if isinstance(body, ToolResult):
                self._finished(call, desk, body)
                return
            if tool.basis is not None:
                basis = await tool.basis(arguments, desk)
                await Desk(desk.workspace, desk.scope.cim_id).put(_seen(request_id, basis))
            self._requests.append(
                RequestDraft(
                    id=request_id,
                    run_id=desk.scope.run_id,
                    agent_id=desk.scope.agent_id,
                    agent_type=desk.scope.agent_type,
                    thread_id=desk.scope.thread_id,
                    body=body,
                )
            )
        self._waiting.append(request_id)
        self._left.append(call.id)
        self._has_question = self._has_question or tool.is_question

    async def _run(self, call: Call, tool: Tool[Any], arguments: Value, desk: ToolDesk, confirmed_by: str = "") -> None:
        try:
            result = await tool.run(arguments, desk)
        except ApplicationError as error:
            if not error.non_retryable:
                raise
            self.settled(call, desk, "failed", _Said(error=error.message, confirmed_by=confirmed_by))
            return
        self._finished(call, desk, result, confirmed_by)

    def _finished(self, call: Call, desk: ToolDesk, result: ToolResult, confirmed_by: str = "") -> None:
        said = _Said(content=result.content, error=result.rejected, summary=result.summary, confirmed_by=confirmed_by)
        self.settled(call, desk, "refused" if result.rejected else "done", said)

    def settled(self, call: Call, desk: ToolDesk, status: ToolCallStatus, said: _Said) -> None:
        result: JsonValue = said.content
        if said.error:
            result = {"not_done": said.error, **({"details": said.content} if said.content is not None else {})}
        body = ToolCallBody(arguments=call.arguments, result=result)
        self._bodies[body.hash] = body.model_dump_json()
        self._records.append(
            ToolCall(
                id=uuid5(NAMESPACE_URL, f"bookrunner:call/{desk.call_id}").hex,
                run_id=desk.scope.run_id,
                agent_id=desk.scope.agent_id,
                agent_type=desk.scope.agent_type,
                tool=_line(call.name),
                status=status,
                summary=_line(said.summary or said.error),
                confirmed_by=said.confirmed_by,
                content_hash=body.hash,
            )
        )
        self._messages.append(
            ToolMessage(
                content=bounded(result),
                tool_call_id=call.id,
                name=call.name,
                status="success" if status == "done" else "error",
            )
        )


def _plain_confirmation(tool: Tool[Any], arguments: Value) -> RequestBody:
    return RequestBody(
        kind="confirmation",
        text=f"{tool.name.replace('_', ' ').capitalize()}?",
        tool=tool.name,
        arguments=arguments.model_dump(mode="json"),
    )


def _seen(request_id: str, basis: str) -> str:
    return f"shown {request_id} {basis}"


def bounded(result: JsonValue) -> str:
    """The result as JSON for the model; a long one is cut, and says so."""
    text = json.dumps(result, ensure_ascii=False, separators=(",", ":"))
    if len(text) <= MOST_RESULT_CHARACTERS:
        return text
    note = f"The result has {len(text):,} characters; this is its beginning. Ask for less at once."
    return json.dumps({"cut": note, "beginning": text[:MOST_RESULT_CHARACTERS]}, ensure_ascii=False)


def _line(text: str) -> str:
    return " ".join(text.replace("\x00", " ").split())[:300]
