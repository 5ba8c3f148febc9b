"""A session: what is sent as a list keeps its order, however often it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count, pairwise
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.commands import ApproveSlide, Command, GoToSection, RemoveSlide, Rename, SaveSlide
from domain.model import SlideDraft
from domain.refusals import Refusal
from domain.session import CIMSession, Handled, handle

from .books import LEA, START, Book

KINDS = [
    *((kind, slide) for kind in ("save_slide", "approve_slide", "remove_slide") for slide in "xyz"),
    ("go_to_section", "a"),
    ("rename", "Bluecan"),
    ("rename", "Redcan"),
]
"""Allowed in some states, refused in others, and without effect in others again."""


def command(number: int, kind: str, of: str) -> Command:
    command_id = UUID(int=1_000 + number)
    match kind:
        case "save_slide":
            slide = SlideDraft(id=of, section_id="a", title=f"Slide {number}", layout_type="text")
            return SaveSlide(type="save_slide", command_id=command_id, slide=slide)
        case "approve_slide":
            return ApproveSlide(type="approve_slide", command_id=command_id, slide_id=of)
        case "remove_slide":
            return RemoveSlide(type="remove_slide", command_id=command_id, slide_id=of)
        case "go_to_section":
            return GoToSection(type="go_to_section", command_id=command_id, section_id=of)
        case _:
            return Rename(type="rename", command_id=command_id, title=of)


def sent(session: CIMSession, commands: Sequence[Command]) -> list[Handled | Refusal]:
    """The answers to a list, as a workflow handles it."""
    ids = [each.command_id for each in commands]
    answers: list[Handled | Refusal] = []
    for place, each in enumerate(commands, start=1):
        try:
            handled = handle(session, each, LEA, START, lambda: "new", ids[place:])
        except Refusal as refusal:
            answers.append(refusal)
            continue
        session = handled.session
        answers.append(handled)
    return answers


@settings(max_examples=300)
@given(
    st.lists(st.lists(st.sampled_from(KINDS), min_size=2, max_size=5), min_size=2, max_size=3),
    st.lists(st.integers(min_value=0, max_value=2), min_size=3, max_size=9),
)
def test_lists_keep_their_order_however_often_they_are_sent(
    kinds: list[list[tuple[str, str]]], turns: list[int]
) -> None:
    book = Book()
    book.save_outline(a="Market")
    numbers = count()
    lists = [[command(next(numbers), *kind) for kind in each] for each in kinds]
    first_seqs: dict[UUID, int] = {}
    session = book.session
    for turn in turns:
        for answer in sent(session, lists[turn % len(lists)]):
            if isinstance(answer, Refusal):
                continue
            session = answer.session
            for event in answer.events:
                first_seqs.setdefault(event.command_id, event.seq)
    for commands in lists:
        seqs = [first_seqs[each.command_id] for each in commands if each.command_id in first_seqs]
        assert all(earlier < later for earlier, later in pairwise(seqs))


def test_what_follows_without_an_effect_bars_nothing() -> None:
    book = Book()
    book.save_outline(a="Market")
    again = (command(1, "approve_slide", "x"), command(2, "rename", "Bluecan"))
    refused, renamed = sent(book.session, again)
    assert isinstance(refused, Refusal)
    assert isinstance(renamed, Handled)
    assert renamed.events == ()
    saved = handle(renamed.session, command(3, "save_slide", "x"), LEA, START, lambda: "new")
    approved, repeated = sent(saved.session, again)
    assert isinstance(approved, Handled)
    assert isinstance(repeated, Handled)
    assert repeated.repeated
