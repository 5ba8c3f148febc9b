"""How clearly a text is written: long sentences, the passive, weak words, words that cannot be proved, abbreviations.

Reading ease is Flesch's, with syllables by groups of vowels: libraries that count them better carry language data that
is fetched while they run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal

from domain.values import Value
from evidence.sentences import sentences_of

RemarkKind = Literal[
    "long_sentence", "passive", "weak_words", "unprovable", "undefined_abbreviation", "long_bullet", "hard_to_read"
]
LONG_SENTENCE_WORDS, LONG_BULLET_WORDS = 28, 40
HARD_BELOW, FEWEST_WORDS_TO_RATE = 20.0, 40
_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]+(?:['\u2019-][A-Za-z\u00c0-\u024f]+)*")
_VOWELS = re.compile(r"[aeiouy\u00e0-\u00ff]+", re.IGNORECASE)
_PASSIVE = re.compile(
    r"\b(?:is|are|was|were|been|being|be)\s+(?:\w+ly\s+)?(?:\w{2,}ed|made|done|sold|held|kept|built|taken|given|seen"
    r"|known|driven|written|grown|shown|found|paid|led|run|set|put|won|lost|bought|brought|chosen|spent)\b(?!\s+by\b)",
    re.IGNORECASE,
)
_WEAK = re.compile(
    r"\b(?:very|really|quite|somewhat|fairly|rather(?! than)|arguably|various|numerous|several|significant(?:ly)?"
    r"|substantial(?:ly)?|considerabl[ey]|in order to|leverag(?:e|es|ing)|synerg(?:y|ies|istic)|going forward"
    r"|as appropriate|etc\.|and so on|stakeholders|holistic|robust|solutions?)\b",
    re.IGNORECASE,
)
_UNPROVABLE = re.compile(
    r"\b(?:best[- ]in[- ]class|world[- ]class|world[- ]leading|market[- ]leading|leading|unique(?:ly)?"
    r"|unparalleled|unrivall?ed|unmatched|outstanding|exceptional(?:ly)?|superior|excellent|cutting[- ]edge"
    r"|state[- ]of[- ]the[- ]art|innovative|revolutionary|game[- ]chang\w+|premier"
    r"|second to none|highly attractive|huge|massive|tremendous|strong(?:est)?"
    r"|iconic|best|most trusted|loved|perfect(?:ly)?|proven|compelling|dominant)\b",
    re.IGNORECASE,
)
_ABBREVIATION = re.compile(r"(?<![\w$€£&.-])(?:[A-Z]{2,6}|[A-Z]&[A-Z])(?:s)?(?![\w&-])")
_EVERYBODY_KNOWS = frozenset(
    " ".join(
        (
            "CEO CFO COO CTO USA US UK EU USD EUR GBP CHF FY LTM YTD CAGR EBITDA EBIT EBITA EPS IT HR VAT M&A R&D",
            "SG&A Q1 Q2 Q3 Q4 CIM ID AI PDF OK AG SE SA AS NV BV AB LLC PLC INC III II IV VI EMEA EIMEA APAC DACH",
            "KPI CRM ERP B2B B2C",
        )
    ).split()
)


class Remark(Value):
    """Something that a reader may stumble over, and the words that it is about."""

    kind: RemarkKind
    text: str
    advice: str


class Readability(Value):
    """`reading_ease` by Flesch: 60 is plain, below 30 hard; absent for texts too short to tell."""

    words: int
    sentences: int
    words_per_sentence: float
    reading_ease: float | None


def readability(text: str) -> Readability:
    sentences = [sentence for sentence in sentences_of(text) if _WORD.search(sentence)]
    words = _WORD.findall(text)
    count = max(len(sentences), 1)
    ease = None
    if len(words) >= FEWEST_WORDS_TO_RATE:
        syllables = sum(_syllables(word) for word in words)
        ease = round(206.835 - 1.015 * len(words) / count - 84.6 * syllables / len(words), 1)
    return Readability(
        words=len(words),
        sentences=len(sentences),
        words_per_sentence=round(len(words) / count, 1),
        reading_ease=ease,
    )


def remarks_on(text: str, *, is_bullet: bool = False) -> list[Remark]:
    """Remarks on one text. Words inside quotation marks are somebody else's, and are let be."""
    return list(_remarks(text, is_bullet=is_bullet))


def undefined_abbreviations(texts: Iterable[str], defined: Iterable[str] = ()) -> list[Remark]:
    """Abbreviations of a whole book that are nowhere spelt out. `defined` are names, in which they are at home."""
    whole = "\n".join(texts)
    home = {word for name in defined for word in re.findall(r"[\w&]+", name)}
    found = dict.fromkeys(match[0].rstrip("s") for match in _ABBREVIATION.finditer(whole))
    return [
        Remark(kind="undefined_abbreviation", text=short, advice=f"Spell out {short} where it stands first.")
        for short in found
        if short not in _EVERYBODY_KNOWS and short not in home and not _is_spelt_out(short, whole)
    ]


def _remarks(text: str, *, is_bullet: bool) -> Iterator[Remark]:
    own = re.sub(r"\u201c[^\u201d]*\u201d|\"[^\"]*\"", " ", text)
    words = len(_WORD.findall(own))
    if is_bullet and words > LONG_BULLET_WORDS:
        yield Remark(kind="long_bullet", text=_short(own), advice=f"{words} words are a paragraph; split the bullet.")
    for sentence in sentences_of(own):
        length = len(_WORD.findall(sentence))
        if length > LONG_SENTENCE_WORDS and not (is_bullet and words > LONG_BULLET_WORDS):
            yield Remark(
                kind="long_sentence", text=_short(sentence), advice=f"{length} words; say it in two sentences."
            )
        if passive := _PASSIVE.search(sentence):
            yield Remark(kind="passive", text=passive[0], advice="Say who does it.")
    weak = list(dict.fromkeys(match[0].lower() for match in _WEAK.finditer(own)))
    if weak:
        yield Remark(kind="weak_words", text=", ".join(weak), advice="Leave these out, or give a figure.")
    praise = list(dict.fromkeys(match[0].lower() for match in _UNPROVABLE.finditer(own)))
    if praise:
        yield Remark(
            kind="unprovable", text=", ".join(praise), advice="Prove it with a figure and its source, or drop it."
        )
    rated = readability(own).reading_ease
    if rated is not None and rated < HARD_BELOW:
        yield Remark(kind="hard_to_read", text=_short(own), advice=f"Reading ease {rated:.0f}; use shorter words.")


def _syllables(word: str) -> int:
    groups = len(_VOWELS.findall(word))
    silent = word.lower().endswith("e") and not word.lower().endswith(("le", "ee")) and groups > 1
    return max(1, groups - silent)


def _is_spelt_out(short: str, text: str) -> bool:
    if re.search(rf"\(\s*{re.escape(short)}s?\s*\)|\b{re.escape(short)}s?\s*\(", text):
        return True
    letters = r"[\w-]*\s+(?:and\s+|of\s+|the\s+|for\s+)?".join(re.escape(letter) for letter in short if letter != "&")
    return bool(re.search(rf"(?<!\w){letters}[\w-]+", text, re.IGNORECASE))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 160 else line[:159].rstrip() + "\u2026"
