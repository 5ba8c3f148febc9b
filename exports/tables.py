"""Tables: the widths of columns, the alignment of figures, and where a table is cut for the next page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.model import Cell, TableComponent
from exports.citations import Citations, of_part
from exports.fonts import LEADING, widest_word, width, wrap
from exports.page import Box, Item, Para, TableCell, TableItem, TableRow
from exports.pieces import Piece
from exports.text import NOTHING, decimals_of, figure, indented, is_figure_text, is_period, one_line

SIZE = 12.5
PAD_X = 7.0
PAD_Y = 3.6
LEAST_SCALE = 0.76
_MAX_HEADER_LINES = 4
_NATURAL_CAP = 420.0
_WORD_CAP = 120.0
_FIGURE_CAP = 150.0
_UNIT_AT_END = re.compile(r"\(([^()]+)\)\s*$")
_TOTAL = re.compile(r"^(sub)?total\b|^sum\b", re.IGNORECASE)


@dataclass(frozen=True)
class Grid:
    """A table as texts; `header` may be empty."""

    header: tuple[TableCell, ...]
    rows: tuple[tuple[TableCell, ...], ...]


def _text_cell_face(cell: TableCell) -> Para:
    return Para(cell.text, "sans_bold" if cell.bold else "sans", marks=cell.marks)


class TablePiece(Piece):
    """Rows of a grid; the columns keep their width when the table goes on on the next page."""

    def __init__(
        self,
        grid: Grid,
        size: float = SIZE,
        rows: Sequence[tuple[TableCell, ...]] | None = None,
        columns: dict[tuple[float, float], tuple[tuple[float, ...], float]] | None = None,
    ) -> None:
        self.grid = grid
        self.rows = tuple(grid.rows if rows is None else rows)
        self.size = size
        self._columns = {} if columns is None else columns
        self._laid: dict[tuple[float, float], tuple[tuple[float, ...], float, tuple[TableRow, ...]]] = {}

    def _point_size(self, scale: float) -> float:
        return round(self.size * scale, 1)

    def slot_for(self, size: float) -> float:
        marks = {cell.marks for row in self.grid.rows for cell in row if cell.numeric and cell.marks}
        return min(max((width(mark, "sans", size) for mark in marks), default=0.0) + (2 if marks else 0), 60.0)

    def measures(self, size: float, slot: float) -> tuple[list[float], list[float]]:
        natural, least = [0.0] * len(self.grid.header), [0.0] * len(self.grid.header)
        for row in (self.grid.header, *self.grid.rows):
            for at, cell in enumerate(row):
                para = _text_cell_face(cell)
                text = cell.text if cell.numeric else para.full_text
                extra = left_pad(at) + PAD_X + (slot if cell.numeric else 0) + 0.5
                natural[at] = max(natural[at], min(width(text, para.face, size), _NATURAL_CAP) + extra)
                least[at] = max(least[at], min(widest_word(text, para.face, size), _WORD_CAP) + extra)
        return natural, least

    def _widths(self, room: float, size: float, slot: float) -> tuple[float, ...]:
        natural, least = self.measures(size, slot)
        if sum(least) >= room:
            return tuple(each * room / sum(least) for each in least)
        if sum(natural) >= room:
            share = (room - sum(least)) / (sum(natural) - sum(least))
            return tuple(low + (high - low) * share for low, high in zip(least, natural, strict=True))
        return self._spread(natural, room)

    def _spread(self, natural: list[float], room: float) -> tuple[float, ...]:
        """More room than needed: columns of figures equally wide, the rest to the columns of text."""
        figures = [at for at, cell in enumerate(self.grid.header) if cell.numeric]
        texts = [at for at in range(len(natural)) if at not in figures]
        widest = max((natural[at] for at in figures), default=0.0)
        wide = list(natural)
        text_room = max(sum(natural[at] for at in texts), 0.3 * room if texts else 0.0)
        if figures and text_room + widest * len(figures) <= room:
            each = (room - text_room) / len(figures)
            each = max(min(each, _FIGURE_CAP), widest) if texts else each
            for at in figures:
                wide[at] = each
        spare = room - sum(wide)
        taking = texts or figures
        weight = sum(wide[at] for at in taking)
        for at in taking:
            wide[at] += spare * wide[at] / weight
        return tuple(wide)

    def _row(self, cells: tuple[TableCell, ...], widths: tuple[float, ...], size: float, slot: float) -> TableRow:
        header = cells is self.grid.header
        rooms = [cell_room(at, cell, wide, slot) for at, (cell, wide) in enumerate(zip(cells, widths, strict=True))]
        lines = max(_cell_lines(cell, room, size) for cell, room in zip(cells, rooms, strict=True))
        if header and lines > _MAX_HEADER_LINES:
            lines = _MAX_HEADER_LINES
            cells = tuple(replace(cell, text=_cut(cell, room, size)) for cell, room in zip(cells, rooms, strict=True))
        total = not header and bool(_TOTAL.match(cells[0].text))
        if total:
            cells = tuple(replace(cell, bold=True) for cell in cells)
        return TableRow(cells, lines * size * LEADING + 2 * PAD_Y, header, total)

    def laid(self, room: float, scale: float) -> tuple[tuple[float, ...], float, tuple[TableRow, ...]]:
        """Column widths, slot for markers, rows with their heights."""
        key = (room, scale)
        if key not in self._laid:
            size = self._point_size(scale)
            if key not in self._columns:
                slot = self.slot_for(size)
                self._columns[key] = self._widths(room, size, slot), slot
            widths, slot = self._columns[key]
            header = [self.grid.header] if any(cell.text for cell in self.grid.header) else []
            rows = tuple(self._row(cells, widths, size, slot) for cells in (*header, *self.rows))
            self._laid[key] = widths, slot, rows
        return self._laid[key]

    def height(self, room: float, scale: float) -> float:
        return sum(row.height for row in self.laid(room, scale)[2])

    def place(self, box: Box, scale: float) -> list[Item]:
        widths, slot, rows = self.laid(box.w, scale)
        if not rows:
            return []
        return [TableItem(box, widths, rows, self._point_size(scale), slot)]

    def split(self, room: float, height: float, scale: float) -> tuple[Piece, Piece] | None:
        widths, slot, rows = self.laid(room, scale)
        body = [row for row in rows if not row.header]
        used = sum(row.height for row in rows if row.header)
        fitting = 0
        for row in body:
            if used + row.height > height:
                break
            used += row.height
            fitting += 1
        if fitting == len(body):
            return None
        if fitting:
            return self._with(self.rows[:fitting]), self._with(self.rows[fitting:])
        return self._split_row(widths, slot, height - used, scale)

    def _with(self, rows: Sequence[tuple[TableCell, ...]]) -> TablePiece:
        return TablePiece(self.grid, self.size, rows, self._columns)

    def _split_row(
        self, widths: tuple[float, ...], slot: float, height: float, scale: float
    ) -> tuple[Piece, Piece] | None:
        """The first row is taller than the page: its texts go on in a row of their own."""
        size = self._point_size(scale)
        count = int((height - 2 * PAD_Y) // (size * LEADING))
        if count < 3:
            return None
        head: list[TableCell] = []
        tail: list[TableCell] = []
        for at, (cell, wide) in enumerate(zip(self.rows[0], widths, strict=True)):
            room = cell_room(at, cell, wide, slot)
            lines = wrap(cell.text, max(room, size), "sans_bold" if cell.bold else "sans", size)
            rest = "".join(lines[count:])
            head.append(replace(cell, text="".join(lines[:count]).rstrip(), marks="" if rest else cell.marks))
            tail.append(replace(cell, text=rest, marks=cell.marks if rest else ""))
        if not any(cell.text for cell in tail):
            return None
        return self._with([tuple(head)]), self._with([tuple(tail), *self.rows[1:]])


def left_pad(column: int) -> float:
    """The first column stands flush with the title."""
    return PAD_X if column else 0.0


def cell_room(column: int, cell: TableCell, wide: float, slot: float) -> float:
    """What a cell has for its text."""
    return wide - left_pad(column) - PAD_X - (slot if cell.numeric else 0)


def _cell_lines(cell: TableCell, room: float, size: float) -> int:
    para = _text_cell_face(cell)
    text = cell.text if cell.numeric else para.full_text
    return len(wrap(text, max(room, size), para.face, size))


def _cut(cell: TableCell, room: float, size: float) -> str:
    lines = wrap(cell.text, max(room, size), "sans_bold", size)
    if len(lines) <= _MAX_HEADER_LINES:
        return cell.text
    return "".join(lines[:_MAX_HEADER_LINES])[:-2].rstrip() + "…"


def _numeric_column(cells: Sequence[Cell]) -> bool:
    filled = [cell for cell in cells if cell is not None and cell != ""]
    figures = [cell for cell in filled if not isinstance(cell, str) or is_figure_text(cell)]
    return bool(figures) and 2 * len(figures) >= len(filled)


def _has_rows_of_their_own_unit(table: TableComponent) -> bool:
    """Whether the rows say different units, at the end of their labels or in a column of units."""
    units = next((at for at, name in enumerate(table.columns) if name.strip().lower() in {"unit", "units"}), None)
    said: set[str] = set()
    for row in table.rows:
        label = str(row[0] or "") if units is None else f"({row[units] or ''})"
        found = _UNIT_AT_END.search(label)
        if found and any(isinstance(cell, float | int) for cell in row):
            said.add(found[1].strip().lower())
    return len(said) >= 2


def _decimals(table: TableComponent, row: int, column: int, by_row: bool) -> int:
    """Figures that belong together show equally many decimals."""
    related = table.rows[row] if by_row else [each[column] for each in table.rows]
    return max((decimals_of(cell) for cell in related if isinstance(cell, float | int)), default=0)


def grid(table: TableComponent, citations: Citations) -> Grid:
    """The table as texts, with markers at the cells that have a source of their own."""
    numeric = [_numeric_column([row[at] for row in table.rows]) for at in range(len(table.columns))]
    by_row = sum(is_period(column) for column in table.columns) >= 2 or _has_rows_of_their_own_unit(table)
    rows: list[tuple[TableCell, ...]] = []
    for r, row in enumerate(table.rows):
        label = str(row[0] or "")
        cells: list[TableCell] = []
        for c, value in enumerate(row):
            if isinstance(value, float | int):
                text = figure(value, _decimals(table, r, c, by_row), f"{label} {table.columns[c]}")
            else:
                text = (indented(value) if c == 0 else one_line(value)) if value else NOTHING if numeric[c] else ""
            cells.append(TableCell(text, citations.marks(of_part(table, f"r{r}c{c}")), numeric[c]))
        rows.append(tuple(cells))
    header = tuple(TableCell(one_line(column), "", numeric[at], bold=True) for at, column in enumerate(table.columns))
    return Grid(header, tuple(rows))


def _groups(piece: TablePiece, room: float) -> list[list[int]]:
    """Columns that fit beside each other even at the smallest size; the first one is repeated."""
    size = round(SIZE * LEAST_SCALE, 1)
    _, least = piece.measures(size, piece.slot_for(size))
    if sum(least) <= room or len(least) <= 2:
        return [list(range(len(least)))]
    groups: list[list[int]] = []
    used = room
    for at in range(1, len(least)):
        if used + least[at] > room:
            groups.append([0])
            used = least[0]
        groups[-1].append(at)
        used += least[at]
    return groups


def pieces(table: TableComponent, citations: Citations, room: float) -> list[TablePiece]:
    """One piece, or several where the columns do not fit beside each other."""
    whole = TablePiece(grid(table, citations))
    groups = _groups(whole, room)
    return [whole] if len(groups) == 1 else [TablePiece(_columns_of(whole.grid, group)) for group in groups]


def _columns_of(whole: Grid, group: Sequence[int]) -> Grid:
    return Grid(
        tuple(whole.header[at] for at in group),
        tuple(tuple(row[at] for at in group) for row in whole.rows),
    )


def has_cut_header(piece: TablePiece, room: float) -> bool:
    """Whether a heading is cut when the table is at its smallest."""
    rows = piece.laid(room, LEAST_SCALE)[2]
    return any(row.header and row.cells != piece.grid.header for row in rows)


def cell_para(cell: TableCell, row: TableRow, size: float) -> Para:
    """The text of a cell as it is drawn in its row."""
    return Para(
        cell.text,
        "sans_bold" if cell.bold else "sans",
        size,
        "accent" if row.header else "ink",
        "right" if cell.numeric else "left",
        cell.marks,
    )
