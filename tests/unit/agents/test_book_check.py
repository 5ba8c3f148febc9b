"""The book that the built-in model drafts from the example pack, held against its documents."""

from __future__ import annotations

import json
from typing import Any

import pytest

from domain.book import Book
from domain.findings import Finding
from domain.model import SlideBody
from evidence.consistency import check_book
from tests.unit.agents.drafting import draft
from tests.unit.agents.packs import MemoryBook
from tests.unit.agents.test_evidence_only import HERO, OUTLINE, PERSONA

PLANTED = {"53.4% / 51.4%", "613 people / 710 people", "USD 87.3 million / USD 83.7 million"}


@pytest.fixture(scope="module")
async def bluecan() -> MemoryBook:
    book = MemoryBook().upload_wd40()
    await draft(book, "draft_buyer_persona", PERSONA)
    await draft(book, "draft_hero_context", HERO)
    await draft(book, "draft_outline", OUTLINE)
    await draft(book, "draft_slides")
    return book


async def whole(book: MemoryBook) -> Book:
    found = await book.book(book.address.cim_id)
    assert found is not None
    return found


async def test_only_the_planted_contradictions_are_found(bluecan: MemoryBook) -> None:
    findings = check_book(await whole(bluecan), bluecan.kept_passages)
    assert {finding.figure for finding in findings if finding.kind == "source_conflict"} == PLANTED
    blocking = [finding for finding in findings if finding.blocks]
    assert {finding.kind for finding in blocking} == {"contradicted_figure"}
    shown = {finding.message.partition(" (")[0] for finding in blocking}
    assert shown == {"53.4%", "613 people", "USD 87.3 million"}
    assert len(blocking) <= 8
    assert all(len(finding.places) == 2 for finding in blocking)


async def test_a_changed_figure_is_found_wherever_it_stands(bluecan: MemoryBook) -> None:
    book = await whole(bluecan)
    known = {finding.id for finding in check_book(book, bluecan.kept_passages)}
    changed, missed = 0, list[str]()
    for slide in book.slides:
        for name, body in _changed(slide.body):
            one = book.model_copy(update={"slides": (slide.model_copy(update={"body": body}),)})
            found = check_book(one, bluecan.kept_passages)
            changed += 1
            if not any(_is_new(finding, known) for finding in found):
                missed.append(f"{slide.body.title}: {name}")
    assert changed > 150
    assert missed == []


def _is_new(finding: Finding, known: set[str]) -> bool:
    return finding.blocks and finding.id not in known


def _changed(body: SlideBody) -> list[tuple[str, SlideBody]]:
    """The slide once for each number on it, with that number raised by an eighth and a bit."""
    found: list[tuple[str, SlideBody]] = []
    for at, component in enumerate(body.components):
        for path in _numbers(component.model_dump(mode="json")):
            data: dict[str, Any] = json.loads(body.model_dump_json())
            holder: Any = data["components"][at]
            for step in path[:-1]:
                holder = holder[step]
            holder[path[-1]] = round(holder[path[-1]] * 1.125 + 0.31, 2)
            found.append((f"{component.id} {path}", SlideBody.model_validate(data)))
    return found


def _numbers(component: dict[str, Any]) -> list[tuple[Any, ...]]:
    match component["type"]:
        case "metric":
            return [("value",)] if isinstance(component["value"], float) else []
        case "table":
            return [
                ("rows", row, column)
                for row, cells in enumerate(component["rows"])
                for column, cell in enumerate(cells)
                if isinstance(cell, float)
            ]
        case "chart":
            return [
                ("series", row, "values", point)
                for row, series in enumerate(component["series"])
                for point, value in enumerate(series["values"])
                if value is not None
            ]
        case _:
            return []
