"""What is searched: texts with an id, and the parts of them that get a vector each."""

from __future__ import annotations

import re
from typing import Literal

from domain.values import Value

TextKind = Literal["message", "passage"]

PART_CHARACTERS = 1_200
MOST_PARTS = 16
_BREAK = re.compile(r"\n\s*\n|\n|(?<=[.!?])\s")


class SearchText(Value):
    id: str
    text: str


def parts_of(text: str) -> list[str]:
    """Stretches that a sentence model can take in, cut at paragraphs or sentences. Very long texts lose their end."""
    parts: list[str] = []
    rest = text.strip()
    while rest and len(parts) < MOST_PARTS:
        if len(rest) <= PART_CHARACTERS:
            return [*parts, rest]
        ends = [match.end() for match in _BREAK.finditer(rest, PART_CHARACTERS // 2, PART_CHARACTERS)]
        end = ends[-1] if ends else PART_CHARACTERS
        parts.append(rest[:end].strip())
        rest = rest[end:].strip()
    return parts
