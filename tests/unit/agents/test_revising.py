"""Slides are shortened, sharpened and set right, part by part; objections are settled as the person chooses."""

from __future__ import annotations

from uuid import uuid4

import pytest

from agents.drafted import DraftedBullets, DraftedCell, DraftedSlide, DraftedTable, DraftedText
from agents.linking import Linker
from agents.slide_building import build_slide
from domain.commands import SaveOutline, SaveSlide
from domain.model import BulletsComponent, SectionDraft, TableComponent
from domain.requests import QuestionAnswer, RequestAnswer, RequestDraft
from tests.unit.agents.conversing import Person, Thread, approves
from tests.unit.agents.packs import MemoryBook
from tests.unit.agents.pump_pack import CONVERSATION, documents

LONG = (
    "Veldhuis Pumpen builds pumps for waterworks and dairies. It was founded in 1961 in Emden. The company owns the "
    "designs of its impellers and the castings are bought from three foundries."
)


def pumps() -> MemoryBook:
    book = MemoryBook("Project Weir")
    for name, data in documents().items():
        book.upload(name, data)
    section = SectionDraft(id="s1", title="Results")
    book.do(SaveOutline(type="save_outline", command_id=uuid4(), sections=(section,)))
    return book


async def slide_of(book: MemoryBook, *components: DraftedBullets | DraftedTable) -> str:
    """A slide as somebody wrote it, with a title that says little."""
    thread = Thread(book)
    evidence = (await thread.assembled("anything")).evidence
    drafted = DraftedSlide(topic="x", title="Overview", layout_type="bullets", components=list(components))
    slide = build_slide(drafted, "s1", Linker(evidence))
    assert slide is not None
    book.do(SaveSlide(type="save_slide", command_id=uuid4(), slide=slide.model_copy(update={"id": "one"})))
    return "one"


def ref_of(book: MemoryBook, value: float, source: str) -> str:
    return next(
        f"F{at}" for at, one in enumerate(book.kept_facts, 1) if one.value == value and one.source.source_id == source
    )


async def test_bullets_are_shortened_and_the_title_says_something() -> None:
    book = pumps()
    passage = next(f"P{at}" for at, one in enumerate(book.kept_passages, 1) if "impellers" in one.text)
    slide_id = await slide_of(book, DraftedBullets(items=[DraftedText(text=LONG, refs=[passage])]))
    said = await Thread(book).say(
        "Shorten this and sharpen the title.", agent="editor", mode="revise", named=(slide_id,)
    )
    body = book.bodies()[slide_id]
    [bullets] = [part for part in body.components if isinstance(part, BulletsComponent)]
    assert bullets.items == ("Veldhuis Pumpen builds pumps for waterworks and dairies.",)
    assert bullets.sources
    assert body.title != "Overview" or "titled" not in said.text
    assert "shortened" in said.text


async def test_a_figure_that_a_better_source_contradicts_is_set_right() -> None:
    book = pumps()
    wrong, right = ref_of(book, 2840, "profile-md"), ref_of(book, 2480, "results-xlsx")
    assert wrong != right
    table = DraftedTable(columns=["", "2023"], rows=[[DraftedCell(text="EBITDA"), DraftedCell(fact=wrong)]])
    slide_id = await slide_of(book, table)
    said = await Thread(book).say(
        "Correct the figures on this slide.", agent="editor", mode="revise", named=(slide_id,)
    )
    [part] = [part for part in book.bodies()[slide_id].components if isinstance(part, TableComponent)]
    assert part.rows == (("EBITDA", 2480.0),)
    assert "set right" in said.text


async def test_without_a_slide_that_is_meant_the_editor_asks_which() -> None:
    book = pumps()
    await slide_of(book, DraftedBullets(items=[DraftedText(text="The company employs 132 people.")]))
    said = await Thread(book).say("Make it shorter.", agent="editor")
    assert said.text.startswith("Which slide do you mean?")
    assert "“Overview”" in said.text


def chooses(option: str) -> Person:
    def person(request: RequestDraft) -> RequestAnswer:
        if request.body.kind != "question":
            return approves(request)
        [choice] = [one for one in request.body.options if option in one]
        answer = QuestionAnswer(choices=(choice,))
        return RequestAnswer(request_id=request.id, how="answered", question=answer, by="lea")

    return person


@pytest.mark.parametrize(
    ("option", "written"),
    [
        ("what the documents say", "€3,020 thousand"),
        ("Leave the figure out", "Revenue of EUR 22,900 thousand in 2024"),
        ("opinion of management", "EUR 3,200 thousand in 2024 (opinion of management)."),
    ],
)
async def test_an_objection_is_settled_as_the_person_chooses(option: str, written: str) -> None:
    book = pumps()
    thread = Thread(book, chooses(option))
    await thread.say(CONVERSATION[2][1])
    await thread.say(CONVERSATION[3][1])
    hero = book.current.artifacts.hero_context
    assert hero is not None
    assert written in hero.value.investment_thesis.timing
    assert ("3,200" in hero.value.investment_thesis.timing) == ("opinion" in option)
