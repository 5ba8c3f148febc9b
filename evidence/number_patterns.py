"""How figures are written, and what only looks like one."""

from __future__ import annotations

import re

from evidence.periods import MONTH, periods_in
from evidence.units import CURRENCY_AFTER, CURRENCY_BEFORE, SCALE_AFTER

WORDS: dict[str, float] = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90, "half a": 0.5,
}  # fmt: skip
NUMBER = (
    r"(?:\d+,\d{1,2}(?=\s?(?:%|per\s?cent|million|billion|Mio))|\d{1,3}(?:[,\u2019']\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
)
UNIT_AFTER = (
    r"(?:\s?%(?:\s(?:points|pts)\b)?|(?:\s|-)per\s?cent(?:age\s+points?)?(?:\s+points?)?\b|(?:\s"
    r"|-)percentage[\s-]points?\b"
    r"|\s?(?:pp|ppts?|bps)\b|\s(?:basis\s+points?)\b|\s?[x\u00d7](?!\w)|\stimes\b)"
)
FIGURE = re.compile(
    rf"""
    (?P<sign>(?<![\w.,)%-])[-\u2212\u2013+]\s?|(?<=\()[-\u2212])?
    (?P<cur>{CURRENCY_BEFORE}\s?(?P<sign2>[-\u2212])?)?
    (?<![\w.,])(?P<num>{NUMBER})
    (?:\s?-?(?P<scale>{SCALE_AFTER}))?
    (?P<unit>{UNIT_AFTER}|\s?(?P<code>{CURRENCY_AFTER}))?
    (?P<per>\s+(?:per|a|each)\s+(?:\w+[\s-])?share)?
    """,
    re.VERBOSE,
)
WORD_FIGURE = re.compile(
    rf"\b(?P<word>{'|'.join(sorted(WORDS, key=len, reverse=True))})[\s-]"
    r"(?:(?P<scale>thousand|million|billion|trillion)\b(?:\s(?P<code>(?:US |U\.S\. )?dollars|euros))?"
    r"|(?P<pct>per\s?cent)\b)",
    re.IGNORECASE,
)
MASKS = re.compile(
    rf"""
    https?://\S+ | \bwww\.\S+ | \S+@\S+\.\w+
  | \b{MONTH}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?(?:\s*[-\u2013]\s*\d{{1,2}})?(?:,?\s+(?:19|20)\d{{2}})?(?![\d%.,]\d|%)
  | \b\d{{1,2}}(?:st|nd|rd|th)?\.?\s+(?:of\s+)?{MONTH}\.?(?:,?\s+(?:19|20)\d{{2}})?\b
  | \b\d{{4}}-\d{{1,2}}-\d{{1,2}}(?:T[\d:.]+Z?)?\b
  | \b\d{{1,2}}[./]\d{{1,2}}[./](?:\d{{4}}|\d{{2}})\b | \b\d{{1,2}}:\d{{2}}(?::\d{{2}})?\b
  | \b\d+(?:\.\d+){{2,}}\b
  | \+\d{{1,3}}[\s().-]*\d[\d\s().-]{{6,}}\d | \(?\b\d{{3}}\)?[\s.-]\d{{3}}[.-]\d{{4}}\b
  | \[\d{{1,3}}(?:\s*[,-]\s*\d{{1,3}})*\] | \((?:\d{{1,2}}|(?:19|20)\d{{2}})\)
  | (?:^|(?<=\n))[ \t]*\(?\d{{1,2}}[.)](?=\s) | \#\s?\d+
  | \b(?:Section|section|Chapter|Note|note|Page|page|pages|p\.|pp\.|Slide|slide|Figure|Fig\.|Table|Exhibit|Appendix
       |Annex|Item|Article|Rule|Level
       |Phase|Tier|Type|No\.|Nos\.|Number|Form|Forms|ISO|EN|DIN|IEC|IFRS|IAS|ASC|ASU|Regulation|Act
       |Step|Question|Part|Version|version|paragraph
       |bullet|row)\s+\d[\w.-]*(?:\s*[-\u2013]\s*\d+)?
  | \b(?:19|20)\d{{2}}\s*[-\u2013/]\s*(?:(?:19|20)\d{{2}}|\d{{2}})\b(?!\s?%)
  | \b24/7\b | \b\d{{5,}}-\d+\b
    """,
    re.VERBOSE | re.MULTILINE,
)
NOUN = re.compile(r"[\s-]+(?P<words>[a-z][a-z-]*(?:\s+[a-z][a-z-]*){0,2})")
JOINED_NOUN = re.compile(r"\s+and\s+(?P<word>[a-z]+)")
RANGE = re.compile(r"^\s*(?:-|\u2013|—|\u2212|to|and|or)\s*$")
RANGE_WITH_UNIT = re.compile(rf"\s?(?:-|\u2013|to|and)\s?{NUMBER}\s?(?:{SCALE_AFTER}|{UNIT_AFTER})")
STOP = frozenset(
    " ".join(
        (
            "the a an and or of in on at to for from by with as is was were are be been per than more less which",
            "that it its our their up down over about points point times other such after before since while when",
            "each all both new",
        )
    ).split()
)


_LONG_RUN = re.compile(r"\S{161,}")


def _blank(match: re.Match[str]) -> str:
    return " " * (match.end() - match.start())


def without_long_runs(text: str) -> str:
    """The text, same length, with runs of characters that are longer than any word blanked out: they cost time only."""
    return _LONG_RUN.sub(_blank, text)


def hidden(text: str) -> str:
    """The text with dates, phone numbers, addresses, list numbers and the like blanked out, same length."""
    masked = MASKS.sub(_blank, without_long_runs(text))
    for period in periods_in(masked):
        masked = masked[: period.start] + " " * (period.end - period.start) + masked[period.end :]
    return masked
