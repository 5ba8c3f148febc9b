"""What is compared, and by whom."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from bench.processes import Absent
from bench.report import FLOOR, GRAPH, OURS
from bench.suites import A_STEP, QUICK, STEPS, Suites
from bench.systems import GraphOfSteps


class Fake:
    durable = "nowhere"

    def __init__(self, name: str) -> None:
        self.name = name

    async def create(self) -> str:
        return "b1"

    async def save(self, book_id: str) -> None:
        return

    async def read(self, book_id: str) -> None:
        return

    async def run(self, steps: int) -> None:
        if self.name == OURS:
            raise Absent("measured by itself")
        await asyncio.sleep(0.001 * steps)

    def words(self, count: int) -> AsyncGenerator[tuple[float, float]]:
        raise Absent("it has no words")

    def serving(self) -> tuple[int, ...]:
        return ()

    async def restart(self) -> None:
        return


class FakeGraph(GraphOfSteps):
    def __init__(self) -> None:
        return

    async def run(self, steps: int) -> None:
        await asyncio.sleep(0.001 * steps)


async def test_a_graph_on_the_floor_is_not_told_as_a_run_of_ours() -> None:
    suites = Suites([Fake(FLOOR), Fake(OURS), Fake("DBOS")], FakeGraph(), QUICK)
    await suites.runs()
    run, step = (
        {figure.system: figure.spread.median for figure in suites.figures if figure.what == what}
        for what in (f"run of {STEPS} steps, p50", A_STEP)
    )
    assert set(run) == set(step) == {FLOOR, GRAPH, "DBOS"}
    assert step == {name: pytest.approx(median / STEPS, abs=0.01) for name, median in run.items()}
    assert set(suites.absent) == {f"runs of {OURS}"}


async def test_memory_is_of_what_serves_alone() -> None:
    suites = Suites([Fake("DBOS")], FakeGraph(), QUICK)
    await suites.memory()
    assert [figure.what for figure in suites.figures] == ["what serves grew by for 1,000 open books"]
