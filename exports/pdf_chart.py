"""Vector charts for the PDF, drawn from the shapes of reportlab.graphics."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians, sin
from typing import Any, Literal

from reportlab.graphics import renderPDF
from reportlab.graphics.shapes import Circle, Drawing, Line, PolyLine, Rect, String, Wedge
from reportlab.lib.colors import Color, HexColor
from reportlab.pdfgen.canvas import Canvas

from exports.charts import LEAST_STACK_SHARE, axis, drawn_kind, label_colour, series_colour, written_below
from exports.fonts import font_name, printable, width, wrap
from exports.layout import LABEL_LIMIT
from exports.page import COLOURS, PAGE_HEIGHT, ChartItem
from exports.text import decimals_of, figure, one_line, shortened

_LEGEND_ROW = 16.0
_MOST_LEGEND_ROWS = 4
_LEAST_LABEL_ROOM = 26.0


def _paint(colour: str) -> Color:
    return HexColor(f"#{colour}")


@dataclass(frozen=True)
class _Area:
    """Where points lie: origin at the lower left of the drawing."""

    x: float
    y: float
    w: float
    h: float
    low: float
    high: float
    count: int

    @property
    def each(self) -> float:
        return self.w / self.count

    def at(self, value: float) -> float:
        return self.y + (value - self.low) / ((self.high - self.low) or 1.0) * self.h

    def middle(self, point: int) -> float:
        return self.x + self.each * (point + 0.5)


class _ChartDrawing:
    def __init__(self, item: ChartItem) -> None:
        self.item = item
        self.chart = item.chart
        self.size = item.size
        self.kind = drawn_kind(item.chart)
        self.drawing = Drawing(item.box.w, item.box.h)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        anchor: Literal["start", "middle", "end"] = "start",
        colour: str = COLOURS["ink"],
    ) -> None:
        self.drawing.add(
            String(
                x,
                y,
                printable(text),
                fontName=font_name("sans"),
                fontSize=self.size,
                fillColor=_paint(colour),
                textAnchor=anchor,
            )
        )

    def rectangle(self, x: float, y: float, w: float, h: float, colour: str) -> None:
        style: dict[str, Any] = {"fillColor": _paint(colour), "strokeColor": None, "strokeWidth": 0}
        self.drawing.add(Rect(x, y, w, h, **style))

    def line(self, x: float, y: float, end: float, thick: float) -> None:
        self.drawing.add(Line(x, y, end, y, strokeColor=_paint(COLOURS["line"]), strokeWidth=thick))

    def figure(self, value: float) -> str:
        return figure(value, self.item.decimals)

    def legend(self, names: list[str]) -> float:
        """At the foot of the drawing, in centred rows; says how high it is."""
        rows: list[list[tuple[int, str, float]]] = [[]]
        used = 0.0
        for at, name in enumerate(names):
            entry = width(name, "sans", self.size) + 30
            if rows[-1] and used + entry > self.item.box.w:
                rows.append([])
                used = 0.0
            rows[-1].append((at, name, entry))
            used += entry
        rows = rows[:_MOST_LEGEND_ROWS]
        for at, row in enumerate(rows):
            x = max((self.item.box.w - sum(entry for _, _, entry in row)) / 2, 0)
            y = (len(rows) - 1 - at) * _LEGEND_ROW + 3
            for index, name, entry in row:
                self.rectangle(x, y, 9, 9, series_colour(index))
                self.text(x + 14, y + 1, name)
                x += entry
        return len(rows) * _LEGEND_ROW + 4

    def draw(self) -> Drawing:
        if self.kind == "pie":
            self._pie()
        else:
            self._axes()
        return self.drawing

    def _pie(self) -> None:
        box, values = self.item.box, self.chart.series[0].values
        foot = self.legend([shortened(category, LABEL_LIMIT) for category in self.chart.categories])
        radius = max(min(box.w - 140, box.h - foot - 44) / 2, 20)
        x, y = box.w / 2, foot + (box.h - foot) / 2
        total = sum(value or 0.0 for value in values)
        start = 90.0
        for at, value in enumerate(values):
            if not value:
                continue
            sweep = 360.0 * value / total
            paper = _paint(COLOURS["paper"])
            self.drawing.add(
                Wedge(
                    x,
                    y,
                    radius,
                    start - sweep,
                    start,
                    fillColor=_paint(series_colour(at)),
                    strokeColor=paper,
                    strokeWidth=1,
                )
            )
            middle = radians(start - sweep / 2)
            side = "start" if cos(middle) > 0.2 else "end" if cos(middle) < -0.2 else "middle"
            out = radius + 8
            self.text(x + out * cos(middle), y + out * sin(middle) - self.size * 0.35, self.figure(value), side)
            start -= sweep

    def _axes(self) -> None:
        box, chart = self.item.box, self.chart
        names = [one_line(series.name) or f"Series {at}" for at, series in enumerate(chart.series, start=1)]
        foot = self.legend([shortened(name, LABEL_LIMIT) for name in names]) if len(names) > 1 else 0.0
        low, high, step = axis(chart, self.item.labels)
        left = 0.0
        if not self.item.labels:
            left = max(width(figure(value, decimals_of(step)), "sans", self.size) for value in (low, high)) + 10
        labels, under = self._category_labels(box.w - left)
        tall = max(box.h - foot - under - self.size - 4, 30)
        area = _Area(left, foot + under, box.w - left, tall, low, high, len(chart.categories))
        if not self.item.labels:
            self._grid(area, step)
        match self.kind:
            case "line":
                self._lines(area)
            case "stacked_bar":
                self._stacks(area)
            case _:
                self._bars(area)
        self.line(area.x, area.at(0), area.x + area.w, 0.9)
        for point, lines in enumerate(labels):
            for at, text in enumerate(lines):
                self.text(area.middle(point), area.y - 6 - (at + 0.8) * self.size * 1.2, text, "middle")

    def _category_labels(self, room: float) -> tuple[list[list[str]], float]:
        """Labels broken to the room they have, and the height they take; where they crowd, some are left out."""
        count = len(self.chart.categories)
        step = max(1, -int(-_LEAST_LABEL_ROOM // (room / count)))
        each = room / count * step - 6
        labels: list[list[str]] = []
        for at, category in enumerate(self.chart.categories):
            lines = [] if at % step else wrap(shortened(category, LABEL_LIMIT), each, "sans", self.size)
            lines = [line.strip() for line in lines]
            labels.append(lines if len(lines) <= 3 else [*lines[:2], lines[2][:-1] + "…"])
        return labels, max(len(lines) for lines in labels) * self.size * 1.2 + 8

    def _grid(self, area: _Area, step: float) -> None:
        for at in range(round((area.high - area.low) / step) + 1):
            value = area.low + at * step
            self.line(area.x, area.at(value), area.x + area.w, 0.5)
            shown = figure(value, decimals_of(step))
            self.text(area.x - 6, area.at(value) - self.size * 0.35, shown, "end", COLOURS["muted"])

    def _bars(self, area: _Area) -> None:
        many = len(self.chart.series)
        wide = area.each / (many + 0.7)
        for s, series in enumerate(self.chart.series):
            for p, value in enumerate(series.values):
                if value is None:
                    continue
                x = area.middle(p) + (s - many / 2) * wide
                foot, head = sorted((area.at(0), area.at(value)))
                self.rectangle(x + wide * 0.03, foot, wide * 0.94, head - foot, series_colour(s))
                if self.item.labels:
                    y = head + 4 if value >= 0 else foot - self.size
                    self.text(x + wide / 2, y, self.figure(value), "middle")

    def _stacks(self, area: _Area) -> None:
        wide = area.each / 1.6
        for p in range(area.count):
            up = down = 0.0
            for s, series in enumerate(self.chart.series):
                value = series.values[p]
                if not value:
                    continue
                base = up if value > 0 else down
                foot, head = sorted((area.at(base), area.at(base + value)))
                self.rectangle(area.middle(p) - wide / 2, foot, wide, head - foot, series_colour(s))
                if self.item.labels and head - foot >= LEAST_STACK_SHARE * area.h:
                    y = (foot + head) / 2 - self.size * 0.35
                    self.text(area.middle(p), y, self.figure(value), "middle", label_colour(series_colour(s)))
                up, down = (up + value, down) if value > 0 else (up, down + value)

    def _lines(self, area: _Area) -> None:
        for s, series in enumerate(self.chart.series):
            colour = _paint(series_colour(s))
            stretch: list[float] = []
            for p, value in enumerate([*series.values, None]):
                if value is not None:
                    stretch.extend((area.middle(p), area.at(value)))
                    self.drawing.add(Circle(area.middle(p), area.at(value), 3, fillColor=colour, strokeColor=None))
                    if self.item.labels:
                        beside = -self.size - 5 if written_below(self.chart, s, p) else 7
                        self.text(area.middle(p), area.at(value) + beside, self.figure(value), "middle")
                    continue
                if len(stretch) >= 4:
                    self.drawing.add(PolyLine(stretch, strokeColor=colour, strokeWidth=2.25))
                stretch = []


def draw_chart(canvas: Canvas, item: ChartItem) -> None:
    """Draws the chart into its box."""
    renderPDF.draw(_ChartDrawing(item).draw(), canvas, item.box.x, PAGE_HEIGHT - item.box.bottom)
