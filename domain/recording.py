"""What is handed to the store after decisions: the events, the read models they changed, their bulk text."""

from __future__ import annotations

from pydantic import Field

from domain.events import (
    Event,
    Restored,
    SlideApproved,
    SlideRemoved,
    SlideSaved,
    SlidesFreshened,
    SlidesMarkedStale,
    SlidesReordered,
)
from domain.head import CIMHead, SlideHead, head_of, slide_head
from domain.state import CIMState
from domain.values import Value


class RecordBatch(Value):
    """Events of one CIM in order, with its head and touched slides as they are after the last of them.

    `bodies` holds bulk text (JSON) by content hash, only where it is not in the store yet.
    """

    cim_id: str
    org_id: str
    events: tuple[Event, ...]
    head: CIMHead
    slides: tuple[SlideHead, ...] = ()
    removed_slide_ids: tuple[str, ...] = ()
    bodies: dict[str, str] = Field(default_factory=dict)

    @property
    def rev(self) -> int:
        return self.head.rev


def record_batch(state: CIMState, events: tuple[Event, ...], bodies: dict[str, str]) -> RecordBatch:
    """The batch for `events`, where `state` is the state after the last of them."""
    slides = state.content.slides
    touched = {slide_id: None for event in events for slide_id in _touched_slides(event)}
    return RecordBatch(
        cim_id=state.cim_id,
        org_id=state.org_id,
        events=events,
        head=head_of(state),
        slides=tuple(slide_head(slides[slide_id]) for slide_id in touched if slide_id in slides),
        removed_slide_ids=tuple(slide_id for slide_id in touched if slide_id not in slides),
        bodies=bodies,
    )


def _touched_slides(event: Event) -> tuple[str, ...]:
    match event:
        case SlideSaved(slide_id=slide_id) | SlideApproved(slide_id=slide_id) | SlideRemoved(slide_id=slide_id):
            return (slide_id,)
        case SlidesReordered(slide_ids=ids) | SlidesMarkedStale(slide_ids=ids) | SlidesFreshened(slide_ids=ids):
            return ids
        case Restored(content=content, removed_slide_ids=removed):
            return (*content.slides, *removed)
        case _:
            return ()
