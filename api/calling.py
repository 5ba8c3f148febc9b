"""Which agents a message calls by name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from domain.values import AgentType

CALLABLE: dict[str, AgentType] = {"research": "research", "editor": "editor", "outline": "outline"}
"""Agents that a message can call by `@name`."""
_CALLED = re.compile(r"(?<![\w@])@(research|editor|outline)\b", re.IGNORECASE)


def agents_called(text: str, mentions: Sequence[str]) -> tuple[AgentType, ...]:
    """The agents that a message names, each once, in order; none calls the assistant."""
    named = [*(found.lower() for found in _CALLED.findall(text)), *mentions]
    return tuple(CALLABLE[name] for name in dict.fromkeys(named) if name in CALLABLE)
