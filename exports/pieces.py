"""What a slide is laid out from: pieces that know their height, and how to split when a page is full."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.model import ChartComponent
from exports.charts import labels_fit
from exports.fonts import LEADING, width, wrap
from exports.page import Box, ChartItem, ImageItem, Item, Para, RuleItem, TextItem

GAP = 14.0
CHART_SIZE = 11.0


class Piece(ABC):
    """A part of a slide, as wide as its frame."""

    stretches = False

    @abstractmethod
    def height(self, room: float, scale: float) -> float:
        """The least height it needs."""

    @abstractmethod
    def place(self, box: Box, scale: float) -> list[Item]: ...

    def split(self, room: float, height: float, scale: float) -> tuple[Piece, Piece] | None:
        """What fits into `height` and what is left; None when nothing can be cut off."""
        return None


def scaled(para: Para, scale: float) -> Para:
    return replace(para, size=round(para.size * scale, 1), after=para.after * scale)


def split_para(para: Para, room: float, count: int) -> tuple[Para, Para]:
    """The first `count` lines and the rest, which keeps the markers."""
    lines = wrap(para.text, max(room - para.indent, para.size), para.face, para.size)
    return (
        replace(para, text="".join(lines[:count]).rstrip(), marks=""),
        replace(para, text="".join(lines[count:])),
    )


@dataclass(frozen=True)
class TextPiece(Piece):
    paras: tuple[Para, ...]
    name: str = "Text"

    def _sized(self, scale: float) -> list[Para]:
        return [scaled(para, scale) for para in self.paras]

    def height(self, room: float, scale: float) -> float:
        sized = self._sized(scale)
        return sum(para.height(room) for para in sized) - (sized[-1].after if sized else 0)

    def place(self, box: Box, scale: float) -> list[Item]:
        return [TextItem(box, tuple(self._sized(scale)), name=self.name)]

    def split(self, room: float, height: float, scale: float) -> tuple[TextPiece, TextPiece] | None:
        used = 0.0
        for at, (para, sized) in enumerate(zip(self.paras, self._sized(scale), strict=True)):
            tall = sized.height(room)
            if used + tall - sized.after <= height:
                used += tall
                continue
            fitting = int((height - used + 0.01) // (sized.size * LEADING))
            text_lines = len(wrap(sized.text, max(room - sized.indent, sized.size), sized.face, sized.size))
            fitting = min(fitting, text_lines - 1)
            if fitting < (2 if at else 1):
                break
            head, tail = split_para(sized, room, fitting)
            return (
                replace(self, paras=(*self.paras[:at], replace(para, text=head.text, marks=""))),
                replace(self, paras=(replace(para, text=tail.text), *self.paras[at + 1 :])),
            )
        else:
            return None
        if at == 0:
            return None
        return replace(self, paras=self.paras[:at]), replace(self, paras=self.paras[at:])


@dataclass(frozen=True)
class QuotePiece(Piece):
    text: TextPiece
    indent = 22.0

    def height(self, room: float, scale: float) -> float:
        return self.text.height(room - self.indent, scale) + 8

    def place(self, box: Box, scale: float) -> list[Item]:
        inner = Box(box.x + self.indent, box.y + 4, box.w - self.indent, box.h - 8)
        return [RuleItem(Box(box.x, box.y, 2.5, box.h), "accent"), *self.text.place(inner, scale)]

    def split(self, room: float, height: float, scale: float) -> tuple[QuotePiece, QuotePiece] | None:
        parts = self.text.split(room - self.indent, height - 8, scale)
        return (QuotePiece(parts[0]), QuotePiece(parts[1])) if parts else None


@dataclass(frozen=True)
class Metric:
    shown: str
    unit: str
    label: str
    period: str
    marks: str


@dataclass(frozen=True)
class MetricsPiece(Piece):
    """Figures in rows of at most four."""

    metrics: tuple[Metric, ...]
    gutter = 24.0
    under = 8.0

    def _columns(self) -> int:
        count = len(self.metrics)
        return count if count <= 4 else 3 if count in (5, 6, 9) else 4

    def _rows(self) -> list[tuple[Metric, ...]]:
        step = self._columns()
        return [self.metrics[at : at + step] for at in range(0, len(self.metrics), step)]

    @staticmethod
    def _value(metric: Metric, room: float, scale: float) -> Para:
        size = 34.0 * scale
        while size > 15 and width(metric.shown, "serif", size) > room:
            size -= 1
        return Para(metric.shown, "serif", round(size, 1), "accent")

    @staticmethod
    def _words(metric: Metric, scale: float) -> tuple[Para, ...]:
        note = " · ".join(part for part in (metric.unit, metric.period) if part)
        label = Para(metric.label, "sans_bold", round(13 * scale, 1), "ink", marks=metric.marks, after=2)
        return (label, *([Para(note, "sans", round(11.5 * scale, 1), "muted")] if note else []))

    def _heights(self, row: Sequence[Metric], room: float, scale: float) -> tuple[float, float]:
        """Of the figures and of the words below them; both begin at the same height in all tiles of a row."""
        return (
            max(self._value(metric, room, scale).height(room) for metric in row),
            max(sum(para.height(room) for para in self._words(metric, scale)) for metric in row),
        )

    def _row_height(self, row: Sequence[Metric], room: float, scale: float) -> float:
        return 10 + sum(self._heights(row, room, scale)) + 8

    def _tile(self, room: float) -> float:
        count = self._columns()
        return (room - self.gutter * (count - 1)) / count

    def height(self, room: float, scale: float) -> float:
        tile = self._tile(room)
        rows = self._rows()
        return sum(self._row_height(row, tile, scale) for row in rows) + GAP * (len(rows) - 1) + self.under

    def place(self, box: Box, scale: float) -> list[Item]:
        items: list[Item] = []
        tile = self._tile(box.w)
        y = box.y
        for row in self._rows():
            tall = self._row_height(row, tile, scale)
            figures, words = self._heights(row, tile, scale)
            for at, metric in enumerate(row):
                x = box.x + at * (tile + self.gutter)
                value = (self._value(metric, tile, scale),)
                items.append(RuleItem(Box(x, y, tile, 1.5), "accent"))
                items.append(TextItem(Box(x, y + 10, tile, figures), value, middle=True, name="Metric"))
                under = Box(x, y + 12 + figures, tile, words)
                items.append(TextItem(under, self._words(metric, scale), name="Metric label"))
            y += tall + GAP
        return items

    def split(self, room: float, height: float, scale: float) -> tuple[MetricsPiece, MetricsPiece] | None:
        rows = self._rows()
        tile = self._tile(room)
        used, fitting = self.under - GAP, 0
        for row in rows:
            used += GAP + self._row_height(row, tile, scale)
            if used > height:
                break
            fitting += 1
        if fitting in (0, len(rows)):
            return None
        cut = fitting * self._columns()
        return MetricsPiece(self.metrics[:cut]), MetricsPiece(self.metrics[cut:])


@dataclass(frozen=True)
class ChartPiece(Piece):
    chart: ChartComponent
    caption: Para
    footnote: Para | None
    decimals: int
    stretches = True
    least = 150.0

    def _furniture(self, room: float, scale: float) -> tuple[float, float]:
        caption = scaled(self.caption, scale).height(room) + 4
        return caption, scaled(self.footnote, scale).height(room) + 4 if self.footnote else 0.0

    def height(self, room: float, scale: float) -> float:
        return sum(self._furniture(room, scale)) + self.least

    def place(self, box: Box, scale: float) -> list[Item]:
        above, below = self._furniture(box.w, scale)
        labels = labels_fit(self.chart, self.decimals, CHART_SIZE, box.w)
        area = Box(box.x, box.y + above, box.w, box.h - above - below)
        items: list[Item] = [
            TextItem(Box(box.x, box.y, box.w, above), (scaled(self.caption, scale),), name="Chart caption"),
            ChartItem(area, self.chart, self.decimals, CHART_SIZE, labels),
        ]
        if self.footnote:
            items.append(
                TextItem(Box(box.x, area.bottom + 4, box.w, below - 4), (scaled(self.footnote, scale),), name="Sources")
            )
        return items


@dataclass(frozen=True)
class ImagePiece(Piece):
    blob_id: str
    alt: str
    aspect: float
    """Width by height."""
    footnote: Para | None
    stretches = True
    least = 110.0

    def height(self, room: float, scale: float) -> float:
        return self.least + (scaled(self.footnote, scale).height(room) + 4 if self.footnote else 0)

    def place(self, box: Box, scale: float) -> list[Item]:
        below = scaled(self.footnote, scale).height(box.w) + 4 if self.footnote else 0.0
        tall = box.h - below
        wide = min(box.w, tall * self.aspect)
        tall = min(tall, wide / self.aspect)
        items: list[Item] = [ImageItem(Box(box.x + (box.w - wide) / 2, box.y, wide, tall), self.blob_id, self.alt)]
        if self.footnote:
            items.append(
                TextItem(
                    Box(box.x, box.y + tall + 4, box.w, below - 4), (scaled(self.footnote, scale),), name="Sources"
                )
            )
        return items


def stack_height(pieces: Sequence[Piece], room: float, scale: float) -> float:
    return sum(piece.height(room, scale) for piece in pieces) + GAP * max(len(pieces) - 1, 0)


def place_stack(pieces: Sequence[Piece], box: Box, scale: float) -> list[Item]:
    """One below the other; what is left of the height goes to charts and images."""
    stretching = sum(piece.stretches for piece in pieces)
    spare = max(box.h - stack_height(pieces, box.w, scale), 0.0)
    items: list[Item] = []
    y = box.y
    for piece in pieces:
        tall = piece.height(box.w, scale) + (spare / stretching if piece.stretches else 0.0)
        items.extend(piece.place(Box(box.x, y, box.w, tall), scale))
        y += tall + GAP
    return items
