"""Takes what a person pasted into a message apart from what the person says: pasted text is data."""

from __future__ import annotations

import re

from agents.brief import speaks_to_a_machine
from domain.values import Value

LONG_QUOTE = 200

_FENCED = re.compile(
    r"\"\"\"(?P<quotes>.*?)(?:\"\"\"|\Z)|```(?P<ticks>.*?)(?:```|\Z)|<<<(?P<angles>.*?)(?:>>>|\Z)", re.DOTALL
)
_BLOCK = re.compile(r"(?:^[ \t]*>[^\n]*(?:\n|\Z))+", re.MULTILINE)
_QUOTE = re.compile(r"\u201c(?P<curly>[^\u201d]*)\u201d|(?<![^\s(\[:])\"(?=\S)(?P<straight>[^\"]*)(?<=\S)\"(?!\w)")


class Said(Value):
    """`text` is the person's own words, `excerpts` what stood between fences, quote marks or behind `>`, in order."""

    text: str
    excerpts: tuple[str, ...] = ()


def apart(raw: str) -> Said:
    """Fenced parts and quoted blocks always count as pasted; a quote does when it is long or speaks to a machine."""
    found: list[tuple[int, str]] = []
    text = raw

    def take(match: re.Match[str]) -> str:
        inside = next((group for group in match.groups() if group is not None), match[0])
        if match.re is _QUOTE and not _reads_as_excerpt(inside):
            return match[0]
        found.append((match.start(), inside.strip()))
        return " " * len(match[0])

    for pattern in (_FENCED, _BLOCK, _QUOTE):
        text = pattern.sub(take, text)
    return Said(
        text=re.sub(r"[ \t]{2,}", " ", text).strip(),
        excerpts=tuple(excerpt for _, excerpt in sorted(found, key=lambda one: one[0]) if excerpt),
    )


def _reads_as_excerpt(inside: str) -> bool:
    return len(inside) >= LONG_QUOTE or "\n" in inside.strip() or speaks_to_a_machine(inside)
