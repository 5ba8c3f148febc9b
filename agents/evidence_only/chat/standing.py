"""How the book stands, what is missing and what became stale, in a few lines."""

from __future__ import annotations

import re
from collections import Counter

from agents.evidence_only.chat.turn import Turn
from agents.evidence_only.wording import listed
from agents.turn.context import BookNow
from domain.values import ArtifactName

_NAMES: dict[ArtifactName, str] = {
    "buyer_persona": "buyer persona",
    "hero_context": "hero concept",
    "outline": "outline",
}
_COMPANY = re.compile(
    r"\b(?:company|target|client|seller|business)\s+is\s+(?:called\s+)?(?P<name>(?:[A-Z0-9][\w&.'\u2019-]*\s?){1,6})"
)
_YEAR_END = re.compile(
    r"\b(?:fiscal|financial)\s+year(?:\s+(?:ends?|ending))(?:\s+(?:on|in|at))?\s+(?:the\s+)?"
    r"(?P<end>[A-Z0-9][\w. ]{2,20}?)"
    r"(?=[,.;]|\s+(?:and|with)\b|$)",
    re.IGNORECASE,
)
_WITH_COMPANY = re.compile(
    r"\b(?:CIM|memorandum|book)\s+(?:for|about|on)\s+(?P<name>(?:[A-Z0-9][\w&.'\u2019-]*\s?){1,6})"
)
_DAY = re.compile(r"^\W*(good (?:morning|afternoon|evening))", re.IGNORECASE)


def greeting(turn: Turn) -> str:
    """Greets, repeats what was told about the company, and lists what is missing."""
    day = _DAY.match(turn.said)
    hello = day[1].capitalize() if day else "Hello"
    known = [text for text in (_company(turn.said), _year_end(turn.said)) if text]
    about = f" The book “{turn.book.title}” is about {', '.join(known)}." if known else f" This is “{turn.book.title}”."
    return f"{hello}.{about}\n\n{documents(turn.book)}\n\n{missing(turn.book)}"


def standing(turn: Turn) -> str:
    """What is there, what is stale, and what comes next."""
    book = turn.book
    there = [f"The {name} is {_state(book, artifact)}." for artifact, name in _NAMES.items()]
    counts = Counter(slide.status.replace("_", " ") for slide in book.slides)
    slides = listed([f"{count} {status}" for status, count in counts.items()]) if counts else "none yet"
    stale = [f"“{slide.title}” ({slide.stale_reason.replace('_', ' ')})" for slide in book.slides if slide.stale_reason]
    review = f"\n\nTo be reviewed: {'; '.join(stale[:20])}." if stale else ""
    return f"{' '.join(there)} Slides: {slides}.{review}\n\n{missing(book)}"


def documents(book: BookNow) -> str:
    if not book.documents and not book.documents_unread:
        return "No document is uploaded yet."
    told = f"{len(book.documents)} documents are read: {', '.join(book.documents)}." if book.documents else ""
    unread = f" Still being read: {', '.join(book.documents_unread)}." if book.documents_unread else ""
    return f"{told}{unread}".strip()


def missing(book: BookNow) -> str:
    """What has to come from the people, in the order of the stages."""
    wanted: list[str] = []
    if not book.documents and not book.documents_unread:
        wanted.append("documents: an overview, financial statements, customers and channels, interviews, the market")
    if book.buyer_persona is None:
        wanted.append("the buyer persona: who reads the book, what moves them, what worries them")
    if book.hero_context is None:
        wanted.append("the hero concept: the leading idea, with asset, timing and opportunity")
    if not book.sections:
        wanted.append("the outline: sections in order, with a line each")
    empty = [one.title for one in book.sections if not any(slide.section_id == one.id for slide in book.slides)]
    if empty:
        wanted.append(f"slides for {listed(empty)}")
    if book.stale:
        stale = listed([_NAMES.get(name, name) for name in book.stale])  # type: ignore[arg-type]
        wanted.append(f"a fresh look at what is stale: {stale}")
    if not wanted:
        return "Nothing is missing; the slides are to be approved by a person."
    return "Still missing:\n" + "\n".join(f"{number}. {text}." for number, text in enumerate(wanted, 1))


def _state(book: BookNow, artifact: ArtifactName) -> str:
    there = {
        "buyer_persona": book.buyer_persona is not None,
        "hero_context": book.hero_context is not None,
        "outline": bool(book.sections),
    }[artifact]
    if not there:
        return "not written yet"
    reason = book.stale.get(artifact)
    return f"stale ({reason.replace('_', ' ')})" if reason else "saved"


def _company(said: str) -> str:
    found = _COMPANY.search(said) or _WITH_COMPANY.search(said)
    return found["name"].strip(" .,") if found else ""


def _year_end(said: str) -> str:
    found = _YEAR_END.search(said)
    return f"fiscal year end {found['end'].strip()}" if found else ""
