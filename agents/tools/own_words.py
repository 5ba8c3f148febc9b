"""What a person said in their own words: without what they quoted or pasted, clause by clause."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from agents.brief import speaks_to_a_machine
from agents.pasted import apart
from domain.values import Value
from evidence.sentences import sentences_of

_QUOTED = re.compile(
    r"\u201c[^\u201d]*\u201d|\u00ab[^\u00bb]*\u00bb|\"[^\"]*(?:\"|\Z)"
    r"|(?<!\w)['\u2018][^'\u2019\n]*['\u2019](?!\w)"
)
_MARKUP = re.compile(r"<!--|</?[a-z!?][^>]*>|\[/?inst\]|<\||\|>|\{\{|\}\}", re.IGNORECASE)
_PASTE_AHEAD = re.compile(
    r"\b(?:excerpt|extract|passage|paragraph|e-?mail|letter|memo|questionnaire|transcript|article|clipping|pasted?|quote)\b"
    r"[^\n:]{0,120}:"
    r"|\b(?:he|she|they|it)\s+(?:says?|said|writes?|wrote)\s*:"
    r"|^\s*(?:from|subject|sent|q|a)\s*:|\bwrote:\s*$|^-{3,}",
    re.IGNORECASE | re.MULTILINE,
)
_CLAUSE_END = re.compile(r";\s*|,?\s+but\s+|,?\s+and then\s+|,\s+(?:and|then)\s+", re.IGNORECASE)
_ASKS_OTHERWISE = re.compile(
    r"^\W*(?:(?:and|so|but|then)\s+)*"
    r"(?:what|why|how|when|who|whom|whose|which|where|should|shall|did|does|do (?:we|you|they|i)|has"
    r"|have (?:we|you|they)|is|are|was|were|if|unless|suppose|assuming|imagine|in case|would it)\b",
    re.IGNORECASE,
)
_ASKS_POLITELY = re.compile(r"\b(?:can|could|would|will) you\b|\bcan (?:we|i) have\b|\bplease\b", re.IGNORECASE)


class OwnWords(Value):
    """`has_foreign`: something else than the person's own words stands in the message."""

    clauses: tuple[str, ...]
    has_foreign: bool = False


def own_words(said: str, excerpts: Sequence[str] = ()) -> OwnWords:
    plain = "".join(char for char in unicodedata.normalize("NFKC", said) if unicodedata.category(char) != "Cf")
    parted = apart(plain)
    text = parted.text
    has_foreign = bool(excerpts or parted.excerpts or _MARKUP.search(text) or speaks_to_a_machine(text))
    if paste := _PASTE_AHEAD.search(text):
        has_foreign, text = True, text[: paste.start()]
    text = _QUOTED.sub(" \u2026 ", text)
    return OwnWords(
        clauses=tuple(clause for sentence in sentences_of(text) for clause in _clauses_of(sentence)),
        has_foreign=has_foreign,
    )


def _clauses_of(sentence: str) -> list[str]:
    """The parts of a sentence that stand as statements or requests; a question about a change asks for none."""
    polite = _ASKS_POLITELY.search(sentence)
    if not polite and (sentence.rstrip().endswith("?") or _ASKS_OTHERWISE.match(sentence)):
        return []
    return [part.strip() for part in _CLAUSE_END.split(sentence) if part.strip()]
