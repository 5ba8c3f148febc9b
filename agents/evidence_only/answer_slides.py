"""What matters to the buyer, beside what the documents say to it; and where they say nothing, that."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

from agents.brief import Brief, EvidenceFact
from agents.drafted import DraftedCell, DraftedSlide, DraftedTable
from agents.evidence_only.directions import content_words, sentence_case
from agents.evidence_only.statements import Statement
from agents.evidence_only.word_slides import notes_on
from agents.evidence_only.wording import NOT_IN_DOCUMENTS, Backing, in_sentence

FITS_WELL_ENOUGH = 0.5
FEWEST_WORDS = 2
LONG = 260
_READERS = re.compile(r"\b(?:reader|buyer|acquirer|sponsor|investor|financial owner|bidder)s?\b", re.IGNORECASE)


class Answers:
    """Finds, for what a buyer wants to know, the statement or the figure that speaks to it."""

    def __init__(self, brief: Brief, backing: Backing, pool: Sequence[Statement]) -> None:
        self._facts = {fact.ref: fact for fact in brief.facts}
        self._backing = backing
        self._pool = [item for item in pool if not _READERS.search(item.text)]
        self._rarity = Counter(word for item in self._pool for word in content_words(f"{item.heading} {item.text}"))

    def slide(
        self,
        points: Sequence[tuple[str, str]],
        topic: str,
        title: str,
        columns: tuple[str, str],
        telling: re.Pattern[str] | None = None,
    ) -> DraftedSlide | None:
        """`points` are label and text; `telling` are words that make a statement the better answer to the first."""
        rows: list[list[DraftedCell]] = []
        found: list[Statement] = []
        answered = 0
        for number, (label, text) in enumerate(points):
            words = DraftedCell(text=f"{label}: {in_sentence(text)}" if label else text)
            by_figure = self._by_figure(text)
            if by_figure is not None and _plain(by_figure.text) == _plain(text):
                continue
            if by_figure is not None:
                rows.append([words, by_figure])
                answered += 1
                continue
            best = self._closest(text, found, None if number else telling)
            if best is None:
                rows.append([words, DraftedCell(text=sentence_case(NOT_IN_DOCUMENTS))])
                continue
            if _plain(best.text) == _plain(text):
                continue
            found.append(best)
            answered += 1
            rows.append([words, DraftedCell(text=f"{_attributed(best)}{best.text}", refs=[best.ref])])
        if not answered:
            return None
        return DraftedSlide(
            topic=topic,
            title=title[:300],
            refs=[],
            layout_type="table",
            components=[DraftedTable(columns=list(columns), rows=rows)],
            notes=notes_on(found) if found else "",
        )

    def _by_figure(self, text: str) -> DraftedCell | None:
        """The statement with the figure that the point itself names."""
        named = content_words(text)
        facts = [self._facts[ref] for ref in self._backing.refs(text) if ref in self._facts]
        fitting = [fact for fact in facts if len(fact.statement) < LONG or named & content_words(fact.statement)]
        if not fitting:
            return None
        fact = fitting[0]
        return DraftedCell(text=f"{_opinion_of(fact)}{fact.statement}", refs=[fact.ref])

    def _closest(
        self, text: str, taken: Sequence[Statement], telling: re.Pattern[str] | None = None
    ) -> Statement | None:
        wanted = content_words(text)
        total = sum(self._worth(word) for word in wanted)
        if not total:
            return None

        def fit(item: Statement) -> float:
            shared = wanted & content_words(item.text)
            beside = (wanted & content_words(item.heading)) - shared
            if len(shared | beside) < min(len(wanted), FEWEST_WORDS):
                return 0.0
            return sum(self._worth(word) for word in shared) / total + 0.6 * sum(map(self._worth, beside)) / total

        def preference(item: Statement) -> float:
            told = min(len(set(telling.findall(item.text))), 3) if telling else 0
            risky = telling is not None and "risk" in item.heading.lower()
            return 0.2 * told - 0.3 * risky - 0.15 * item.opinion - 0.1 * (len(item.text) > LONG)

        fitting = [item for item in self._pool if item not in taken and fit(item) >= FITS_WELL_ENOUGH]
        return max(fitting, key=lambda item: (fit(item) + preference(item), -item.order), default=None)

    def _worth(self, word: str) -> float:
        return math.log(1.0 + self._rarity.total() / (1.0 + self._rarity[word]))


def _plain(text: str) -> str:
    return text.rstrip(".").casefold()


def _attributed(item: Statement) -> str:
    if not item.opinion:
        return f"{item.by}: " if item.by else ""
    return f"Opinion ({item.by}): " if item.by else "Opinion: "


def _opinion_of(fact: EvidenceFact) -> str:
    return "Opinion: " if "opinion" in fact.basis.lower() else ""
