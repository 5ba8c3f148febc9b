# python-pptx leaves many of its attributes untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownParameterType=false, reportPrivateUsage=false
"""A book as a PowerPoint deck: native tables and charts, notes, and a page of sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.shapes.autoshape import Shape
from pptx.slide import Slide, SlideLayout
from pptx.table import Table
from pptx.text.text import TextFrame, _Paragraph
from pptx.util import Pt

from domain.book import Book
from exports.fonts import LEADING, width
from exports.furniture import furniture, page_rules
from exports.images import Picture, pictures
from exports.page import (
    COLOURS,
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
from exports.plan import plan_book
from exports.pptx_chart import add_chart
from exports.pptx_template import SANS, SERIF, child, move_to_layout, new_deck, packed
from exports.tables import PAD_X, PAD_Y, cell_para, left_pad
from exports.text import clean

_NO_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
_LAYOUTS = {"cover": "Cover", "section": "Section"}
_ALIGN = {"left": PP_ALIGN.LEFT, "right": PP_ALIGN.RIGHT, "center": PP_ALIGN.CENTER}


def _rgb(colour: Colour) -> RGBColor:
    return RGBColor.from_string(COLOURS[colour])


def _set_box(shape: Shape, box: Box) -> None:
    shape.left, shape.top, shape.width, shape.height = Pt(box.x), Pt(box.y), Pt(box.w), Pt(box.h)


def _run(paragraph: _Paragraph, text: str, para: Para, colour: Colour, face: str) -> None:
    run = paragraph.add_run()
    run.text = text
    font = run.font
    font.name = SERIF if face.startswith("serif") else SANS
    font.size = Pt(para.size)
    font.bold = face.endswith("bold")
    font.italic = face.endswith("italic")
    font.color.rgb = _rgb(colour)


def _bullet(paragraph: _Paragraph, indent: float) -> None:
    properties = paragraph._p.get_or_add_pPr()
    properties.set("marL", str(Pt(indent)))
    properties.set("indent", str(-Pt(indent)))
    child(child(properties, "a:buClr"), "a:srgbClr", val=COLOURS["accent"])
    child(properties, "a:buFont", typeface="Arial")
    child(properties, "a:buChar", char="\u2022")


def _write(paragraph: _Paragraph, para: Para) -> None:
    paragraph.alignment = _ALIGN[para.align]
    paragraph.line_spacing = Pt(round(para.size * LEADING, 1))
    paragraph.space_after = Pt(round(para.after, 1))
    paragraph.space_before = Pt(0)
    if para.bullet:
        _bullet(paragraph, para.indent)
    if para.text:
        _run(paragraph, para.text, para, para.colour, para.face)
    if not para.text and not para.marks:
        end = paragraph._p.get_or_add_endParaRPr()
        end.set("sz", str(round(para.size * 100)))
    if para.marks:
        _run(paragraph, f"\u00a0{para.marks}" if para.text else para.marks, para, "accent", "sans")


def _fill_frame(frame: TextFrame, item: TextItem) -> None:
    frame.word_wrap = True
    frame.auto_size = MSO_AUTO_SIZE.NONE
    frame.margin_left = frame.margin_right = Pt(item.inset)
    frame.margin_top = frame.margin_bottom = Pt(0)
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE if item.middle else MSO_ANCHOR.TOP
    for at, para in enumerate(item.paras):
        _write(frame.paragraphs[0] if at == 0 else frame.add_paragraph(), para)


def _paint(shape: Shape, colour: Colour) -> None:
    """One flat colour: no outline, no shadow of the theme."""
    shape.fill.solid()
    shape.fill.fore_color.rgb = _rgb(colour)
    shape.line.fill.background()
    style = shape.element.find(qn("p:style"))
    if style is not None:
        shape.element.remove(style)


def _add_text(slide: Slide, item: TextItem) -> Shape:
    box = item.box
    if item.fill:
        shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, Pt(box.x), Pt(box.y), Pt(box.w), Pt(box.h))
        _paint(shape, item.fill)
    else:
        shape = slide.shapes.add_textbox(Pt(box.x), Pt(box.y), Pt(box.w), Pt(box.h))
    shape.name = item.name
    _fill_frame(shape.text_frame, item)
    return shape


def _add_rule(slide: Slide, item: RuleItem) -> Shape:
    box = item.box
    shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, Pt(box.x), Pt(box.y), Pt(box.w), Pt(box.h))
    _paint(shape, item.colour)
    shape.name = "Rule"
    return shape


def _border(cell_properties: Any, edge: str, colour: Colour, points: float) -> None:
    line = child(cell_properties, f"a:{edge}", w=str(Pt(points)), cap="flat", cmpd="sng")
    child(child(line, "a:solidFill"), "a:srgbClr", val=COLOURS[colour])


def _write_cells(table: Table, at: int, row: TableRow, item: TableItem, last: bool) -> None:
    for column, content in enumerate(row.cells):
        cell = table.cell(at, column)
        free = 0.0
        if content.numeric:
            free = max(item.slot - (width(content.marks, "sans", item.size) + 2 if content.marks else 0), 0)
        cell.margin_left, cell.margin_right = Pt(left_pad(column)), Pt(PAD_X + free)
        cell.margin_top = cell.margin_bottom = Pt(PAD_Y)
        cell.vertical_anchor = MSO_ANCHOR.BOTTOM if row.header else MSO_ANCHOR.TOP
        cell.text_frame.word_wrap = True
        _write(cell.text_frame.paragraphs[0], cell_para(content, row, item.size))
        properties = cell._tc.get_or_add_tcPr()
        if row.total:
            _border(properties, "lnT", "muted", 0.75)
        _border(properties, "lnB", "accent" if row.header else "line", 1.0 if row.header or last else 0.5)


def _add_table(slide: Slide, item: TableItem) -> None:
    box = item.box
    height = sum(row.height for row in item.rows)
    frame = slide.shapes.add_table(len(item.rows), len(item.widths), Pt(box.x), Pt(box.y), Pt(box.w), Pt(height))
    frame.name = item.name
    table = frame.table
    properties: Any = table._tbl.tblPr
    properties.find(qn("a:tableStyleId")).text = _NO_STYLE
    table.first_row = item.rows[0].header
    table.horz_banding = False
    for column, wide in enumerate(item.widths):
        table.columns[column].width = Pt(wide)
    for at, row in enumerate(item.rows):
        table.rows[at].height = Pt(row.height)
        _write_cells(table, at, row, item, at == len(item.rows) - 1)


def _add_image(slide: Slide, item: ImageItem, shown: Mapping[str, Picture]) -> None:
    box = item.box
    image = shown[item.blob_id]
    drawn: Any = slide.shapes.add_picture(BytesIO(image.data), Pt(box.x), Pt(box.y), Pt(box.w), Pt(box.h))
    drawn.name = "Image"
    drawn._element.nvPicPr.cNvPr.set("descr", item.alt)


def _number_field(shape: Shape) -> None:
    """Makes the page number a field, which follows when slides are moved."""
    run = shape.text_frame.paragraphs[0].runs[0]._r
    run.tag = qn("a:fld")
    run.set("id", "{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}")
    run.set("type", "slidenum")


def _hairlines(slide: Slide, layout: SlideLayout, rules: Sequence[RuleItem]) -> None:
    for rule in rules:
        move_to_layout(layout, _add_rule(slide, rule).element)


def _add_page(slide: Slide, page: Page, plan: Plan, shown: Mapping[str, Picture]) -> None:
    title = slide.shapes.title
    if title is not None:
        _set_box(title, page.title.box)
        _fill_frame(title.text_frame, page.title)
    for item in page.items:
        match item:
            case TextItem():
                _add_text(slide, item)
            case RuleItem():
                _add_rule(slide, item)
            case TableItem():
                _add_table(slide, item)
            case ChartItem():
                add_chart(slide, item)
            case ImageItem():
                _add_image(slide, item, shown)
    for item in furniture(page, plan):
        shape = _add_text(slide, item)
        if item.name == "Page number":
            _number_field(shape)
    if page.notes:
        notes = slide.notes_slide.notes_text_frame
        if notes is not None:
            notes.text = clean(page.notes)


def render_pptx(book: Book, images: Mapping[str, bytes]) -> bytes:
    """The deck. Raises UnreadableImage; a book that passed check_book does not."""
    shown = pictures(book, images)
    plan = plan_book(book, {blob_id: image.aspect for blob_id, image in shown.items()})
    deck, layouts = new_deck(book.as_of, plan.title)
    for at, page in enumerate(plan.pages):
        slide = deck.slides.add_slide(layouts[_LAYOUTS.get(page.kind, "Content")])
        if at == 0:
            _hairlines(slide, layouts["Cover"], page_rules("cover"))
            _hairlines(slide, layouts["Section"], page_rules("section"))
            _hairlines(slide, layouts["Content"], page_rules("content"))
        _add_page(slide, page, plan, shown)
    return packed(deck)
