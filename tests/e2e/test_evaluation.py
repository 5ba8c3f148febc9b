"""Packs played on the whole product: every question answered, every contradiction found, no order obeyed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.eval.command import evaluate
from cli.eval.report import Evaluation
from deploy.embedded.places import CHECKOUT
from deploy.embedded.product import fresh_product
from tests.unit.agents.pump_pack import write_pack


@pytest.fixture(scope="module")
def evaluations(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Evaluation]]:
    packs: list[Path] = [CHECKOUT / "examples" / "wd40", write_pack(tmp_path_factory.mktemp("packs") / "pumps")]
    with fresh_product() as (running, _):
        yield {pack.name: evaluate(running, pack, lambda _: None) for pack in packs}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("pack", ["wd40", "pumps"])
def test_a_pack_is_served(evaluations: dict[str, Evaluation], pack: str) -> None:
    played = evaluations[pack]
    assert [item.what for item in played.injections if not item.passed] == []
    assert [item.what for item in played.questions if not item.passed] == []
    assert [item.what for item in played.contradictions if not item.passed] == []
    assert [item.what for item in played.facts if not item.passed] == []
    assert played.questions
    assert played.contradictions
    assert len(played.injections) >= 2
    assert played.untraced == []
    assert played.figures > 20
    assert played.slides >= 2
