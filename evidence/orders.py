"""Tells sentences of a document that try to give orders to whoever processes it."""

from __future__ import annotations

import re

from evidence.sentences import sentences_of

_TO_A_MACHINE = re.compile(
    r"\b(?:disregard|ignore|forget|override)\b[^.!?\n]{0,60}\b(?:instruction|prompt|rule|guideline|direction)s?\b"
    r"|\bnote to (?:the |any )?(?:ai|model|assistant|llm|language model|machine)\b"
    r"|\b(?:system|developer) ?(?:prompt|message)\b|<!--|-->|^\s*(?:system|assistant|developer)\s*:"
    r"|\b(?:approve|delete)\b[^.!?\n]{0,40}\b(?:slides?|outline|cims?|workspaces?)\b"
    r"|\b(?:you are|act as|pretend to be)\b[^.!?\n]{0,40}\b(?:ai|assistant|model|chatbot)\b"
    r"|\b(?:print|reveal|show|repeat)\b[^.!?\n]{0,20}\byour\b[^.!?\n]{0,20}\b(?:instructions|prompt)\b",
    re.IGNORECASE | re.MULTILINE,
)


def speaks_to_a_machine(text: str) -> bool:
    """Whether a text tries to give orders to whoever processes it."""
    return bool(_TO_A_MACHINE.search(text))


def without_commands(text: str) -> str:
    """The text without the sentences that try to give orders to a machine, and without what follows one on its line."""
    if not speaks_to_a_machine(text):
        return text
    lines = (" ".join(before_orders(line)) if speaks_to_a_machine(line) else line for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def before_orders(text: str) -> list[str]:
    """The sentences of a paragraph up to the first one that tries to give orders: what follows it goes on with them."""
    found: list[str] = []
    for sentence in sentences_of(text):
        if speaks_to_a_machine(sentence):
            break
        found.append(sentence)
    return found
