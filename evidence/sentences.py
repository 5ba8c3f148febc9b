"""Splits running text into sentences."""

from __future__ import annotations

import re

_END = re.compile(r"(?<=[.!?])[\"\u201d\u2019)\]]?\s+(?=[\"\u201c\u2018(*]?[A-Z0-9\u00c0-\u00dc]|\[)|\n+")
_ABBREVIATION = re.compile(
    r"(?:\b(?:Inc|Co|Corp|Ltd|Mr|Mrs|Ms|Dr|St|No|Nos|approx|ca|vs|e\.g|i\.e|etc|Fig|p|pp|incl|est|U\.S|U\.K|Jan|Feb|Mar|Apr|Jun|Jul"
    r"|Aug|Sep|Sept|Oct|Nov|Dec|[A-Z]))\.$"
)
_LONGEST_ABBREVIATION = 12


def sentences_of(text: str) -> list[str]:
    """Sentences in their order; a line break ends one too."""
    found: list[str] = []
    start = 0
    for match in _END.finditer(text):
        tail = text[max(start, match.start() - _LONGEST_ABBREVIATION) : match.start()]
        numbered = match.start() - start <= 3 and text[start : match.start() - 1].isdigit()
        if "\n" not in match[0] and (numbered or _ABBREVIATION.search(tail)):
            continue
        end = match.end() if "\n" in match[0] else match.start() + len(match[0].rstrip())
        sentence = text[start:end].strip()
        if sentence:
            found.append(sentence)
        start = match.end()
    tail = text[start:].strip()
    if tail:
        found.append(tail)
    return found
