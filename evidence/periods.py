"""Periods as they are written in tables and texts, brought to one form: FY2024, Q4 FY2024, H1 2024, 2024."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_YEAR = r"(?:19|20)\d{2}"
_ORDINALS = {"first": "1", "second": "2", "third": "3", "fourth": "4", "1st": "1", "2nd": "2", "3rd": "3", "4th": "4"}
MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)"
)
_FISCAL = r"(?:fiscal(?:\s+year)?|financial\s+year|FY|F)"
_PERIOD = re.compile(
    rf"""
    (?P<quarter>\b(?:Q(?P<q>[1-4])|(?P<q2>[1-4])Q|(?P<q3>first|second|third|fourth)\s+quarter)\s*(?:of\s+)?(?:the\s+)?
        (?P<qf>{_FISCAL})?[\s'\u2019]*(?P<qy>{_YEAR}|\d{{2}})(?P<qs>[AEFPB])?(?!\w))
  | (?P<half>\b(?:H(?P<h>[12])|(?P<h2>[12])H|(?P<h3>first|second)\s+half)\s*(?:of\s+)?(?P<hf>{_FISCAL})?[\s'\u2019]*
        (?P<hy>{_YEAR}|\d{{2}})(?P<hs>[AEFPB])?(?!\w))
  | (?P<trailing>\b(?:LTM|TTM|YTD)\s*(?:{MONTH}\s*)?[\s'\u2019]*(?:{_YEAR}|\d{{2}})\b|\b(?:LTM|TTM|YTD)\b)
  | (?P<fiscal>\b(?:fiscal(?:\s+year)?|financial\s+year|FY|FYE|CY)[\s'\u2019]*(?P<fy>{_YEAR}|\d{{2}})
        (?:/\d{{2,4}})?(?P<fs>[AEFPB])?(?!\w))
  | (?P<ended>\byear\s+end(?:ed|ing)\s+(?:{MONTH}\s+\d{{1,2}}|\d{{1,2}}\s+{MONTH}),?\s+(?P<ey>{_YEAR})\b)
  | (?P<year>(?<![\w.,$€£/-])(?P<y>{_YEAR})(?P<ys>[AEFPB])?(?![\w%]|[.,]\d|-\w|/\d))
    """,
    re.VERBOSE | re.IGNORECASE,
)
_LABEL_NOISE = re.compile(
    r"^(?:(?:as of|at|as at|year|actual|budget|forecast|plan|estimate|estimated|audited|unaudited|restated"
    r"|reported|annual report"
    r"|guidance|proforma|pro forma|year ended|year-end|end of|in|for|the|\(.*?\)|[AEFPB])\b|[\s:,.()*'-]"
    r"|[$€£%]|m|mn|million|usd|eur|gbp)+$",
    re.IGNORECASE,
)
_LONG_TERM = re.compile(r"\blong[\s-]term\b", re.IGNORECASE)
_GUIDANCE = re.compile(
    r"\b(?:guid(?:ed|es|ance|ing)|outlook|forecasts?|budget(?:ed)?|expect(?:s|ed)?)\b", re.IGNORECASE
)
_BEFORE_YEAR = re.compile(r"\b(?:in|of|for|since|by|during|to|from|and|until|through|year|ended)\s$", re.IGNORECASE)
_ISO_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")


@dataclass(frozen=True, slots=True)
class Period:
    """A period in its one form and where it stands in the text."""

    label: str
    start: int
    end: int


def _long_year(text: str) -> str:
    if len(text) == 4:
        return text
    return f"20{text}" if int(text) < 70 else f"19{text}"


def _suffix(text: str | None) -> str:
    return "" if not text or text.upper() == "A" else text.upper()


def _label(match: re.Match[str]) -> str:
    if match["quarter"]:
        number = match["q"] or match["q2"] or _ORDINALS[match["q3"].lower()]
        return f"Q{number} {'FY' if match['qf'] else ''}{_long_year(match['qy'])}{_suffix(match['qs'])}"
    if match["half"]:
        number = match["h"] or match["h2"] or _ORDINALS[match["h3"].lower()]
        return f"H{number} {'FY' if match['hf'] else ''}{_long_year(match['hy'])}{_suffix(match['hs'])}"
    if match["trailing"]:
        return " ".join(match["trailing"].split())
    if match["fiscal"]:
        return f"FY{_long_year(match['fy'])}{_suffix(match['fs'])}"
    if match["ended"]:
        return f"FY{match['ey']}"
    return f"{match['y']}{_suffix(match['ys'])}"


def _is_name(text: str, match: re.Match[str]) -> bool:
    """`2000 Flushes` is a name, `in 2000 Flushes grew` is not."""
    if not match["year"] or not re.match(r" [A-Z][a-z]", text[match.end() :]):
        return False
    return not _BEFORE_YEAR.search(text[: match.start()])


def periods_in(text: str) -> list[Period]:
    """Every period named in the text, in its order."""
    return [
        Period(_label(match), match.start(), match.end())
        for match in _PERIOD.finditer(text)
        if not _is_name(text, match)
    ]


def period_of_header(text: str) -> str:
    """The period that a column header or row label stands for; empty where it says more than a period."""
    stripped = " ".join(text.split())
    if _ISO_DATE.match(stripped):
        return stripped
    found = list(_PERIOD.finditer(stripped))
    if len(found) != 1:
        return ""
    rest = (stripped[: found[0].start()] + " " + stripped[found[0].end() :]).strip()
    if rest and not _LABEL_NOISE.match(rest):
        return ""
    label = _label(found[0])
    return f"{label} guidance" if _GUIDANCE.search(rest) else label


def period_of_phrase(text: str) -> str:
    """The one period that a phrase names, among other words; empty where it names none or several."""
    labels = {period.label for period in periods_in(text)}
    if len(labels) == 1:
        label = labels.pop()
        return f"{label} guidance" if _GUIDANCE.search(text) else label
    return "long term" if not labels and _LONG_TERM.search(text) else ""


def speaks_of_guidance(text: str) -> bool:
    return bool(_GUIDANCE.search(text))


def fiscal(label: str) -> str:
    """A bare year as a fiscal year; anything else as it is."""
    return f"FY{label}" if re.fullmatch(rf"{_YEAR}[EFPB]?", label) else label


def same_period(one: str, other: str) -> bool:
    """Whether two labels can mean one period: `2024`, `FY2024`, `FY2024 guidance` can, `Q4 FY2024` is another."""

    return one == other or _core(one) == _core(other)


@lru_cache(maxsize=4_096)
def _core(label: str) -> str:
    return re.sub(r"(?:FY|CY|\s*guidance|\s)", "", label, flags=re.IGNORECASE)
