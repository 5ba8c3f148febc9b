"""What the columns of a table hold, read from its header row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from evidence.model import Cell, Row
from evidence.periods import period_of_header, periods_in
from evidence.units import unit_in_label

_VALUE = re.compile(r"^(?:values?|amounts?|figures?|numbers?|quantity|qty)\b", re.IGNORECASE)
_METRIC = re.compile(
    r"^(?:metrics?|measures?|(?:line )?items?|kpis?|indicators?|accounts?|description|particulars|parameter"
    r"|position|data ?point)$",
    re.IGNORECASE,
)
_UNIT = re.compile(r"^(?:units?|uom|unit of measure|currency|in)$", re.IGNORECASE)
_PERIOD = re.compile(
    r"^(?:periods?|years?|fiscal[ _]?years?|fy|dates?|as (?:of|at)|quarters?|time|reporting period|year ended"
    r"|as of date)$",
    re.IGNORECASE,
)
_BASIS = re.compile(
    r"^(?:basis|notes?|comments?|remarks?|sources?|source[ _]documents?|basis ?/ ?note|footnotes?|references?"
    r"|explanation)\b",
    re.IGNORECASE,
)
IDENTITY = re.compile(
    r"^(?:id|no\.?|#|nr\.?|code|sku|ref\.?|postcode|zip(?: code)?|phone|fax|e-?mail|url|website)$"
    r"|(?:[ _](?:id|code|number|no))$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Columns:
    """Indexes of the columns by what they hold."""

    label: int = 0
    corner: str = ""
    value: int | None = None
    metric: int | None = None
    period: int | None = None
    unit: int | None = None
    basis: int | None = None
    periods: dict[int, str] = field(default_factory=dict[int, str])
    groups: dict[int, str] = field(default_factory=dict[int, str])
    units: dict[int, str] = field(default_factory=dict[int, str])
    measures: dict[int, str] = field(default_factory=dict[int, str])
    details: tuple[int, ...] = ()
    dimensions: tuple[int, ...] = ()


def _name(cell: Cell) -> str:
    return cell.text.replace("_", " ").strip()


def is_header_row(row: Row, known: Columns | None) -> bool:
    """Whether a row names its columns: words only, or a line of periods."""
    filled = [cell for cell in row.cells if cell.text]
    periods = [cell for cell in row.cells[1:] if period_of_header(cell.text)]
    others = [cell for cell in filled if cell.number is not None and not period_of_header(cell.text)]
    if others:
        return False
    if len(periods) >= 2 and len({period_of_header(cell.text) for cell in periods}) * 2 >= len(periods):
        return True
    if known is not None:
        return False
    return (
        len(filled) >= 2
        and all(cell.number is None or period_of_header(cell.text) for cell in filled)
        and _short(filled)
    )


def _short(cells: Sequence[Cell]) -> bool:
    return all(len(cell.text.split()) <= 14 for cell in cells)


def columns_of(row: Row, above: Row | None) -> Columns:
    cells = row.cells
    names = [_name(cell) for cell in cells]
    first = _first(names, _METRIC)
    value = _first(names, _VALUE)
    period = _first(names, _PERIOD)
    unit = _first(names, _UNIT)
    basis = _first(names, _BASIS)
    if value is None and period == next((index for index, name in enumerate(names) if name), None):
        period = None
    taken = {index for index in (value, period, unit, basis) if index is not None}
    periods = {index: label for index, name in enumerate(names) if index and (label := period_of_header(name))}
    units = {index: found for index, name in enumerate(names) if (found := unit_in_label(name))}
    label = next((index for index in range(len(names)) if index not in taken and index not in periods), 0)
    if value is not None:
        metric = first if first != value else None
        dimensions = [
            index
            for index, name in enumerate(names)
            if index not in taken and index != metric and name and not _BASIS.match(name) and not IDENTITY.search(name)
        ]
        return Columns(
            label=metric if metric is not None else label, corner=names[value], value=value, metric=metric,
            period=period, unit=unit, basis=basis, units=units, dimensions=tuple(dimensions),
        )  # fmt: skip
    rest = {
        index: name
        for index, name in enumerate(names)
        if index not in taken
        and index not in periods
        and index != label
        and name
        and not _BASIS.match(name)
        and not IDENTITY.search(name)
    }
    two_sided = not periods and len(rest) == 1 and (period is not None or _says_nothing(next(iter(rest.values()))))
    return Columns(
        label=label,
        corner=names[label] if label < len(names) else "",
        period=period,
        unit=unit,
        basis=basis,
        periods=periods,
        groups=_groups(above, periods) if periods else {},
        units=units,
        measures={} if two_sided else rest,
        details=tuple(rest) if two_sided else (),
    )


def _says_nothing(name: str) -> bool:
    return bool(
        re.match(r"^(?:details?|facts?|data|information|answer|description|content|response)$", name, re.IGNORECASE)
    )


def _first(names: Sequence[str], pattern: re.Pattern[str]) -> int | None:
    return next((index for index, name in enumerate(names) if name and pattern.match(name)), None)


def _groups(above: Row | None, periods: dict[int, str]) -> dict[int, str]:
    """Names over repeated periods: `Americas` over FY2023 and FY2024, `EIMEA` over the next two."""
    if above is None or len(set(periods.values())) == len(periods):
        return {}
    groups: dict[int, str] = {}
    current = ""
    for index in range(max(periods) + 1):
        text = above.cells[index].text if index < len(above.cells) else ""
        if text and not periods_in(text):
            current = text
        if index in periods and current and index:
            groups[index] = current
    return groups
