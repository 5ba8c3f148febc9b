"""What a finished book must show: every figure stands in a source and says where; nothing is left unexplained."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel

from cli.demo.client import CheckedFinding
from domain.head import CIMHead
from domain.values import SlideStatus
from store.models import Slide

FEWEST_SLIDES = 12


class Finding(BaseModel):
    slide_id: str
    message: str


def findings(head: CIMHead, slides: Sequence[Slide], checked: Sequence[CheckedFinding]) -> list[Finding]:
    """What is wrong with the book; empty when nothing is. What a person stands for with a reason is not wrong."""
    found = [
        Finding(slide_id=slide.id, message=f"needs review ({slide.stale_reason})")
        for slide in slides
        if slide.status is SlideStatus.NEEDS_REVIEW
    ]
    found += [
        Finding(slide_id=each.slide_id, message=each.message)
        for each in checked
        if each.slide_id and each.accepted is None
    ]
    if len(slides) < FEWEST_SLIDES:
        found.append(Finding(slide_id="-", message=f"there are {len(slides)} slides, fewer than {FEWEST_SLIDES}"))
    if head.status != "complete":
        found.append(Finding(slide_id="-", message=f"the book is {head.status}"))
    return found
