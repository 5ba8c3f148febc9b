"""Checks of the book as tools: contradictions, issues, writing, likeness; and proposals that change nothing."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from agents.tools.code_names import code_names
from domain.commands import SaveSlide
from domain.model import BulletsComponent, SlideDraft, TextComponent
from evidence.retrieval import tokens_of
from tests.unit.agents.packs import MemoryBook
from tests.unit.agents.tools.desks import Turn, told, with_book


@pytest.fixture
def book() -> MemoryBook:
    made = with_book(MemoryBook().upload_wd40())
    source = next(fact.source for fact in made.kept_facts if fact.value == 53.4)
    for number, (title, text) in enumerate(
        (
            ("Margin", "Gross margin was 53.4% in FY2024."),
            ("Sales", "Sales went from $573.3 million in FY2023 to $590.6 million in FY2024."),
            ("Sales once more", "Sales went from $573.3 million in FY2023 to $590.6 million in FY2024."),
        ),
        start=10,
    ):
        body = BulletsComponent(id="c1", type="bullets", items=(text,), sources=(source,))
        slide = SlideDraft(id=f"slide{number}", section_id="s3", title=title, layout_type="bullets", components=(body,))
        made.do(SaveSlide(type="save_slide", command_id=uuid4(), slide=slide))
    return made


async def told_by(book: MemoryBook, tool: str, **arguments: Any) -> Any:
    return told(await Turn(book, mode="draft").call(tool, **arguments))


async def test_every_contradiction_comes_with_both_places(book: MemoryBook) -> None:
    found = await told_by(book, "check_consistency")
    by_slide = {one["slide_id"]: one for one in found["findings"] if one.get("slide_id") and one["blocks_complete"]}
    assert by_slide["slide11"]["figure"] == "$573.3 million"
    assert "USD 537.3 million in financials.xlsx (Income statement!D5)" in by_slide["slide11"]["message"]
    margin = by_slide["slide10"]
    assert {place["document"] for place in margin["places"]} == {"company_overview.docx", "market_note.pdf"}
    assert found["counts"]["source_conflict"] == 3
    assert found["blocks_complete"] == 3
    only = await told_by(book, "check_consistency", slide_ids=["slide10"], kinds=["contradicted_figure"])
    assert [one["slide_id"] for one in only["findings"]] == ["slide10"]
    assert "no slide nothing" in (await told_by(book, "check_consistency", slide_ids=["nothing"]))["not_done"]


async def test_issues_name_what_is_missing_and_what_is_thin(book: MemoryBook) -> None:
    found = (await told_by(book, "find_issues"))["issues"]
    said = {(one["kind"], one.get("slide_id") or one.get("section_id") or "") for one in found}
    assert ("missing_artifact", "") in said
    assert ("empty_section", "s2") in said
    assert ("thin_slide", "slide1") in said
    assert ("unlinked_claim", "slide1") in said
    assert ("thin_slide", "slide11") not in said
    in_section = (await told_by(book, "find_issues", section_ids=["s3"]))["issues"]
    assert {one["section_id"] for one in in_section} == {"s3"}


async def test_writing_is_remarked_on(book: MemoryBook) -> None:
    text = (
        "The world-class WDX range is used in order to leverage synergies. "
        "It was chosen by professionals, and the “best” can is theirs."
    )
    found = await told_by(book, "clarity_check", text=text)
    kinds = {one["kind"]: one["text"] for one in found["remarks"]}
    assert kinds["unprovable"] == "world-class"
    assert "synergies" in kinds["weak_words"]
    assert kinds["passive"] == "is used"
    assert kinds["undefined_abbreviation"] == "WDX"
    slides = await told_by(book, "clarity_check")
    assert slides["readability"]["words"] > 20


async def test_near_duplicates_are_found(book: MemoryBook) -> None:
    pairs = (await told_by(book, "find_similar_slides"))["pairs"]
    assert {frozenset(one["slide_id"] for one in pair["slides"]) for pair in pairs} == {
        frozenset({"slide11", "slide12"}),
        frozenset({"slide1", "slide3"}),
    }
    like = (await told_by(book, "find_similar_slides", slide_id="slide11"))["slides"]
    assert like[0]["slide_id"] == "slide12"
    assert like[0]["likeness"] > 0.6


async def test_code_names_give_no_clue_and_are_the_same_for_a_seed(book: MemoryBook) -> None:
    first = (await told_by(book, "name_generator", count=10))["names"]
    assert first == (await told_by(book, "name_generator", count=10))["names"]
    assert first != (await told_by(book, "name_generator", count=10, seed="another"))["names"]
    words = {token for passage in book.kept_passages for token in tokens_of(passage.text)}
    assert not words & {name.removeprefix("Project ").casefold() for name in first}
    taken = ["The Falconry Group trades as Heron Ltd and Finches & Co."]
    offered = set(code_names("seed", ("birds",), taken))
    assert not {"Falcon", "Heron", "Finch"} & offered
    assert "Osprey" in offered


async def test_a_template_has_placeholders_and_its_section(book: MemoryBook) -> None:
    found = await told_by(book, "generate_template", layout_type="two_columns", topic="channels", section_id="s2")
    slide = found["slide"]
    assert (slide["section_id"], slide["layout_type"], len(slide["components"])) == ("s2", "two_columns", 2)
    assert all(item["text"].startswith("[") for part in slide["components"] for item in part["items"])
    before = book.current.rev
    assert (
        "no section"
        in (await told_by(book, "generate_template", layout_type="text", topic="x", section_id="no"))["not_done"]
    )
    assert book.current.rev == before


async def test_a_first_book_is_proposed_and_nothing_is_saved(book: MemoryBook) -> None:
    before = book.current.rev
    brief = "The reader is a financial sponsor. Outline: company, markets and channels, financials, risks."
    found = await told_by(book, "genesis_outline", brief=brief, slides_per_section=2)
    assert [section["title"] for section in found["outline"]] == [
        "Company", "Markets and channels", "Financials", "Risks",
    ]  # fmt: skip
    assert all(section["slides"] for section in found["outline"])
    evidence = Turn(book).evidence
    refs = [ref for section in found["outline"] for slide in section["slides"] for ref in slide["refs"]]
    assert len(refs) > 10
    assert all(evidence.fact(ref) or evidence.passage(ref) for ref in refs)
    assert found["buyer_persona"]["type"].startswith("Financial sponsor")
    assert book.current.rev == before
    nothing = await told_by(with_book(MemoryBook()), "genesis_outline", brief=brief)
    assert "No document" in nothing["not_done"]


async def test_an_empty_text_component_is_an_empty_slide(book: MemoryBook) -> None:
    empty = TextComponent(id="c1", type="text", text=" ")
    slide = SlideDraft(id="blank", section_id="s3", title="Blank", layout_type="text", components=(empty,))
    book.do(SaveSlide(type="save_slide", command_id=uuid4(), slide=slide))
    found = (await told_by(book, "find_issues", section_ids=["s3"]))["issues"]
    assert ("empty_slide", "blank") in {(one["kind"], one["slide_id"]) for one in found}
