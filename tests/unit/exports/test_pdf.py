# pdfplumber leaves some of its attributes untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from io import BytesIO

import pdfplumber
import pytest

from domain.book import Book
from exports import render_pdf
from exports.images import pictures
from exports.plan import plan_book
from tests.unit.exports import books

IMAGES = {books.BLOB: books.png()}


def page_texts(book: Book) -> list[str]:
    with pdfplumber.open(BytesIO(render_pdf(book, IMAGES))) as pdf:
        return [page.extract_text() for page in pdf.pages]


@pytest.fixture(scope="module")
def pages() -> list[str]:
    return page_texts(books.sample())


def test_as_many_pages_as_the_deck(pages: list[str]) -> None:
    book = books.sample()
    plan = plan_book(book, {blob: image.aspect for blob, image in pictures(book, IMAGES).items()})
    assert len(pages) == len(plan.pages) == 14
    for page, shown in zip(plan.pages, pages, strict=True):
        assert page.title.paras[0].text in shown


def test_texts_figures_and_marks_are_there(pages: list[str]) -> None:
    assert "Private and Confidential" in pages[0]
    assert "Founded in 1953 \u2013 “one can”, €, £ and naïve café façades." in pages[4]
    assert all(figure in pages[7] for figure in ("488.1", "518.8", "537.3", "590.6", "66.0", "4.90"))
    assert all(figure in pages[8] for figure in ("488.1", "590.6", "FY2021", "FY2024"))
    assert "Needs review: the buyer persona changed after this slide was written." in pages[9]
    assert "Draft" in pages[4]
    assert "“Filling is carried out by third-party partners.”" in pages[13]
    assert "14" in pages[13].split("\n")[-1]


def test_nothing_is_drawn_outside_of_the_page() -> None:
    long = books.book_of(
        books.slide("Text " * 50, "bullets", books.bullets(*["Steel, aluminium and propellant. " * 8] * 30)),
        books.slide("W" * 300, "metrics", *[books.metric("W" * 300, "W" * 300, unit="W" * 300)] * 9, id="sl2"),
        title="W" * 300,
    )
    for book in (books.sample(), long):
        with pdfplumber.open(BytesIO(render_pdf(book, IMAGES))) as pdf:
            for page in pdf.pages:
                assert (page.width, page.height) == (960, 540)
                for char in page.chars:
                    assert char["x0"] >= 0
                    assert char["x1"] <= 960
                    assert char["top"] >= 0
                    assert char["bottom"] <= 540


def test_bookmarks_and_metadata() -> None:
    with pdfplumber.open(BytesIO(render_pdf(books.sample(), IMAGES))) as pdf:
        assert pdf.metadata["Title"] == "Project Bluecan"
        entries = [(level, title) for level, title, *_ in pdf.doc.get_outlines()]
    assert (1, "2  Financials") in entries
    assert (2, "Four years at a glance") in entries
    assert entries[-1] == (1, "Sources")


def test_markup_is_text() -> None:
    nasty = "<b>bold</b> & <para> </font> %s \\n 日本語 Ω Ж ≥ 5 🙂"
    shown = page_texts(books.book_of(books.slide("T", "text", books.text(nasty))))
    assert any("<b>bold</b> & <para> </font> %s \\n 日本語 Ω Ж ≥ 5" in page for page in shown)


def test_same_book_gives_the_same_bytes() -> None:
    assert render_pdf(books.sample(), IMAGES) == render_pdf(books.sample(), IMAGES)
