"""What models hand back when they plan, review and specify. Facts are named by reference (F1, F2, ...)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from agents.drafted import ModelOutput
from domain.plan import ItemKind


class PlannedByModel(ModelOutput):
    topic: str = Field(description="A short key of what the slide shows, such as net-sales-by-year")
    title: str = Field(description="A sentence that says what the slide shows, without figures")
    kind: ItemKind
    facts: list[str] = Field(default_factory=list, description="References of the facts that the slide shows")
    needs_coder: bool = Field(
        default=False, description="Whether its figures must be derived by formulas (growth, margins, sums)"
    )


class SectionPlannedByModel(ModelOutput):
    section_id: str
    messages: list[str] = Field(default_factory=list, description="What a reader should take from the section")
    slides: list[PlannedByModel]


class DraftedPlan(ModelOutput):
    """The plan of the book's slides, section by section."""

    sections: list[SectionPlannedByModel]
    notes: list[str] = Field(default_factory=list, description="What a person should know about this plan")


ReasonKind = Literal["figure", "source", "duplication", "missing", "wording"]


class DraftedReason(ModelOutput):
    slide_id: str = Field(default="", description="The slide that it is about; empty for the section as a whole")
    kind: ReasonKind
    text: str = Field(description="What is wrong and what would be right, for the writer")


class DraftedVerdict(ModelOutput):
    """Whether the section may stay as it is, and if not, why."""

    accepted: bool
    reasons: list[DraftedReason] = Field(default_factory=list[DraftedReason])


class SeriesSpec(ModelOutput):
    name: str
    points: list[str] = Field(description="One formula per category, such as F12 or growth(F11, F12); empty for none")


class ChartSpec(ModelOutput):
    """A chart whose points are facts, or follow from facts by formulas."""

    type: Literal["chart"] = "chart"
    topic: str = Field(description="The topic of the planned slide")
    title: str
    kind: Literal["bar", "line", "pie", "stacked_bar"]
    categories: list[str]
    series: list[SeriesSpec]


class RowSpec(ModelOutput):
    label: str
    cells: list[str] = Field(description="One formula per period, such as F12 or margin(F30, F12); empty for none")


class FinancialModelSpec(ModelOutput):
    """A table of figures over periods: rows of facts, and rows that follow from facts by formulas."""

    type: Literal["financial_model"] = "financial_model"
    topic: str = Field(description="The topic of the planned slide")
    title: str
    periods: list[str]
    rows: list[RowSpec]


Spec = ChartSpec | FinancialModelSpec


class Specifications(ModelOutput):
    """One specification for each planned slide that needs a coder."""

    items: list[Spec]
