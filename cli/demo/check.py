"""What a finished book must show: every figure stands in a source and says where; nothing is left unexplained."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel

from domain.head import CIMHead
from domain.model import (
    BulletsComponent,
    ChartComponent,
    Component,
    Fact,
    MetricComponent,
    QuoteComponent,
    TableComponent,
    TextComponent,
)
from domain.values import SlideStatus
from evidence.figures import unsupported_figures
from store.models import Slide

FEWEST_SLIDES = 12


class Finding(BaseModel):
    slide_id: str
    message: str


def texts_of(component: Component) -> list[str]:
    """Every text of a component that a reader sees."""
    match component:
        case TextComponent() | QuoteComponent():
            return [component.text]
        case BulletsComponent():
            return list(component.items)
        case TableComponent():
            return [str(cell) for row in component.rows for cell in row if isinstance(cell, str)]
        case MetricComponent(value=str() as value):
            return [value]
        case _:
            return []


def numbers_of(component: Component) -> list[float]:
    """Every bare number of a component that a reader sees."""
    match component:
        case TableComponent():
            return [cell for row in component.rows for cell in row if isinstance(cell, float)]
        case ChartComponent():
            return [value for series in component.series for value in series.values if value is not None]
        case MetricComponent(value=float() as value):
            return [value]
        case _:
            return []


def findings(head: CIMHead, slides: Sequence[Slide], facts: Sequence[Fact]) -> list[Finding]:
    """What is wrong with the book; empty when nothing is."""
    found = [
        Finding(slide_id=slide.id, message=f"needs review ({slide.stale_reason})")
        for slide in slides
        if slide.status is SlideStatus.NEEDS_REVIEW
    ]
    values = {fact.value for fact in facts if fact.value is not None}
    for slide in slides:
        for text in [slide.title, *(text for part in slide.components for text in texts_of(part))]:
            found += [
                Finding(slide_id=slide.id, message=f"{figure.text!r} is in no source: {text!r}")
                for figure in unsupported_figures(text, facts)
            ]
        for part in slide.components:
            shown = numbers_of(part)
            found += [
                Finding(slide_id=slide.id, message=f"{number} is in no source")
                for number in shown
                if number not in values
            ]
            if shown and not part.sources:
                found.append(Finding(slide_id=slide.id, message=f"the {part.type} names no source"))
    if len(slides) < FEWEST_SLIDES:
        found.append(Finding(slide_id="-", message=f"there are {len(slides)} slides, fewer than {FEWEST_SLIDES}"))
    if head.status != "complete":
        found.append(Finding(slide_id="-", message=f"the book is {head.status}"))
    return found
