"""Documents made on the spot, in other forms than those of the example pack."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from typing import Any

Rows = Sequence[Sequence[object]]


def workbook(sheets: dict[str, Rows], formats: dict[str, str] | None = None) -> bytes:
    import openpyxl

    book: Any = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        for cell, code in (formats or {}).items():
            sheet[cell].number_format = code
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def word(paragraphs: Sequence[tuple[str, str]], tables: Sequence[Sequence[Sequence[str]]] = ()) -> bytes:
    import docx

    document: Any = docx.Document()
    for style, text in paragraphs:
        document.add_paragraph(text, style=style)
    for rows in tables:
        table = document.add_table(rows=0, cols=len(rows[0]))
        for row in rows:
            cells = table.add_row().cells
            for index, text in enumerate(row):
                cells[index].text = text
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def deck() -> bytes:
    from pptx import Presentation
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Inches

    presentation: Any = Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[5])
    slide.shapes.title.text = "Revenue by region (EUR million)"
    table = slide.shapes.add_table(3, 3, Inches(1), Inches(2), Inches(6), Inches(2)).table
    for row, texts in enumerate([["Region", "FY2023", "FY2024"], ["North", "12.5", "14.0"], ["South", "8.1", "7.9"]]):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    slide.notes_slide.notes_text_frame.text = "North opened 4 stores in 2024."
    second = presentation.slides.add_slide(presentation.slide_layouts[5])
    second.shapes.title.text = "Staff"
    data: Any = CategoryChartData()
    data.categories = ["FY2023", "FY2024"]
    data.add_series("Employees", (210, 245))
    second.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, Inches(1), Inches(2), Inches(6), Inches(4), data)
    stream = io.BytesIO()
    presentation.save(stream)
    return stream.getvalue()


def pdf(lines: Sequence[tuple[str, int, int, int]], pages: int = 1, password: str = "") -> bytes:
    """`lines` are text, x, y (from the top) and type size, in points, repeated on every page."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    stream = io.BytesIO()
    canvas: Any = Canvas(stream, pagesize=A4, encrypt=password or None)
    for _ in range(pages):
        for text, x, y, size in lines:
            canvas.setFont("Helvetica-Bold" if size > 12 else "Helvetica", size)
            canvas.drawString(x, A4[1] - y, text)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def changed_parts(data: bytes, parts: dict[str, bytes]) -> bytes:
    """The same archive with some parts replaced or added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            if entry.filename not in parts:
                target.writestr(entry.filename, source.read(entry))
        for name, content in parts.items():
            target.writestr(name, content)
    return stream.getvalue()


def part(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        return source.read(name)
