"""Figures out of running text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from evidence.drafts import FactDraft
from evidence.figures import Figure, figures_in
from evidence.model import Block, Document, one_line
from evidence.naming import ASIDE, named
from evidence.number_patterns import without_long_runs
from evidence.orders import before_orders
from evidence.periods import period_of_phrase, periods_in, speaks_of_guidance
from evidence.units import understood

_DURATIONS = frozenset({"hour", "week", "month", "year", "quarter"})
_OPINION = re.compile(r"\[\s*(?:opinion|view|estimate)\s*\]", re.IGNORECASE)
_FOUNDED = re.compile(
    r"\b(?:founded|established|incorporated|started)\s+(?:in|since)\s+(?P<year>(?:1[5-9]|20)\d{2})\b", re.IGNORECASE
)
_SUBJECT = re.compile(r"^(?P<name>[A-Z][\w&-]+(?:\s[A-Z][\w&-]+)*)\s+(?:was|is|were|are|has|had|did|grew|rose|fell)\b")
_STANDS_FOR_ANOTHER = re.compile(
    r"^(?:segment|division|region|unit|subsidiary|brand|range|category|product)\b", re.IGNORECASE
)
_HAPPENED = re.compile(
    r"\b(?:was|were|came|reached|rose|grew|climbed|increased|gained|fell|dropped|declined|decreased|lost)\b",
    re.IGNORECASE,
)
_MOST_FIGURES_IN_SENTENCE = 40


def text_drafts(document: Document) -> Iterator[FactDraft]:
    """Figures with a unit out of paragraphs and bullets; each quotes its sentence."""
    for block in document.blocks:
        opinion = False
        of_heading, of_opening = _single_period(block.heading), ""
        for sentence in before_orders(without_long_runs(block.text)):
            opinion = opinion or bool(_OPINION.search(sentence))
            figures = figures_in(sentence)
            lead = (of_opening if _HAPPENED.search(sentence) else "") or of_heading
            of_opening = "" if figures else _opening_period(sentence)
            yield from _founded(sentence, block)
            for index in range(len(figures) if len(figures) <= _MOST_FIGURES_IN_SENTENCE else 0):
                draft = _draft(sentence, figures, index, block, lead)
                if draft is not None:
                    yield replace(draft, basis="stated as opinion") if opinion else draft


def _single_period(text: str) -> str:
    labels = {period.label for period in periods_in(text)}
    return labels.pop() if len(labels) == 1 else ""


def _opening_period(sentence: str) -> str:
    """The period that a sentence is about: `Fiscal year 2024 shows the plan at work.`"""
    periods = periods_in(sentence)
    return periods[0].label if len(periods) == 1 and periods[0].start == 0 else ""


def _founded(sentence: str, block: Block) -> Iterator[FactDraft]:
    found = _FOUNDED.search(sentence)
    if found:
        yield FactDraft(
            metric="Founded", value=float(found["year"]), unit="year", period="-", locator=block.locator,
            passage_id=block.passage_id, quote=sentence, statement=_statement(sentence),
        )  # fmt: skip


def _statement(sentence: str) -> str:
    return one_line(_OPINION.sub("", re.sub(r"^[A-Z]{1,4}:\s*", "", sentence)), 600)


def _draft(sentence: str, figures: list[Figure], index: int, block: Block, lead: str) -> FactDraft | None:
    figure = figures[index]
    family = understood(figure.unit).family
    if not family or family in _DURATIONS:
        return None
    label = named(sentence, figures, index, block.heading)
    metric, entity = label.metric, label.entity
    if not entity and _STANDS_FOR_ANOTHER.match(metric):
        subject = _SUBJECT.match(sentence)
        metric, entity = (metric, subject["name"]) if subject else ("", "")
    if not metric:
        return None
    if figure.high_of is not None:
        metric = f"{metric} (low end)"
    elif figure.low_of is not None:
        metric = f"{metric} (high end)"
    period = figure.period
    if not period and index and ASIDE.match(sentence[figures[index - 1].end : figure.start]):
        period = figures[index - 1].period
    if not period and not re.search(
        r"\b(?:since|today|now|currently|last fiscal|last year)\b", sentence[: figure.end], re.IGNORECASE
    ):
        period = lead or ("long term" if period_of_phrase(sentence) == "long term" else "")
    guided = speaks_of_guidance(sentence[_clause_start(sentence, figure.start) : figure.start])
    if period and guided and "guidance" not in period:
        period = f"{period} guidance"
    return FactDraft(
        metric=metric,
        value=figure.value,
        unit=figure.unit,
        period=period,
        locator=block.locator,
        passage_id=block.passage_id,
        quote=sentence,
        entity=entity,
        statement=_statement(sentence),
    )


def _clause_start(sentence: str, position: int) -> int:
    stops = [match.end() for match in re.finditer(r"[;:]\s", sentence[:position])]
    return stops[-1] if stops else 0
