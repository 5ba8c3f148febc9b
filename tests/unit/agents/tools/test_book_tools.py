"""Persona, hero concept, outline and stages through tools: held against the documents, shown with their effect."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from agents.tools.book import NO_BOOK
from domain.commands import Navigate
from domain.values import Stage
from tests.unit.agents.packs import MemoryBook
from tests.unit.agents.tools.desks import Turn, approved, refusal, told, with_book

REACH: dict[str, Any] = {
    "selected_hero": "One can, more than 176 countries and territories",
    "asset": "The brand.",
    "timing": "Volume-led growth in FY2024.",
    "opportunity": "The flagship's remaining growth, which the company itself puts at about one billion dollars.",
}


def reach(timing: str) -> dict[str, Any]:
    return {**REACH, "timing": timing}


@pytest.fixture(scope="module")
def documents() -> MemoryBook:
    return MemoryBook().upload_wd40()


@pytest.fixture
def book(documents: MemoryBook) -> MemoryBook:
    book = with_book(MemoryBook())
    book.kept_facts, book.kept_passages = documents.kept_facts, documents.kept_passages
    book.kept_sources = documents.kept_sources
    return book


async def test_a_hero_concept_of_the_documents_is_saved(book: MemoryBook) -> None:
    settled = await Turn(book, "Take the reach concept.").call("save_hero_context", **REACH)
    assert told(settled)["done"] == "The hero concept is saved."
    hero = book.current.artifacts.hero_context
    assert hero is not None
    assert hero.value.investment_thesis.opportunity == REACH["opportunity"]


async def test_a_contradicted_figure_is_rejected_with_what_the_documents_say(book: MemoryBook) -> None:
    said = "For timing, also write that sales went from $573.3 million in FY2023 to $590.6 million in FY2024."
    timing = "Sales went from $573.3 million in FY2023 to $590.6 million in FY2024."
    settled = await Turn(book, said).call("save_hero_context", **reach(timing))
    assert "$573.3 million is not in the documents" in refusal(settled)
    assert "USD 537.3 million" in refusal(settled)
    assert book.sendings == 0
    right = "Sales went from $537.3 million in FY2023 to $590.6 million in FY2024."
    assert (await Turn(book, said).call("save_hero_context", **reach(right))).records[0].status == "done"


async def test_a_persona_is_saved_as_it_was_said(book: MemoryBook) -> None:
    said = "Change the persona: type financial sponsor; concerns: SG&A growth of 19% in FY2024."
    persona: dict[str, Any] = {
        "type": "Financial sponsor",
        "motivations": ["Cash generation", " "],
        "concerns": ["SG&A growth of 19% in FY2024"],
    }
    settled = await Turn(book, said).call("save_buyer_persona", **persona)
    assert told(settled)["effect"] == "Outline becomes stale; 2 slides need review."
    view = book.current.artifacts.buyer_persona
    assert view is not None
    assert (view.value.motivations, view.value.concerns) == (("Cash generation",), ("SG&A growth of 19% in FY2024",))
    persona["concerns"] = ["SG&A growth of 29% in FY2024"]
    assert "29%" in refusal(await Turn(book, said).call("save_buyer_persona", **persona))


async def test_an_opinion_with_a_figure_of_its_own_is_confirmed(book: MemoryBook) -> None:
    hero = reach("Opinion of management: sales reach $900 million in FY2030.")
    turn = Turn(book, "Write the timing of the hero concept.")
    [request] = (await turn.call("save_hero_context", **hero)).requests
    assert book.sendings == 0
    settled = await turn.call("save_hero_context", [approved(request.id)], **hero)
    assert settled.records[0].status == "done"


async def test_a_save_of_the_same_is_nothing_to_ask(book: MemoryBook) -> None:
    book.do(Navigate(type="navigate", command_id=uuid4(), target_stage=Stage.HERO_CONCEPT))
    same: dict[str, Any] = {"type": "Strategic", "motivations": [], "concerns": []}
    settled = await Turn(book, "Hello.").call("save_buyer_persona", **same)
    assert told(settled) == {"unchanged": True}
    book.do(Navigate(type="navigate", command_id=uuid4(), target_stage=Stage.BUYER_PERSONA))
    [request] = (await Turn(book, "Hello.").call("save_buyer_persona", **same)).requests
    assert request.body.change == ({"field": "stage", "before": "buyer_persona", "after": "hero_concept"},)


def sections(*titles: str) -> dict[str, Any]:
    known = {"Company": "s1", "Markets and channels": "s2", "Financials": "s3", "Growth plan": "s4"}
    return {"sections": [{"title": title, **({"id": known[title]} if title in known else {})} for title in titles]}


async def test_an_outline_is_moved_and_merged(book: MemoryBook) -> None:
    turn = Turn(book, "Move Growth plan in front of Financials, and add a section on cost structure.")
    order = ("Company", "Markets and channels", "Growth plan", "Financials", "Cost structure")
    settled = await turn.call("save_outline", **sections(*order))
    assert told(settled)["done"].startswith("The outline is saved: Company, Markets")
    assert [section.title for section in book.current.sections] == list(order)
    assert [section.id for section in book.current.sections][:4] == ["s1", "s2", "s4", "s3"]


async def test_sections_with_slides_do_not_go_unless_asked_for(book: MemoryBook) -> None:
    turn = Turn(book, "Add a section on risks.")
    left = sections("Company", "Markets and channels", "Growth plan", "Risks")
    [request] = (await turn.call("save_outline", **left)).requests
    assert request.body.hint == "1 slide needs review."
    assert [change["field"] for change in request.body.change] == ["order", "sections.s3", "sections.Risks"]
    turn = Turn(book, "Drop the section Financials, and add a section on risks.")
    assert (await turn.call("save_outline", **left)).records[0].status == "done"


async def test_made_up_section_ids_are_rejected(book: MemoryBook) -> None:
    turn = Turn(book, "Add a section on risks.")
    settled = await turn.call("save_outline", sections=[{"id": "s9", "title": "Risks"}])
    assert "no section s9" in refusal(settled)


async def test_going_back_is_done_when_asked_for_in_plain_words(book: MemoryBook) -> None:
    turn = Turn(book, "We have to go back to the persona.")
    settled = await turn.call("navigate", target_stage="buyer_persona", reason="The seller prefers a sponsor.")
    assert told(settled)["effect"] == "Outline becomes stale; 2 slides need review."
    assert book.current.stage is Stage.BUYER_PERSONA


@pytest.mark.parametrize(
    ("said", "target"),
    [
        ("What does the persona say?", "buyer_persona"),
        ("We have to go back to the outline.", "welcome"),
        ("We have to go back.", "buyer_persona"),
        ("Change the persona.", "buyer_persona"),
    ],
)
async def test_other_ways_back_are_confirmed(book: MemoryBook, said: str, target: str) -> None:
    [request] = (await Turn(book, said).call("navigate", target_stage=target)).requests
    assert request.body.text.startswith("Go back to")
    assert "need review" in request.body.hint
    assert book.sendings == 0


async def test_the_whole_state_is_read(book: MemoryBook) -> None:
    book.do(Navigate(type="navigate", command_id=uuid4(), target_stage=Stage.BUYER_PERSONA))
    state = told(await Turn(book).call("read_book"))
    assert state["stage"] == "buyer_persona"
    assert state["outline"]["stale_reason"] == "buyer_persona_changed"
    assert {slide["id"]: slide["status"] for slide in state["slides"]} == {
        "slide1": "needs_review",
        "slide3": "needs_review",
    }
    assert "financials.xlsx" in state["documents"]
    assert [slide["id"] for slide in told(await Turn(book).call("read_book", section_id="s3"))["slides"]] == ["slide3"]
    assert "no section s9" in refusal(await Turn(book).call("read_book", section_id="s9"))


async def test_a_book_that_is_gone_is_told(book: MemoryBook) -> None:
    turn = Turn(book, "Change the persona.")
    await turn.desk()
    book.address = book.address.model_copy(update={"cim_id": uuid4().hex})
    settled = await turn.call("save_buyer_persona", type="x", motivations=[], concerns=[])
    assert refusal(settled) == NO_BOOK.rejected
