"""A slide as read_slide tells it, and its components as drafts again, so that a part of them can be changed."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, JsonValue, TypeAdapter, ValidationError

from agents.drafted import (
    DraftedBullets,
    DraftedCell,
    DraftedChart,
    DraftedMetric,
    DraftedParagraph,
    DraftedQuote,
    DraftedSeries,
    DraftedTable,
    DraftedText,
)

Redrafted = DraftedParagraph | DraftedBullets | DraftedTable | DraftedChart | DraftedMetric | DraftedQuote


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class PartRef(_Lenient):
    ref: str
    anchor: str = ""


class ReadSeries(_Lenient):
    name: str = ""
    values: tuple[float | None, ...] = ()


class ReadPart(_Lenient):
    """A component with its references; which fields there are goes by its type."""

    id: str
    type: Literal["text", "bullets", "table", "chart", "metric", "quote", "image"]
    refs: tuple[PartRef, ...] = ()
    text: str = ""
    by: str = ""
    items: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str | float | None, ...], ...] = ()
    kind: Literal["bar", "line", "pie", "stacked_bar"] = "bar"
    categories: tuple[str, ...] = ()
    series: tuple[ReadSeries, ...] = ()
    unit: str = ""
    label: str = ""
    value: float | str | None = None

    def refs_at(self, anchor: str = "") -> list[str]:
        """References at a place of the component, or of the whole of it."""
        return list(dict.fromkeys(one.ref for one in self.refs if one.ref and one.anchor == anchor))

    def redrafted(self) -> Redrafted | None:
        """The same as a draft; None for what cannot be told by references alone."""
        match self.type:
            case "text":
                return DraftedParagraph(text=self.text, refs=self.refs_at())
            case "bullets":
                items = [DraftedText(text=text, refs=self.refs_at(f"i{at}")) for at, text in enumerate(self.items)]
                return DraftedBullets(items=items)
            case "quote":
                return DraftedQuote(text=self.text, by=self.by, refs=self.refs_at())
            case "metric":
                fact = next((ref for ref in self.refs_at() if ref.startswith("F")), "")
                return DraftedMetric(label=self.label, fact=fact) if fact else None
            case "table":
                return self._table()
            case "chart":
                return self._chart()
            case _:
                return None

    def _table(self) -> DraftedTable | None:
        rows: list[list[DraftedCell]] = []
        for at, row in enumerate(self.rows):
            cells: list[DraftedCell] = []
            for column, cell in enumerate(row):
                refs = self.refs_at(f"r{at}c{column}")
                if isinstance(cell, str) or cell is None:
                    cells.append(DraftedCell(text=cell or "", refs=refs))
                    continue
                fact = next((ref for ref in refs if ref.startswith("F")), "")
                if not fact:
                    return None
                cells.append(DraftedCell(fact=fact))
            rows.append(cells)
        return DraftedTable(columns=list(self.columns), rows=rows)

    def _chart(self) -> DraftedChart | None:
        series: list[DraftedSeries] = []
        for at, one in enumerate(self.series):
            facts: list[str] = []
            for point, value in enumerate(one.values):
                fact = next((ref for ref in self.refs_at(f"s{at}p{point}") if ref.startswith("F")), "")
                if value is not None and not fact:
                    return None
                facts.append(fact)
            series.append(DraftedSeries(name=one.name, facts=facts))
        return DraftedChart(kind=self.kind, categories=list(self.categories), series=series, unit=self.unit)


class ReadSlide(_Lenient):
    id: str
    section_id: str
    title: str
    status: str = ""
    components: tuple[ReadPart, ...] = ()


_READ = TypeAdapter(ReadSlide)


def slide_in(content: JsonValue) -> ReadSlide | None:
    try:
        return _READ.validate_python(content)
    except ValidationError:
        return None
