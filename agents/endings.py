"""How an answer of a model ended, in any provider's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from langchain_core.messages import AIMessage

CUT_SHORT = frozenset({"length", "max_tokens", "incomplete"})

_END_KEYS = ("finish_reason", "stop_reason", "done_reason", "status", "done")
_REFUSALS = frozenset({"content_filter", "refusal", "safety"})


def end_of(message: AIMessage) -> str | None:
    """Why the answer ended; None when the provider did not say, as in a stream that was cut."""
    for key in _END_KEYS:
        value: object = message.response_metadata.get(key)
        if value:
            return str(value).lower()
    return None


def refused_words(message: AIMessage) -> str | None:
    """What the model said when it declined to answer (perhaps nothing); None when it did not decline."""
    refusal: object = message.additional_kwargs.get("refusal")
    if refusal:
        return str(refusal)
    for block in message.content if isinstance(message.content, list) else ():
        if isinstance(block, Mapping) and (words := cast("Mapping[str, object]", block).get("refusal")):
            return str(words)
    return str(message.text) if end_of(message) in _REFUSALS else None
