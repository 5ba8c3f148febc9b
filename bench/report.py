"""What the benchmarks found, whether it is what was promised, and the page that tells it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from rich.console import Console
from rich.table import Table

from bench.measure import Spread
from domain.values import Value

OURS, FLOOR, GRAPH = "Bookrunner", "Temporal, bare update", "LangGraph on Temporal"
NO_PEERS = (OURS, FLOOR, GRAPH)

Suite = Literal["saves", "load", "reads", "starts", "events", "runs", "words", "replay", "memory", "growth"]
SUITES: dict[Suite, str] = {
    "saves": "One client: saves",
    "load": "Many clients at once",
    "reads": "Reads",
    "starts": "Starts",
    "events": "Events to a client of the stream",
    "runs": "Runs, step by step",
    "words": "Words to the browser",
    "replay": "The first save after the serving process was killed",
    "memory": "Memory for a thousand open books",
    "growth": "Growth",
}


class Figure(Value):
    """Minimum, median and maximum over the rounds of one run. `at`: how many of something there were."""

    suite: Suite
    what: str
    system: str
    unit: str
    spread: Spread
    at: int | None = None
    less_is_better: bool = True


class Verdict(Value):
    """One promise: what was measured against what was promised."""

    name: str
    measured: float
    promised: str
    holds: bool


class Report(Value):
    """`durable`: what an acknowledged save has reached, by system. `absent`: why a system or a figure is missing.

    `again`: suites whose figures are of a later run.
    """

    cores: int
    machine: str
    python: str
    rounds: int
    seconds: float
    versions: dict[str, str]
    durable: dict[str, str]
    absent: dict[str, str]
    figures: tuple[Figure, ...]
    verdicts: tuple[Verdict, ...] = ()
    again: tuple[Suite, ...] = ()

    def of(self, suite: Suite) -> list[Figure]:
        return [figure for figure in self.figures if figure.suite == suite]

    def median(self, what: str, system: str = OURS, at: int | None = None) -> float | None:
        for figure in self.figures:
            if (figure.what, figure.system, figure.at) == (what, system, at):
                return figure.spread.median
        return None


def joined(first: Report, later: Report) -> Report:
    """The first, with the suites that were run again later in the place of its own."""
    again = {figure.suite for figure in later.figures}
    kept = [figure for figure in first.figures if figure.suite not in again]
    report = first.model_copy(
        update={
            "figures": (*kept, *later.figures),
            "absent": {
                name: why
                for name, why in {**first.absent, **later.absent}.items()
                if name.partition(",")[0] not in again
            },
            "again": tuple(suite for suite in SUITES if suite in again or suite in first.again),
        }
    )
    return report.model_copy(update={"verdicts": judge(report)})


def judge(report: Report) -> tuple[Verdict, ...]:
    """What the project promises of speed, and whether this run kept it; of what was not measured nothing."""
    found: list[Verdict] = []

    def promise(name: str, measured: float | None, limit: float, unit: str, *, at_least: bool = False) -> None:
        if measured is not None:
            holds = measured >= limit if at_least else measured <= limit
            words = f"{'at least' if at_least else 'at most'} {limit:g} {unit}"
            found.append(Verdict(name=name, measured=round(measured, 3), promised=words, holds=holds))

    def over(what: str, system: str = FLOOR) -> float | None:
        ours, other = report.median(what), report.median(what, system)
        return ours / other if ours is not None and other else None

    promise("save of a 5 kB slide / bare update, p50", over("save, p50"), 2.2, "x")
    promise("read a head, p50", report.median("read of a head, p50"), 10, "ms")
    promise("read 40 slides, p50", report.median("read of 40 slides, p50"), 10, "ms")
    promise("save sent to event with an SSE client, p50", report.median("event, p50"), 100, "ms")
    share = over("saves of 50 books at once")
    promise("50 books at once, of bare updates", None if share is None else 100 * share, 35, "%", at_least=True)
    alone, together = report.median("saves of one client"), report.median("saves of 60 clients on one book")
    gain = together / alone if alone and together else None
    promise("60 clients on one book / one client", gain, 1, "x", at_least=True)
    promise("longest history of many saves", report.median("longest history of many saves"), 10, "MB")
    promise("state after / before these saves", report.median("state after / before many saves"), 1.1, "x")
    return tuple(found)


def ratios(report: Report) -> list[tuple[float, Figure, Figure]]:
    """Ours against the best of the peers in each figure, worst first; more than 1 is worse than the peer."""
    found: list[tuple[float, Figure, Figure]] = []
    for ours in (figure for figure in report.figures if figure.system == OURS):
        others = [
            figure
            for figure in report.figures
            if figure.system not in NO_PEERS and figure.what == ours.what and figure.spread.median > 0
        ]
        if others and ours.spread.median > 0:
            best = (min if ours.less_is_better else max)(others, key=lambda figure: figure.spread.median)
            top, bottom = (ours, best) if ours.less_is_better else (best, ours)
            found.append((top.spread.median / bottom.spread.median, ours, best))
    return sorted(found, key=lambda each: each[0], reverse=True)


def show(report: Report) -> None:
    console = Console()
    for suite, title in SUITES.items():
        figures = report.of(suite)
        if figures:
            table = Table(title, "system", "min", "median", "max", "", box=None, header_style="bold")
            for figure in figures:
                spread = figure.spread
                numbers = (f"{value:g}" for value in (spread.min, spread.median, spread.max))
                table.add_row(_what(figure), figure.system, *numbers, figure.unit)
            console.print(table)
    for name, why in report.absent.items():
        console.print(f"not measured: {name}: {why}")
    table = Table("promise", "measured", "promised", "", box=None, header_style="bold")
    for verdict in report.verdicts:
        table.add_row(verdict.name, f"{verdict.measured:g}", verdict.promised, "✓" if verdict.holds else "✗")
    console.print(table)


def page(report: Report, plots: Iterable[str]) -> str:
    """The report in Markdown. `plots`: names of files beside it."""
    lines = [
        f"{report.cores} cores ({report.machine}), Python {report.python}, {report.rounds} rounds in which the systems "
        f"take turns, {report.seconds / 60:.0f} minutes in all. "
        + ", ".join(f"{name} {number}" for name, number in report.versions.items())
        + ". Each figure: median (minimum to maximum) over the rounds, or what was measured once."
        + (f" Of later runs by themselves: {', '.join(report.again)}." if report.again else ""),
        "",
        *(f"![{name.partition('.')[0]}](bench/{name})" for name in plots),
        "",
        *_rows(("system", "what an acknowledged save has reached"), sorted(report.durable.items())),
    ]
    for suite, title in SUITES.items():
        figures = report.of(suite)
        if figures:
            lines += ["", f"### {title}", "", *_suite(figures)]
        for of, points in grown(figures).items():
            lines += ["", *_growth(of, points)]
    lines += ["", "### Where a peer is quicker, worst first", ""]
    worse = [(ratio, ours, best) for ratio, ours, best in ratios(report) if ratio > 1]
    lines += _rows(
        ("figure", "ours / the best peer", "which", "ours / the floor"),
        [(ours.what, f"{ratio:.2f} x", best.system, _of_the_floor(report, ours)) for ratio, ours, best in worse],
    )
    if report.absent:
        lines += ["", "Not measured:", "", *(f"- {name}: {why}" for name, why in sorted(report.absent.items()))]
    promised = [
        (each.name, f"{each.measured:g}", each.promised, "yes" if each.holds else "no") for each in report.verdicts
    ]
    lines += ["", "### Promises", "", *_rows(("promise", "measured", "promised", "kept"), promised)]
    return "\n".join(lines) + "\n"


def between_marks(document: str, name: str, told: str) -> str:
    """A document in Markdown with new words between two marks. Raises ValueError where they are not there."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, after = document.index(begin), document.index(end)
    return f"{document[:before]}{begin}\n\n{told}\n{document[after:]}"


def grown(figures: Sequence[Figure]) -> dict[str, dict[str, list[Figure]]]:
    """By what there is more and more of, and by what is measured: `save by commands` is a save, by commands."""
    found: dict[str, dict[str, list[Figure]]] = {}
    for figure in figures:
        if figure.at is not None:
            what, _, of = figure.what.partition(" by ")
            found.setdefault(of, {}).setdefault(what, []).append(figure)
    return found


def _growth(of: str, points: Mapping[str, Sequence[Figure]]) -> list[str]:
    numbers = sorted({figure.at or 0 for figures in points.values() for figure in figures})
    rows: list[tuple[str, ...]] = []
    for what, figures in points.items():
        told = {figure.at: _told(figure.spread) for figure in figures}
        rows.append((f"{what}, {figures[0].unit}", *(told.get(number, "") for number in numbers)))
    return _rows((f"by {of}", *(f"{number:,}" for number in numbers)), rows)


def _of_the_floor(report: Report, ours: Figure) -> str:
    floor = report.median(ours.what, FLOOR)
    if not floor:
        return ""
    return f"{ours.spread.median / floor if ours.less_is_better else floor / ours.spread.median:.2f} x"


def _suite(figures: Sequence[Figure]) -> list[str]:
    """Those that do not grow with anything."""
    systems = list(dict.fromkeys(figure.system for figure in figures))
    rows: dict[str, dict[str, str]] = {}
    for figure in figures:
        if figure.at is None:
            rows.setdefault(f"{figure.what}, {figure.unit}", {})[figure.system] = _told(figure.spread)
    if not rows:
        return []
    return _rows(("", *systems), [(what, *(row.get(each, "") for each in systems)) for what, row in rows.items()])


def _told(spread: Spread) -> str:
    if spread.count == 1:
        return _short(spread.median)
    return f"{_short(spread.median)} ({_short(spread.min)} to {_short(spread.max)})"


def _short(value: float) -> str:
    """Three digits that count, and no power of ten."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _rows(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [_row(head), _row(["---"] * len(head)), *(_row(row) for row in rows)]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _what(figure: Figure) -> str:
    return figure.what if figure.at is None else f"{figure.what} at {figure.at:,}"
