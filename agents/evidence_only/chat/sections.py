"""Which section of the outline a message speaks of."""

from __future__ import annotations

import re

from agents.evidence_only.chat.turn import Turn
from agents.evidence_only.directions import Instruction, content_words
from agents.evidence_only.topics import Chapters, topics_of_title
from domain.model import OutlineSection

_FOR_SLIDE = re.compile(
    r"\b(?:the|an?|our|my|new|first|next)\s+(?P<what>[\w&'-]+(?:\s(?:and\s)?[\w&'-]+){0,3}?)\s+slides?\b"
    r"|\bslides?\s+(?:on|about|for|of)\s+(?:the\s+)?(?P<on>[^.,:;\n]+)",
    re.IGNORECASE,
)


def subjects_in(text: str) -> list[str]:
    """What the slides that a message speaks of are said to be about."""
    return [(match["on"] or match["what"]).strip() for match in _FOR_SLIDE.finditer(text)]


def section_meant(turn: Turn, said: str) -> OutlineSection | None:
    """By the title that the message names, else by its subject, else the one that people work on."""
    sections = turn.book.sections
    text = Instruction.of(said).text
    spoken = text.casefold()
    named = [(spoken.find(one.title.casefold()), one) for one in sections if one.title.casefold() in spoken]
    if named:
        return min(named, key=lambda pair: pair[0])[1]
    chapters = Chapters(sections)
    for subject in [*subjects_in(text), text]:
        words = content_words(subject)
        shared = [(len(words & content_words(one.title)), one) for one in sections]
        best = max(shared, key=lambda pair: pair[0], default=(0, None))
        if best[0] and best[1] is not None:
            return best[1]
        for topic in topics_of_title(subject):
            home = chapters.home(topic)
            if home is not None:
                return next(one for one in sections if one.id == home)
    current = next((one for one in sections if one.id == turn.book.current_section_id), None)
    return current
