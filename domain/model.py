"""What a CIM is made of: persona, hero concept, outline, slides and the facts they rest on."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, FiniteFloat, StringConstraints, model_validator

from domain.values import (
    ContentHash,
    Id,
    Line,
    LongText,
    OptionalLine,
    Paragraph,
    Value,
    content_hash,
)

MAX_SECTIONS = 60
MAX_SLIDES = 500
MAX_COMPONENTS = 40


class SourceReference(Value):
    """Where a sentence or figure comes from.

    `anchor` says which part of a component it supports: `r2c1` a table cell (0-based row and column), `s0p3` a point of
    a chart series, `i2` a bullet; absent means the whole component.
    """

    source_id: Id
    locator: Line
    passage_id: Id | None = None
    quote: Paragraph | None = None
    anchor: (
        Annotated[str, StringConstraints(pattern=r"^(r[0-9]{1,4}c[0-9]{1,4}|s[0-9]{1,4}p[0-9]{1,4}|i[0-9]{1,4})$")]
        | None
    ) = None


class Fact(Value):
    """A statement out of a source, with its figure where it has one.

    `value` is in `unit` ("USD million", "percent", "people"); `period` as written ("FY2024", "Q4 FY2024"; "-" when
    timeless). `metric` is the short label of a row or axis ("Net sales"); `entity` what it is about ("Americas"; empty:
    the company).
    """

    id: Id
    statement: Paragraph
    value: FiniteFloat | None = None
    unit: OptionalLine = ""
    period: OptionalLine = ""
    source: SourceReference
    metric: OptionalLine = ""
    entity: OptionalLine = ""
    basis: OptionalLine = ""


class BuyerPersona(Value):
    type: Line
    motivations: tuple[Paragraph, ...] = Field(default=(), max_length=50)
    concerns: tuple[Paragraph, ...] = Field(default=(), max_length=50)


class InvestmentThesis(Value):
    asset: Paragraph
    timing: Paragraph
    opportunity: Paragraph


class HeroContext(Value):
    selected_hero: Line
    investment_thesis: InvestmentThesis


class OutlineSection(Value):
    id: Id
    title: Line
    description: Paragraph = ""


class SectionDraft(Value):
    """A section as it travels: an id is given out where it is missing."""

    id: Id | None = None
    title: Line
    description: Paragraph = ""


class Outline(Value):
    sections: tuple[OutlineSection, ...] = Field(max_length=MAX_SECTIONS)

    def section(self, section_id: str) -> OutlineSection | None:
        return next((section for section in self.sections if section.id == section_id), None)


class _Component(Value):
    id: Annotated[str, StringConstraints(pattern=r"^([A-Za-z0-9][A-Za-z0-9_-]{0,63})?$")] = ""
    sources: tuple[SourceReference, ...] = Field(default=(), max_length=500)


class TextComponent(_Component):
    type: Literal["text"]
    text: LongText


class BulletsComponent(_Component):
    type: Literal["bullets"]
    items: tuple[Paragraph, ...] = Field(max_length=60)


Cell = Paragraph | FiniteFloat | None


class TableComponent(_Component):
    type: Literal["table"]
    columns: tuple[OptionalLine, ...] = Field(min_length=1, max_length=40)
    rows: tuple[Annotated[tuple[Cell, ...], Field(max_length=40)], ...] = Field(default=(), max_length=200)

    @model_validator(mode="after")
    def _rows_fit_columns(self) -> Self:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"every row needs {len(self.columns)} cells, one for each column")
        return self


class ChartSeries(Value):
    name: OptionalLine
    values: tuple[FiniteFloat | None, ...] = Field(max_length=200)


class ChartComponent(_Component):
    type: Literal["chart"]
    kind: Literal["bar", "line", "pie", "stacked_bar"]
    categories: tuple[OptionalLine, ...] = Field(min_length=1, max_length=200)
    series: tuple[ChartSeries, ...] = Field(min_length=1, max_length=20)
    unit: OptionalLine = ""

    @model_validator(mode="after")
    def _series_fit_categories(self) -> Self:
        if any(len(series.values) != len(self.categories) for series in self.series):
            raise ValueError(f"every series needs {len(self.categories)} values, one for each category")
        return self


class MetricComponent(_Component):
    type: Literal["metric"]
    label: Line
    value: FiniteFloat | OptionalLine
    unit: OptionalLine = ""
    period: OptionalLine = ""


class QuoteComponent(_Component):
    type: Literal["quote"]
    text: Paragraph
    by: OptionalLine = ""


class ImageComponent(_Component):
    type: Literal["image"]
    blob_id: ContentHash
    alt: Paragraph = ""


Component = Annotated[
    TextComponent
    | BulletsComponent
    | TableComponent
    | ChartComponent
    | MetricComponent
    | QuoteComponent
    | ImageComponent,
    Field(discriminator="type"),
]

LayoutType = Literal[
    "title", "section", "text", "bullets", "two_columns", "table", "chart", "metrics", "quote", "image"
]


class SlideBody(Value):
    """The content of a slide. Kept once under its hash; the log and the workflow carry the hash."""

    title: Line
    layout_type: LayoutType
    components: tuple[Component, ...] = Field(default=(), max_length=MAX_COMPONENTS)
    sources: tuple[SourceReference, ...] = Field(default=(), max_length=500)
    notes: LongText = ""

    @model_validator(mode="after")
    def _component_ids_are_unique(self) -> Self:
        given = [component.id for component in self.components if component.id]
        if len(given) != len(set(given)):
            raise ValueError("two components carry the same id")
        return self

    @property
    def hash(self) -> str:
        return content_hash(self)

    def with_component_ids(self) -> SlideBody:
        """The same body; components without an id get `c1`, `c2`, … by position."""
        if all(component.id for component in self.components):
            return self
        taken = {component.id for component in self.components}
        free = (f"c{n}" for n in range(1, 2 * MAX_COMPONENTS + 1) if f"c{n}" not in taken)
        return self.model_copy(
            update={
                "components": tuple(
                    component if component.id else component.model_copy(update={"id": next(free)})
                    for component in self.components
                )
            }
        )


class SlideDraft(SlideBody):
    """A slide as a person or an agent sends it: its whole body, its place, and its id unless it is new."""

    id: Id | None = None
    section_id: Id

    @property
    def body(self) -> SlideBody:
        return SlideBody(
            title=self.title,
            layout_type=self.layout_type,
            components=self.components,
            sources=self.sources,
            notes=self.notes,
        ).with_component_ids()


class SlideReference(Value):
    """A slide whose body is already kept under `content_hash`."""

    id: Id | None = None
    section_id: Id
    title: Line
    layout_type: LayoutType
    content_hash: ContentHash


class FactBatch(Value):
    facts: tuple[Fact, ...] = Field(max_length=2_000)

    @property
    def hash(self) -> str:
        return content_hash(self)


class FactsReference(Value):
    """Facts that are already kept under `content_hash`."""

    content_hash: ContentHash
    count: Annotated[int, Field(ge=0)]
