from __future__ import annotations

import pytest

from domain.model import ChartComponent, ChartSeries, ImageComponent, OutlineSection
from domain.values import StaleReason
from exports import ExportFormat, ExportRefused, check_book, filename_of, render
from exports.problems import ExportProblem
from tests.unit.exports import books


def codes(problems: list[ExportProblem], severity: str) -> set[str]:
    return {problem.code for problem in problems if problem.severity == severity}


def chart(*values: float | None, kind: str = "bar") -> ChartComponent:
    series = (ChartSeries(name="s", values=values),)
    return ChartComponent.model_validate(
        {"type": "chart", "kind": kind, "categories": [f"c{at}" for at in range(len(values))], "series": series}
    )


def test_the_sample_has_no_errors_and_says_what_is_stale() -> None:
    problems = check_book(books.sample(), {books.BLOB: books.png()})
    assert codes(problems, "error") == set()
    (stale,) = [problem for problem in problems if problem.code == "stale_slide"]
    assert stale.slide_id == "sl6"
    assert "the buyer persona changed" in stale.message


@pytest.mark.parametrize("export_format", ["pptx", "pdf", "md", "json"])
def test_an_empty_book_is_refused(export_format: ExportFormat) -> None:
    with pytest.raises(ExportRefused, match="has no slides yet") as refused:
        render(books.book_of(), export_format, {})
    assert [problem.code for problem in refused.value.problems] == ["no_slides"]


def test_unknown_source_is_refused() -> None:
    book = books.book_of(books.slide("Text", "text", books.text("words", books.ref("B5", "gone"))))
    with pytest.raises(ExportRefused, match="cites gone, which is not among the documents"):
        render(book, "md", {})


@pytest.mark.parametrize(("data", "code"), [(None, "missing_image"), (b"no image", "unreadable_image")])
def test_images_must_be_there_and_readable(data: bytes | None, code: str) -> None:
    book = books.book_of(books.slide("Can", "image", ImageComponent(type="image", blob_id=books.BLOB)))
    images = {} if data is None else {books.BLOB: data}
    assert codes(check_book(book, images), "error") == {code}
    assert codes(check_book(book), "error") == set()


@pytest.mark.parametrize(
    ("given", "severity", "code"),
    [
        (chart(None, None), "error", "empty_chart"),
        (chart(1.0, 1e300), "error", "unsuited_chart"),
        (chart(3.0, -1.0, kind="pie"), "warning", "unsuited_chart"),
        (chart(*([1.0] * 80)), "warning", "crowded_chart"),
    ],
)
def test_charts_that_cannot_be_read(given: ChartComponent, severity: str, code: str) -> None:
    assert code in codes(check_book(books.book_of(books.slide("Chart", "chart", given))), severity)


def test_warnings_travel_with_the_export() -> None:
    book = books.book_of(
        books.slide("Text", "text", books.text("word " * 3_000), stale=StaleReason.OUTLINE_CHANGED),
        books.slide("Nothing", "text", id="sl2"),
        books.slide("Wide", "table", books.table([f"Heading number {n}" for n in range(40)], [["x"] * 40]), id="sl3"),
        books.slide("W" * 300, "metrics", books.metric("label " * 40, 1.0), id="sl4"),
        books.slide("Smile 🙂", "text", books.text("x"), id="sl5"),
        sections=[OutlineSection(id="fin", title="Financials"), OutlineSection(id="risk", title="Risks")],
    )
    rendered = render(book, "json", {})
    assert {problem.severity for problem in rendered.problems} == {"warning"}
    assert {problem.code for problem in rendered.problems} >= {
        "stale_slide",
        "continued_slide",
        "empty_slide",
        "uncited_slide",
        "wide_table",
        "shortened_text",
        "unprintable_text",
        "empty_section",
    }
    assert [problem.section_id for problem in rendered.problems if problem.code == "empty_section"] == ["risk"]


def test_the_file_is_named_after_the_book() -> None:
    book = books.book_of(title="Café “Bluecan” / Ω & Söhne")
    assert filename_of(book, "pptx") == "cafe-bluecan-sohne-rev42.pptx"
    assert filename_of(books.book_of(title="日本"), "pdf") == "book-rev42.pdf"
