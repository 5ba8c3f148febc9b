"""Tables without rules: lines of numbers that stand under a line of periods."""

from __future__ import annotations

import re
from collections.abc import Sequence

from evidence.periods import period_of_header

_VALUE = re.compile(r"^[($€£-]*\d[\d,.]*\)?%?x?$|^[-\u2013—]$|^n/?a$|^n\.?m\.?$", re.IGNORECASE)
_LOOSE = re.compile(r"^[$€£()%]$")
Word = tuple[float, float, float, str]
_SAME_LINE = 3.0


def grids_in(
    lines: Sequence[tuple[float, str]], words: Sequence[Word]
) -> tuple[list[tuple[float, list[list[str]]]], set[int]]:
    """The tables, each with its top in points, and the indexes of the lines that belong to none."""
    grids: list[tuple[float, list[list[str]]]] = []
    loose = set(range(len(lines)))
    index = 0
    while index < len(lines):
        columns = _header(_on_line(words, lines[index][0]))
        rows: list[list[str]] = []
        taken: list[int] = []
        if columns:
            for later in range(index + 1, len(lines)):
                row = _row(_on_line(words, lines[later][0]), len(columns[1]))
                if row is None:
                    break
                rows.append(row)
                taken.append(later)
        if columns and sum(any(row[1:]) for row in rows) >= 2:
            grids.append((lines[index][0], [[columns[0], *columns[1]], *rows]))
            loose -= {index, *taken}
            index = taken[-1]
        index += 1
    return grids, loose


def _on_line(words: Sequence[Word], top: float) -> list[str]:
    return [word[3] for word in sorted((w for w in words if abs(w[0] - top) <= _SAME_LINE), key=lambda word: word[1])]


def _header(texts: Sequence[str]) -> tuple[str, list[str]] | None:
    periods: list[str] = []
    position = len(texts)
    while position > 0:
        for width in (1, 2):
            candidate = " ".join(texts[max(0, position - width) : position])
            if position >= width and period_of_header(candidate):
                periods.insert(0, candidate)
                position -= width
                break
        else:
            break
    if len(periods) < 2 or position > 8:
        return None
    return " ".join(texts[:position]), periods


def _row(texts: Sequence[str], width: int) -> list[str] | None:
    joined: list[str] = []
    for text in texts:
        if (joined and (_LOOSE.match(joined[-1]) and joined[-1] not in {")", "%"})) or (joined and text in {")", "%"}):
            joined[-1] += text
        else:
            joined.append(text)
    values = 0
    while values < len(joined) and _VALUE.match(joined[-1 - values]):
        values += 1
    if values >= width and len(joined) > width:
        return [" ".join(joined[:-width]), *joined[-width:]]
    if values == 0 and 0 < len(joined) <= 6 and not joined[-1].endswith((".", ",")):
        return [" ".join(joined), *[""] * width]
    return None
