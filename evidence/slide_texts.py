"""The words of a slide as its reader sees them, piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from domain.model import (
    BulletsComponent,
    ChartComponent,
    ImageComponent,
    MetricComponent,
    QuoteComponent,
    SlideBody,
    TableComponent,
    TextComponent,
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A title, paragraph, bullet, cell or label. `is_prose` tells running text from labels and cells."""

    text: str
    component_id: str = ""
    anchor: str = ""
    is_prose: bool = False
    is_bullet: bool = False


def pieces_of(body: SlideBody) -> Iterator[Piece]:
    yield Piece(body.title)
    for component in body.components:
        match component:
            case TextComponent():
                yield Piece(component.text, component.id, is_prose=True)
            case QuoteComponent():
                yield Piece(f"\u201c{component.text}\u201d", component.id)
                yield Piece(component.by, component.id)
            case BulletsComponent():
                for index, item in enumerate(component.items):
                    yield Piece(item, component.id, f"i{index}", is_prose=True, is_bullet=True)
            case TableComponent():
                yield Piece(" ".join(component.columns), component.id)
                for row, line in enumerate(component.rows):
                    for column, cell in enumerate(line):
                        if isinstance(cell, str):
                            yield Piece(cell, component.id, f"r{row}c{column}", is_prose=len(cell.split()) > 6)
            case ChartComponent():
                names = (*component.categories, *(series.name for series in component.series), component.unit)
                yield Piece(" ".join(names), component.id)
            case MetricComponent():
                yield Piece(f"{component.label} {component.value} {component.unit} {component.period}", component.id)
            case ImageComponent():
                yield Piece(component.alt, component.id)


def text_of(body: SlideBody) -> str:
    """The whole slide as one text, a piece to a line."""
    return "\n".join(piece.text for piece in pieces_of(body) if piece.text.strip())


def filling_of(body: SlideBody) -> int:
    """How many things the slide shows: words of its texts, and figures of tables, charts and metrics."""
    count = 0
    for component in body.components:
        match component:
            case TableComponent():
                count += sum(cell is not None for line in component.rows for cell in line)
            case ChartComponent():
                count += sum(value is not None for series in component.series for value in series.values)
            case MetricComponent() | ImageComponent():
                count += 6
            case _:
                continue
    return count + sum(
        len(piece.text.split()) for piece in pieces_of(body) if piece.is_prose or piece.text[:1] == "\u201c"
    )
