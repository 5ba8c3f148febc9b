"""Answers in words: the sentences of the documents that speak to a question, each with its passage and place."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

from agents.brief import EvidenceFact
from agents.evidence_only.chat.figures import canonical, place
from agents.evidence_only.directions import content_words
from agents.evidence_only.statements import Statement
from agents.evidence_only.word_slides import says_absent

MOST_SENTENCES = 3
_FITS = 0.45
_ONLY_FITS_WHEN_ASKED_FOR_MORE = 0.3
_ROOT = 6
_FEWEST_SHARED = 2
_SPLIT = re.compile(r"\bsplits?\b|\bbreakdowns?\b|\bby (?:channel|customer|product|country|region)s?\b", re.IGNORECASE)
_OWN = re.compile(r"\b(?:its|their|our|his|her|your) own\b", re.IGNORECASE)
_WHO = re.compile(
    r"\bopinions?\b|\bviews?\b|\b(?:does |do )?(?:the )?management (?:thinks?|says?|believes?)\b|\bthinks?\b",
    re.IGNORECASE,
)
_ASKED_WITH = """tell about company business documents document many much does large what which give please know say
thank main key important biggest current today did does been there get got"""
_QUESTION_WORDS = frozenset(word[:_ROOT] for word in content_words(_ASKED_WITH))


def told_of(
    question: str, pool: Sequence[Statement], *, most: int = MOST_SENTENCES, loosely: bool = False
) -> list[str]:
    """The best sentences for the question, as lines with references; opinions with who holds them."""
    return [as_line(item) for item in best_for(question, pool, most=most, loosely=loosely)]


def best_for(question: str, pool: Sequence[Statement], *, most: int, loosely: bool = False) -> list[Statement]:
    """The sentences that share the words of a question that tell most, best first."""
    opinions = bool(_WHO.search(question))
    wanted = _stems(_WHO.sub(" ", question)) - _QUESTION_WORDS
    if not wanted:
        return []
    own = [_stems(f"{item.heading} {item.text}") for item in pool]
    rarity = Counter(word for words in own for word in words)
    worth = {word: math.log(1.0 + len(pool) / (1.0 + rarity[word])) for word in wanted}
    total = sum(worth.values()) or 1.0
    least = _ONLY_FITS_WHEN_ASKED_FOR_MORE if loosely else _FITS

    def fit(item: Statement, words: set[str]) -> float:
        shared = wanted & words
        if len(shared) < min(2, len(wanted)):
            return 0.0
        preferred = 0.1 * (item.opinion is opinions) - 0.1 * item.leans
        return sum(worth[word] for word in shared) / total + preferred

    scored = [(fit(item, words), item) for item, words in zip(pool, own, strict=True)]
    best = sorted((one for one in scored if one[0] >= least), key=lambda one: (-one[0], one[1].order))
    strong = [item for score, item in best if score >= best[0][0] * 0.7] if best else []
    return strong[:most]


def _stems(text: str) -> set[str]:
    """Words of one root alike: `competes` and `competition`."""
    return {word[:_ROOT] for word in content_words(canonical(_OWN.sub(" ", text)))}


def as_line(item: Statement) -> str:
    """The sentence, whose it is, and where it stands."""
    text = item.text.rstrip(".")
    if item.opinion:
        speaker = f" of {item.by}" if item.by else ""
        return f"Opinion{speaker}: “{text}” [{item.ref}] ({item.document}, {item.locator})."
    return f"{text} [{item.ref}] ({item.document}, {item.locator})."


def asks_for_opinions(question: str) -> bool:
    return bool(_WHO.search(question))


def not_published(question: str, pool: Sequence[Statement]) -> list[str]:
    """What the documents themselves say is not to be had, where the question asks for a split of that kind."""
    wanted = _stems(question) - _QUESTION_WORDS
    if not _SPLIT.search(question):
        return []
    told = [item for item in pool if says_absent(item.text) and len(wanted & _stems(item.text)) >= _FEWEST_SHARED]
    return [as_line(item) for item in told[:1]]


def facts_told_of(question: str, facts: Sequence[EvidenceFact]) -> list[str]:
    """Statements of facts without a measure, such as the year in which a company was founded."""
    wanted = _stems(question) - _QUESTION_WORDS
    found = [
        fact
        for fact in facts
        if fact.metric and wanted and wanted <= _stems(f"{fact.metric} {fact.entity} {fact.period}")
    ]
    return [f"{fact.statement.rstrip('.')} [{fact.ref}] ({place(fact)})." for fact in found[:1]]
