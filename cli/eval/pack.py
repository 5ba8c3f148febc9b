"""What a pack says of itself: its questions, its planted contradictions, and the orders planted in its texts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from agents.pasted import apart
from cli.demo.client import DemoFailed
from cli.demo.pack import Pack
from domain.model import Fact, SourceReference
from evidence.documents import read_document
from evidence.figures import Figure, figure_of, figures_in, supports
from evidence.model import DocumentRefused
from evidence.orders import before_orders, speaks_to_a_machine
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
        self.name = folder.name

    def orders(self) -> list[str]:
        """Paragraphs of documents and pasted texts, from the first sentence on that gives orders to a machine."""
        found: list[str] = []
        for path in self.documents:
            try:
                document = read_document(path.name, path.read_bytes())
            except DocumentRefused:
                continue
            found += [orders for block in document.blocks if (orders := orders_in(block.text))]
        for turn in self.turns:
            found += [
                orders
                for excerpt in apart(turn.content).excerpts
                for line in excerpt.splitlines()
                if (orders := orders_in(line))
            ]
        return found

    def planted_figures(self) -> list[Figure]:
        """Figures that only orders to a machine have."""
        honest = [figure for path in self.documents for figure in _figures_of(path)]
        return [
            figure
            for orders in self.orders()
            for figure in figures_in(orders)
            if not any(other.value == figure.value for other in honest)
        ]


def orders_in(paragraph: str) -> str:
    """The part of a paragraph that speaks to a machine; empty when none does."""
    if not speaks_to_a_machine(paragraph):
        return ""
    kept = before_orders(paragraph)
    return paragraph[paragraph.find(kept[-1]) + len(kept[-1]) :].strip() if kept else paragraph


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


def _figures_of(path: Path) -> list[Figure]:
    try:
        document = read_document(path.name, path.read_bytes())
    except DocumentRefused:
        return []
    texts = [sentence for block in document.blocks for sentence in before_orders(block.text)]
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return [figure for text in (*texts, *cells) for figure in figures_in(text)]
