"""What follows from what things cost."""

from __future__ import annotations

import pytest

from bench.costs import BUSY, PRODUCT, Assumed, Cost, Estimate, Measured

ASSUMED = Assumed(
    worked_on_today=0.5,
    commands_a_day=10,
    turns_a_day=2,
    reads_per_command=4,
    working_seconds=1_000,
    peak=2.0,
    commands_in_life=50,
    turns_in_life=8,
    documents_in_life=20,
)
"""A book is worked on for five days: four documents and a fifth of a new book a day."""


def _cost(each: float) -> Cost:
    return Cost(
        times=1,
        cpu_ms=dict.fromkeys(PRODUCT, each),
        store_documents=each,
        store_bytes=round(each),
        temporal_events=each,
        temporal_bytes=round(each),
        temporal_actions=each,
        workflows=0,
    )


NOTHING = _cost(0)


def _measured(**costs: Cost) -> Measured:
    names = ("creation", "command_alone", "command_at_once", "read_head", "read_slides", "turn", "document")
    return Measured.model_validate(
        {
            "cores": 2,
            "python": "3",
            "load_before": 0,
            "idle_ms_per_second": {},
            "document_bytes": 2_000_000,
            "worker_bytes_per_open_book": 0,
            "api_bytes_per_stream": 0,
            **{name: costs.get(name, NOTHING) for name in names},
        }
    )


@pytest.mark.parametrize(
    ("kind", "a_day", "in_life"),
    [("creation", 0.2, 1), ("command_at_once", 10, 50), ("turn", 2, 8), ("document", 4, 20), ("read_head", 20, 0)],
)
def test_each_kind_of_work_counts_as_often_as_it_is_done(kind: str, a_day: float, in_life: int) -> None:
    books, each = 1_000, 300
    found = Estimate.of(_measured(**{kind: _cost(each)}), books, ASSUMED)
    at_the_peak = books * 0.5 / 1_000 * 2 * a_day * each
    assert found.cores == {part: pytest.approx(at_the_peak / 1_000 / BUSY, rel=0.05) for part in PRODUCT}
    assert found.temporal_actions_per_second == pytest.approx(at_the_peak, rel=0.05)
    assert found.store_documents == books * in_life * each
    assert found.store_tb == pytest.approx(books * in_life * each / 1e12, rel=0.05)
