# The stubs of reportlab leave some parameters untyped.
# pyright: reportUnknownMemberType=false
"""A book as PDF: the same pages as the deck, drawn with embedded fonts and vector charts."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO

from reportlab.lib.colors import HexColor
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from domain.book import Book
from exports.fonts import LEADING, runs, width, wrap
from exports.furniture import furniture, page_rules
from exports.images import Picture, pictures
from exports.page import (
    COLOURS,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    Box,
    ChartItem,
    Colour,
    ImageItem,
    Page,
    Para,
    Plan,
    RuleItem,
    TableItem,
    TableRow,
    TextItem,
)
from exports.pdf_chart import draw_chart
from exports.plan import plan_book
from exports.tables import PAD_X, PAD_Y, cell_para, left_pad


class _Drawer:
    """Draws placed items; positions are given from the top left of the page."""

    def __init__(self, canvas: Canvas, shown: Mapping[str, Picture]) -> None:
        self.canvas = canvas
        self.images = {blob_id: ImageReader(BytesIO(image.data)) for blob_id, image in shown.items()}

    def rectangle(self, box: Box, colour: Colour) -> None:
        self.canvas.setFillColor(HexColor(f"#{COLOURS[colour]}"))
        self.canvas.rect(box.x, PAGE_HEIGHT - box.bottom, box.w, box.h, stroke=0, fill=1)

    def string(self, text: str, x: float, baseline: float, para: Para, colour: Colour) -> float:
        """Draws one line and says where it ended."""
        self.canvas.setFillColor(HexColor(f"#{COLOURS[colour]}"))
        for font, shown in runs(text, para.face):
            self.canvas.setFont(font, para.size)
            self.canvas.drawString(x, PAGE_HEIGHT - baseline, shown)
            x += self.canvas.stringWidth(shown, font, para.size)
        return x

    def paragraph(self, para: Para, x: float, y: float, room: float) -> float:
        """Draws the lines of a paragraph and says where the next one starts."""
        leading = para.size * LEADING
        lines = wrap(para.full_text, max(room - para.indent, para.size), para.face, para.size)
        marks_left = len(para.marks)
        tails: list[int] = []
        for line in reversed(lines):
            tails.append(min(marks_left, len(line)))
            marks_left -= tails[-1]
        if para.bullet:
            self.string("\u2022", x, y + para.size, para, "accent")
        for line, tail in zip(lines, reversed(tails), strict=True):
            text, marks = line[: len(line) - tail].rstrip(" "), line[len(line) - tail :]
            used = width(text + marks, para.face, para.size)
            start = x + para.indent
            if para.align == "right":
                start = x + room - used
            elif para.align == "center":
                start = x + (room - used) / 2
            end = self.string(text, start, y + para.size, para, para.colour)
            if marks:
                self.string(marks, end, y + para.size, para, "accent")
            y += leading
        return y + para.after

    def text(self, item: TextItem) -> None:
        if item.fill:
            self.rectangle(item.box, item.fill)
        room = item.box.w - 2 * item.inset
        tall = sum(para.height(room) for para in item.paras) - (item.paras[-1].after if item.paras else 0)
        y = item.box.y + ((item.box.h - tall) / 2 if item.middle else 0)
        for para in item.paras:
            y = self.paragraph(para, item.box.x + item.inset, y, room)

    def table(self, item: TableItem) -> None:
        y = item.box.y
        for at, row in enumerate(item.rows):
            self._row(item, row, y)
            y += row.height
            last = at == len(item.rows) - 1
            thick = 1.0 if row.header or last else 0.5
            self.rectangle(Box(item.box.x, y - thick / 2, item.box.w, thick), "accent" if row.header else "line")
            if row.total:
                self.rectangle(Box(item.box.x, y - row.height, item.box.w, 0.75), "muted")

    def _row(self, item: TableItem, row: TableRow, y: float) -> None:
        x = item.box.x
        for at, (cell, wide) in enumerate(zip(row.cells, item.widths, strict=True)):
            left = x + left_pad(at)
            room = x + wide - PAD_X - left
            para = cell_para(cell, row, item.size)
            if cell.numeric:
                plain = Para(para.text, para.face, para.size, para.colour, "right")
                top = y + (row.height - 2 * PAD_Y - plain.height(room - item.slot) if row.header else 0)
                self.paragraph(plain, left, top + PAD_Y, room - item.slot)
                if cell.marks:
                    marks = Para(cell.marks, "sans", para.size, "accent")
                    self.paragraph(marks, left + room - item.slot + 2, y + PAD_Y, max(item.slot, 10))
            else:
                top = y + (row.height - 2 * PAD_Y - para.height(room) if row.header else 0)
                self.paragraph(para, left, top + PAD_Y, room)
            x += wide

    def image(self, item: ImageItem) -> None:
        box = item.box
        self.canvas.drawImage(self.images[item.blob_id], box.x, PAGE_HEIGHT - box.bottom, box.w, box.h, mask="auto")

    def page(self, page: Page, plan: Plan) -> None:
        for rule in page_rules(page.kind):
            self.rectangle(rule.box, rule.colour)
        self.text(page.title)
        for item in (*page.items, *furniture(page, plan)):
            match item:
                case TextItem():
                    self.text(item)
                case RuleItem():
                    self.rectangle(item.box, item.colour)
                case TableItem():
                    self.table(item)
                case ChartItem():
                    draw_chart(self.canvas, item)
                case ImageItem():
                    self.image(item)


def _bookmark(canvas: Canvas, page: Page) -> None:
    key = f"page-{page.number}"
    canvas.bookmarkPage(key)
    if page.bookmark:
        canvas.addOutlineEntry(page.bookmark, key, page.level)


def render_pdf(book: Book, images: Mapping[str, bytes]) -> bytes:
    """16:9 pages with an outline. Raises UnreadableImage; a book that passed check_book does not."""
    shown = pictures(book, images)
    plan = plan_book(book, {blob_id: image.aspect for blob_id, image in shown.items()})
    out = BytesIO()
    canvas = Canvas(out, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), invariant=1, pageCompression=1)
    canvas.setTitle(plan.title)
    canvas.setAuthor("Bookrunner")
    canvas.setCreator("Bookrunner")
    canvas.setSubject("Confidential Information Memorandum")
    canvas.showOutline()
    drawer = _Drawer(canvas, shown)
    for page in plan.pages:
        _bookmark(canvas, page)
        drawer.page(page, plan)
        canvas.showPage()
    canvas.save()
    return out.getvalue()
