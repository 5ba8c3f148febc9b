"""Answers to questions: figures exactly as the documents give them, else their sentences, else that there are none."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.evidence_only.chat.figures import Asked, asked_for, in_words
from agents.evidence_only.chat.gathering import search_first
from agents.evidence_only.chat.objections import objections
from agents.evidence_only.chat.reply import Reply
from agents.evidence_only.chat.turn import Turn
from agents.evidence_only.chat.words import as_line, asks_for_opinions, facts_told_of, not_published, told_of
from agents.evidence_only.directions import Instruction, content_words, sentence_case
from agents.evidence_only.wording import NOT_IN_DOCUMENTS
from evidence.sentences import sentences_of

MOST_PARTS = 10
_SUMS_UP = re.compile(r"\bsummari[sz]e\b|\bsummary of\b|\bsum up\b|\bwhat is in the\b", re.IGNORECASE)
_SUBJECTS = ("market competition growth", "sales profit margin cash", "products brands customers", "people risks costs")
_ABOUT_AGREEMENT = re.compile(r"\b(?:agree|disagree|conflict|contradict|consistent|differ)\w*\b", re.IGNORECASE)


def answer(turn: Turn) -> Reply:
    question = Instruction.of(turn.said).text
    document = _to_be_summed_up(turn, question)
    if document:
        return _summary(turn, document)
    measures = asked_for(question, turn.series)
    if not _satisfied(measures):
        more = search_first(turn, [question, *sentences_of(question)[:3], *_in_other_words(question)])
        if more is not None:
            return more
    lines = [line for measure in measures for line in in_words(measure)]
    lines += [one.in_words() for one in objections(turn, question) if one.stands is not None]
    if absent := not_published(question, turn.statements):
        lines = absent
    elif not measures:
        lines = [*lines, *_words(turn, question)]
    elif asks_for_opinions(question):
        lines += told_of(question, turn.statements)
    if not lines:
        return Reply(_nothing(turn))
    if _ABOUT_AGREEMENT.search(question):
        lines.append(_agreement(measures))
    return Reply("\n".join(dict.fromkeys(line for line in lines if line)))


def passages_on(turn: Turn, question: str) -> Reply:
    """What the documents say on a subject: figures, then sentences, each with its place."""
    more = search_first(turn, [question, *_in_other_words(question)])
    if more is not None:
        return more
    lines = [line for measure in asked_for(question, turn.series) for line in in_words(measure)]
    lines += told_of(question, turn.statements, most=6, loosely=True)
    return Reply("\n".join(f"- {line}" for line in dict.fromkeys(lines)) if lines else _nothing(turn))


_RELATED = (
    (r"\bcompet\w+|\brivals?\b", "competition competitors rivals substitutes"),
    (r"\bowns?\b|\bowners?\b|\bshareholders?\b", "owner shareholders owned by listed"),
    (r"\b(?:leads?|runs?|manages?|ceo|cfo|management|boss)\b", "chief executive management team director"),
    (r"\b(?:buys?|customers?|clients?)\b", "customers clients channels"),
    (r"\b(?:makes?|produces?|manufactur\w+|fills?)\b", "production manufacturing third parties factories"),
    (r"\b(?:founded|history|began|started)\b", "founded history since"),
    (r"\bguid\w+|\boutlook\b|\bforecasts?\b", "guided guidance outlook forecast ambition"),
    (r"\brisks?\b|\bworr\w+|\bthreat\w*", "risks dependence threats"),
)


def _in_other_words(question: str) -> list[str]:
    """Words that documents use for what a question asks in a word of its own."""
    return [words for pattern, words in _RELATED if re.search(pattern, question, re.IGNORECASE)]


def _to_be_summed_up(turn: Turn, question: str) -> str:
    """The document whose summary is asked for; empty when none is."""
    if not _SUMS_UP.search(question):
        return ""
    words = content_words(question)
    fitting = [(len(words & _name_words(name)), name) for name in turn.book.documents]
    best = max(fitting, default=(0, ""))
    return best[1] if best[0] else ""


def _name_words(document: str) -> set[str]:
    return content_words(re.sub(r"[_.-]+", " ", document.rpartition(".")[0]))


def _summary(turn: Turn, document: str) -> Reply:
    """The first sentence of each part of a document that says something."""
    more = search_first(turn, [" ".join(sorted(_name_words(document))), *_SUBJECTS])
    if more is not None:
        return more
    first = {item.heading: item for item in reversed(turn.statements) if item.document == document and not item.leans}
    told = sorted(first.values(), key=lambda item: item.order)[:MOST_PARTS]
    if not told:
        return Reply(_nothing(turn))
    return Reply("\n".join([f"What {document} says, part by part:", *(f"- {as_line(item)}" for item in told)]))


def _satisfied(measures: Sequence[Asked]) -> bool:
    return bool(measures) and all(measure.points and not measure.absent for measure in measures)


def _words(turn: Turn, question: str) -> list[str]:
    found = facts_told_of(question, turn.facts)
    return found or told_of(question, turn.statements)


def _nothing(turn: Turn) -> str:
    searched = " I looked through all of them." if turn.outcomes("search_documents") else ""
    unread = turn.book.documents_unread
    waiting = f" Still being read: {', '.join(unread)}." if unread else ""
    return f"{sentence_case(NOT_IN_DOCUMENTS)}.{searched}{waiting}"


def _agreement(measures: Sequence[Asked]) -> str:
    told = [measure for measure in measures if measure.points]
    refs = {fact.ref for measure in told for fact in measure.points}
    contested = any(conflict.kept.ref in refs for measure in told for conflict in measure.series.conflicts)
    if not told:
        return ""
    return "So the documents do not all agree." if contested else "No document says otherwise."
