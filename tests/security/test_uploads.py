"""Documents that are not what they seem, over HTTP: each is refused with a sentence, and nothing changes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator

import pytest

from tests.integration.api.conftest import Book, Site
from tests.integration.api.test_documents import upload, uploaded
from tests.unit.evidence import samples

from .conftest import Everybody, new_book

WORD = samples.word([("Heading 1", "1. Company"), ("Normal", "Acme makes ladders.")])
SHEET = samples.workbook({"P&L": [["USD million", "FY2023", "FY2024"], ["Revenue", 10.5, 12.0]]})
DECK = samples.deck()


def with_parts(**parts: bytes) -> bytes:
    return samples.changed_parts(WORD, {name.replace("__", "/"): content for name, content in parts.items()})


def entities() -> bytes:
    document = samples.part(WORD, "word/document.xml")
    return document.replace(b"<w:document", b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><w:document', 1)


def archive_of(name: str, content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(name, content)
    return stream.getvalue()


BAD: dict[str, tuple[str, bytes, str]] = {
    "a Word document with macros": (
        "plan.docx",
        samples.changed_parts(WORD, {"word/vbaProject.bin": b"\x00"}),
        "macros",
    ),
    "a workbook with macros": ("plan.xlsx", samples.changed_parts(SHEET, {"xl/vbaProject.bin": b"\x00"}), "macros"),
    "a presentation with macros": ("plan.pptx", samples.changed_parts(DECK, {"ppt/vbaProject.bin": b"\x00"}), "macros"),
    "old macro sheets": ("plan.xlsx", samples.changed_parts(SHEET, {"xl/macrosheets/sheet1.xml": b"<x/>"}), "macros"),
    "a bomb": ("plan.docx", samples.changed_parts(WORD, {"word/media/x.xml": b" " * 60_000_000}), "unpacks"),
    "too many parts": (
        "plan.docx",
        samples.changed_parts(WORD, {f"word/media/{number}": b"" for number in range(5_100)}),
        "parts",
    ),
    "entities": ("plan.docx", samples.changed_parts(WORD, {"word/document.xml": entities()}), "entities"),
    "another kind": ("plan.pdf", WORD, "content is a Word document"),
    "a page": ("plan.txt", b"\x89PNG\r\n\x1a\n" + bytes(200), "not a document"),
    "an archive": ("plan.docx", archive_of("../../../../etc/cron.d/evil", b"x"), "archive"),
    "too many pages": ("plan.pdf", samples.pdf([("Text", 60, 60, 10)], pages=401), "pages"),
}


@pytest.fixture(scope="module")
async def book(site: Site, everybody: Everybody) -> AsyncIterator[Book]:
    found = await new_book(site.api, everybody.ours, everybody.account("lead"), "Uploads")
    yield found
    await found.client.aclose()


@pytest.mark.parametrize("what", BAD)
async def test_it_is_refused_with_a_sentence(book: Book, what: str) -> None:
    name, data, word = BAD[what]
    source = await uploaded(book, name, data)
    assert source["status"] == "refused"
    assert word in source["problem"]
    assert (await book.client.get(f"/sources/{source['id']}/passages")).json()["items"] == []
    assert (await book.client.get(book.url)).json()["rev"] == 1


@pytest.mark.parametrize(
    "name", ["plan.docm", "plan.xlsm", "plan.pptm", "plan.docx.exe", "plan.html", "plan.svg", "plan"]
)
async def test_other_kinds_do_not_get_in(book: Book, name: str) -> None:
    response = await upload(book, name, WORD)
    assert (response.status_code, response.json()["code"]) == (415, "unsupported_document")


@pytest.mark.parametrize(
    "given",
    ["..\\..\\evil.docx", "/etc/evil.docx", "\r\nX-Evil: 1.docx", "a\x00b.docx", "\u202exslx.docx", 'a;b=".docx'],
)
async def test_names_are_no_places_and_no_headers(book: Book, given: str) -> None:
    data = samples.word([("Normal", f"Named {given!r}.")])
    response = await upload(book, given, data)
    assert response.status_code == 202, response.text
    name = response.json()["name"]
    assert not set(name) & set('/\\\r\n\x00\u202e:"')
    assert ".." not in name
    assert "x-evil" not in response.headers
