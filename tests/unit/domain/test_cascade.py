"""The cascade table, row by row."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from domain.commands import ConfirmArtifact, ReorderSlides
from domain.values import SlideStatus, Stage, StaleReason

from .books import Book, full_book

FRESH = None
WELCOME = StaleReason.WELCOME_CHANGED
PERSONA = StaleReason.BUYER_PERSONA_CHANGED
HERO = StaleReason.HERO_CONCEPT_CHANGED
OUTLINE = StaleReason.OUTLINE_CHANGED

Change = Callable[[Book], object]
Marks = tuple[StaleReason | None, StaleReason | None, dict[str, StaleReason | None]]


def every_slide(reason: StaleReason | None) -> dict[str, StaleReason | None]:
    return {"a1": reason, "a2": reason, "b1": reason}


TABLE: list[tuple[str, Change, Marks, Stage]] = [
    (
        "navigate to the same stage",
        lambda book: book.navigate(Stage.BUILDING_SECTIONS),
        (FRESH, FRESH, every_slide(FRESH)),
        Stage.BUILDING_SECTIONS,
    ),
    (
        "navigate back to outline",
        lambda book: book.navigate(Stage.OUTLINE),
        (FRESH, FRESH, every_slide(OUTLINE)),
        Stage.OUTLINE,
    ),
    (
        "navigate back to hero_concept",
        lambda book: book.navigate(Stage.HERO_CONCEPT),
        (FRESH, HERO, every_slide(HERO)),
        Stage.HERO_CONCEPT,
    ),
    (
        "navigate back to buyer_persona",
        lambda book: book.navigate(Stage.BUYER_PERSONA),
        (PERSONA, PERSONA, every_slide(PERSONA)),
        Stage.BUYER_PERSONA,
    ),
    (
        "navigate back to welcome",
        lambda book: book.navigate(Stage.WELCOME),
        (WELCOME, WELCOME, every_slide(WELCOME)),
        Stage.WELCOME,
    ),
    (
        "save_buyer_persona, changed",
        lambda book: book.save_persona("financial sponsor"),
        (PERSONA, PERSONA, every_slide(PERSONA)),
        Stage.HERO_CONCEPT,
    ),
    (
        "save_buyer_persona, same content",
        lambda book: book.save_persona(),
        (FRESH, FRESH, every_slide(FRESH)),
        Stage.HERO_CONCEPT,
    ),
    (
        "save_hero_context, changed",
        lambda book: book.save_hero("Capital light"),
        (FRESH, HERO, every_slide(HERO)),
        Stage.OUTLINE,
    ),
    (
        "save_outline, one section changed",
        lambda book: book.save_outline(a="Summary", b="Figures"),
        (FRESH, FRESH, {"a1": FRESH, "a2": FRESH, "b1": OUTLINE}),
        Stage.BUILDING_SECTIONS,
    ),
    (
        "save_outline, one section removed",
        lambda book: book.save_outline(b="Financials"),
        (FRESH, FRESH, {"a1": OUTLINE, "a2": OUTLINE, "b1": FRESH}),
        Stage.BUILDING_SECTIONS,
    ),
    (
        "save_outline, only the order changed",
        lambda book: book.save_outline(b="Financials", a="Summary"),
        (FRESH, FRESH, every_slide(FRESH)),
        Stage.BUILDING_SECTIONS,
    ),
    (
        "save_slide",
        lambda book: book.save_slide("a1", "a", "new text"),
        (FRESH, FRESH, every_slide(FRESH)),
        Stage.BUILDING_SECTIONS,
    ),
]


def marks(book: Book) -> Marks:
    hero, outline = book.content.hero_context, book.content.outline
    assert hero is not None
    assert outline is not None
    slides = {id_: slide.stale_reason for id_, slide in book.content.slides.items()}
    return hero.stale_reason, outline.stale_reason, slides


@pytest.mark.parametrize(("change", "expected", "stage"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_cascade_table(change: Change, expected: Marks, stage: Stage) -> None:
    book = full_book()
    change(book)
    assert marks(book) == expected
    assert book.content.stage is stage


def test_navigating_forward_marks_nothing() -> None:
    book = Book()
    book.navigate(Stage.OUTLINE)
    book.navigate(Stage.BUILDING_SECTIONS)
    assert book.content.stage is Stage.BUILDING_SECTIONS
    assert [event.type for event in book.log] == ["cim_created", "stage_entered", "stage_entered"]


def test_saving_completes_the_stages_and_sets_up_sections() -> None:
    book = full_book()
    assert book.content.completed_stages == (Stage.BUYER_PERSONA, Stage.HERO_CONCEPT, Stage.OUTLINE)
    assert book.content.status.value == "in_progress"


def test_saving_a_slide_takes_its_approval_back_and_makes_it_fresh() -> None:
    book = full_book()
    book.navigate(Stage.OUTLINE)
    assert book.content.slides["a1"].status is SlideStatus.NEEDS_REVIEW
    book.save_slide("a1", "a", "new text")
    assert book.content.slides["a1"].status is SlideStatus.DRAFT
    assert book.content.slides["a2"].status is SlideStatus.NEEDS_REVIEW


def test_approving_a_stale_slide_makes_it_fresh() -> None:
    book = full_book()
    book.save_hero("Capital light")
    book.approve("b1")
    assert book.content.slides["b1"].status is SlideStatus.APPROVED
    assert book.content.slides["b1"].stale_reason is None


def test_going_back_without_a_change_gives_the_earlier_status_back() -> None:
    book = full_book()
    before = {id_: slide.status for id_, slide in book.content.slides.items()}
    book.navigate(Stage.BUYER_PERSONA)
    book.save_persona()
    assert marks(book) == (FRESH, FRESH, every_slide(FRESH))
    assert {id_: slide.status for id_, slide in book.content.slides.items()} == before


def test_saving_the_upstream_content_back_freshens_what_was_built_from_it() -> None:
    book = full_book()
    book.save_persona("financial sponsor")
    book.save_persona("strategic")
    assert marks(book) == (FRESH, FRESH, every_slide(FRESH))
    assert book.content.slides["a1"].status is SlideStatus.APPROVED


def test_what_was_built_from_the_other_content_stays_stale() -> None:
    book = full_book()
    book.save_persona("financial sponsor")
    book.save_hero("Capital light")
    book.save_persona("strategic")
    hero, outline, slides = marks(book)
    assert hero is PERSONA
    assert outline is PERSONA
    assert slides == every_slide(PERSONA)
    book.save_hero()
    assert marks(book) == (FRESH, FRESH, every_slide(FRESH))


def test_an_orphaned_slide_is_fresh_again_when_its_section_returns() -> None:
    book = full_book()
    book.save_outline(b="Financials")
    book.save_outline(a="Summary", b="Financials")
    assert marks(book)[2] == every_slide(FRESH)


def test_confirming_keeps_both_foundations() -> None:
    book = full_book()
    book.save_persona("financial sponsor")
    book.send(ConfirmArtifact(type="confirm_artifact", command_id=book.command_id(), artifact="hero_context"))
    assert marks(book)[0] is FRESH
    book.save_persona("strategic")
    assert marks(book)[0] is FRESH
    book.save_persona("family office")
    assert marks(book)[0] is PERSONA


def test_reordering_keeps_status() -> None:
    book = full_book()
    book.send(
        ReorderSlides(type="reorder_slides", command_id=book.command_id(), section_id="a", slide_ids=("a2", "a1"))
    )
    assert [slide.id for slide in book.content.slides_of("a")] == ["a2", "a1"]
    assert book.content.slides["a1"].status is SlideStatus.APPROVED
