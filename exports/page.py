"""Pages ready to be drawn: every box placed, every text measured. Lengths in points, origin top left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from domain.model import ChartComponent
from exports.fonts import LEADING, Face, wrap

PAGE_WIDTH = 960.0
PAGE_HEIGHT = 540.0

Colour = Literal["ink", "muted", "accent", "line", "faint", "paper", "amber", "amber_paper"]
COLOURS: dict[Colour, str] = {
    "ink": "1B1F24",
    "muted": "667080",
    "accent": "1F3F66",
    "line": "C9CFD6",
    "faint": "F3F5F7",
    "paper": "FFFFFF",
    "amber": "9A5B00",
    "amber_paper": "FFF4DC",
}
SERIES_COLOURS = ("1F3F66", "7F98B5", "B08D57", "5E6B78", "A9B8C9", "3C7A77", "8A5A6B", "C7B48F", "4F5B93", "9AA5A0")


@dataclass(frozen=True, slots=True)
class Box:
    x: float
    y: float
    w: float
    h: float

    @property
    def bottom(self) -> float:
        return self.y + self.h


@dataclass(frozen=True, slots=True)
class Para:
    """A paragraph of one style; `marks` are its source markers."""

    text: str
    face: Face = "serif"
    size: float = 16.0
    colour: Colour = "ink"
    align: Literal["left", "right", "center"] = "left"
    marks: str = ""
    bullet: bool = False
    after: float = 0.0

    @property
    def indent(self) -> float:
        return self.size * 1.1 if self.bullet else 0.0

    @property
    def full_text(self) -> str:
        return f"{self.text}\u00a0{self.marks}" if self.marks and self.text else self.text + self.marks

    def lines(self, room: float) -> list[str]:
        return wrap(self.full_text, max(room - self.indent, self.size), self.face, self.size)

    def height(self, room: float) -> float:
        return len(self.lines(room)) * self.size * LEADING + self.after


@dataclass(frozen=True, slots=True)
class TextItem:
    box: Box
    paras: tuple[Para, ...]
    fill: Colour | None = None
    middle: bool = False
    inset: float = 0.0
    name: str = "Text"


@dataclass(frozen=True, slots=True)
class RuleItem:
    """A filled rectangle: hairline, bar or band."""

    box: Box
    colour: Colour = "line"


@dataclass(frozen=True, slots=True)
class TableCell:
    text: str
    marks: str = ""
    numeric: bool = False
    bold: bool = False


@dataclass(frozen=True, slots=True)
class TableRow:
    cells: tuple[TableCell, ...]
    height: float
    header: bool = False
    total: bool = False


@dataclass(frozen=True, slots=True)
class TableItem:
    box: Box
    widths: tuple[float, ...]
    rows: tuple[TableRow, ...]
    size: float
    slot: float
    """Room for source markers at the right of each column of figures."""
    name: str = "Table"


@dataclass(frozen=True, slots=True)
class ChartItem:
    box: Box
    chart: ChartComponent
    decimals: int
    size: float
    labels: bool


@dataclass(frozen=True, slots=True)
class ImageItem:
    box: Box
    blob_id: str
    alt: str


Item = TextItem | RuleItem | TableItem | ChartItem | ImageItem
PageKind = Literal["cover", "contents", "section", "content", "sources"]


@dataclass(frozen=True, slots=True)
class Page:
    kind: PageKind
    title: TextItem
    items: tuple[Item, ...] = ()
    number: int = 0
    status: str = ""
    source_line: str = ""
    notes: str = ""
    bookmark: str = ""
    level: int = 0
    slide_id: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole export before it is written in a format."""

    title: str
    footer: str
    pages: tuple[Page, ...]
