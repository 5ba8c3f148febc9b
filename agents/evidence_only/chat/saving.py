"""Saving an artifact step by step: back to its stage where that is wanted, then the save, then what came of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from agents.evidence_only.chat.gathering import search_first
from agents.evidence_only.chat.objections import ask_about, objections, queries_for, settled
from agents.evidence_only.chat.reply import Call, Reply
from agents.evidence_only.chat.turn import Outcome, Turn
from domain.values import Stage

READS_ONLY = "This mode only reads, so nothing is changed. In the mode draft I would save this:"
_GO_BACK = re.compile(
    r"\b(?:go|come|move|step|get) back\b|\b(?:return|back) to\b|\bchange of (?:mind|plan)\b", re.IGNORECASE
)


def as_agreed(turn: Turn, said: str, write: Callable[[str], Reply]) -> Reply:
    """Writes what was said, unless it holds a figure that the documents contradict: then the person is asked first."""
    found = objections(turn, said)
    if not found:
        return write(said)
    more = search_first(turn, queries_for(turn, said))
    if more is not None:
        return more
    question = turn.outcome("ask_question")
    if question is None:
        return ask_about(turn, found)
    if question.refusal:
        return Reply(f"{' '.join(one.in_words() for one in found)} I have not written it. {question.refusal}")
    told = question.content if isinstance(question.content, dict) else {}
    choices = told.get("choices")
    answer = " ".join(
        [*(str(choice) for choice in (choices if isinstance(choices, list) else [])), str(told.get("text") or "")]
    )
    changed = settled(said, found, answer)
    if changed is None:
        return Reply(f"{' '.join(one.in_words() for one in found)} I have not written it.")
    if not changed.strip():
        return Reply(f"{' '.join(one.in_words() for one in found)} I left it out; nothing else was to be written.")
    return write(changed)


def navigation(turn: Turn, target: Stage, said: str) -> Reply | None:
    """The step back that the person asks for, once; None when there is none to take."""
    if not _GO_BACK.search(said) or Stage(turn.book.stage).position <= target.position or not turn.can("navigate"):
        return None
    done = turn.outcome("navigate")
    if done is None:
        reason = " ".join(said.split())[:280]
        return Reply(calls=(Call("navigate", {"target_stage": target.value, "reason": reason}),))
    return Reply(f"I have not gone back. {done.refusal}") if done.refusal else None


def saved(turn: Turn, call: Call, told: str, *, then: Sequence[str] = ()) -> Reply:
    """Makes the call, and once it is settled says `told` with what follows from it, or why it was not done."""
    if not turn.can(call.tool):
        return Reply(f"{READS_ONLY}\n\n{told}")
    done = turn.outcome(call.tool)
    if done is None:
        return Reply(calls=(call,))
    if done.refusal:
        return Reply(f"Nothing is saved. {done.refusal}")
    if isinstance(done.content, dict) and done.content.get("unchanged"):
        return Reply(f"{told}\n\nThe book says so already; nothing was to be changed.")
    effect = " ".join(dict.fromkeys(_effect(one) for one in (turn.outcome("navigate"), done) if one is not None))
    return Reply("\n\n".join(part for part in (told, " ".join([*then, effect]).strip()) if part))


def _effect(done: Outcome) -> str:
    return str(done.content.get("effect") or "") if isinstance(done.content, dict) else ""
