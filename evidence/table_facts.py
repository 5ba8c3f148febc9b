"""Figures out of tables: periods across, measures across, one value per row, or label and detail."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from evidence.columns import IDENTITY, Columns, columns_of, is_header_row
from evidence.drafts import FactDraft
from evidence.figures import figures_in
from evidence.labels import (
    Label,
    breaks_down,
    capitalised,
    entity_of,
    is_check,
    is_note,
    row_label,
    tidy,
    unit_by_name,
    whole,
)
from evidence.model import Cell, Document, Row, Table
from evidence.periods import fiscal, period_of_header, period_of_phrase
from evidence.units import currency, is_per_share, money, understood, unit_in_label

_FOUNDED = re.compile(r"^(?:founded|established|incorporated|foundation|year founded|founding year)\b", re.IGNORECASE)
_MOST_WORDS_IN_CELL = 30
_FRACTION = 1.5


@dataclass(slots=True)
class _Context:
    unit: str = ""
    fiscal: bool = False
    columns: Columns | None = None
    section: str = ""
    parent: str = ""
    titles: list[str] = field(default_factory=list[str])


def table_drafts(document: Document) -> Iterator[FactDraft]:
    for table in document.tables:
        yield from _of_table(table)


def _of_table(table: Table) -> Iterator[FactDraft]:
    context = _Context(titles=[table.name, table.heading, *table.notes])
    context.unit = next(
        (unit for text in reversed(context.titles) if len(text) < 200 and (unit := unit_in_label(text))), ""
    )
    context.fiscal = any("fiscal" in title.lower() for title in context.titles)
    previous: Row | None = None
    for row in table.rows:
        filled = [cell for cell in row.cells if cell.text]
        if len(filled) == 1 and filled[0].number is None:
            _take_line(filled[0].text, context)
        elif is_header_row(row, context.columns):
            context.columns = columns_of(row, previous)
            context.parent = ""
            context.unit = unit_in_label(" ".join(cell.text for cell in row.cells[:1])) or context.unit
        elif context.columns is not None:
            yield from _of_row(row, context.columns, context)
        elif len(filled) == 2:
            yield from _of_row(row, Columns(label=0, details=(1,)), context)
        previous = row


def _take_line(text: str, context: _Context) -> None:
    if is_note(text):
        return
    unit = unit_in_label(text)
    if unit:
        context.unit = unit
    if "fiscal" in text.lower():
        context.fiscal = True
    if context.columns is None:
        context.titles.append(text)
    elif not unit or breaks_down(tidy(text)):
        context.section = text
        context.parent = ""


def _of_row(row: Row, columns: Columns, context: _Context) -> Iterator[FactDraft]:
    cells = row.cells
    label_text = _text(cells, columns.label)
    if is_check(label_text) or is_note(label_text):
        return
    if columns.value is not None:
        yield from _long(row, columns, context)
        return
    label = row_label(
        label_text,
        context.parent,
        context.section or next((title for title in [columns.corner, *context.titles] if breaks_down(title)), ""),
    )
    if not label_text:
        return
    if not re.search(r"^\s*(?:%|growth|change|margin)", label_text, re.IGNORECASE):
        context.parent = label.metric
    basis = _text(cells, columns.basis)
    row_unit = _text(cells, columns.unit)
    row_period = period_of_header(_text(cells, columns.period)) or _text(cells, columns.period)
    for index in columns.periods:
        if index < len(cells):
            group = columns.groups.get(index, "")
            named = Label(label.metric, label.entity or entity_of(group)) if group else label
            yield from _at(
                cells[index],
                row,
                named,
                label_text,
                columns.periods[index],
                row_unit,
                columns.units.get(index, ""),
                basis,
                context,
            )
    for index in columns.measures:
        if index < len(cells):
            yield from _measure(cells[index], row, columns, index, label_text, row_period, row_unit, basis, context)
    for index in columns.details:
        if index < len(cells):
            yield from _detail(cells[index], row, label, label_text, row_period, row_unit, basis, context)


def _text(cells: Sequence[Cell], index: int | None) -> str:
    return cells[index].text.strip() if index is not None and index < len(cells) else ""


def _at(
    cell: Cell,
    row: Row,
    label: Label,
    label_text: str,
    period: str,
    row_unit: str,
    column_unit: str,
    basis: str,
    context: _Context,
) -> Iterator[FactDraft]:
    if cell.number is None:
        yield from _written(cell, row, label, period, basis, context)
        return
    unit, value = _unit_and_value(cell, label_text, label.metric, row_unit, column_unit, context)
    yield _draft(cell, row, label, value, unit, period, basis, context)


def _draft(
    cell: Cell, row: Row, label: Label, value: float, unit: str, period: str, basis: str, context: _Context
) -> FactDraft:
    when = fiscal(period) if context.fiscal else period
    return FactDraft(
        metric=label.metric,
        value=value,
        unit=unit,
        period=when,
        locator=cell.locator or row.locator,
        passage_id=row.passage_id,
        quote=" | ".join(part for part in (_text(row.cells, 0), period, cell.text) if part),
        entity=label.entity,
        basis=basis,
    )


def _measure(
    cell: Cell,
    row: Row,
    columns: Columns,
    index: int,
    label_text: str,
    row_period: str,
    row_unit: str,
    basis: str,
    context: _Context,
) -> Iterator[FactDraft]:
    header = columns.measures[index]
    as_period = period_of_header(label_text)
    period = as_period or row_period or period_of_phrase(header)
    entity = "" if as_period else entity_of(label_text)
    label = Label(_measure_name(header), entity)
    if cell.number is not None:
        unit, value = _unit_and_value(cell, header, label.metric, row_unit, unit_in_label(header), context)
        yield _draft(cell, row, label, value, unit, period, basis, context)
    else:
        yield from _written(cell, row, label, period, basis, context)


def _measure_name(header: str) -> str:
    without_period = re.sub(r"\b(?:FY|CY)?\s?(?:19|20)\d{2}[AEFP]?\b|\bQ[1-4]\b", "", header)
    name = re.sub(r",?\s*\b(?:USD|EUR|GBP|CHF|US\$)\b.*$", "", tidy(without_period)).strip(" ,;:-\u2013")
    return capitalised(tidy(name) or tidy(header))


def _detail(
    cell: Cell, row: Row, label: Label, label_text: str, period: str, row_unit: str, basis: str, context: _Context
) -> Iterator[FactDraft]:
    founded = re.search(r"\b(?:1[5-9]|20)\d{2}\b", cell.text) if _FOUNDED.match(label_text) else None
    if founded:
        yield _draft(cell, row, label, float(founded[0]), "year", "-", basis, context)
    elif IDENTITY.search(label_text):
        return
    elif cell.number is not None and (cell.unit or row_unit or not period_of_header(cell.text)):
        unit, value = _unit_and_value(cell, label_text, label.metric, row_unit, "", context)
        yield _draft(cell, row, label, value, unit, period or period_of_phrase(label_text), basis, context)
    else:
        yield from _written(cell, row, label, period or period_of_phrase(label_text), basis, context)


def _written(cell: Cell, row: Row, label: Label, period: str, basis: str, context: _Context) -> Iterator[FactDraft]:
    """Figures inside a cell of words: `613 people in 17 countries`, `5-8%`."""
    if not cell.text or len(cell.text.split()) > _MOST_WORDS_IN_CELL:
        return
    first = True
    for figure in figures_in(cell.text):
        family = understood(figure.unit).family
        if not family:
            continue
        metric = label.metric
        if not first and figure.low_of is None:
            metric = _second_metric(figure.text, figure.unit, label.metric)
        if figure.high_of is not None:
            metric = f"{metric} (low end)"
        elif figure.low_of is not None:
            metric = f"{metric} (high end)"
        first = False
        named = Label(metric, label.entity)
        draft = _draft(cell, row, named, figure.value, figure.unit, figure.period or period, basis, context)
        subject = ", ".join(part for part in (label.metric, label.entity) if part)
        when = f" ({draft.period})" if draft.period not in {"", "-"} else ""
        yield replace(
            draft,
            quote=f"{_text(row.cells, 0)} | {cell.text}",
            statement=f"{subject}: {cell.text.rstrip('.')}{when}.",
        )


def _second_metric(text: str, unit: str, metric: str) -> str:
    if is_per_share(text):
        return "Diluted earnings per share" if "diluted" in text.lower() else "Earnings per share"
    family = understood(unit).family
    if family.isupper() or family in {"percent", "multiple", "points"}:
        return metric
    return f"{metric}: {unit}"


def _long(row: Row, columns: Columns, context: _Context) -> Iterator[FactDraft]:
    cells = row.cells
    value_cell = cells[columns.value] if columns.value is not None and columns.value < len(cells) else Cell()
    if not value_cell.text:
        return
    metric_text = _text(cells, columns.metric) or (context.section or columns.corner)
    written_period = _text(cells, columns.period)
    period = period_of_header(written_period) or written_period
    unit_text = _text(cells, columns.unit)
    dimensions = [
        entity
        for index in columns.dimensions
        if (entity := entity_of(_text(cells, index))) and not entity.lower().startswith("part of ")
    ]
    label = row_label(metric_text, "", "")
    parts = [*dimensions, *([label.entity] if label.entity else [])]
    label = Label(label.metric, ", ".join(dict.fromkeys(part for part in parts if not whole(part))))
    located = replace(value_cell, locator=row.locator)
    basis = _text(cells, columns.basis)
    if value_cell.number is None:
        yield from _written(located, row, label, period, basis, context)
        return
    unit, value = _unit_and_value(
        located, metric_text, label.metric, unit_text, columns.units.get(columns.value or 0, ""), context
    )
    quote = "; ".join(cell.text for cell in cells if cell.text)
    yield replace(_draft(located, row, label, value, unit, period, basis, context), quote=quote)


def _unit_and_value(
    cell: Cell, label_text: str, metric: str, row_unit: str, column_unit: str, context: _Context
) -> tuple[str, float]:
    assert cell.number is not None
    value = cell.number
    if cell.unit in {"percent", "x", "percentage points", "basis points"}:
        return cell.unit, value
    given = _spelt(row_unit)
    around = given or column_unit or context.unit
    if cell.unit:
        scaled = understood(cell.unit).scale != 1.0 or is_per_share(label_text)
        scale = around.rpartition(" ")[2] if understood(around).scale != 1.0 and not scaled else ""
        return (money(cell.unit, scale) if scale else cell.unit), value
    if given:
        return given, value
    declared = unit_in_label(label_text)
    if declared:
        return declared, value
    implied = unit_by_name(label_text) or unit_by_name(metric)
    if implied == "per share":
        code = understood(around).family
        return (code if code.isupper() else ""), value
    if implied == "percent":
        fraction = abs(value) <= _FRACTION and value != int(value)
        return "percent", round(value * 100, 8) if fraction else value
    return implied or column_unit or context.unit, value


def _spelt(unit: str) -> str:
    """A unit as a column gives it, in the words used here."""
    text = " ".join(unit.split())
    if not text:
        return ""
    lowered = text.lower()
    if lowered in {"%", "percent", "per cent", "pct"}:
        return "percent"
    if lowered in {"x", "times", "multiple"}:
        return "x"
    if lowered in {"employees", "people", "fte", "ftes", "headcount"}:
        return "people"
    return unit_in_label(f"({text})") or unit_in_label(text) or currency(text) or text
