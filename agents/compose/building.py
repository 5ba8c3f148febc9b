"""Charts and financial models built from their specifications: every cell computed, every figure with its sources."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import ValidationError

from agents.brief import Evidence
from agents.compose.outputs import ChartSpec, FinancialModelSpec, Spec
from agents.linking import Linker
from domain.model import ChartComponent, ChartSeries, Fact, SlideDraft, SourceReference, TableComponent
from evidence.derived import FormulaError, stated
from evidence.formulas import Amount, evaluate, inputs_of, is_plain
from evidence.periods import period_of_header, same_period

MOST_POINTS, MOST_SERIES, MOST_ROWS = 40, 12, 40
DERIVED = "derived"


class InvalidSpec(Exception):
    """A specification that cannot be built; the errors say why, for the model as for people."""

    def __init__(self, errors: Sequence[str]) -> None:
        super().__init__(" ".join(errors))
        self.errors = tuple(errors)


def build(spec: Spec, section_id: str, evidence: Evidence) -> SlideDraft:
    """The slide of a specification. Raises InvalidSpec."""
    builder = _Builder(evidence)
    try:
        component = builder.chart(spec) if isinstance(spec, ChartSpec) else builder.model(spec)
        if builder.errors or component is None:
            raise InvalidSpec(builder.errors or ["It has no figure."])
        return SlideDraft(
            section_id=section_id,
            title=_title(spec, evidence),
            layout_type="chart" if isinstance(spec, ChartSpec) else "table",
            components=(component,),
            notes="\n".join(builder.notes)[:20_000],
        )
    except ValidationError as error:
        raise InvalidSpec([f"{one['msg']}." for one in error.errors()[:5]]) from error


@dataclass
class _Builder:
    evidence: Evidence
    errors: list[str] = field(default_factory=list[str])
    sources: list[SourceReference] = field(default_factory=list[SourceReference])
    notes: list[str] = field(default_factory=list[str])

    def chart(self, spec: ChartSpec) -> ChartComponent | None:
        self._check_size("A chart", spec.categories, len(spec.series), MOST_SERIES, "series")
        units: dict[str, str] = {}
        series: list[ChartSeries] = []
        for number, one in enumerate(spec.series[:MOST_SERIES]):
            amounts = self._line(one.points, spec.categories, f"Series “{one.name}”", f"s{number}p")
            units |= {amount.unit: one.name for amount in amounts if amount is not None}
            name = _labelled(one.name, one.points)
            values = tuple(None if amount is None else amount.rounded for amount in amounts)
            series.append(ChartSeries(name=name[:300], values=values))
        if len(units) > 1:
            told = ", ".join(f"“{unit or 'none'}” ({name})" for unit, name in units.items())
            self.errors.append(f"All points of a chart need one unit; these are {told}.")
        if spec.kind == "pie" and any((value or 0.0) < 0 for one in series for value in one.values):
            self.errors.append("A pie cannot show a figure below zero.")
        if self.errors or not units:
            return None
        return ChartComponent(
            type="chart",
            id="c1",
            kind=spec.kind,
            categories=tuple(category[:300] for category in spec.categories),
            series=tuple(series),
            unit=next(iter(units)),
            sources=tuple(self.sources),
        )

    def model(self, spec: FinancialModelSpec) -> TableComponent | None:
        self._check_size("A financial model", spec.periods, len(spec.rows), MOST_ROWS, "rows")
        rows: list[tuple[str | float | None, ...]] = []
        for number, row in enumerate(spec.rows[:MOST_ROWS]):
            where = f"Row “{row.label}”"
            amounts = self._line(row.cells, spec.periods, where, f"r{number}c", offset=1)
            units = list(dict.fromkeys(amount.unit for amount in amounts if amount is not None))
            if len(units) > 1:
                self.errors.append(f"{where}: all cells need one unit; these are {', '.join(units)}.")
            label = _labelled(row.label, row.cells, units[0] if units else "")
            rows.append((label, *(None if amount is None else amount.rounded for amount in amounts)))
        if self.errors or not self.sources:
            return None
        return TableComponent(
            type="table",
            id="c1",
            columns=("", *(period[:300] for period in spec.periods)),
            rows=tuple(rows),
            sources=tuple(self.sources),
        )

    def _check_size(self, what: str, points: Sequence[str], lines: int, most: int, of: str) -> None:
        if not 1 <= len(points) <= MOST_POINTS or not 1 <= lines <= most:
            self.errors.append(f"{what} has 1 to {most} {of} and 1 to {MOST_POINTS} points in each.")

    def _line(
        self, formulas: Sequence[str], heads: Sequence[str], where: str, anchor: str, offset: int = 0
    ) -> list[Amount | None]:
        if len(formulas) != len(heads):
            self.errors.append(
                f"{where} has {len(formulas)} formulas; it needs {len(heads)}, empty where there is none."
            )
            return []
        amounts = [
            self._cell(formula, head, f"{where}, {head}", f"{anchor}{number + offset}")
            for number, (formula, head) in enumerate(zip(formulas, heads, strict=True))
        ]
        derived = [one for one in zip(formulas, heads, strict=True) if _is_readable(one[0]) and not is_plain(one[0])]
        if derived:
            formula, head = derived[-1]
            self.notes.append(f"{where} is derived; {head} is {_in_words(formula, self._facts_of(formula))}.")
        return amounts

    def _cell(self, formula: str, head: str, where: str, anchor: str) -> Amount | None:
        if not formula.strip():
            return None
        try:
            facts = self._facts_of(formula)
            amount = evaluate(formula, facts)
            period = period_of_header(head)
            if period and amount.period and not same_period(period, amount.period):
                raise FormulaError(f"{formula} is of {amount.period}.")
            if is_plain(formula):
                [fact] = facts.values()
                quote = fact.source.quote or fact.statement
                self.sources.append(fact.source.model_copy(update={"anchor": anchor, "quote": quote}))
            else:
                self.sources.extend(stated(amount.expression, facts, anchor))
        except FormulaError as error:
            self.errors.append(f"{where}: {str(error).rstrip('.')}.")
            return None
        return amount

    def _facts_of(self, formula: str) -> Mapping[str, Fact]:
        found = {name: self.evidence.fact(name) for name in inputs_of(formula)}
        return {name: fact for name, fact in found.items() if fact is not None}


def _title(spec: Spec, evidence: Evidence) -> str:
    """The title as far as the documents bear it out, else the topic."""
    linked = Linker(evidence).link(spec.title, [], "Title").text
    return (linked or spec.topic.replace("-", " ").strip().capitalize() or "Untitled")[:300]


def _labelled(label: str, formulas: Sequence[str], unit: str = "") -> str:
    """The label with its unit, and with `derived` where its figures are not those of the documents."""
    is_derived = any(not is_plain(formula) for formula in formulas if _is_readable(formula))
    told = ", ".join(part for part in (unit, DERIVED if is_derived else "") if part)
    return f"{label} ({told})" if told else label


def _is_readable(formula: str) -> bool:
    try:
        return bool(inputs_of(formula))
    except FormulaError:
        return False


def _in_words(formula: str, facts: Mapping[str, Fact]) -> str:
    """The formula with what its facts are: `growth(Net sales FY2023, Net sales FY2024)`."""

    def named(match: re.Match[str]) -> str:
        fact = facts.get(match[0])
        if fact is None:
            return match[0]
        parts = (fact.metric or "figure", fact.entity, "" if fact.period == "-" else fact.period)
        return " ".join(part for part in parts if part)

    return re.sub(r"[A-Za-z_]\w*", named, formula.strip().removeprefix("=").strip())
