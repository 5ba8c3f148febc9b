"""Which slide of the book a drafted slide becomes: a new one, or an earlier one written again."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence

from agents.checking import CheckedSlide
from agents.drafted import NOTHING_FOUND
from domain.head import SlideHead
from domain.values import SlideStatus, Value

PREFIX = "ai-"


class Placement(Value):
    """Ids for the slides that are to be saved, in the order of `kept`; the notes say what was left alone and why."""

    kept: tuple[CheckedSlide, ...]
    slide_ids: tuple[str, ...]
    notes: tuple[str, ...]


def slide_id(cim_id: str, section_id: str, topic: str) -> str:
    """The same for the same topic of the same section, in every run."""
    key = " ".join(topic.casefold().split())
    return PREFIX + hashlib.sha256(f"{cim_id}/{section_id}/{key}".encode()).hexdigest()[:20]


def place(
    cim_id: str,
    section_id: str,
    drafted: Sequence[CheckedSlide],
    existing: Sequence[SlideHead],
    drafted_before: Collection[str],
    instruction: str,
) -> Placement:
    """`drafted_before` holds the content hashes of slides that stand as a run wrote them.

    A slide is written again when it has the same topic or title, or when it is stale and no drafted slide claims it.
    What a person wrote or edited, or approved and is fresh, is left alone unless the instruction names its title.
    """
    own = sorted(
        (head for head in existing if head.section_id == section_id), key=lambda head: (head.position, head.id)
    )
    by_id = {head.id: head for head in own}
    by_title = {_key(head.title): head for head in reversed(own)}
    claimed: dict[int, SlideHead] = {}
    for index, one in enumerate(drafted):
        head = by_id.get(slide_id(cim_id, section_id, one.topic)) or by_title.get(_key(one.slide.title))
        if head is not None and head not in claimed.values():
            claimed[index] = head
    free = [
        head
        for head in own
        if head not in claimed.values()
        and head.status is SlideStatus.NEEDS_REVIEW
        and head.id.startswith(PREFIX)
        and head.content_hash in drafted_before
    ]
    for index in range(len(drafted)):
        if index not in claimed and free:
            claimed[index] = free.pop(0)
    kept: list[CheckedSlide] = []
    ids: list[str] = []
    notes: list[str] = []
    for index, one in enumerate(drafted):
        head = claimed.get(index)
        reason = _left_alone(head, drafted_before, instruction) if head else ""
        if reason:
            notes.append(reason)
            continue
        new_id = head.id if head else slide_id(cim_id, section_id, one.topic)
        kept.append(one)
        ids.append(new_id if new_id not in ids else slide_id(cim_id, section_id, f"{one.topic} {index}"))
    taken = {head.id for head in claimed.values()}
    notes.extend(
        f"Slide “{head.title}” needs review: this draft has nothing in its place."
        for head in own
        if head.status is SlideStatus.NEEDS_REVIEW and head.id not in taken
    )
    return Placement(kept=tuple(kept), slide_ids=tuple(ids), notes=tuple(notes))


def redraft(
    cim_id: str, section_id: str, drafted: Sequence[CheckedSlide], existing: Sequence[SlideHead], wanted: str
) -> Placement:
    """Of what was drafted for its section, what the one slide that was asked for becomes; nothing else is saved.

    That is what has its topic or title, else the first that is on no other slide of the book.
    """
    head = next((head for head in existing if head.id == wanted and head.section_id == section_id), None)
    if head is None:
        return Placement(kept=(), slide_ids=(), notes=("The slide was removed, or moved to another section.",))
    others = [other for other in existing if other.id != wanted]
    taken = {other.id for other in others} | {_key(other.title) for other in others}
    found = [one for one in drafted if one.topic != NOTHING_FOUND]
    own = [one for one in found if _is_of(one, head, cim_id)]
    new = [
        one
        for one in found
        if slide_id(cim_id, section_id, one.topic) not in taken and _key(one.slide.title) not in taken
    ]
    if not (chosen := (own or new)[:1]):
        note = f"Nothing else was found in the documents: slide “{head.title}” was left as it is."
        return Placement(kept=(), slide_ids=(), notes=(note,))
    return Placement(kept=tuple(chosen), slide_ids=(wanted,), notes=())


def _is_of(one: CheckedSlide, head: SlideHead, cim_id: str) -> bool:
    return head.id == slide_id(cim_id, head.section_id, one.topic) or _key(head.title) == _key(one.slide.title)


def _left_alone(head: SlideHead, drafted_before: Collection[str], instruction: str) -> str:
    if _key(head.title) in _key(instruction):
        return ""
    if head.status is SlideStatus.APPROVED:
        return f"Slide “{head.title}” is approved and was left as it is."
    if head.content_hash not in drafted_before:
        review = " It needs review." if head.status is SlideStatus.NEEDS_REVIEW else ""
        return f"Slide “{head.title}” was written or edited by a person and was left as it is.{review}"
    return ""


def _key(text: str) -> str:
    return " ".join(text.casefold().split())
