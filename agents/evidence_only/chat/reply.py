"""What the model answers with: words, or calls of tools."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.messages.tool import ToolCallChunk
from pydantic import JsonValue

_SENTENCE = re.compile(r".+?(?:[.!?](?:\s*\[[FP]\d+\])*(?=\s)|\n|$)\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a tool by its name."""

    tool: str
    arguments: dict[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Reply:
    """`text` is said before the calls; without calls it is the answer."""

    text: str = ""
    calls: tuple[Call, ...] = ()

    def message(self, seed: str) -> AIMessage:
        """`seed` tells this reply from every other one: ids of its calls come from it."""
        return AIMessage(
            content=self.text,
            tool_calls=[
                {"name": call.tool, "args": dict(call.arguments), "id": _call_id(seed, at), "type": "tool_call"}
                for at, call in enumerate(self.calls)
            ],
        )

    def chunks(self, seed: str) -> Iterator[AIMessageChunk]:
        """The same message, sentence by sentence."""
        for sentence in sentences(self.text):
            yield AIMessageChunk(content=sentence)
        yield AIMessageChunk(
            content="",
            tool_call_chunks=[
                ToolCallChunk(
                    name=call.tool,
                    args=json.dumps(call.arguments, ensure_ascii=False),
                    id=_call_id(seed, at),
                    index=at,
                    type="tool_call_chunk",
                )
                for at, call in enumerate(self.calls)
            ],
            chunk_position="last",
        )


def sentences(text: str) -> list[str]:
    """The text in pieces that put together give the text."""
    return [piece for piece in _SENTENCE.findall(text) if piece]


def _call_id(seed: str, at: int) -> str:
    return f"call_{hashlib.sha256(f'{seed}/{at}'.encode()).hexdigest()[:24]}"
