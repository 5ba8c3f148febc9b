"""What a finished book must show: every figure stands in a source and says where; nothing is left unexplained."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from pydantic import BaseModel

from cli.demo.client import CheckedFinding
from domain.head import CIMHead
from domain.model import SlideBody
from domain.values import SlideStatus
from evidence.doubles import says_again
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
    found += _doubles(slides)
    if len(slides) < FEWEST_SLIDES:
        found.append(Finding(slide_id="-", message=f"there are {len(slides)} slides, fewer than {FEWEST_SLIDES}"))
    used = {slide.section_id for slide in slides}
    found += [
        Finding(slide_id="-", message=f"the section {section.title} has no slides")
        for section in head.sections
        if section.id not in used
    ]
    if head.status != "complete":
        found.append(Finding(slide_id="-", message=f"the book is {head.status}"))
    return found


def _doubles(slides: Sequence[Slide]) -> Iterator[Finding]:
    """Slides that say the same as an earlier one, or are called so."""
    titles = [" ".join(slide.title.casefold().split()) for slide in slides]
    for number, slide in enumerate(slides):
        if titles[number] in titles[:number]:
            yield Finding(slide_id=slide.id, message=f"another slide is called “{slide.title}” too")
    bodies = [SlideBody.model_validate(slide.model_dump(include=set(SlideBody.model_fields))) for slide in slides]
    for one, other in combinations(range(len(slides)), 2):
        alike = says_again(bodies[one], bodies[other]) or says_again(bodies[other], bodies[one])
        if alike and slides[one].section_id == slides[other].section_id:
            yield Finding(slide_id=slides[other].id, message=f"says again what “{slides[one].title}” says")
