"""What both kinds of charts share: which kind is drawn, and the scale of the value axis."""

from __future__ import annotations

from math import floor, log10
from typing import Literal

from domain.model import ChartComponent
from exports.fonts import width
from exports.page import COLOURS, SERIES_COLOURS
from exports.text import decimals_of, figure

ChartKind = Literal["bar", "line", "pie", "stacked_bar"]


LEAST_STACK_SHARE = 0.06
"""A part of a stack lower than this share of the axis carries no figure: it would not be readable."""


NEAR_SHARE = 0.1
"""Two points of lines nearer to each other than this share of the axis carry their figures on different sides."""


def series_colour(at: int) -> str:
    return SERIES_COLOURS[at % len(SERIES_COLOURS)]


def label_colour(fill: str) -> str:
    """Paper on dark fills, ink on light ones."""
    red, green, blue = (int(fill[at : at + 2], 16) for at in (0, 2, 4))
    return COLOURS["paper"] if 0.299 * red + 0.587 * green + 0.114 * blue < 160 else COLOURS["ink"]


def decimals_shown(chart: ChartComponent) -> int:
    """As many as the figures need, at most two; four where all are small."""
    values = [value for series in chart.series for value in series.values if value is not None]
    most = 4 if max(map(abs, values), default=0.0) < 1 else 2
    return max((min(decimals_of(value), most) for value in values), default=0)


def labels_fit(chart: ChartComponent, decimals: int, size: float, room: float) -> bool:
    """Whether the figure of each point can be written at it; the value axis is shown otherwise."""
    if drawn_kind(chart) == "pie":
        return True
    beside = len(chart.series) if drawn_kind(chart) == "bar" else 1
    values = [value for series in chart.series for value in series.values if value is not None]
    widest = max((width(figure(value, decimals), "sans", size) for value in values), default=0.0)
    return (widest + 4) * beside * len(chart.categories) <= room


def is_empty(chart: ChartComponent) -> bool:
    return all(value is None for series in chart.series for value in series.values)


def drawn_kind(chart: ChartComponent) -> ChartKind:
    """The kind asked for; bars where a pie would be wrong (several series, negative parts, or no sum)."""
    if chart.kind != "pie":
        return chart.kind
    parts = [value for value in chart.series[0].values if value is not None]
    suited = len(chart.series) == 1 and all(part >= 0 for part in parts) and sum(parts) > 0
    return "pie" if suited else "bar"


def written_below(chart: ChartComponent, at: int, point: int) -> bool:
    """Whether the figure of a line's point stands below it, since another line runs close above."""
    low, high, _ = axis(chart, labels=True)
    own = chart.series[at].values[point]
    if own is None:
        return False
    for other, series in enumerate(chart.series):
        value = series.values[point]
        if value is None or (value, at) <= (own, other):
            continue
        if value - own < NEAR_SHARE * (high - low):
            return True
    return False


def extent(chart: ChartComponent) -> tuple[float, float]:
    """The least and the greatest value that the axis must reach; zero is always among them."""
    if drawn_kind(chart) == "stacked_bar":
        columns = [[series.values[at] or 0.0 for series in chart.series] for at in range(len(chart.categories))]
        lows = [sum(value for value in column if value < 0) for column in columns]
        highs = [sum(value for value in column if value > 0) for column in columns]
    else:
        lows = highs = [value for series in chart.series for value in series.values if value is not None]
    return min([0.0, *lows]), max([0.0, *highs])


def axis(chart: ChartComponent, labels: bool) -> tuple[float, float, float]:
    """Least and greatest value of the axis and the step between its lines; round figures unless the axis is hidden."""
    low, high = extent(chart)
    span = high - low or 1.0
    step = 10.0 ** floor(log10(span / 4)) if span / 4 > 0 else 1.0
    step = next(step * factor for factor in (1, 2, 2.5, 5, 10) if step * factor * 4 >= span)
    head = high + span * 0.08 if high > 0 else 0.0
    foot = low - span * 0.08 if low < 0 else 0.0
    if labels:
        return foot, head or step, step
    return floor(foot / step) * step, -floor(-head / step) * step, step
