"""Calls that wait go together; each gets its own answer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from store.combining import MOST_TOGETHER, Combiner
from store.errors import StoreUnavailable


class Sums:
    """Doubles numbers, remembers what came together, and refuses 13."""

    def __init__(self) -> None:
        self.calls: list[list[int]] = []
        self.down = False

    async def write(self, items: Sequence[int]) -> list[int]:
        self.calls.append(list(items))
        await asyncio.sleep(0.001)
        if self.down:
            raise StoreUnavailable("down")
        if 13 in items:
            raise ValueError("13")
        return [2 * item for item in items]


async def test_what_waits_goes_together() -> None:
    sums = Sums()
    combiner = Combiner(sums.write)
    assert await asyncio.gather(*(combiner.submit(n) for n in range(5))) == [0, 2, 4, 6, 8]
    assert sums.calls == [[0], [1, 2, 3, 4]]
    assert await combiner.submit(9) == 18


async def test_no_more_than_the_bound_go_together() -> None:
    sums = Sums()
    combiner = Combiner(sums.write)
    count = 2 * MOST_TOGETHER + 5
    assert await asyncio.gather(*(combiner.submit(n + 20) for n in range(count))) == [2 * n + 40 for n in range(count)]
    assert max(len(call) for call in sums.calls) == MOST_TOGETHER


async def test_one_bad_item_fails_alone() -> None:
    combiner = Combiner(Sums().write)
    answers = await asyncio.gather(*(combiner.submit(n) for n in (1, 12, 13, 14)), return_exceptions=True)
    assert answers[:2] == [2, 24]
    assert isinstance(answers[2], ValueError)
    assert answers[3] == 28


async def test_when_the_store_is_away_all_learn_it_at_once() -> None:
    sums = Sums()
    sums.down = True
    combiner = Combiner(sums.write)
    answers = await asyncio.gather(*(combiner.submit(n) for n in range(10)), return_exceptions=True)
    assert all(isinstance(answer, StoreUnavailable) for answer in answers)
    assert len(sums.calls) == 2
    sums.down = False
    assert await combiner.submit(1) == 2


async def test_who_gives_up_waiting_harms_no_other() -> None:
    sums = Sums()
    combiner = Combiner(sums.write)
    tasks = [asyncio.create_task(combiner.submit(n)) for n in range(4)]
    await asyncio.sleep(0)
    tasks[0].cancel()
    tasks[2].cancel()
    with pytest.raises(asyncio.CancelledError):
        await tasks[0]
    assert (await tasks[1], await tasks[3]) == (2, 6)
    assert await combiner.submit(7) == 14
