"""The outline: proposed in words, and saved once the person changes or takes it."""

from __future__ import annotations

import re

from agents.evidence_only.chat.arguments import outline_call
from agents.evidence_only.chat.gathering import search_first, topic_queries
from agents.evidence_only.chat.reply import Reply
from agents.evidence_only.chat.saving import navigation, saved
from agents.evidence_only.chat.turn import Turn
from agents.evidence_only.chat.wishes import Wish, wish_of
from agents.evidence_only.directions import Instruction
from agents.evidence_only.outline import draft_outline
from domain.values import Stage

_PROPOSES = re.compile(
    r"\b(?:propose|suggest|sketch|offer|show me|give me|draft me|what would)\b[^.?!]{0,60}"
    r"\b(?:outline|sections?|structure)\b",
    re.IGNORECASE,
)
_SAVES = re.compile(r"\b(?:save|lock|keep|store)\b", re.IGNORECASE)


def outline(turn: Turn, said: str) -> Reply:
    proposes = bool(_PROPOSES.search(said)) and not _SAVES.search(said)
    if not proposes:
        step = navigation(turn, Stage.OUTLINE, said)
        if step is not None:
            return step
    proposed = _with_proposal(turn, said)
    titles = [section.title for section in draft_outline(turn.brief("outline", proposed)).sections]
    more = search_first(turn, [*topic_queries(titles), said])
    if more is not None:
        return more
    drafted = draft_outline(turn.brief("outline", proposed))
    told = "\n".join(
        f"{number}. {section.title}: {section.description}" for number, section in enumerate(drafted.sections, 1)
    )
    notes = " ".join(note for note in drafted.notes)
    if proposes:
        return Reply(
            f"{told}\n\n{notes} Say what to change, or that it is fine; then I save it.".replace("\n\n ", "\n\n")
        )
    return saved(
        turn, outline_call(drafted), told, then=[notes, f"The outline is saved: {len(drafted.sections)} sections."]
    )


def _with_proposal(turn: Turn, said: str) -> str:
    """What was said, behind the sections that the person listed before, while the book has no outline."""
    if turn.book.sections:
        return said
    listed = next(
        (
            one.text
            for one in reversed(turn.context.messages)
            if one.role == "user" and wish_of(one.text, turn.book.stage, is_errand=False) is Wish.OUTLINE
        ),
        "",
    )
    return f"{Instruction.of(listed).text}\n{said}"
