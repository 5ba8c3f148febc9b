"""What a pack says of itself: its questions, its planted contradictions, and the orders planted in its texts."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from agents.pasted import apart
from cli.demo.client import DemoFailed
from cli.demo.pack import Pack
from domain.model import Fact, SourceReference
from evidence.documents import read_document
from evidence.figures import Figure, figures_in, supports
from evidence.model import DocumentRefused
from evidence.orders import before_orders, speaks_to_a_machine


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Question(_Lenient):
    id: str
    question: str
    answer: float
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


class PackFacts(_Lenient):
    company: str = ""
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


def _figures_of(path: Path) -> list[Figure]:
    try:
        document = read_document(path.name, path.read_bytes())
    except DocumentRefused:
        return []
    texts = [sentence for block in document.blocks for sentence in before_orders(block.text)]
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return [figure for text in (*texts, *cells) for figure in figures_in(text)]
