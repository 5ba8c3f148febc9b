"""A redraft writes its own slides again, and leaves alone what people made, edited or approved."""

from __future__ import annotations

from uuid import uuid4

from agents.placing import PREFIX, slide_id
from domain.commands import ApproveSlide, Navigate, RemoveSlide, SaveBuyerPersona, SaveOutline, SaveSlide
from domain.model import BuyerPersona, SectionDraft, SlideBody, SlideDraft, TextComponent
from domain.values import SlideStatus, Stage
from tests.unit.agents.drafting import draft, notes_of
from tests.unit.agents.packs import MemoryBook


async def drafted() -> MemoryBook:
    book = MemoryBook().upload_wd40()
    sections = (SectionDraft(id="s1", title="Financials"), SectionDraft(id="s2", title="Risks"))
    book.do(SaveOutline(type="save_outline", command_id=uuid4(), sections=sections))
    await draft(book, "draft_slides")
    return book


def save(book: MemoryBook, slide_id: str | None, title: str, section_id: str = "s1") -> None:
    text = TextComponent(type="text", text="Written by hand.")
    slide = SlideDraft(id=slide_id, section_id=section_id, title=title, layout_type="text", components=(text,))
    book.do(SaveSlide(type="save_slide", command_id=uuid4(), slide=slide))


async def test_a_redraft_adds_no_doubles_and_changes_nothing_that_is_the_same() -> None:
    book = await drafted()
    before = {slide.id: slide.rev for slide in book.slide_heads()}
    await draft(book, "draft_slides")
    assert {slide.id: slide.rev for slide in book.slide_heads()} == before
    assert all(id_.startswith(PREFIX) for id_ in before)


async def test_stale_slides_are_fresh_after_a_redraft() -> None:
    book = await drafted()
    before = {slide.id for slide in book.slide_heads()}
    persona = BuyerPersona(type="Strategic", concerns=("input costs",))
    book.do(SaveBuyerPersona(type="save_buyer_persona", command_id=uuid4(), persona=persona))
    book.do(Navigate(type="navigate", command_id=uuid4(), target_stage=Stage.OUTLINE))
    assert {slide.status for slide in book.slide_heads()} == {SlideStatus.NEEDS_REVIEW}
    await draft(book, "draft_slides")
    assert {slide.status for slide in book.slide_heads()} == {SlideStatus.DRAFT}
    assert len({slide.id for slide in book.slide_heads()} - before) <= 1


async def test_an_approved_slide_is_left_alone_unless_it_is_named() -> None:
    book = await drafted()
    first = book.slide_heads()[0]
    book.do(ApproveSlide(type="approve_slide", command_id=uuid4(), slide_id=first.id))
    reports = await draft(book, "draft_slides")
    assert next(slide for slide in book.slide_heads() if slide.id == first.id).status is SlideStatus.APPROVED
    assert f"“{first.title}” is approved and was left as it is" in notes_of(reports)
    reports = await draft(book, "draft_slides", f"Draft the slide {first.title} again.")
    assert "is approved" not in notes_of(reports)


async def test_what_a_person_edited_is_left_alone() -> None:
    book = await drafted()
    first = book.slide_heads()[0]
    save(book, first.id, "My own words")
    reports = await draft(book, "draft_slides")
    kept = next(slide for slide in book.slide_heads() if slide.id == first.id)
    assert kept.title == "My own words"
    assert "edited by a person" in notes_of(reports)


async def test_a_slide_of_a_person_stays_and_is_named_when_it_needs_review() -> None:
    book = await drafted()
    save(book, "by-hand", "A slide by hand")
    book.do(Navigate(type="navigate", command_id=uuid4(), target_stage=Stage.OUTLINE))
    reports = await draft(book, "draft_slides")
    hand = next(slide for slide in book.slide_heads() if slide.id == "by-hand")
    assert hand.status is SlideStatus.NEEDS_REVIEW
    assert "“A slide by hand” needs review: this draft has nothing in its place." in notes_of(reports)


async def test_the_same_run_sent_twice_changes_nothing_twice() -> None:
    book = await drafted()
    rev = book.current.rev
    await draft(book, "draft_slides", run_id="r1")
    await draft(book, "draft_slides", run_id="r1")
    assert book.current.rev == rev


async def test_a_redraft_of_one_slide_writes_that_slide_and_touches_no_other() -> None:
    book = await drafted()
    book.do(Navigate(type="navigate", command_id=uuid4(), target_stage=Stage.OUTLINE))
    before = {slide.id: slide for slide in book.slide_heads()}
    second = book.slide_heads()[1]
    reports = await draft(book, "draft_slides", section_ids=(second.section_id,), slide_id=second.id)
    after = {slide.id: slide for slide in book.slide_heads()}
    assert after[second.id].status is SlideStatus.DRAFT
    assert {id_: one for id_, one in after.items() if id_ != second.id} == {
        id_: one for id_, one in before.items() if id_ != second.id
    }
    assert [saved.slide_id for report in reports for saved in report.saved] == [second.id]


async def test_a_slide_by_hand_is_drafted_again_when_it_is_the_one_that_was_asked_for() -> None:
    book = await drafted()
    others = {slide.id: slide.rev for slide in book.slide_heads()}
    drafts = [slide for slide in book.slide_heads() if slide.section_id == "s1"]
    book.do(RemoveSlide(type="remove_slide", command_id=uuid4(), slide_id=drafts[0].id))
    save(book, "by-hand", "A slide by hand")
    await draft(book, "draft_slides", section_ids=("s1",), slide_id="by-hand")
    now = {slide.id: slide for slide in book.slide_heads()}
    assert now["by-hand"].title == drafts[0].title
    assert {id_: one.rev for id_, one in now.items() if id_ != "by-hand"} == {
        id_: rev for id_, rev in others.items() if id_ != drafts[0].id
    }


async def test_a_slide_stays_as_it_is_where_its_redraft_has_nothing_to_say() -> None:
    book = MemoryBook()
    sections = (SectionDraft(id="s1", title="Financials"),)
    book.do(SaveOutline(type="save_outline", command_id=uuid4(), sections=sections))
    save(book, "by-hand", "A slide by hand")
    rev = book.current.rev
    reports = await draft(book, "draft_slides", section_ids=("s1",), slide_id="by-hand")
    assert "“A slide by hand” was left as it is" in notes_of(reports)
    reports = await draft(book, "draft_slides", section_ids=("s1",), slide_id="gone")
    assert "was removed" in notes_of(reports)
    assert book.current.rev == rev


def test_slide_ids_are_the_same_for_the_same_topic_and_no_other() -> None:
    assert slide_id("c", "s", "Net  sales") == slide_id("c", "s", "net sales")
    assert (
        len({slide_id("c", "s", "a"), slide_id("c", "t", "a"), slide_id("d", "s", "a"), slide_id("c", "s", "b")}) == 4
    )


async def test_bodies_are_kept_under_the_hash_that_the_log_names() -> None:
    book = await drafted()
    for slide in book.slide_heads():
        assert SlideBody.model_validate_json(book.texts[slide.content_hash]).hash == slide.content_hash
