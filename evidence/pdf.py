"""PDFs: lines put back into paragraphs, headings by their type size, ruled tables as tables."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, cast

from evidence.assembly import Assembly
from evidence.model import DocumentRefused, ReadLimits, RefusalKind, one_line
from evidence.pdf_grids import grids_in

_BULLET = re.compile(r"^(?:\(cid:\d+\)|[\u2022●▪■◦‣·\uf0b7]|[-\u2013*](?=\s))\s*")
_DIGITS = re.compile(r"\d+")
_NUMBERED = re.compile(r"^\d+(?:\.\d+)*\.?\s+[A-Z]")
_HEADING_WORDS = 16


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page. Positions and size in points."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    bold: bool


@dataclass(frozen=True, slots=True)
class Page:
    lines: tuple[Line, ...]
    tables: tuple[tuple[float, list[list[str]]], ...]


def read_pdf(data: bytes, assembly: Assembly, limits: ReadLimits) -> tuple[str, int]:
    """Returns the title and the number of pages."""
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect
    from pdfplumber.utils.exceptions import PdfminerException

    try:
        document = cast(Any, pdfplumber.open(io.BytesIO(data)))
    except PdfminerException as error:
        if any(isinstance(cause, PDFPasswordIncorrect) for cause in error.args):
            raise DocumentRefused(
                RefusalKind.PASSWORD_PROTECTED,
                "The PDF is protected by a password. Remove the password and upload it again.",
            ) from error
        raise
    with document:
        count = len(document.pages)
        if count > limits.max_pages:
            raise DocumentRefused(
                RefusalKind.TOO_MANY_PAGES, f"The PDF has {count} pages; at most {limits.max_pages} are read. Split it."
            )
        pages: list[Page] = []
        for page in document.pages:
            pages.append(_read_page(page))
            page.close()
        title = one_line(str(cast(dict[str, Any], document.metadata or {}).get("Title") or ""))
    body = _body_size(pages)
    repeated = _repeated(pages)
    first_heading = ""
    for number, page in enumerate(pages, start=1):
        assembly.turn(f"p. {number}")
        edges = {id(line) for line in _edges(page)}
        lines = (line for line in page.lines if id(line) not in edges or _masked(line.text) not in repeated)
        kept = Page(tuple(lines), page.tables)
        first_heading = _emit(kept, body, assembly, first_heading)
    return first_heading or title, count


def _read_page(page: Any) -> Page:
    found = page.find_tables()
    boxes = [table.bbox for table in found if _worth_a_table(table)]
    tables = tuple(
        (float(table.bbox[1]), [[str(cell or "") for cell in row] for row in table.extract()])
        for table in found
        if _worth_a_table(table)
    )

    def outside(item: dict[str, Any]) -> bool:
        return not _inside(item, boxes)

    rest = page.filter(outside) if boxes else page
    lines = [
        Line(
            text=str(line["text"]),
            x0=float(line["x0"]),
            x1=float(line["x1"]),
            top=float(line["top"]),
            bottom=float(line["bottom"]),
            size=round(median(float(char["size"]) for char in line["chars"]), 1),
            bold=sum("bold" in str(char["fontname"]).lower() for char in line["chars"]) * 2 > len(line["chars"]),
        )
        for line in rest.extract_text_lines(return_chars=True)
        if line["chars"]
    ]
    grids, loose = grids_in([(line.top, line.text) for line in lines], _words_of(rest))
    return Page(tuple(line for index, line in enumerate(lines) if index in loose), (*tables, *grids))


def _words_of(page: Any) -> list[tuple[float, float, float, str]]:
    return [
        (float(word["top"]), float(word["x0"]), float(word["x1"]), str(word["text"]))
        for word in page.extract_words(keep_blank_chars=False)
    ]


def _worth_a_table(table: Any) -> bool:
    rows = table.rows
    return len(rows) >= 2 and max(len(row.cells) for row in rows) >= 2


def _inside(item: dict[str, Any], boxes: Sequence[tuple[float, float, float, float]]) -> bool:
    if item.get("object_type") != "char":
        return False
    x, y = (item["x0"] + item["x1"]) / 2, (item["top"] + item["bottom"]) / 2
    return any(x0 <= x <= x1 and top <= y <= bottom for x0, top, x1, bottom in boxes)


def _body_size(pages: Sequence[Page]) -> float:
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0


def _masked(text: str) -> str:
    return _DIGITS.sub("#", text.strip())


def _edges(page: Page) -> tuple[Line, ...]:
    return (*page.lines[:2], *page.lines[-2:])


def _repeated(pages: Sequence[Page]) -> set[str]:
    """Running headers and footers: first or last lines that stand on at least half of the pages, numbers aside."""
    if len(pages) < 2:
        return set()
    edges: Counter[str] = Counter()
    for page in pages:
        edges.update({_masked(line.text) for line in _edges(page)})
    return {text for text, times in edges.items() if times >= 2 and times * 2 >= len(pages)}


def _is_heading(line: Line, body: float) -> bool:
    short = len(line.text.split()) <= _HEADING_WORDS and not line.text.rstrip().endswith((".", ",", ";"))
    return short and (
        line.size > body * 1.12 or (line.bold and (line.size >= body or bool(_NUMBERED.match(line.text))))
    )


def _emit(page: Page, body: float, assembly: Assembly, first_heading: str) -> str:
    tables = sorted(page.tables, key=lambda item: item[0])
    pending: list[Line] = []
    heading: list[Line] = []

    def close() -> None:
        if pending:
            text = " ".join(line.text for line in pending)
            bullet = _BULLET.match(text)
            assembly.paragraph(_unhyphenated(pending, bullet.end() if bullet else 0), bullet=bool(bullet))
            pending.clear()
        if heading:
            assembly.heading(" ".join(line.text for line in heading))
            heading.clear()

    for line in page.lines:
        while tables and tables[0][0] < line.top:
            close()
            assembly.text_table(tables.pop(0)[1], assembly.heading_text)
        if _is_heading(line, body):
            if pending or (heading and (line.size != heading[-1].size or line.top - heading[-1].bottom > line.size)):
                close()
            first_heading = first_heading or line.text
            heading.append(line)
            continue
        if heading or (pending and _starts_anew(line, pending[-1])):
            close()
        pending.append(line)
    close()
    for _, rows in tables:
        assembly.text_table(rows, assembly.heading_text)
    return first_heading


def _starts_anew(line: Line, previous: Line) -> bool:
    gap = line.top - previous.bottom
    return bool(_BULLET.match(line.text)) or gap > previous.size * 0.7 or abs(line.size - previous.size) > 0.6


def _unhyphenated(lines: Sequence[Line], skip: int) -> str:
    text = ""
    for line in lines:
        piece = line.text.strip()
        if text.endswith("-") and re.search(r"[a-z]-$", text) and piece[:1].islower():
            text = text + piece
        else:
            text = f"{text} {piece}" if text else piece
    return text[skip:]
