"""A pack: the documents of a company and the conversation of its deal team; what is planted in both."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from agents.pasted import apart
from cli.demo.client import DemoFailed
from evidence.documents import read_document
from evidence.figures import Figure, figures_in
from evidence.model import DocumentRefused
from evidence.orders import before_orders, speaks_to_a_machine

DOCUMENTS = (".docx", ".xlsx", ".pdf", ".csv", ".md", ".txt", ".pptx")


class Turn(BaseModel):
    """One thing that the deal team says, in its stage; `tags` say what it is about."""

    model_config = ConfigDict(extra="ignore")

    n: int
    stage: str
    content: str
    tags: tuple[str, ...] = ()
    expect: str = ""


class Pack:
    def __init__(self, folder: Path) -> None:
        self.name = folder.name
        conversation = folder / "conversation.jsonl"
        if not conversation.exists():
            raise DemoFailed(f"{folder} is no pack: it has no conversation.jsonl")
        lines = conversation.read_text().splitlines()
        self.turns = [Turn.model_validate_json(line) for line in lines if line.strip()]
        self.documents = sorted(
            path for path in folder.iterdir() if path.suffix in DOCUMENTS and path.stem.lower() != "readme"
        )

    def said(self, tag: str, stage: str | None = None) -> list[Turn]:
        """The turns with a tag, in order."""
        return [turn for turn in self.turns if tag in turn.tags and stage in (None, turn.stage)]

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


def _figures_of(path: Path) -> list[Figure]:
    try:
        document = read_document(path.name, path.read_bytes())
    except DocumentRefused:
        return []
    texts = [sentence for block in document.blocks for sentence in before_orders(block.text)]
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return [figure for text in (*texts, *cells) for figure in figures_in(text)]
