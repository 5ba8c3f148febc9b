"""What a pack says of itself: its questions, its planted contradictions, and the orders planted in its texts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from cli.demo.client import DemoFailed
from cli.demo.pack import Pack
from domain.model import Fact, SourceReference
from evidence.figures import figure_of, figures_in, supports
from evidence.periods import periods_in

_NUMBER = re.compile(r"\d+(?:\.\d+)?")


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Question(_Lenient):
    id: str
    question: str
    answer: float | str
    unit: str = ""


class Contradiction(_Lenient):
    id: str
    topic: str = ""
    correct_value: float
    wrong_value: float
    unit: str = ""


class FalseClaim(_Lenient):
    """A wrong figure that the person puts forward in the conversation."""

    message_n: int
    claimed_value: float
    correct_value: float
    unit: str = ""
    topic: str = ""


class PackFact(_Lenient):
    """A figure that the documents have, or both ends of a range, such as `8-11`."""

    id: str
    statement: str = ""
    value: float | str
    unit: str = ""
    period: str = ""


class PackFacts(_Lenient):
    company: str = ""
    facts: tuple[PackFact, ...] = ()
    questions: tuple[Question, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    conversation_contradiction: FalseClaim | None = None


class EvalPack(Pack):
    """A pack with its facts.json. Raises DemoFailed when it is none."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        try:
            self.facts = PackFacts.model_validate_json((folder / "facts.json").read_text())
        except (OSError, ValidationError) as error:
            raise DemoFailed(f"{folder} is no pack to evaluate: its facts.json cannot be read ({error})") from error


def has_value(text: str, value: float, unit: str) -> bool:
    """Whether a text gives exactly this figure."""
    fact = Fact(id="f", statement="-", value=value, unit=unit, source=SourceReference(source_id="s", locator="-"))
    return any(supports(figure, fact) and round(figure.value, 10) == figure.value for figure in figures_in(text))


def is_known(fact: PackFact, facts: Sequence[Fact]) -> bool:
    """Whether facts that were gathered from the documents give the figure, for the same period."""
    numbers = numbers_of(fact.value)
    if fact.unit == "year":
        return bool(numbers) and all(any(one.value == number for one in facts) for number in numbers)
    period = next((period.label for period in periods_in(fact.period)), "")
    figures = [figure_of(number, fact.unit, period=period) for number in numbers]
    return bool(figures) and all(any(supports(figure, one, match_period=True) for one in facts) for figure in figures)


def numbers_of(value: float | str) -> list[float]:
    return [float(one) for one in _NUMBER.findall(value)] if isinstance(value, str) else [float(value)]
