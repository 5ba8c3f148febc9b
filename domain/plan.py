"""The plan of a book's slides, section by section: made by the planner, changed by people, followed by writers."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from domain.model import MAX_SECTIONS
from domain.values import Id, Line, OptionalLine, Paragraph, Value

MAX_ITEMS = 12
MAX_FIGURES = 60

ItemKind = Literal["words", "figures", "table", "chart", "financial_model"]


class PlannedFigure(Value):
    """A fact that a slide is to show; `says` tells people which one it is."""

    fact_id: Id
    says: OptionalLine = ""


class PlanItem(Value):
    """One slide: `topic` is the short key that it is known by, `title` what it says.

    `needs_coder`: its figures are to be derived by formulas or laid out as a model, which the coder does.
    """

    topic: Line
    title: Line
    kind: ItemKind
    figures: tuple[PlannedFigure, ...] = Field(default=(), max_length=MAX_FIGURES)
    needs_coder: bool = False

    @property
    def is_for_coder(self) -> bool:
        return self.needs_coder or self.kind == "financial_model"


class SectionPlan(Value):
    """The slides of one section, and what a reader should take from it."""

    section_id: Id
    title: OptionalLine = ""
    messages: tuple[Paragraph, ...] = Field(default=(), max_length=MAX_ITEMS)
    items: tuple[PlanItem, ...] = Field(default=(), max_length=MAX_ITEMS)

    @model_validator(mode="after")
    def _topics_are_unique(self) -> Self:
        topics = [item.topic.casefold() for item in self.items]
        if len(topics) != len(set(topics)):
            raise ValueError("two slides of a section have the same topic")
        return self

    @property
    def for_writer(self) -> tuple[PlanItem, ...]:
        return tuple(item for item in self.items if not item.is_for_coder)

    @property
    def for_coder(self) -> tuple[PlanItem, ...]:
        return tuple(item for item in self.items if item.is_for_coder)


class Plan(Value):
    """`notes` are for people."""

    sections: tuple[SectionPlan, ...] = Field(min_length=1, max_length=MAX_SECTIONS)
    notes: tuple[Paragraph, ...] = Field(default=(), max_length=40)

    @model_validator(mode="after")
    def _sections_are_unique(self) -> Self:
        ids = [section.section_id for section in self.sections]
        if len(ids) != len(set(ids)):
            raise ValueError("a section is planned twice")
        return self

    def section(self, section_id: str) -> SectionPlan | None:
        return next((section for section in self.sections if section.section_id == section_id), None)
