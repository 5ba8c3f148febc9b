"""Slides through tools: each figure and claim with its source, changes in part, order and removal."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from agents.ports import SourcePicture
from domain.commands import ApproveSlide
from domain.model import ChartComponent, ImageComponent
from tests.unit.agents.packs import MemoryBook
from tests.unit.agents.tools.desks import Turn, approved, refusal, told, with_book

SHA = "a" * 64


@pytest.fixture(scope="module")
def documents() -> MemoryBook:
    return MemoryBook().upload_wd40()


@pytest.fixture
def book(documents: MemoryBook) -> MemoryBook:
    book = with_book(MemoryBook())
    book.kept_facts, book.kept_passages = documents.kept_facts, documents.kept_passages
    book.kept_sources = documents.kept_sources
    return book


def net_sales(book: MemoryBook, *periods: str) -> list[str]:
    """References of the figures in the workbook."""
    found = {
        fact.period: f"F{number}"
        for number, fact in enumerate(book.kept_facts, start=1)
        if fact.metric == "Net sales" and fact.source.source_id == "financials-xlsx" and not fact.entity
    }
    return [found[period] for period in periods]


def passage(book: MemoryBook, words: str) -> str:
    return next(f"P{number}" for number, one in enumerate(book.kept_passages, start=1) if words in one.text)


def years(book: MemoryBook) -> dict[str, Any]:
    periods = ("FY2022", "FY2023", "FY2024")
    return {
        "type": "chart",
        "kind": "bar",
        "categories": list(periods),
        "unit": "USD million",
        "series": [{"name": "Net sales", "facts": net_sales(book, *periods)}],
    }


async def test_a_new_slide_carries_the_source_of_every_figure(book: MemoryBook) -> None:
    turn = Turn(book, "First slide: net sales by year.")
    settled = await turn.call(
        "save_slide",
        section_id="s3",
        title="Net sales reached $590.6 million in FY2024",
        layout_type="chart",
        components=[years(book)],
        notes="Net sales were $537.3 million in FY2023.",
    )
    slide_id = told(settled)["slide_id"]
    body = book.bodies()[slide_id]
    [chart] = body.components
    assert isinstance(chart, ChartComponent)
    assert chart.series[0].values == (518.8, 537.3, 590.6)
    assert [source.anchor for source in chart.sources] == ["s0p0", "s0p1", "s0p2"]
    assert body.sources
    read = told(await turn.call("read_slide", slide_id=slide_id))
    assert [ref["ref"] for ref in read["components"][0]["refs"]] == net_sales(book, "FY2022", "FY2023", "FY2024")


REJECTED: list[tuple[dict[str, Any], str]] = [
    ({"title": "EBITDA was $200 million in FY2024"}, "105.9"),
    ({"components": [{"type": "text", "text": "The can is blue.", "refs": []}]}, "no source bears out"),
    ({"components": [{"type": "text", "text": "Sales were fine.", "refs": ["F99999"]}]}, "no evidence F99999"),
    ({"components": [{"type": "metric", "label": "EBITDA", "fact": "F99999"}]}, "no figure F99999"),
    ({"components": [{"type": "keep", "component_id": "c1"}]}, "no component c1"),
    ({"components": [{"type": "image", "image_id": "i1"}]}, "no picture i1"),
    ({"components": []}, "nothing on it"),
    ({"components": [{"type": "table", "columns": ["a"] * 50, "rows": [[{"fact": "F1"}]]}]}, "40 items"),
    ({"components": [{"type": "text", "text": "Not published.\x00", "refs": []}]}, "String should match"),
    ({"components": [{"type": "table", "columns": ["a"], "rows": [[{"text": "b"}]]}]}, "nothing of the table"),
    ({"notes": "EBITDA was $200 million in FY2024."}, "$200 million"),
    ({"section_id": "s9"}, "Name a section"),
    ({"slide_id": "slide9"}, "no slide slide9"),
    ({"layout_type": "poem"}, "layout_type"),
    ({"section_id": "s3", "title": "Net sales by year"}, "slide of this title: slide3"),
]


@pytest.mark.parametrize(("changed", "words"), REJECTED)
async def test_what_the_documents_do_not_bear_out_is_rejected(
    book: MemoryBook, changed: dict[str, Any], words: str
) -> None:
    slide: dict[str, Any] = {"section_id": "s2", "title": "Net sales", "layout_type": "chart"}
    slide.update({"components": [years(book)], **changed})
    settled = await Turn(book, "Make a slide.").call("save_slide", **slide)
    assert words in refusal(settled)
    assert book.sendings == 0


async def test_a_claim_names_its_passage(book: MemoryBook) -> None:
    ref = passage(book, "176 countries")
    settled = await Turn(book, "Make a slide on reach.").call(
        "save_slide",
        section_id="s1",
        title="Sold in more than 176 countries",
        layout_type="bullets",
        components=[
            {"type": "bullets", "items": [{"text": "The products are sold around the world.", "refs": [ref]}]},
        ],
    )
    [bullets] = book.bodies()[told(settled)["slide_id"]].components
    assert [source.anchor for source in bullets.sources] == ["i0"]
    assert bullets.sources[0].passage_id


async def test_an_opinion_of_management_stands_once_a_person_confirms_it(book: MemoryBook) -> None:
    slide: dict[str, Any] = {
        "section_id": "s4",
        "title": "Where sales go",
        "layout_type": "text",
        "components": [{"type": "text", "text": "Opinion of management: sales reach $900 million in FY2030."}],
    }
    turn = Turn(book, "Make a slide on growth.")
    [request] = (await turn.call("save_slide", **slide)).requests
    settled = await turn.call("save_slide", [approved(request.id)], **slide)
    assert settled.records[0].status == "done"
    slide["components"] = [{"type": "text", "text": "Opinion of management: the brand is trusted."}]
    assert (await Turn(book, "Make a slide on growth.").call("save_slide", **slide)).records[0].summary


async def test_a_slide_is_changed_in_part(book: MemoryBook) -> None:
    turn = Turn(book, "Add a chart to the slide Net sales by year.")
    components = [{"type": "keep", "component_id": "c1"}, years(book)]
    settled = await turn.call("save_slide", slide_id="slide3", components=components)
    assert told(settled)["components"] == ["c1", "c2"]
    body = book.bodies()["slide3"]
    assert (body.title, body.layout_type) == ("Net sales by year", "text")
    assert body.components[0].type == "text"


async def test_a_slide_that_nobody_named_is_shown_before_it_is_changed(book: MemoryBook) -> None:
    book.do(ApproveSlide(type="approve_slide", command_id=uuid4(), slide_id="slide1"))
    turn = Turn(book, "Make a slide on sales.")
    [request] = (await turn.call("save_slide", slide_id="slide1", title="Who it is")).requests
    assert request.body.change == ({"field": "title", "before": "Who the company is", "after": "Who it is"},)
    assert "approved" in request.body.hint
    named = Turn(book, "Change the title of the slide Who the company is.")
    assert (await named.call("save_slide", slide_id="slide1", title="Who it is")).records[0].status == "done"


async def test_what_an_agent_wrote_in_this_session_it_may_mend(book: MemoryBook) -> None:
    turn = Turn(book, "Make a slide on sales.")
    first = await turn.call("save_slide", section_id="s2", title="Sales", layout_type="chart", components=[years(book)])
    slide_id = told(first)["slide_id"]
    mended = await turn.call("save_slide", call_id="2", slide_id=slide_id, title="Net sales")
    assert mended.records[0].status == "done"
    other = Turn(book, "Make a slide on sales.")
    assert (await other.call("save_slide", slide_id=slide_id, title="More sales")).requests


async def test_a_picture_of_the_documents_is_placed_with_its_source(book: MemoryBook) -> None:
    book.kept_pictures = [
        SourcePicture(
            image_id="i1", source_id="d1", locator="page 2", blob_sha256=SHA, width=9, height=9, fingerprint="0"
        )
    ]
    settled = await Turn(book, "Make a slide with the picture.").call(
        "save_slide",
        section_id="s1",
        title="The can",
        layout_type="image",
        components=[{"type": "image", "image_id": "i1", "alt": "A can"}],
    )
    [image] = book.bodies()[told(settled)["slide_id"]].components
    assert isinstance(image, ImageComponent)
    assert (image.blob_id, image.sources[0].locator) == (SHA, "page 2")


async def test_slides_are_put_in_order(book: MemoryBook) -> None:
    turn = Turn(book, "Make a slide on sales. Then swap the slides.")
    first = await turn.call("save_slide", section_id="s3", title="Sales", layout_type="chart", components=[years(book)])
    slide_id = told(first)["slide_id"]
    settled = await turn.call("reorder_slides", call_id="2", section_id="s3", slide_ids=[slide_id, "slide3"])
    assert settled.records[0].status == "done"
    positions = {slide.id: slide.position for slide in book.slide_heads()}
    assert positions[slide_id] < positions["slide3"]
    short = await turn.call("reorder_slides", call_id="3", section_id="s3", slide_ids=["slide3"])
    assert "does not name exactly" in refusal(short)
