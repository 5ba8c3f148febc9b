"""Each refusal has its code and a sentence, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from domain.commands import (
    ApproveSlide,
    Command,
    Complete,
    ConfirmArtifact,
    Create,
    GoToSection,
    GoToSlide,
    RemoveSlide,
    Rename,
    Reopen,
    ReorderSlides,
    Restore,
    SaveOutline,
    SaveSlide,
)
from domain.model import SectionDraft, SlideDraft
from domain.refusals import Refusal
from domain.values import CIMStatus

from .books import Book, full_book


def _slide(section_id: str) -> SlideDraft:
    return SlideDraft(section_id=section_id, title="T", layout_type="text")


CASES: list[tuple[str, Callable[[Book], Command]]] = [
    ("old_rev", lambda b: Rename(type="rename", command_id=b.command_id(), title="X", expected_rev=1)),
    ("unknown_slide", lambda b: GoToSlide(type="go_to_slide", command_id=b.command_id(), slide_id="none")),
    ("unknown_slide", lambda b: ApproveSlide(type="approve_slide", command_id=b.command_id(), slide_id="none")),
    ("unknown_slide", lambda b: RemoveSlide(type="remove_slide", command_id=b.command_id(), slide_id="none")),
    ("unknown_section", lambda b: GoToSection(type="go_to_section", command_id=b.command_id(), section_id="none")),
    ("unknown_section", lambda b: SaveSlide(type="save_slide", command_id=b.command_id(), slide=_slide("none"))),
    ("not_ready", lambda b: Complete(type="complete", command_id=b.command_id())),
    ("cim_not_complete", lambda b: Reopen(type="reopen", command_id=b.command_id())),
    ("unknown_seq", lambda b: Restore(type="restore", command_id=b.command_id(), to_seq=999)),
    (
        "order_mismatch",
        lambda b: ReorderSlides(type="reorder_slides", command_id=b.command_id(), section_id="a", slide_ids=("a1",)),
    ),
    (
        "duplicate_section",
        lambda b: SaveOutline(
            type="save_outline",
            command_id=b.command_id(),
            sections=(SectionDraft(id="a", title="1"), SectionDraft(id="a", title="2")),
        ),
    ),
    (
        "already_exists",
        lambda b: Create(
            type="create",
            command_id=b.command_id(),
            cim_id="cim1",
            org_id="org1",
            deal_id="deal1",
            project_id="p",
            title="T",
        ),
    ),
]


@pytest.mark.parametrize(("code", "make"), CASES, ids=[f"{code}-{n}" for n, (code, _) in enumerate(CASES)])
def test_refused_without_a_trace(code: str, make: Callable[[Book], Command]) -> None:
    book = full_book()
    before = book.session
    with pytest.raises(Refusal) as refused:
        book.send(make(book))
    assert refused.value.problem.code == code
    assert refused.value.problem.message.endswith(".")
    assert book.session == before


def test_an_artifact_that_is_not_there_cannot_be_confirmed() -> None:
    book = Book()
    with pytest.raises(Refusal) as refused:
        book.send(ConfirmArtifact(type="confirm_artifact", command_id=book.command_id(), artifact="outline"))
    assert refused.value.problem.code == "missing_artifact"


def test_a_complete_book_is_closed_to_changes_until_it_is_reopened() -> None:
    book = full_book()
    for slide_id in ("a2", "b1"):
        book.approve(slide_id)
    book.send(Complete(type="complete", command_id=book.command_id()))
    assert book.content.status is CIMStatus.COMPLETE
    with pytest.raises(Refusal) as refused:
        book.save_persona("other")
    assert refused.value.problem.code == "cim_complete"
    book.send(Reopen(type="reopen", command_id=book.command_id()))
    book.save_persona("other")
    assert book.content.status is CIMStatus.IN_PROGRESS


def test_completion_says_everything_that_is_missing() -> None:
    book = full_book()
    book.save_hero("Capital light")
    with pytest.raises(Refusal) as refused:
        book.send(Complete(type="complete", command_id=book.command_id()))
    assert "the outline is stale" in refused.value.problem.message
    assert "3 slides need review" in refused.value.problem.message
