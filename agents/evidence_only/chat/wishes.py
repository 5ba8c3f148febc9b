"""What a person wants of a turn, told from the words that the person wrote, and from nothing else."""

from __future__ import annotations

import re
from enum import StrEnum

from agents.evidence_only.directions import Instruction
from domain.values import Stage


class Wish(StrEnum):
    """What a message asks for. `ANSWER` is everything else: an answer from the documents."""

    SECRETS = "secrets"
    APPROVAL = "approval"
    CONFLICTS = "conflicts"
    ERRAND = "errand"
    STANDING = "standing"
    REMOVAL = "removal"
    REVISION = "revision"
    SLIDES = "slides"
    OUTLINE = "outline"
    PERSONA = "persona"
    HERO_IDEAS = "hero_ideas"
    HERO = "hero"
    KNOWLEDGE = "knowledge"
    MOVE_ON = "move_on"
    AGREEMENT = "agreement"
    THANKS = "thanks"
    GREETING = "greeting"
    ANSWER = "answer"


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


_CHANGE = (
    r"\b(?:add|build|change|compose|create|draft|drop|make|merge|move|put|refresh|rename|remove|delete|reorder|revise"
    r"|rewrite|save|set|shorten|split|start with|take|update|use|write|redo|fold|swap|lock|propose|prepare)\b"
)
_CHANGES = re.compile(_CHANGE, re.IGNORECASE)
_ASKS = _any(
    r"\?",
    r"^(?:(?:so|and|also|then|before we go on|first|next|one more question)\W+)*"
    r"(?:what|which|who|whom|whose|when|where|why|how|is|are|was|were|does|do|did|has|have|tell me|summari[sz]e)\b",
)
_POLITE = _any(r"\b(?:can|could|would|will) you\b", r"\bplease\b")

_SECRETS = _any(
    r"\b(?:print|show|reveal|repeat|tell|what are)\b[^.?!]{0,30}\byour\b[^.?!]{0,20}\b(?:instructions|prompt|rules)\b",
    r"\bsystem prompt\b",
    r"\bother (?:cims?|books?|workspaces?|tenants?|clients?)\b",
)
_APPROVAL = _any(
    r"\bapprove\b",
    r"\b(?:mark|set)\b[^.?!]{0,40}\bapproved\b",
    r"\b(?:complete|finali[sz]e|sign off)\b[^.?!]{0,20}\b(?:book|cim|memorandum)\b",
)
_CONFLICTS = _any(
    r"\b(?:list|show|name|give|find|which|what|are there|any|every|all|open)\b[^.?!]{0,60}"
    r"\b(?:conflicts?|contradict\w*|inconsisten\w*|discrepanc\w*)\b",
    r"\bwhere do (?:the )?(?:documents|sources) (?:disagree|differ)\b",
    r"\bcheck (?:the )?(?:consistency|book against|slides against)\b",
    r"\bconsistency check\b",
)
_STANDING = _any(
    r"\bwhere (?:are we|do we stand)\b",
    r"\bwhat(?:'s| is| are)? (?:else )?(?:still )?(?:left|missing|open|next|stale|to do)\b",
    r"\bwhich slides\b[^.?!]{0,30}\b(?:stale|review|approved|draft)\b",
    r"\b(?:status|progress) of\b",
    r"\bwhat (?:else )?do you (?:still )?need\b",
    r"\bwhat is (?:the|our) (?:buyer persona|hero(?: concept)?|outline)\b",
)
_REMOVAL = _any(r"\b(?:remove|delete|drop)\b[^.?!:]{0,40}\bslides?\b")
_SLIDE_CONTENT = _any(
    r"\b(?:add|build|compose|create|draft|make|prepare|write|put|use|redo|start with|do)\b[^?!]{0,160}\bslides?\b",
    r"\b(?:first|second|third|next|new|another) slides?\s*:",
    r"^slides?\s*:",
)
_REVISION = _any(
    r"\b(?:shorten|sharpen|tighten|revise|rewrite|rephrase|polish|trim|clean up)\b",
    r"\b(?:fix|correct|update)\b[^.?!]{0,60}\b(?:figures?|numbers?|title|slide)\b",
    r"\b(?:better|shorter|clearer|sharper) titles?\b",
)
_OUTLINE = _any(
    r"\boutline\b",
    r"\b(?:section|chapter)s?\b",
    r"\bmerge\b.+\b(?:into|with)\b",
    r"\b(?:move|put|place|bring)\b.+\b(?:in front of|before|ahead of|after|behind|below)\b",
)
_PERSONA = _any(
    r"\b(?:reader|buyer|audience|acquirer)\s+(?:is|will be|should be)\b",
    r"\bpersona\b",
    r"\bmotivations?\b",
    r"\bconcerns?\b",
    r"\bprefers?\s+an?\s+(?:strategic|financial|private|trade|family|industrial)\b",
)
_HERO_IDEAS = _any(
    r"\b(?:give|suggest|propose|show|offer|find|draft)\b[^.?!]{0,40}\b(?:concepts|ideas|stories|heroes)\b",
    r"\b(?:two|three|four|five|several|some|more)\b[^.?!]{0,20}\b(?:hero )?(?:concepts|ideas)\b",
)
_HERO = _any(
    r"\bhero\b",
    r"\b(?:concept|leading idea|thesis)\b",
    r"\blead with\b",
    r"\bfor (?:the )?(?:asset|timing|opportunity)\b",
    r"\b(?:asset|timing|opportunity)\s*:",
)
_KNOWLEDGE = _any(
    r"\bwe (?:have )?decided\b",
    r"\b(?:note|record|keep) (?:the|this|our|a) decision\b",
    r"\badd\s+.{2,60}\s+as\s+an?\s+(?:\w+\s)?(?:company|person|product|market|customer|competitor|supplier)\b",
)
_MOVE_ON = _any(
    r"\b(?:go|move|come|get) (?:back|on|forward)\b",
    r"\b(?:go|return|back) to (?:the )?(?:welcome|buyer persona|persona|hero|outline|slides|sections)\b",
    r"\blet(?:'s| us) (?:start|continue|go on)\b",
)
_GOES_TO = re.compile(
    r"^\W*(?:please |ok(?:ay)?,? |now )*(?:let(?:'s| us) )?(?:go|move|return|jump|come) (?:back |on |over |ahead )?"
    r"to (?:the )?"
    r"(?:welcome|buyer persona|persona|hero(?: concept)?|outline|slides|sections)(?: stage| again| now)*\W*$",
    re.IGNORECASE,
)
_THANKS = re.compile(r"^\W*(?:many |great,? )?(?:thanks|thank you)\b[^?]{0,30}$", re.IGNORECASE)
_AGREEMENT = re.compile(
    r"^\W*(?:yes|ok(?:ay)?|agreed|fine|good|great|perfect|looks good|sounds good|go ahead|do it|save (?:it|that|this)"
    r"|take (?:it|that)|that is fine|as you say)\b[^?]{0,60}$",
    re.IGNORECASE,
)
_GREETING = _any(
    r"^\W*(?:good (?:morning|afternoon|evening)|hello|hi|hey|welcome|dear)\b",
    r"\bwe (?:are|'re) (?:starting|beginning)\b",
    r"\bwhat else you need\b",
)


def wish_of(said: str, stage: str, *, is_errand: bool) -> Wish:
    """`said` may still hold pasted text; it does not count. `is_errand`: a tool of its own serves this message."""
    text = Instruction.of(said).text
    if _SECRETS.search(text):
        return Wish.SECRETS
    if _THANKS.match(text):
        return Wish.THANKS
    if _GOES_TO.match(text):
        return Wish.MOVE_ON
    if _APPROVAL.search(text):
        return Wish.APPROVAL
    if _CONFLICTS.search(text):
        return Wish.CONFLICTS
    if is_errand:
        return Wish.ERRAND
    if _greets(text, stage):
        return Wish.GREETING
    if _AGREEMENT.match(text):
        return Wish.AGREEMENT
    if only_asks(text):
        return Wish.STANDING if _STANDING.search(text) else Wish.ANSWER
    return _change_in(text, stage)


def _change_in(text: str, stage: str) -> Wish:
    ordered = (
        (Wish.REMOVAL, _REMOVAL),
        (Wish.KNOWLEDGE, _KNOWLEDGE),
        (Wish.SLIDES, _SLIDE_CONTENT),
        (Wish.OUTLINE, _OUTLINE),
        (Wish.REVISION, _REVISION),
        (Wish.PERSONA, _PERSONA),
        (Wish.HERO_IDEAS, _HERO_IDEAS),
        (Wish.HERO, _HERO),
        (Wish.STANDING, _STANDING),
        (Wish.MOVE_ON, _MOVE_ON),
        (Wish.GREETING, _GREETING),
    )
    return next((wish for wish, pattern in ordered if pattern.search(text)), Wish.ANSWER)


def _greets(text: str, stage: str) -> bool:
    """Whether a message opens the conversation, and asks for nothing but what is needed."""
    if not _GREETING.search(text) or stage != "welcome" or _CHANGES.search(text):
        return False
    return "?" not in text or bool(_STANDING.search(text))


def only_asks(text: str) -> bool:
    """Whether a message asks, and does not want anything changed."""
    if not _ASKS.search(text):
        return False
    return not _CHANGES.search(text) or (not _POLITE.search(text) and _starts_as_question(text))


def _starts_as_question(text: str) -> bool:
    """Whether no sentence of the message is an order to change something."""
    return not re.search(rf"(?:^|[.!?;:]\s+|\bthen\s+)(?:and |also |please )?{_CHANGE}", text, re.IGNORECASE)


_STAGES: tuple[tuple[Stage, re.Pattern[str]], ...] = (
    (Stage.WELCOME, _any(r"\bwelcome\b", r"\bthe (?:start|beginning)\b")),
    (Stage.BUYER_PERSONA, _any(r"\bpersona\b", r"\bbuyer\b")),
    (Stage.HERO_CONCEPT, _any(r"\bhero\b", r"\bconcept\b")),
    (Stage.OUTLINE, _any(r"\boutline\b")),
    (Stage.BUILDING_SECTIONS, _any(r"\bslides?\b", r"\bsections?\b", r"\bbuild\w*\b")),
)


def stage_meant(text: str) -> Stage | None:
    """The stage that a message names first."""
    found = [(match.start(), stage) for stage, pattern in _STAGES if (match := pattern.search(text))]
    return min(found)[1] if found else None
