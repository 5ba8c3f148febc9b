"""What a model says of a slide that it adds or changes: figures are references of facts, texts name theirs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from agents.drafted import (
    DraftedBullets,
    DraftedChart,
    DraftedMetric,
    DraftedParagraph,
    DraftedQuote,
    DraftedTable,
)
from domain.model import MAX_COMPONENTS, MAX_SLIDES, LayoutType
from domain.values import Id, OptionalLine, Paragraph, Value


class KeptComponent(Value):
    """A component of the slide that stays as it is."""

    type: Literal["keep"]
    component_id: Id


class PictureComponent(Value):
    """A picture out of the documents, as search_images finds it."""

    type: Literal["image"]
    image_id: str
    alt: Paragraph = ""


SlidePart = (
    DraftedParagraph
    | DraftedBullets
    | DraftedTable
    | DraftedChart
    | DraftedMetric
    | DraftedQuote
    | PictureComponent
    | KeptComponent
)


class SlideArguments(Value):
    """A slide, new or changed. Of a slide that there is, what is left out stays as it is."""

    slide_id: Annotated[Id | None, Field(description="Of the slide that is changed; left out for a new one")] = None
    section_id: Annotated[Id | None, Field(description="Needed for a new slide")] = None
    title: Annotated[OptionalLine, Field(description="A sentence that says what the slide shows")] = ""
    refs: Annotated[tuple[str, ...], Field(max_length=20, description="F.. and P.. that bear out the title")] = ()
    layout_type: LayoutType | None = None
    components: Annotated[
        tuple[SlidePart, ...] | None,
        Field(
            max_length=MAX_COMPONENTS,
            description="All components in order. Figures in tables, charts and metrics are references of facts (F..); "
            "texts name their refs. An opinion without a source says “opinion of management”.",
        ),
    ] = None
    notes: Annotated[Annotated[str, Field(max_length=20_000)] | None, Field(description="Speaker notes")] = None


class OneSlide(Value):
    slide_id: Id


class SlideOrder(Value):
    section_id: Id
    slide_ids: Annotated[tuple[Id, ...], Field(max_length=MAX_SLIDES)]
