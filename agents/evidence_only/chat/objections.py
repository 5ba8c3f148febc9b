"""Figures that a person wants written although the documents have another one, or none: asked about before anything."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agents.brief import EvidenceFact
from agents.evidence_only.chat.figures import asked_for, canonical, place
from agents.evidence_only.chat.reply import Call, Reply
from agents.evidence_only.chat.turn import Turn
from agents.evidence_only.directions import Instruction
from agents.evidence_only.figure_words import name_of
from agents.evidence_only.series import Series
from agents.evidence_only.wording import NOT_IN_DOCUMENTS, Backing, in_sentence, written
from evidence.figures import Figure, figures_in
from evidence.labels import KNOWN_METRIC
from evidence.periods import same_period
from evidence.sentences import sentences_of
from evidence.units import understood

LEAVE_OUT, KEEP = "Leave the figure out", "Write it as an opinion of management"
DOCUMENTED = "Write what the documents say"
_LEAST_COUNT = 12


@dataclass(frozen=True, slots=True)
class Objection:
    """`stands` is the figure that the documents have for the same; None when they have none."""

    figure: Figure
    sentence: str
    measure: str = ""
    stands: EvidenceFact | None = None
    beside: tuple[EvidenceFact, ...] = ()
    """The same figure in other documents."""

    def in_words(self) -> str:
        if self.stands is None:
            return f"The figure {self.figure.text} is {NOT_IN_DOCUMENTS}."
        period = f" in {self.stands.period}" if self.stands.period not in ("", "-") else ""
        places = " and ".join(f"{place(fact)} [{fact.ref}]" for fact in (self.stands, *self.beside))
        return (
            f"You say {self.figure.text}, but {in_sentence(self.measure)}{period} is "
            f"{written(self.stands.value or 0.0, self.stands.unit)} in {places}."
        )

    @property
    def options(self) -> tuple[str, ...]:
        if self.stands is None:
            return (LEAVE_OUT, KEEP)
        return (f"Write {written(self.stands.value or 0.0, self.stands.unit)}", LEAVE_OUT, KEEP)


def objections(turn: Turn, said: str) -> list[Objection]:
    """To the figures that the person's own words put forward; pasted text puts nothing forward."""
    return [_objection(turn, figure, sentence) for figure, sentence in _unbacked(turn, said)]


def queries_for(turn: Turn, said: str) -> list[str]:
    """What to search for before a figure is objected to: its sentence, and its measure in its period."""
    queries: list[str] = []
    for figure, sentence in _unbacked(turn, said):
        measures = [match[0] for match in KNOWN_METRIC.finditer(canonical(sentence))]
        queries += [f"{measure} in {figure.period}".strip() for measure in measures] + [sentence]
    return list(dict.fromkeys(queries))


def _unbacked(turn: Turn, said: str) -> list[tuple[Figure, str]]:
    """Figures of the person's own words that no fact at hand has, or only one that a better source contradicts."""
    contradicted = {conflict.other.ref for series in turn.series for conflict in series.conflicts}
    brief = turn.brief("slides")
    backing = Backing(
        brief.model_copy(update={"facts": [fact for fact in brief.facts if fact.ref not in contradicted]})
    )
    return [
        (figure, sentence)
        for sentence in sentences_of(Instruction.of(said).text)
        for figure in figures_in(sentence)
        if _is_claim(figure) and not backing.ref_of(figure)
    ]


def ask_about(turn: Turn, found: Sequence[Objection]) -> Reply:
    """The question to the person; in words alone where nobody can be asked."""
    first = found[0]
    told = " ".join(one.in_words() for one in found)
    if not turn.can("ask_question"):
        return Reply(f"{told} I have not written it. Tell me which figure you want.")
    question = f"{told} What shall I write?"
    options = first.options if len(found) == 1 else (DOCUMENTED, LEAVE_OUT, KEEP)
    hint = f"It decides what is written for: “{first.sentence[:200]}”"
    return Reply(
        calls=(
            Call(
                "ask_question",
                {"question": question, "options": list(options), "multiple": False, "hint": hint},
            ),
        )
    )


def settled(said: str, found: Sequence[Objection], answer: str) -> str | None:
    """What was said, changed as the person answered; None when the answer does not tell."""
    text = said
    for one in found:
        if one.stands is not None and (
            DOCUMENTED in answer
            or f"Write {written(one.stands.value or 0.0, one.stands.unit)}" in answer
            or _names(one.stands, answer)
        ):
            text = text.replace(one.figure.text, written(one.stands.value or 0.0, one.stands.unit))
        elif KEEP.lower() in answer.lower() or "opinion" in answer.lower():
            text = text.replace(one.sentence, f"{one.sentence.rstrip('.')} (opinion of management).")
        elif LEAVE_OUT.lower() in answer.lower() or re.search(r"\b(?:leave|drop|omit|without|skip)\b", answer, re.I):
            text = text.replace(one.sentence, "")
        else:
            return None
    return text


def _names(fact: EvidenceFact, answer: str) -> bool:
    return any(abs(figure.value - (fact.value or 0.0)) < 1e-9 for figure in figures_in(answer))


def _is_claim(figure: Figure) -> bool:
    """Whether a figure says something about the company, not how many slides or lines are wanted."""
    family = understood(figure.unit).family
    return family.isupper() or family in ("percent", "multiple") or figure.value > _LEAST_COUNT


def _objection(turn: Turn, figure: Figure, sentence: str) -> Objection:
    for asked in asked_for(sentence, turn.series):
        points = _same_kind(asked.series, figure)
        if points:
            stands = points[0]
            beside = tuple(
                fact
                for fact in turn.facts
                if fact.ref != stands.ref
                and fact.document != stands.document
                and (fact.value, fact.unit, fact.period) == (stands.value, stands.unit, stands.period)
            )
            return Objection(figure, sentence, name_of(asked.series), stands, _one_each(beside)[:2])
    return Objection(figure, sentence)


def _one_each(facts: Sequence[EvidenceFact]) -> tuple[EvidenceFact, ...]:
    return tuple({fact.document: fact for fact in reversed(facts)}.values())


def _same_kind(series: Series, figure: Figure) -> list[EvidenceFact]:
    if understood(series.unit).family != understood(figure.unit).family:
        return []
    return [fact for label, fact in series.points.items() if figure.period and same_period(figure.period, label)]
