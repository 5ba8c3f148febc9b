# python-pptx leaves many of its attributes untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownParameterType=false, reportAttributeAccessIssue=false
from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from pptx import Presentation
from pptx.enum.chart import XL_CHART_TYPE

from domain.book import Book
from domain.model import ChartComponent, ChartSeries
from exports import render, render_pptx
from tests.unit.exports import books

IMAGES = {books.BLOB: books.png()}


def opened(book: Book) -> Any:
    return Presentation(BytesIO(render_pptx(book, IMAGES)))


def texts(slide: Any) -> str:
    return "\n".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)


def titled(deck: Any, title: str) -> list[Any]:
    return [slide for slide in deck.slides if slide.shapes.title.text_frame.text.startswith(title)]


def tables(slide: Any) -> list[list[list[str]]]:
    return [
        [[cell.text for cell in row.cells] for row in shape.table.rows] for shape in slide.shapes if shape.has_table
    ]


def shapes_outside(deck: Any) -> list[tuple[int, str]]:
    slack = 2
    return [
        (at, shape.name)
        for at, slide in enumerate(deck.slides, start=1)
        for shape in slide.shapes
        if shape.left < 0
        or shape.top < 0
        or shape.left + shape.width > deck.slide_width + slack
        or shape.top + shape.height > deck.slide_height + slack
    ]


def chart_of(slide: Any) -> Any:
    return next(shape.chart for shape in slide.shapes if shape.has_chart)


@pytest.fixture(scope="module")
def deck() -> Any:
    return opened(books.sample())


def test_pages_follow_the_book(deck: Any) -> None:
    titles = [slide.shapes.title.text_frame.text.split("\u00a0")[0] for slide in deck.slides]
    assert titles == [
        "Project Bluecan",
        "Contents",
        "Executive summary",
        "Net sales grew 10% in FY2024",
        "Who the company is",
        "What management says",
        "Financials",
        "Four years at a glance",
        "Net sales",
        "Segments",
        "Margins",
        "Where sales come from",
        "The can",
        "Sources",
    ]
    assert deck.slide_width * 9 == deck.slide_height * 16
    assert "Confidential" in texts(deck.slides[0])
    assert "18 November 2024" in texts(deck.slides[0])


def test_contents_names_the_page_of_each_section(deck: Any) -> None:
    assert tables(deck.slides[1]) == [[["1  Executive summary", "3"], ["2  Financials", "7"], ["Sources", "14"]]]


def test_no_shape_runs_off_the_page(deck: Any) -> None:
    assert shapes_outside(deck) == []


def test_table_is_native_with_figures_as_given_and_markers_at_their_cells(deck: Any) -> None:
    (slide,) = titled(deck, "Four years")
    (cells,) = tables(slide)
    assert cells[0] == ["USD million", "FY2021", "FY2022", "FY2023", "FY2024"]
    assert cells[2] == ["Net income", "70.2", "67.3", "66.0", "69.6"]
    assert cells[3] == ["Diluted EPS (USD)", "5.09", "4.90", "\u2013", "5.11"]
    figures, markers = zip(*(cell.split("\u00a0") for cell in cells[1][1:]), strict=True)
    assert [float(figure) for figure in figures] == list(books.NET_SALES)
    source_rows = tables(deck.slides[-1])[0]
    locators = {row[0]: row[2] for row in source_rows[1:]}
    plain = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
    assert [locators[marker.translate(plain)] for marker in markers] == [f"Income statement!{c}5" for c in "BCDE"]


@pytest.mark.parametrize(
    ("title", "kind", "names", "values"),
    [
        ("Net sales", XL_CHART_TYPE.COLUMN_CLUSTERED, ["Net sales"], [books.NET_SALES]),
        ("Segments", XL_CHART_TYPE.COLUMN_STACKED, ["Americas", "EIMEA"], [(266.8, 281.9), (190.8, 221.0)]),
        ("Margins", XL_CHART_TYPE.LINE_MARKERS, ["Gross margin"], [(54.0, 49.1, None, 53.4)]),
        ("Where sales", XL_CHART_TYPE.PIE, ["Net sales FY2024"], [(281.9, 221.0, 87.6)]),
    ],
)
def test_charts_are_native(
    deck: Any, title: str, kind: Any, names: list[str], values: list[tuple[float | None, ...]]
) -> None:
    slide = titled(deck, title)[-1]
    chart = chart_of(slide)
    assert chart.chart_type == kind
    assert [series.name for series in chart.plots[0].series] == names
    assert [tuple(series.values) for series in chart.plots[0].series] == values


def test_notes_status_and_stale_mark(deck: Any) -> None:
    assert titled(deck, "Net sales grew")[0].notes_slide.notes_text_frame.text == "Lead with the capital-light model."
    assert not titled(deck, "Segments")[0].has_notes_slide
    stale = texts(titled(deck, "Segments")[0])
    assert "Needs review: the buyer persona changed after this slide was written." in stale
    assert "Draft" in texts(titled(deck, "Who the company")[0])
    assert "Needs review" not in texts(titled(deck, "Margins")[0])


def test_sources_page_holds_document_place_and_quote(deck: Any) -> None:
    rows = tables(deck.slides[-1])[0][1:]
    assert [row[0] for row in rows] == [str(number) for number in range(1, len(rows) + 1)]
    assert ["3", "company_overview.docx", "section 3", "“Filling is carried out by third-party partners.”"] in rows
    assert "Source: financials.xlsx ¹\u00a0²; company_overview.docx ³" in texts(titled(deck, "Net sales grew")[0])


def test_image_carries_its_description(deck: Any) -> None:
    (slide,) = titled(deck, "The can")
    (image,) = [shape for shape in slide.shapes if shape.name == "Image"]
    assert image._element.nvPicPr.cNvPr.get("descr") == "A can"
    assert image.width / image.height == pytest.approx(80 / 50, rel=0.01)


def test_same_book_gives_the_same_bytes() -> None:
    first, second = (render_pptx(books.sample(), IMAGES) for _ in range(2))
    assert first == second
    with ZipFile(BytesIO(first)) as deck_file:
        assert {entry.date_time for entry in deck_file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert not [name for name in deck_file.namelist() if "thumbnail" in name]


def test_properties_come_from_the_book(deck: Any) -> None:
    assert deck.core_properties.title == "Project Bluecan"
    assert deck.core_properties.created.isoformat().startswith("2024-11-18T09:30:00")


def test_long_bullets_go_on_on_the_next_page() -> None:
    items = [f"Item {at}: " + "steel, aluminium, propellant and the partners who fill. " * 3 for at in range(20)]
    deck = opened(books.book_of(books.slide("Risks", "bullets", books.bullets(*items))))
    pages = titled(deck, "Risks")
    assert [slide.shapes.title.text_frame.text for slide in pages] == ["Risks"] + ["Risks (continued)"] * (
        len(pages) - 1
    )
    assert len(pages) > 1
    together = "\n".join(texts(slide) for slide in pages)
    assert all(f"Item {at}:" in together for at in range(20))
    assert shapes_outside(deck) == []


def test_a_long_paragraph_loses_no_word_when_it_is_split() -> None:
    words = " ".join(f"w{at}" for at in range(3_000))
    deck = opened(books.book_of(books.slide("Text", "text", books.text(words))))
    pages = titled(deck, "Text")
    shown = " ".join(shape.text_frame.text for slide in pages for shape in slide.shapes if shape.name == "Text")
    assert shown.split() == words.split()
    assert shapes_outside(deck) == []


def test_long_table_repeats_its_header() -> None:
    rows = [(f"Line {at}", float(at) * 1234.5, "a comment") for at in range(120)]
    deck = opened(books.book_of(books.slide("Long", "table", books.table(("Item", "USD", "Comment"), rows))))
    parts = [table for slide in titled(deck, "Long") for table in tables(slide)]
    assert len(parts) > 3
    assert all(part[0] == ["Item", "USD", "Comment"] for part in parts)
    assert [row[0] for part in parts for row in part[1:]] == [f"Line {at}" for at in range(120)]
    assert parts[0][2][1] == "1,234.5"
    assert shapes_outside(deck) == []


def test_wide_table_is_cut_by_columns_and_repeats_the_first() -> None:
    columns = [f"A rather long heading {at}" for at in range(40)]
    rows = [[f"Row {r}", *(float(r * c) * 1_000_000 for c in range(39))] for r in range(3)]
    deck = opened(books.book_of(books.slide("Wide", "table", books.table(columns, rows))))
    parts = [table for slide in titled(deck, "Wide") for table in tables(slide)]
    assert len(parts) > 1
    assert all(part[1][0] == "Row 0" for part in parts)
    assert [heading for part in parts for heading in part[0][1:]] == columns[1:]
    assert shapes_outside(deck) == []


def test_row_taller_than_the_page_goes_on() -> None:
    words = " ".join(f"w{at}" for at in range(700))
    deck = opened(books.book_of(books.slide("Tall", "table", books.table(("Item", "Text"), [("One", words)]))))
    parts = [table for slide in titled(deck, "Tall") for table in tables(slide)]
    assert " ".join(row[1] for part in parts for row in part[1:]).split() == words.split()
    assert shapes_outside(deck) == []


def nasty() -> Iterator[str]:
    yield "=1+2"
    yield "=cmd|' /C calc'!A0"
    yield "<script>alert('x')</script> & ]]> &amp;"
    yield "before\x01\x1f\x0bafter\u2028end\ufffe"
    yield "https://example.com"
    yield "日本語 한국어 عربى 🙂 \u202eflip"
    yield "W" * 300


@pytest.mark.parametrize("given", list(nasty()))
def test_text_is_data(given: str) -> None:
    chart = ChartComponent(
        type="chart", kind="bar", categories=(given, "b"), series=(ChartSeries(name=given, values=(1.0, 2.0)),)
    )
    book = books.book_of(
        books.slide(given, "text", books.text(given), books.bullets(given), notes=given, id="a"),
        books.slide("T", "table", books.table((given, "x"), [(given, 1.0), (given, given)]), id="b"),
        books.slide("C", "chart", chart, id="c"),
        books.slide("M", "metrics", books.metric(given, given, unit=given), id="d"),
        title=given,
    )
    rendered = render(book, "pptx", {})
    deck = Presentation(BytesIO(rendered.data))
    assert shapes_outside(deck) == []
    chart_part = chart_of(titled(deck, "C")[0])
    sheet = load_workbook(BytesIO(chart_part.part.chart_workbook.xlsx_part.blob)).active
    assert sheet is not None
    assert {cell.data_type for row in sheet["A1:B3"] for cell in row} <= {"s", "n"}
    assert not [cell.hyperlink for row in sheet["A1:B3"] for cell in row if cell.hyperlink]


def test_forty_slides() -> None:
    slides = [
        books.slide(f"Slide {at}", "table", books.INCOME, books.text("A sentence.", books.ref(f"B{at}")), id=f"s{at}")
        for at in range(40)
    ]
    deck = opened(books.book_of(*slides))
    assert len(titled(deck, "Slide")) == 40
    assert len(titled(deck, "Sources")) > 1
    assert shapes_outside(deck) == []


def test_own_title_and_section_slides_stand_in_for_the_made_ones() -> None:
    deck = opened(
        books.book_of(
            books.slide("Project Bluecan", "title", books.text("Information memorandum")),
            books.slide("The figures", "section", books.text("Four years"), id="sl2"),
            books.slide("Text", "text", books.text("words"), id="sl3"),
        )
    )
    assert [slide.shapes.title.text_frame.text for slide in deck.slides] == ["Project Bluecan", "The figures", "Text"]
    assert "Information memorandum" in texts(deck.slides[0])
    assert "Confidential" in texts(deck.slides[0])
