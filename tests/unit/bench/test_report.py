"""What the report says of figures."""

from __future__ import annotations

from bench.measure import Spread
from bench.report import FLOOR, OURS, Figure, Report, Suite, judge, page, ratios


def _figure(
    system: str, median: float, what: str = "save, p50", *, suite: Suite = "saves", less: bool = True
) -> Figure:
    spread = Spread(min=median / 2, median=median, max=2 * median)
    return Figure(suite=suite, what=what, system=system, unit="ms", spread=spread, less_is_better=less)


def _report(*figures: Figure, **absent: str) -> Report:
    return Report(
        cores=2,
        machine="m",
        python="3",
        rounds=5,
        seconds=60,
        versions={"temporalio": "1"},
        durable={OURS: "a disk"},
        absent=absent,
        figures=figures,
    )


def test_a_promise_is_judged_by_medians_of_the_same_run() -> None:
    kept = judge(_report(_figure(OURS, 10), _figure(FLOOR, 5)))
    assert [(each.measured, each.holds) for each in kept] == [(2.0, True)]
    broken = judge(_report(_figure(OURS, 12), _figure(FLOOR, 5)))
    assert [(each.measured, each.holds) for each in broken] == [(2.4, False)]


def test_what_was_not_measured_is_not_judged() -> None:
    assert judge(_report(_figure(OURS, 10))) == ()


def test_ratios_are_against_the_best_peer_and_never_against_the_floor() -> None:
    report = _report(
        _figure(OURS, 12),
        _figure(FLOOR, 1),
        _figure("DBOS", 6),
        _figure("Restate", 4),
        _figure(OURS, 50, "saves at once", suite="load", less=False),
        _figure("DBOS", 100, "saves at once", suite="load", less=False),
        _figure("Restate", 25, "saves at once", suite="load", less=False),
    )
    assert [(round(ratio, 2), ours.what, best.system) for ratio, ours, best in ratios(report)] == [
        (3.0, "save, p50", "Restate"),
        (2.0, "saves at once", "DBOS"),
    ]


def test_the_page_tells_every_figure_and_what_is_missing() -> None:
    told = page(_report(_figure(OURS, 12), _figure("DBOS", 6), Restate="no server"), ["saves.svg"])
    assert "| save, p50, ms | 12 (6 to 24) | 6 (3 to 12) |" in told
    assert "- Restate: no server" in told
    assert "![saves](bench/saves.svg)" in told
    assert "| save, p50 | 2.00 x | DBOS |" in told
