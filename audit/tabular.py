"""Entries as CSV, safe to open in a spreadsheet: a cell that would be taken for a formula is marked as text."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable

from pydantic import JsonValue

from audit.chain import AuditRow

COLUMNS = (
    "seq",
    "at",
    "actor_kind",
    "actor_id",
    "on_behalf_of",
    "action",
    "target_kind",
    "target_id",
    "result",
    "from_ip",
    "user_agent",
    "details",
    "entry_id",
    "previous_hash",
    "hash",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def header() -> str:
    return _lines([COLUMNS])


def lines(rows: Iterable[AuditRow]) -> str:
    return _lines(map(_cells, rows))


def _cells(row: AuditRow) -> tuple[object, ...]:
    return (
        row.seq,
        row.at.isoformat(),
        _field(row.actor, "kind"),
        _field(row.actor, "id"),
        _field(row.actor, "on_behalf_of"),
        row.action,
        _field(row.target, "kind"),
        _field(row.target, "id"),
        row.result,
        row.from_ip,
        row.user_agent,
        json.dumps(row.details, ensure_ascii=False, sort_keys=True),
        row.entry_id,
        row.previous_hash,
        row.hash,
    )


def _field(value: JsonValue, name: str) -> JsonValue:
    return value.get(name) if isinstance(value, dict) else value


def _lines(rows: Iterable[Iterable[object]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([_safe(cell) for cell in row] for row in rows)
    return out.getvalue()


def _safe(cell: object) -> object:
    if not isinstance(cell, str):
        return "" if cell is None else cell
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
