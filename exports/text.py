"""Texts and figures as they are printed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

NBSP = "\u00a0"
NOTHING = "\u2013"
MAX_DECIMALS = 4
MAX_MARKS = 16
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\ufeff\u200b-\u200f\u202a-\u202e\u2060-\u2069]"
)
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_BLANKS = re.compile("[\t\u1680\u2000-\u200a\u202f\u205f\u3000 ]+")
_PERIOD = re.compile(r"\b(FY|CY|Q[1-4]|H[12]|LTM|NTM)?\s?'?(19|20)?\d\d[AEFB]?$", re.IGNORECASE)
_FIGURE_TEXT = re.compile(r"^[(+\-\u2212\u2013]?\s?[$€£]?\s?\d[\d., \u00a0]*\s?(%|x|pp|bn|m)?\)?$")
_YEARLIKE = re.compile(r"\b(years?|founded|since|established)\b", re.IGNORECASE)
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def clean(text: str) -> str:
    """The text without what XML forbids or what reorders it; line breaks are `\\n`, blanks single spaces."""
    text = _FORBIDDEN.sub("", _BREAKS.sub("\n", text))
    return "\n".join(_BLANKS.sub(" ", line).strip(" ") for line in text.split("\n")).strip("\n")


def one_line(text: str) -> str:
    return " ".join(clean(text).split("\n"))


def indented(text: str) -> str:
    """One line whose leading blanks are kept as hard spaces, as row labels use them."""
    body = one_line(text)
    depth = min(len(text) - len(text.lstrip(" \t")), 8)
    return NBSP * depth + body if body else body


def shortened(text: str, limit: int) -> str:
    """At most `limit` characters, cut at a word, with an ellipsis where something is missing."""
    text = one_line(text)
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    head = cut.rsplit(" ", 1)[0] if " " in cut[limit // 2 :] else cut
    return head.rstrip(" ,;:.") + "…"


def superscript(numbers: Sequence[int]) -> str:
    """Source markers: `¹ ² ⁵ to ⁸`."""
    parts: list[str] = []
    ordered = sorted(set(numbers))
    start = 0
    while start < len(ordered):
        end = start
        while end + 1 < len(ordered) and ordered[end + 1] == ordered[end] + 1:
            end += 1
        first, last = (str(ordered[at]).translate(_SUPERSCRIPT) for at in (start, end))
        if end - start >= 2:
            parts.append(f"{first}\u2013{last}")
        else:
            parts.extend(str(number).translate(_SUPERSCRIPT) for number in ordered[start : end + 1])
        start = end + 1
    if len(parts) > MAX_MARKS:
        parts = [*parts[: MAX_MARKS - 1], "…"]
    return NBSP.join(parts)


def is_period(text: str) -> bool:
    return bool(_PERIOD.search(text.strip()))


def is_figure_text(text: str) -> bool:
    return bool(_FIGURE_TEXT.match(text.strip()))


def decimals_of(value: float) -> int:
    """How many decimals the value has as written, at most MAX_DECIMALS."""
    exponent = Decimal(repr(value)).normalize().as_tuple().exponent
    return min(max(-exponent, 0), MAX_DECIMALS) if isinstance(exponent, int) else 0


def figure(value: float, decimals: int | None = None, context: str = "") -> str:
    """The value with thousands separators; years (by their `context`) without."""
    if abs(value) >= 1e15:
        return f"{value:.6g}"
    places = decimals_of(value) if decimals is None else decimals
    if places == 0 and 1000 <= value <= 2999 and _YEARLIKE.search(context):
        return f"{value:.0f}"
    shown = f"{value:,.{places}f}"
    if value and not shown.strip("-0.,"):
        return f"{value:.2g}"
    return shown.removeprefix("-") if not shown.strip("-0.,") else shown


def with_unit(shown: str, unit: str) -> tuple[str, str]:
    """The figure and what stands beside it; percent and multiples join the figure."""
    match unit.strip().lower():
        case "percent" | "%" | "per cent":
            return f"{shown}%", ""
        case "x" | "times":
            return f"{shown}x", ""
        case _:
            return shown, one_line(unit)
