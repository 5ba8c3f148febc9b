"""Workbooks and CSV tables."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import Any

from evidence.assembly import Assembly
from evidence.cells import sheet_cell, text_cell
from evidence.containers import damaged
from evidence.model import Cell, DocumentRefused, ReadLimits, RefusalKind, one_line
from evidence.texts import decoded

_MOST_COLUMNS = 120
_DELIMITERS = ",;\t|"


def read_workbook(data: bytes, assembly: Assembly, limits: ReadLimits) -> tuple[str, int]:
    """Every visible sheet as one table, formulas by their cached values. Returns the title and the number of sheets."""
    import openpyxl

    workbook = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    try:
        if len(workbook.sheetnames) > limits.max_pages:
            raise DocumentRefused(
                RefusalKind.TOO_MANY_PAGES,
                f"The workbook has {len(workbook.sheetnames)} sheets; at most {limits.max_pages} are read.",
            )
        title = ""
        budget = limits.max_cells
        for sheet in workbook.worksheets:
            if sheet.sheet_state != "visible":
                continue
            rows: list[tuple[list[Cell], str]] = []
            for cells in _sheet_rows(sheet, budget):
                budget -= len(cells)
                if any(cell.text for cell in cells):
                    rows.append((cells, _range_of(cells)))
            if not rows:
                continue
            title = title or next(cell.text for cells, _ in rows for cell in cells if cell.text)
            assembly.heading(sheet.title)
            assembly.table(one_line(sheet.title), rows)
        return title, len(workbook.sheetnames)
    finally:
        workbook.close()


def _sheet_rows(sheet: Any, budget: int) -> Iterator[list[Cell]]:
    sheet.reset_dimensions()
    seen = 0
    for row in sheet.iter_rows(max_col=_MOST_COLUMNS):
        cells: list[Cell] = []
        for column, item in enumerate(row):
            value: object = item.value
            if value is None:
                cells.append(Cell())
                continue
            seen += 1
            if seen > budget:
                raise DocumentRefused(
                    RefusalKind.TOO_LARGE,
                    "The workbook has more filled cells than are read. Keep the sheets that matter.",
                )
            indent = 0
            if column < 3 and isinstance(value, str) and item.has_style:
                indent = int(item.alignment.indent or 0)
            cells.append(
                sheet_cell(value, str(item.number_format or "General"), f"{sheet.title}!{item.coordinate}", indent)
            )
        while cells and not cells[-1].text:
            cells.pop()
        yield cells


def _range_of(cells: Sequence[Cell]) -> str:
    filled = [cell.locator for cell in cells if cell.text]
    first, last = filled[0], filled[-1].rpartition("!")[2]
    return first if len(filled) == 1 else f"{first}:{last}"


def read_csv(data: bytes, filename: str, assembly: Assembly, limits: ReadLimits) -> tuple[str, int]:
    """The rows of a delimited text as one table; its delimiter is found by itself."""
    text = decoded(data)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)))
    except csv.Error as error:
        raise damaged("csv") from error
    if sum(len(row) for row in rows) > limits.max_cells:
        raise DocumentRefused(
            RefusalKind.TOO_LARGE, "The table has more cells than are read. Keep the rows that matter."
        )
    title = re.sub(r"[_-]+", " ", filename.rpartition("/")[2].rpartition(".")[0]).strip()
    table: list[tuple[list[Cell], str]] = []
    for number, row in enumerate(rows, start=1):
        where = f"row {number}"
        cells = [text_cell(value, where) for value in row[:_MOST_COLUMNS]]
        key = [cell.text for cell in cells if cell.text and cell.number is None][:6]
        table.append((cells, one_line(f"{where}: {'; '.join(key)}" if key and number > 1 else where)))
    assembly.table("", table)
    return title, 1


def _delimiter(text: str) -> str:
    lines = [line for line in text.splitlines()[:50] if line.strip()]
    scores = {mark: min((line.count(mark) for line in lines), default=0) for mark in _DELIMITERS}
    best = max(scores, key=lambda mark: scores[mark])
    if scores[best]:
        return best
    first = lines[0] if lines else ""
    return max(_DELIMITERS, key=first.count)
