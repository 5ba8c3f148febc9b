"""The report as drawings: one SVG for each suite that compares systems, and one for growth."""
# pyright: basic, reportMissingImports=false

from __future__ import annotations

from itertools import cycle
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure as Drawing
from matplotlib.ticker import NullLocator

from bench.report import OURS, SUITES, Figure, Report, grown

INK, PAPER = "#1f2933", "#ffffff"
OURS_COLOUR, OTHER_COLOUR = "#4aa3ad", "#c9d2d9"
LINES = ("#1f6f78", "#b5562b", "#5b4b8a", "#7a8b2d")
ROW_INCHES = 0.32

mpl.rcParams.update(
    {
        "svg.fonttype": "none",
        "svg.hashsalt": "bookrunner",
        "font.family": "sans-serif",
        "font.size": 9,
        "text.color": INK,
    }
)


def draw(report: Report, folder: Path) -> list[str]:
    """Names of the files."""
    folder.mkdir(parents=True, exist_ok=True)
    names: list[str] = []
    for suite in SUITES:
        figures = report.of(suite)
        if suite == "growth":
            drawing = _growth(figures)
        elif len({figure.system for figure in figures}) > 1:
            drawing = _bars(figures)
        else:
            continue
        if drawing is not None:
            names.append(f"{suite}.svg")
            drawing.savefig(folder / names[-1], metadata={"Date": None}, facecolor=PAPER)
    return names


def _bars(figures: list[Figure]) -> Drawing:
    """A panel for each thing measured; a bar is the median, the line on it goes from minimum to maximum."""
    panels: dict[str, list[Figure]] = {}
    for figure in figures:
        better = "less is better" if figure.less_is_better else "more is better"
        panels.setdefault(f"{figure.what} ({figure.unit}, {better})", []).append(figure)
    panels = {title: rows for title, rows in panels.items() if len(rows) > 1}
    heights = [ROW_INCHES * len(each) + 0.5 for each in panels.values()]
    drawing = Drawing(figsize=(7.5, sum(heights)), layout="constrained")
    axes = drawing.subplots(len(panels), 1, squeeze=False, height_ratios=heights)[:, 0]
    for axis, (title, rows) in zip(axes, panels.items(), strict=True):
        for place, figure in enumerate(reversed(rows)):
            spread = figure.spread
            colour = OURS_COLOUR if figure.system == OURS else OTHER_COLOUR
            axis.barh(place, spread.median, color=colour, height=0.62)
            axis.plot([spread.min, spread.max], [place, place], color=INK, linewidth=1, marker="|", markersize=5)
            axis.text(max(spread.max, 0), place, f"  {spread.median:g}", va="center", fontsize=8)
        axis.set_yticks(range(len(rows)), [figure.system for figure in reversed(rows)])
        axis.set_title(title, loc="left", fontsize=9)
        axis.set_xlim(0, 1.15 * max(0, *(figure.spread.max for figure in rows)) or 1)
        _plain(axis)
        axis.xaxis.set_visible(False)
        axis.spines["bottom"].set_visible(False)
    return drawing


def _growth(figures: list[Figure]) -> Drawing | None:
    """A panel for each thing that grows, its figures as lines."""
    panels = grown(figures)
    if not panels:
        return None
    drawing = Drawing(figsize=(7.5, 2.8 * ((len(panels) + 1) // 2)), layout="constrained")
    axes = drawing.subplots((len(panels) + 1) // 2, 2, squeeze=False).flatten()
    for axis, (of, lines) in zip(axes, panels.items(), strict=False):
        for colour, (what, points) in zip(cycle(LINES), lines.items(), strict=False):
            at, spreads = [point.at for point in points], [point.spread for point in points]
            axis.plot(at, [spread.median for spread in spreads], color=colour, marker="o", markersize=3, label=what)
            axis.fill_between(at, [s.min for s in spreads], [s.max for s in spreads], color=colour, alpha=0.15)
        numbers = sorted({point.at or 0 for points in lines.values() for point in points})
        axis.set_xscale("log")
        axis.set_xticks(numbers, [f"{number:,}" for number in numbers])
        axis.xaxis.set_minor_locator(NullLocator())
        axis.set_xlabel(of)
        axis.set_ylim(bottom=0)
        axis.set_title(f"ms, by {of}", loc="left", fontsize=9)
        axis.legend(frameon=False, fontsize=8)
        _plain(axis)
    for axis in axes[len(panels) :]:
        axis.set_visible(False)
    return drawing


def _plain(axis) -> None:
    for side in ("top", "right"):
        axis.spines[side].set_visible(False)
    axis.tick_params(length=2, colors=INK)
