"""What the report says of figures."""

from __future__ import annotations

import pytest

from bench.measure import Spread
from bench.report import FLOOR, GRAPH, OURS, Figure, Report, Suite, between_marks, judge, page, ratios


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
    figures = (_figure(OURS, 12), _figure("DBOS", 6), _figure(FLOOR, 3))
    told = page(_report(*figures, Restate="no server"), ["saves.svg"])
    assert "| save, p50, ms | 12 (6 to 24) | 6 (3 to 12) | 3 (1.5 to 6) |" in told
    assert "- Restate: no server" in told
    assert "![saves](bench/saves.svg)" in told
    assert "| save, p50 | 2.00 x | DBOS | 4.00 x |" in told


def test_our_way_of_steps_on_the_floor_is_no_peer() -> None:
    report = _report(_figure(OURS, 50, suite="runs"), _figure(GRAPH, 1, suite="runs"), _figure("DBOS", 5, suite="runs"))
    assert [(round(ratio, 2), best.system) for ratio, _, best in ratios(report)] == [(10.0, "DBOS")]


def test_what_was_measured_once_is_told_without_a_range() -> None:
    once = _figure(OURS, 0.82).model_copy(update={"spread": Spread.of([0.82])})
    thrice = _figure("DBOS", 1).model_copy(update={"spread": Spread.of([1, 1, 1])})
    assert "| save, p50, ms | 0.82 | 1 (1 to 1) |" in page(_report(once, thrice), [])


def test_what_shrank_is_no_measure_of_others() -> None:
    memory = (_figure(OURS, 45, "grew", suite="memory"), _figure("Restate", -20, "grew", suite="memory"))
    assert ratios(_report(*memory)) == []


def test_what_grows_is_told_in_a_row_with_a_column_for_each_number() -> None:
    points = [
        _figure(OURS, median, "save by commands", suite="growth").model_copy(update={"at": at})
        for at, median in ((10, 8), (1_000, 1_234))
    ]
    told = page(_report(*points), [])
    assert "| by commands | 10 | 1,000 |" in told
    assert "| save, ms | 8 (4 to 16) | 1,234 (617 to 2,468) |" in told


def test_words_go_between_their_marks_and_nowhere_else() -> None:
    document = "before\n<!-- costs: begin -->\nold\n<!-- costs: end -->\nafter\n"
    told = between_marks(document, "costs", "new\n")
    assert told == "before\n<!-- costs: begin -->\n\nnew\n\n<!-- costs: end -->\nafter\n"
    assert between_marks(told, "costs", "new\n") == told
    with pytest.raises(ValueError, match="not found"):
        between_marks("nothing", "costs", "new")
