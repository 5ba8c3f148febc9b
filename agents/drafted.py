"""What a model hands back. It points at the evidence by reference (F1, P1, ...); figures in tables, charts and metrics
are references only, so that they cannot be mistyped."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.model import LayoutType


def _without_defaults(schema: dict[str, Any]) -> None:
    """Providers that hold a model to its schema refuse defaults in it."""
    for field in schema.get("properties", {}).values():
        field.pop("default", None)


class ModelOutput(BaseModel):
    """What any structured answer of a model has in common."""

    model_config = ConfigDict(extra="ignore", frozen=True, json_schema_extra=_without_defaults)


class DraftedText(ModelOutput):
    """A sentence or two, and the references of the facts (F..) and passages (P..) that bear it out."""

    text: str
    refs: list[str] = Field(default_factory=list)


class DraftedPersona(ModelOutput):
    """Who the book is written for."""

    type: str = Field(description="The kind of buyer, in a few words, such as: Strategic buyer: a global brands group")
    motivations: list[DraftedText]
    concerns: list[DraftedText]
    notes: list[str] = Field(default_factory=list, description="What a person should know about this draft")


class DraftedHero(ModelOutput):
    """The idea that leads the book, and the investment thesis behind it."""

    selected_hero: str = Field(description="The leading idea in one line")
    asset: DraftedText
    timing: DraftedText
    opportunity: DraftedText
    notes: list[str] = Field(default_factory=list)


class DraftedSection(ModelOutput):
    id: str = Field(default="", description="The id of the section when it exists already, else empty")
    title: str
    description: str = Field(description="One line")


class DraftedOutline(ModelOutput):
    sections: list[DraftedSection]
    notes: list[str] = Field(default_factory=list)


class DraftedParagraph(ModelOutput):
    type: Literal["text"] = "text"
    text: str
    refs: list[str] = Field(default_factory=list)


class DraftedBullets(ModelOutput):
    type: Literal["bullets"] = "bullets"
    items: list[DraftedText]


class DraftedCell(ModelOutput):
    """Words, or the reference of a fact whose value stands in the cell."""

    text: str = ""
    fact: str = ""
    refs: list[str] = Field(default_factory=list, description="What bears out the words")


class DraftedTable(ModelOutput):
    type: Literal["table"] = "table"
    columns: list[str]
    rows: list[list[DraftedCell]]


class DraftedSeries(ModelOutput):
    name: str
    facts: list[str] = Field(description="One reference of a fact per category; empty where there is none")


class DraftedChart(ModelOutput):
    type: Literal["chart"] = "chart"
    kind: Literal["bar", "line", "pie", "stacked_bar"]
    categories: list[str]
    series: list[DraftedSeries]
    unit: str = ""


class DraftedMetric(ModelOutput):
    type: Literal["metric"] = "metric"
    label: str
    fact: str


class DraftedQuote(ModelOutput):
    type: Literal["quote"] = "quote"
    text: str
    by: str = ""
    refs: list[str] = Field(default_factory=list)


DraftedComponent = DraftedParagraph | DraftedBullets | DraftedTable | DraftedChart | DraftedMetric | DraftedQuote


NOTHING_FOUND = "nothing in the documents"
"""The topic of a slide that says so."""


class DraftedSlide(ModelOutput):
    topic: str = Field(
        description="A short key of what the slide shows, such as net-sales-by-year; the same on a redraft"
    )
    title: str = Field(description="A sentence that says what the slide shows")
    refs: list[str] = Field(default_factory=list, description="What bears out the title")
    layout_type: LayoutType
    components: list[DraftedComponent]
    notes: str = Field(default="", description="Speaker notes; they name the sources and any conflict between them")


class DraftedSlides(ModelOutput):
    """The slides of one section."""

    slides: list[DraftedSlide]
    notes: list[str] = Field(default_factory=list)


Drafted = DraftedPersona | DraftedHero | DraftedOutline | DraftedSlides
