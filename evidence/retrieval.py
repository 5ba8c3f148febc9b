"""Keyword retrieval over passages (BM25)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from domain.values import Value
from evidence.model import Passage

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*%?|[^\W\d_]+(?:['\u2019][^\W\d_]+)?|[^\W_]+")
_FISCAL = re.compile(r"\b(?:fiscal(?: year)?|financial year|fy)\s?'?((?:19|20)\d{2})\b")
_STOP = frozenset(
    " ".join(
        (
            "a an and are as at be been by for from had has have in into is it its of on or that the their them",
            "they this to was were what when where which who will with how much many did does do you your our we",
            "us me please tell give show",
        )
    ).split()
)


class ScoredPassage(Value):
    """A passage and how well it fits; scores compare only within one search."""

    passage: Passage
    score: float


def tokens_of(text: str) -> list[str]:
    """Words and numbers as they are compared: without case, accents, plural endings and thousands separators."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(char for char in folded if not unicodedata.combining(char))
    fiscal = [f"fy{year}" for year in _FISCAL.findall(plain)]
    return [*(token for word in _TOKEN.findall(plain) if (token := _token(word))), *fiscal]


def is_stop_word(word: str) -> bool:
    """Whether a word, in lower case, says nothing about what a text is about."""
    return word in _STOP


def _token(word: str) -> str:
    if word[0].isdigit():
        number = re.sub(r",(?=\d{3})", "", word.rstrip("%"))
        return re.sub(r"\.0+$", "", number) if "." in number else number
    if word in _STOP:
        return ""
    bare = re.sub(r"['\u2019]s?$", "", word)
    if not bare.isascii() or len(bare) <= 3:
        return bare
    if bare.endswith("ies") and len(bare) > 4:
        return bare[:-3] + "y"
    if bare.endswith(("sses", "shes", "ches", "xes")):
        return bare[:-2]
    return bare[:-1] if bare.endswith("s") and not bare.endswith(("ss", "us", "is")) else bare


class PassageIndex:
    """An index over a fixed list of passages; cheap enough to build for each run."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        import bm25s

        self._passages = tuple(passages)
        corpus = [tokens_of(f"{passage.heading}\n{passage.text}") for passage in self._passages]
        self._vocabulary = {token for tokens in corpus for token in tokens}
        self._index: Any = None
        if self._vocabulary:
            self._index = bm25s.BM25()
            self._index.index(corpus, show_progress=False)

    def __len__(self) -> int:
        return len(self._passages)

    def search(self, query: str, k: int = 8) -> list[ScoredPassage]:
        """The best passages, at most `k`, best first; those that share no word with the query are left out."""
        wanted = [token for token in dict.fromkeys(tokens_of(query)) if token in self._vocabulary]
        if self._index is None or not wanted or k <= 0:
            return []
        scores = self._index.get_scores(wanted)
        ranked = sorted(range(len(self._passages)), key=lambda index: (-float(scores[index]), index))
        return [
            ScoredPassage(passage=self._passages[index], score=float(scores[index]))
            for index in ranked[:k]
            if float(scores[index]) > 0
        ]
