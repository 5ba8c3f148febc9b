"""Which of the latest messages stand in a context as they are, and how long texts are cut."""

from __future__ import annotations

from collections.abc import Sequence

from agents.ports import TalkMessage

RECENT_MESSAGES = 40
CUT = " […] "


def latest(messages: Sequence[TalkMessage], share: int) -> list[TalkMessage]:
    """The end of a branch that fits into the share of characters. The last message is there in any case."""
    chosen: list[TalkMessage] = []
    for message in reversed(messages[-(RECENT_MESSAGES - 1) :]):
        if len(message.text) > share and chosen:
            break
        chosen.append(message)
        share -= len(message.text)
    return chosen[::-1]


def shortened(text: str, most: int) -> str:
    """Beginning and end, where the whole is too long."""
    if len(text) <= most:
        return text
    half = max(0, most - len(CUT)) // 2
    return f"{text[:half]}{CUT}{text[len(text) - half :]}"
