"""What people tell to be kept: decisions with their reason, and what the book is about."""

from __future__ import annotations

import re

from agents.evidence_only.chat.reply import Call, Reply
from agents.evidence_only.chat.saving import saved
from agents.evidence_only.chat.turn import Turn
from agents.evidence_only.directions import Instruction, sentence_case

_DECIDED = re.compile(
    r"\bdecided\s+(?:that\s+|to\s+)?(?P<what>[^.]+?)(?:,?\s+(?:because|since|as)\s+(?P<why>[^.]+))?(?:\.|$)"
    r"|\bdecision\s*:\s*(?P<what2>[^.]+?)(?:,?\s+(?:because|since)\s+(?P<why2>[^.]+))?(?:\.|$)",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"\badd\s+(?P<name>.{2,60}?)\s+as\s+an?\s+(?:\w+\s)?(?P<kind>company|person|product|market|customer|competitor|supplier)\b",
    re.IGNORECASE,
)
_KINDS = {"competitor": "company", "supplier": "company"}


def note(turn: Turn) -> Reply:
    text = Instruction.of(turn.said).text
    named = _NAMED.search(text)
    if named is not None:
        kind = named["kind"].lower()
        call = Call("create_entity", {"kind": _KINDS.get(kind, kind), "name": named["name"].strip()})
        return saved(turn, call, f"{named['name'].strip()} is kept as a {kind}.")
    decided = _DECIDED.search(text)
    if decided is None:
        return Reply("Tell me what was decided and why, in one sentence: we decided …, because ….")
    what, why = decided["what"] or decided["what2"], decided["why"] or decided["why2"]
    if not why:
        return Reply("Why was it decided? A decision is kept with its reason.")
    call = Call("commit_decision", {"text": sentence_case(what.strip()), "reason": sentence_case(why.strip())})
    return saved(turn, call, f"The decision is kept: {what.strip()}, because {why.strip()}.")
