"""The document of the benchmarks, read as the product reads it."""

from __future__ import annotations

from bench.documents import PAGES, PARAGRAPHS, document
from evidence.documents import read_document


def test_the_document_has_all_its_pages() -> None:
    file = document()
    assert 1_500_000 < len(file) < 2_500_000
    read = read_document("document.docx", file)
    assert {passage.heading for passage in read.passages} == {f"{number + 1}. Part" for number in range(PAGES)}
    assert sum("Revenue of" in passage.text for passage in read.passages) >= PAGES
    assert sum(passage.text.count("EUR") for passage in read.passages) == 2 * PAGES * PARAGRAPHS
