"""The main job on the whole product: documents in, five stages, going back, a killed worker, a finished book out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pdfplumber
import pytest
from pptx import Presentation
from rich.console import Console

from cli.demo.check import FEWEST_SLIDES
from cli.demo.command import play
from cli.demo.screen import Screen
from cli.demo.story import COMPOSE, Story
from deploy.embedded.places import CHECKOUT
from deploy.embedded.product import fresh_product

PACK = CHECKOUT / "examples" / "wd40"


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with fresh_product() as (running, data):
        yield play(running, data, PACK, tmp_path_factory.mktemp("book"), Screen(Console(quiet=True)))


@pytest.mark.timeout(600)
def test_the_book_is_finished_and_every_figure_is_traced(story: Story) -> None:
    assert story.findings == []
    assert story.slides >= FEWEST_SLIDES
    assert story.figures_traced >= story.slides


@pytest.mark.timeout(600)
def test_going_back_and_the_killed_worker_were_part_of_it(story: Story) -> None:
    outcomes = {step.name: step.outcome for step in story.steps}
    assert "stale: buyer_persona_changed" in outcomes["go back: another buyer"]
    assert "killed and replaced" in outcomes["first slides and questions; kill -9 the worker while it answers"]
    assert "killed and replaced" in outcomes[COMPOSE]
    assert "Cost structure" in outcomes["outline for the new buyer"]


@pytest.mark.timeout(600)
def test_the_conversation_of_the_pack_is_part_of_it(story: Story) -> None:
    turns = {turn.n: turn for turn in story.turns}
    assert sorted(turns) == list(range(1, 19))
    assert {turn.status for turn in story.turns} == {"completed"}
    assert "590.6" in turns[2].answer
    assert "cell E5" in turns[2].answer
    assert turns[2].citations >= 2
    assert any("537.3" in asked for asked in turns[7].asked)
    assert "573.3" not in turns[7].answer
    assert "save_buyer_persona: done" in turns[10].tools
    assert "save_slide: done" in turns[13].tools
    assert len(turns[14].asked) == len(turns[17].asked) == 1
    assert not any("200 million" in turn.answer for turn in story.turns)
    assert all(figure in turns[18].answer for figure in ("613", "710", "53.4%", "51.4%", "87.3", "83.7", "573.3"))


@pytest.mark.timeout(600)
def test_the_exports_hold_the_book(story: Story) -> None:
    pptx, pdf = story.files
    deck = Presentation(str(pptx))
    assert len(deck.slides) >= story.slides
    assert any(shape.has_chart for slide in deck.slides for shape in slide.shapes)
    assert any(shape.has_table for slide in deck.slides for shape in slide.shapes)
    with pdfplumber.open(pdf) as document:
        text = "\n".join(page.extract_text() for page in document.pages)
    assert "590.6" in text
    assert "Sources" in text
    assert "200 million" not in text
    assert Path(pptx).stat().st_size > 50_000
