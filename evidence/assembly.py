"""Collects the parts of a document in reading order and cuts them into passages."""

from __future__ import annotations

import re
from collections.abc import Sequence

from evidence.cells import text_cell
from evidence.model import (
    Block,
    Cell,
    Document,
    DocumentKind,
    DocumentRefused,
    Passage,
    ReadLimits,
    RefusalKind,
    Row,
    Table,
    clean,
    one_line,
    stable_id,
)
from evidence.periods import period_of_header
from evidence.sentences import sentences_of
from evidence.units import unit_in_label

TARGET_WORDS = 120
MOST_WORDS = 200
MOST_CHARACTERS = 8_000
ROWS_PER_PASSAGE_IN_LONG_TABLES = 8
LONG_TABLE_ROWS = 400
_Cells = tuple[tuple[Cell, ...], str]
_LONG_WORD = re.compile(r"\S{1000}(?=\S)")
_NUMBERED_HEADING = re.compile(r"^(\d+(?:\.\d+)*)[.)]?\s+\S")


def section_label(heading: str) -> str:
    """`section 5` for `5. Strategy`; the heading itself where it carries no number."""
    numbered = _NUMBERED_HEADING.match(heading)
    return f"section {numbered[1]}" if numbered else one_line(heading, 160)


class Assembly:
    """Builds one Document. `place` (a page or slide) stands first in every locator."""

    def __init__(self, kind: DocumentKind, sha256: str, limits: ReadLimits) -> None:
        self._kind: DocumentKind = kind
        self._sha256 = sha256
        self._limits = limits
        self._passages: list[Passage] = []
        self._blocks: list[Block] = []
        self._tables: list[Table] = []
        self._pending: list[tuple[str, str]] = []
        self._heading = ""
        self._heading_used = True
        self._paragraphs = 0
        self._bullets = 0
        self._characters = 0
        self._last_line = ""
        self.place = ""

    @property
    def heading_text(self) -> str:
        return self._heading

    def heading(self, text: str) -> None:
        title = one_line(text)
        if not title:
            return
        self._close_heading()
        self._heading, self._heading_used = title, False
        self._paragraphs = self._bullets = 0

    def _close_heading(self) -> None:
        self.flush()
        if not self._heading_used and self._heading:
            self._pending.append((self._heading, self._where("")))
            self.flush()
        self._heading_used = True

    def begin(self, place: str) -> None:
        """A new slide: what follows stands under no earlier heading."""
        self._close_heading()
        self._heading = ""
        self._paragraphs = self._bullets = 0
        self.place = place

    def turn(self, place: str) -> None:
        """A new page: headings go on."""
        self.flush()
        self.place = place

    def paragraph(self, text: str, *, bullet: bool = False, where: str = "") -> None:
        body = clean(text)
        if not body:
            return
        self._count(body)
        if bullet:
            self._bullets += 1
            spot = f"bullet {self._bullets}"
        else:
            self._paragraphs += 1
            spot = f"paragraph {self._paragraphs}"
        self._last_line = body
        locator = one_line(where or self._where(spot))
        if len(body.split()) > MOST_WORDS or len(body) > MOST_CHARACTERS:
            self.flush()
            pieces = _chunks(body)
            for piece in pieces:
                self._pending.append((piece, locator))
                self.flush()
            return
        if sum(len(pending.split()) for pending, _ in self._pending) + len(body.split()) > MOST_WORDS:
            self.flush()
        self._pending.append((body, locator))
        if sum(len(pending.split()) for pending, _ in self._pending) >= TARGET_WORDS:
            self.flush()

    def table(self, name: str, rows: Sequence[tuple[Sequence[Cell], str]], notes: Sequence[str] = ()) -> None:
        """`rows` are cells and the row's locator. The first row is repeated in every passage as its header."""
        filled: list[_Cells] = [
            (tuple(cells), one_line(where)) for cells, where in rows if any(cell.text for cell in cells)
        ]
        if not filled:
            return
        around = [note for note in (*notes, self._last_line) if note]
        self.flush()
        self._heading_used = True
        step = 1 if len(filled) <= LONG_TABLE_ROWS else ROWS_PER_PASSAGE_IN_LONG_TABLES
        built: list[Row] = []
        header: tuple[Cell, ...] = ()
        title = name
        start = 0
        while start < len(filled):
            lead = _leading_rows(filled, start)
            for cells, _ in lead:
                texts = [cell.text for cell in cells if cell.text]
                if len(texts) == 1 and unit_in_label(texts[0]) and len(texts[0]) < 200:
                    title = f"{name} ({texts[0]})" if name else texts[0]
                if _is_header(cells) and (not header or _names_periods(cells)):
                    header = cells
            group = filled[start + len(lead) : start + len(lead) + step]
            stop = next((at for at, (cells, _) in enumerate(group) if at and _leads(cells)), len(group))
            group = group[:stop]
            alone = not group or any(len([cell for cell in cells if cell.text]) == 1 for cells, _ in lead)
            if lead and alone:
                passage_id = self._row_passage(name, [_row_text(cells, ()) for cells, _ in lead], lead)
                built.extend(Row(cells=cells, locator=where, passage_id=passage_id) for cells, where in lead)
            if group:
                passage_id = self._row_passage(title, [_row_text(cells, header) for cells, _ in group], group)
                rows = group if alone else [*lead, *group]
                built.extend(Row(cells=cells, locator=where, passage_id=passage_id) for cells, where in rows)
            start += len(lead) + len(group)
        self._tables.append(Table(name=name, heading=self._heading, notes=tuple(around), rows=tuple(built)))

    def _row_passage(self, title: str, texts: Sequence[str], rows: Sequence[tuple[Sequence[Cell], str]]) -> str:
        text = "\n".join([title, *texts] if title else texts)
        self._count(text)
        first, last = rows[0][1], rows[-1][1]
        sheet, _, first_cell = first.rpartition("!")
        if first == last:
            return self._add(text, first)
        if sheet and last.startswith(f"{sheet}!"):
            return self._add(text, f"{sheet}!{first_cell.split(':')[0]}:{last.rpartition('!')[2].split(':')[-1]}")
        return self._add(text, f"{one_line(first, 140)} to {one_line(last, 140)}")

    def text_table(self, rows: Sequence[Sequence[str]], place: str) -> None:
        """A table of texts; each row is found by its first cell: `section 1, table row Employees`."""
        built: list[tuple[list[Cell], str]] = []
        for number, texts in enumerate(rows):
            label = one_line(next((text for text in texts if text.strip()), ""), 80)
            row = f"table row {label}" if number else "table header"
            where = one_line(", ".join(part for part in (self.place, section_label(place), row) if part))
            built.append(([text_cell(text, where) for text in texts], where))
        self.table("", built)

    def _where(self, spot: str) -> str:
        return ", ".join(part for part in (self.place, section_label(self._heading), spot) if part) or "whole document"

    def _count(self, text: str) -> None:
        self._characters += len(text)
        if self._characters > self._limits.max_characters:
            raise DocumentRefused(
                RefusalKind.TOO_LARGE,
                f"The document holds more than {self._limits.max_characters:,} characters of text. Split it.",
            )

    def flush(self) -> None:
        if not self._pending:
            return
        texts = [text for text, _ in self._pending]
        locator = _joined_locator([where for _, where in self._pending])
        passage_id = self._add("\n".join(texts), locator)
        self._blocks.extend(
            Block(text=text, locator=where, heading=self._heading, passage_id=passage_id)
            for text, where in self._pending
        )
        self._heading_used = True
        self._pending = []

    def _add(self, text: str, locator: str) -> str:
        if len(self._passages) >= self._limits.max_passages:
            raise DocumentRefused(
                RefusalKind.TOO_LARGE, f"The document has more than {self._limits.max_passages:,} passages. Split it."
            )
        ordinal = len(self._passages)
        passage_id = stable_id("p", self._sha256, ordinal)
        self._passages.append(
            Passage(
                passage_id=passage_id,
                ordinal=ordinal,
                text=text[:20_000],
                locator=one_line(locator),
                heading=self._heading,
            )
        )
        return passage_id

    def document(self, title: str, page_count: int) -> Document:
        self._close_heading()
        if not self._passages:
            raise DocumentRefused(
                RefusalKind.NO_TEXT,
                "The document holds no text that can be read. If it is a scan, run text recognition and upload that.",
            )
        return Document(
            kind=self._kind,
            title=one_line(title) or "Untitled",
            sha256=self._sha256,
            page_count=page_count,
            passages=tuple(self._passages),
            blocks=tuple(self._blocks),
            tables=tuple(self._tables),
        )


def _is_header(cells: Sequence[Cell]) -> bool:
    filled = [cell for cell in cells if cell.text]
    return len(filled) >= 2 and all(cell.number is None or period_of_header(cell.text) for cell in filled)


def _names_periods(cells: Sequence[Cell]) -> bool:
    return sum(bool(period_of_header(cell.text)) for cell in cells) >= 2


def _leads(cells: Sequence[Cell]) -> bool:
    """A title, a note or a line of periods: what stands above the rows of numbers."""
    filled = [cell for cell in cells if cell.text]
    return (len(filled) == 1 and filled[0].number is None) or (_is_header(cells) and _names_periods(cells))


def _leading_rows(rows: Sequence[_Cells], start: int) -> list[_Cells]:
    lead: list[_Cells] = []
    for cells, where in rows[start:]:
        if not _leads(cells) and not (
            start == 0 and _is_header(cells) and not any(_is_header(seen) for seen, _ in lead)
        ):
            break
        lead.append((cells, where))
    return lead


def _row_text(cells: Sequence[Cell], header: Sequence[Cell]) -> str:
    if not header:
        return " | ".join(cell.text for cell in cells if cell.text)
    parts: list[str] = []
    for index, cell in enumerate(cells):
        if not cell.text:
            continue
        label = header[index].text if index < len(header) else ""
        parts.append(f"{label}: {cell.text}" if label and label != cell.text and parts else cell.text)
    return "; ".join(parts)


def _joined_locator(locators: Sequence[str]) -> str:
    first, last = locators[0], locators[-1]
    if first == last:
        return first
    head, _, spot = first.rpartition(", ")
    other_head, _, other_spot = last.rpartition(", ")
    if head == other_head and spot.split(" ")[0] == other_spot.split(" ")[0] and " " in spot:
        kind, _, number = spot.partition(" ")
        return ", ".join(part for part in (head, f"{kind}s {number}-{other_spot.split(' ')[-1]}") if part)
    return f"{first} to {other_spot}" if head == other_head else f"{first} to {last}"


def _chunks(text: str) -> list[str]:
    chunks: list[str] = []
    current: list[str] = []
    size = 0
    for sentence in sentences_of(_LONG_WORD.sub(lambda match: f"{match[0]} ", text)):
        for piece in _hard_cut(sentence):
            words = len(piece.split())
            if current and (size + words > MOST_WORDS or len(piece) + sum(map(len, current)) > MOST_CHARACTERS):
                chunks.append(" ".join(current))
                current, size = [], 0
            current.append(piece)
            size += words
    if current:
        chunks.append(" ".join(current))
    return chunks


def _hard_cut(sentence: str) -> list[str]:
    if len(sentence.split()) <= MOST_WORDS and len(sentence) <= MOST_CHARACTERS:
        return [sentence]
    pieces: list[str] = []
    current: list[str] = []
    size = 0
    for word in sentence.split():
        if len(current) >= MOST_WORDS or size + len(word) > MOST_CHARACTERS - MOST_WORDS:
            pieces.append(" ".join(current))
            current, size = [], 0
        current.append(word)
        size += len(word)
    return [*pieces, " ".join(current)] if current else pieces
