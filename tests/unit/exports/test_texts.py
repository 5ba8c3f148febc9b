from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.book import Book
from exports import render, render_json, render_markdown
from exports.citations import Citations
from exports.fonts import width, wrap
from exports.text import clean, decimals_of, figure, shortened, superscript, with_unit
from tests.unit.exports import books

IMAGES = {books.BLOB: books.png()}


@pytest.mark.parametrize(
    ("value", "decimals", "context", "shown"),
    [
        (590.6, None, "", "590.6"),
        (66.0, 1, "", "66.0"),
        (1234567.0, None, "", "1,234,567"),
        (1953.0, None, "Founded (year)", "1953"),
        (1953.0, None, "Employees", "1,953"),
        (-45.1, None, "", "-45.1"),
        (-0.0, 1, "", "0.0"),
        (0.000012, 2, "", "1.2e-05"),
        (0.06289694734685503, None, "", "0.0629"),
        (1e300, None, "", "1e+300"),
    ],
)
def test_figures(value: float, decimals: int | None, context: str, shown: str) -> None:
    assert figure(value, decimals, context) == shown


@pytest.mark.parametrize(("value", "decimals"), [(590.6, 1), (66.0, 0), (4.83, 2), (1e20, 0), (1 / 3, 4)])
def test_decimals(value: float, decimals: int) -> None:
    assert decimals_of(value) == decimals


def test_one_place_has_one_number() -> None:
    shown = [books.ref("B5"), books.ref("B5", quote="Net sales"), books.ref("B5", quote="Total"), books.ref("B5", "s2")]
    citations = Citations(books.book_of(books.slide("T", "text", books.text("words", *shown))))
    assert [citations.numbers([ref]) for ref in shown] == [[1], [1], [2], [3]]
    assert citations.all[0].quote == "Net sales"


def test_units() -> None:
    assert with_unit("53.4", "percent") == ("53.4%", "")
    assert with_unit("590.6", "USD million") == ("590.6", "USD million")


@pytest.mark.parametrize(
    ("numbers", "marks"),
    [([], ""), ([3], "³"), ([2, 1], "¹\u00a0²"), ([1, 2, 3, 10], "¹\u2013³\u00a0¹⁰"), ([7, 7], "⁷")],
)
def test_markers(numbers: list[int], marks: str) -> None:
    assert superscript(numbers) == marks


@given(st.text(), st.integers(2, 80))
def test_shortened_is_never_longer(text: str, limit: int) -> None:
    assert len(shortened(text, limit)) <= limit


@given(st.text())
def test_clean_text_is_stable_and_allowed_in_xml(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert all(char == "\n" or char >= " " for char in cleaned)
    cleaned.encode()


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs"], include_characters=" ")), st.floats(30, 400))
def test_wrapped_lines_fit_and_lose_nothing(text: str, room: float) -> None:
    lines = wrap(text, room, "serif", 12)
    assert "".join(lines) == text
    assert all(width(line.rstrip(" "), "serif", 12) <= room + 0.01 for line in lines)


def test_json_is_the_book_again() -> None:
    book = books.sample()
    assert Book.model_validate_json(render_json(book)) == book
    assert render(book, "json", IMAGES).media_type == "application/json"


def test_markdown_has_sections_tables_and_footnotes() -> None:
    shown = render_markdown(books.sample(), IMAGES).decode()
    assert "# Project Bluecan" in shown
    assert "## Financials" in shown
    assert "> **Needs review: the buyer persona changed after this slide was written.**" in shown
    assert "| USD million | FY2021 | FY2022 | FY2023 | FY2024 |\n| --- | ---: | ---: | ---: | ---: |" in shown
    assert "| Net income | 70.2 | 67.3 | 66.0 | 69.6 |" in shown
    assert "[^3]: company\\_overview.docx, section 3: “Filling is carried out by third-party partners.”" in shown
    assert "**53.4%** Gross margin (FY2024)[^2]" in shown
    assert f"![A can][image-{books.BLOB[:12]}]" in shown
    assert f"[image-{books.BLOB[:12]}]: data:image/png;base64," in shown
    assert "> Notes:" in shown
    references = {part.split("]")[0] for part in shown.split("[^")[1:]}
    assert all(f"\n[^{number}]: " in shown for number in references)


@pytest.mark.parametrize("text", ["# not a heading", "- no list", "1. no list", "a | b", "<b>", "[x](y)", "*x*", "> q"])
def test_markdown_is_not_interpreted(text: str) -> None:
    book = books.book_of(books.slide("T", "text", books.text(text)))
    line = render_markdown(book).decode().split("\n\n")[4].strip()
    assert line != text
    assert line.replace("\\", "") == text
