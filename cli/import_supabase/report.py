"""What became of each row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from rich.console import Console
from rich.table import Table

from domain.values import Value

MOST_SHOWN = 200

Outcome = Literal["taken", "there_already", "can_be_taken", "refused", "unfinished"]
"""`unfinished`: not all of it is confirmed; run the import again. `can_be_taken`: of a dry run."""


class RowReport(Value):
    row_id: str
    outcome: Outcome
    cim_id: str | None = None
    reason: str | None = None
    sections: int = 0
    slides: int = 0
    left_out: tuple[str, ...] = ()


class ImportReport(Value):
    """`is_dry_run`: nothing was changed."""

    table: str
    is_dry_run: bool
    rows: tuple[RowReport, ...]

    def count(self, outcome: Outcome) -> int:
        return Counter(row.outcome for row in self.rows)[outcome]

    @property
    def is_settled(self) -> bool:
        """Whether running the import again would change nothing."""
        return self.count("unfinished") == 0


def show(report: ImportReport) -> None:
    console = Console()
    table = Table("row", "outcome", "book", "sections", "slides", "why, and what was left out", box=None)
    for row in _interesting(report.rows):
        told = [row.reason] if row.reason else [f"left out: {what}" for what in row.left_out]
        table.add_row(
            row.row_id, row.outcome, row.cim_id or "-", str(row.sections), str(row.slides), "\n".join(told) or "-"
        )
    console.print(table, markup=False)
    if len(report.rows) > MOST_SHOWN:
        console.print(f"\n{len(report.rows) - MOST_SHOWN} more rows are in the JSON report.")
    counted = Counter(row.outcome for row in report.rows)
    console.print("\n" + (", ".join(f"{number} {outcome}" for outcome, number in counted.items()) or "no rows"))


def _interesting(rows: Sequence[RowReport]) -> Sequence[RowReport]:
    """What was not taken comes first."""
    return sorted(rows, key=lambda row: row.outcome in ("taken", "there_already", "can_be_taken"))[:MOST_SHOWN]
