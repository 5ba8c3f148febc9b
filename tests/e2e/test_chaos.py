"""A short storm over a product of its own: every part killed, a way cut, held and slowed, a full disk, set clocks."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from deploy.embedded.steps import say
from tests.chaos.run import Figures, Options, stormed
from tests.chaos.site import KILLABLE

SHORT = Options(seconds=0, books=3, clients=5, talkers=1, seed=7)


@pytest.mark.timeout(480)
def test_nothing_is_lost_doubled_or_out_of_order(tmp_path: Path) -> None:
    figures = asyncio.run(stormed(tmp_path, SHORT, say))
    assert [str(violation) for violation in figures.verdict.violations] == []
    _every_kind_of_fault_was_part_of_it(figures)
    _people_were_at_work(figures)


def _every_kind_of_fault_was_part_of_it(figures: Figures) -> None:
    assert figures.kills == dict.fromkeys(KILLABLE, 1)
    wanted = {"kill", "cut", "hold", "delay", "disk_full"} | ({"clock"} if figures.clocks else set[str]())
    assert figures.faults.keys() == wanted


def _people_were_at_work(figures: Figures) -> None:
    counts = figures.verdict.counts
    assert counts["commands done"] >= 20
    assert counts["commands refused"] >= 5
    assert counts["events heard by listeners"] >= counts["events in logs"]
    assert counts["books deleted"] >= 1
