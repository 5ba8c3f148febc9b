"""One call of the model of a turn: its words are brought to people while they come, its tool calls gathered."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, cast

from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, InvalidToolCall, ToolCall
from langchain_core.messages.ai import add_ai_message_chunks
from langchain_core.messages.tool import invalid_tool_call, tool_call

from agents.endings import CUT_SHORT, end_of, refused_words
from agents.failures import model_declined, model_unavailable
from agents.provider_errors import told_apart
from agents.turn.speaking import Speaker
from agents.usage import MeteredModel, Tally

SAYS_WHY_IT_ENDED = frozenset({"openai", "azure_openai", "anthropic", "ollama"})

ToolSchema = Mapping[str, Any]


@dataclass(frozen=True)
class Thought:
    """What the model said in one call. Tool calls whose arguments cannot be read are in `message.invalid_tool_calls`,
    each with the reason, to be answered like the others. `is_cut_short`: the answer was longer than it may be."""

    message: AIMessage
    is_cut_short: bool = False


async def think(
    model: MeteredModel, messages: Sequence[BaseMessage], tools: Sequence[ToolSchema], speaker: Speaker
) -> Thought:
    """Opens the speaker and closes it. Raises ApplicationError: without retry where the provider or the budget refuses
    for good, with retry for anything that passes, such as a stream that ends in the middle."""
    chosen = model.chosen
    chat: Any = chosen.chat.bind_tools([dict(tool) for tool in tools]) if tools else chosen.chat
    chunks: list[AIMessageChunk] = []
    async with model.call(messages, json.dumps(tools) if tools else "") as tally, speaker:
        async with aclosing(_answered(chat, messages)) as answer:
            async for chunk in answer:
                chunks.append(chunk)
                await _hear(chunk, tally, speaker)
        return _thought(chunks, chosen.provider)


async def _answered(chat: Any, messages: Sequence[BaseMessage]) -> AsyncGenerator[AIMessageChunk]:
    try:
        async with aclosing(
            cast("AsyncGenerator[AIMessageChunk]", chat.astream([_sendable(message) for message in messages]))
        ) as stream:
            async for chunk in stream:
                yield chunk
    except Exception as error:
        raise told_apart(error) from error


def _sendable(message: BaseMessage) -> BaseMessage:
    """Calls that could not be read go back without their arguments: not every server takes them as they came."""
    if not isinstance(message, AIMessage) or not message.invalid_tool_calls:
        return message
    emptied = [tool_call(name=call["name"] or "", args={}, id=call["id"]) for call in message.invalid_tool_calls]
    return message.model_copy(update={"tool_calls": [*message.tool_calls, *emptied], "invalid_tool_calls": []})


async def _hear(chunk: AIMessageChunk, tally: Tally, speaker: Speaker) -> None:
    _heed_a_stop()
    words = str(chunk.text)
    tally.reports(chunk.usage_metadata)
    tally.heard(words + "".join(piece["args"] or "" for piece in chunk.tool_call_chunks))
    await speaker.say(words)


def _heed_a_stop() -> None:
    """On Python 3.11 a wait_for of the client swallows the cancellation that comes together with a chunk (gh-86296)."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def _thought(chunks: Sequence[AIMessageChunk], provider: str) -> Thought:
    if not chunks:
        raise model_unavailable("The model answered with nothing.")
    whole = add_ai_message_chunks(chunks[0], *chunks[1:])
    end = end_of(whole)
    if end is None and provider in SAYS_WHY_IT_ENDED:
        raise model_unavailable("The model's answer ended in the middle.")
    refusal = refused_words(whole)
    if refusal is not None:
        raise model_declined(refusal)
    message = _settled(whole)
    if not (message.text.strip() or message.tool_calls or message.invalid_tool_calls):
        raise model_unavailable("The model answered with nothing.")
    return Thought(message=message, is_cut_short=end in CUT_SHORT)


def _settled(whole: AIMessageChunk) -> AIMessage:
    """The message with tool calls whose arguments are whole JSON objects; langchain would mend what was cut off."""
    calls: list[ToolCall] = []
    invalid: list[InvalidToolCall] = []
    for number, piece in enumerate(whole.tool_call_chunks):
        name, text, call_id = piece["name"] or "", piece["args"] or "", piece["id"] or f"call_{number}"
        try:
            arguments: object = json.loads(text or "{}")
        except ValueError as error:
            invalid.append(invalid_tool_call(name=name, args=text, id=call_id, error=f"Not JSON: {error}"))
            continue
        if isinstance(arguments, dict):
            calls.append(tool_call(name=name, args=cast("dict[str, Any]", arguments), id=call_id))
        else:
            invalid.append(invalid_tool_call(name=name, args=text, id=call_id, error="Not a JSON object"))
    return AIMessage(
        content=whole.content,
        additional_kwargs=whole.additional_kwargs,
        response_metadata=whole.response_metadata,
        id=whole.id,
        tool_calls=calls,
        invalid_tool_calls=invalid,
        usage_metadata=whole.usage_metadata,
    )
