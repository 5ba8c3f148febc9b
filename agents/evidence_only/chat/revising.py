"""Slides that are there already: shorter, with titles that say what they show, with the figures of the documents."""

from __future__ import annotations

from agents.evidence_only.chat.reply import Reply
from agents.evidence_only.chat.turn import Turn


def remove(turn: Turn) -> Reply:
    return Reply("x")


def revise(turn: Turn, said: str) -> Reply:
    return Reply("x")
