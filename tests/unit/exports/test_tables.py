from __future__ import annotations

from collections.abc import Sequence

import pytest

from exports.citations import Citations
from exports.tables import grid
from tests.unit.exports import books

Rows = Sequence[Sequence[str | float | None]]

DIFFERENT_UNITS: Rows = (
    ("Gross margin (percent)", 55.0, 53.4),
    ("Net sales (USD million)", 630.0, 590.6),
    ("Diluted earnings per share (USD)", 5.45, 5.0),
)


def shown(columns: Sequence[str], rows: Rows) -> list[list[str]]:
    table = books.table(columns, rows)
    return [
        [cell.text for cell in row]
        for row in grid(table, Citations(books.book_of(books.slide("T", "table", table)))).rows
    ]


def test_rows_of_different_units_have_decimals_of_their_own() -> None:
    assert [row[1:] for row in shown(("", "Low end", "High end"), DIFFERENT_UNITS)] == [
        ["55.0", "53.4"],
        ["630.0", "590.6"],
        ["5.45", "5.00"],
    ]


def test_a_column_of_units_tells_them_too() -> None:
    rows: Rows = (("Employees", "people", 612.0), ("Gross margin", "percent", 53.4))
    assert [row[2] for row in shown(("Measure", "Unit", "Latest"), rows)] == ["612", "53.4"]


@pytest.mark.parametrize(
    "rows",
    [
        (("Americas", 290.0), ("EIMEA", 214.55)),
        (("Americas (USD million)", 290.0), ("EIMEA (USD million)", 214.55)),
        (("Cash (USD million)", 290.0), ("Total", 214.55)),
    ],
)
def test_rows_of_one_unit_have_equal_decimals(rows: Rows) -> None:
    assert [row[1] for row in shown(("Segment", "Net sales"), rows)] == ["290.00", "214.55"]


def test_periods_across_have_decimals_by_row() -> None:
    rows: Rows = (("Net sales", 537.3, 590.0), ("Earnings per share", 4.83, 5.1))
    assert shown(("", "FY2023", "FY2024"), rows) == [
        ["Net sales", "537.3", "590.0"],
        ["Earnings per share", "4.83", "5.10"],
    ]
