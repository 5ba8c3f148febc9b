"""One step of a turn: the next reply to what a person said, given what the tools brought so far."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from langchain_core.messages import BaseMessage

from agents.evidence_only.chat.reply import Reply
from agents.evidence_only.directions import sentence_case
from agents.evidence_only.wording import NOT_IN_DOCUMENTS
from agents.turn.context import TurnContext


def reply_to(context: TurnContext, transcript: Sequence[BaseMessage], tools: Collection[str]) -> Reply:
    """`tools` are the names that may be called."""
    if not context.passages:
        return Reply(f"{sentence_case(NOT_IN_DOCUMENTS)}.")
    first = context.passages[0]
    return Reply(f"{first.text} [{first.ref}] ({first.document}, {first.locator})")
