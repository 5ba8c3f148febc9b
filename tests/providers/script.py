"""What the provider of the tests is told to do with a request, and what it was asked."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast


@dataclass(frozen=True)
class ToolUse:
    """A call of a tool. `arguments` is what goes over the wire, be it JSON or not."""

    name: str
    arguments: str = "{}"
    id: str = "call_1"

    @property
    def as_object(self) -> dict[str, Any]:
        """For wires on which arguments are always an object."""
        try:
            parsed: object = json.loads(self.arguments)
        except ValueError:
            return {"text": self.arguments}
        return cast("dict[str, Any]", parsed) if isinstance(parsed, dict) else {"value": parsed}


@dataclass(frozen=True)
class Reply:
    """One answer of a model, and how it goes wrong.

    `delay` comes before the first byte, `pause` before each piece, in seconds. `cut_after` pieces the connection is
    dropped; `ends_silently` after them it is closed in good order, without the end that the protocol asks for.
    `error_midway` is an error that the provider tells in the midst of a stream.
    """

    text: str = ""
    tool_uses: tuple[ToolUse, ...] = ()
    status: int = 200
    error: str = "It did not work."
    error_code: str = ""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    delay: float = 0.0
    pause: float = 0.0
    cut_after: int | None = None
    ends_silently: bool = False
    error_midway: str = ""
    refuses: bool = False
    is_cut_short: bool = False
    tokens_in: int = 100
    tokens_out: int = 20
    tokens_cached: int = 0

    def pieces(self) -> Iterator[str]:
        """The text, a few characters at a time, as models give it."""
        for start in range(0, len(self.text), 7):
            yield self.text[start : start + 7]

    def argument_pieces(self, use: ToolUse) -> Iterator[str]:
        size = max(1, math.ceil(len(use.arguments) / 3))
        for start in range(0, len(use.arguments), size):
            yield use.arguments[start : start + size]


@dataclass(frozen=True)
class Asked:
    """A request as it came in."""

    path: str
    body: dict[str, Any]
    headers: Mapping[str, str]

    @property
    def streams(self) -> bool:
        return bool(self.body.get("stream"))


def forced_tool(body: Mapping[str, Any]) -> str | None:
    """The tool that the request leaves no choice about."""
    choice: Any = body.get("tool_choice")
    if not isinstance(choice, dict):
        return None
    fields = cast("dict[str, Any]", choice)
    if fields.get("type") == "tool":
        return str(fields["name"])
    if fields.get("type") == "function":
        return str(fields["function"]["name"])
    return None


def dumped(value: object) -> bytes:
    return json.dumps(value).encode()
