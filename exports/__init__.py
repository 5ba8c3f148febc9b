"""A book in, a file out: PowerPoint, PDF, Markdown or JSON. Pure; the bytes of images are passed in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Literal

from domain.book import Book
from domain.values import Value
from exports.check import check_book
from exports.json_export import render_json
from exports.markdown import render_markdown
from exports.pdf import render_pdf
from exports.pptx import render_pptx
from exports.problems import ExportProblem, ExportRefused

ExportFormat = Literal["pptx", "pdf", "md", "json"]

MEDIA_TYPES: dict[ExportFormat, str] = {
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "pdf": "application/pdf",
    "md": "text/markdown; charset=utf-8",
    "json": "application/json",
}


class Rendered(Value):
    """A finished export; `problems` are its warnings."""

    data: bytes
    media_type: str
    filename: str
    problems: tuple[ExportProblem, ...] = ()


def filename_of(book: Book, export_format: ExportFormat) -> str:
    """ASCII, from the title and the revision."""
    plain = unicodedata.normalize("NFKD", book.title).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-").lower()[:80].strip("-") or "book"
    return f"{stem}-rev{book.rev}.{export_format}"


def render(book: Book, export_format: ExportFormat, images: Mapping[str, bytes]) -> Rendered:
    """The book in one format; the same book gives the same bytes. Raises ExportRefused when the check finds errors."""
    problems = check_book(book, images)
    if any(problem.severity == "error" for problem in problems):
        raise ExportRefused(problems)
    match export_format:
        case "pptx":
            data = render_pptx(book, images)
        case "pdf":
            data = render_pdf(book, images)
        case "md":
            data = render_markdown(book, images)
        case "json":
            data = render_json(book)
    return Rendered(
        data=data,
        media_type=MEDIA_TYPES[export_format],
        filename=filename_of(book, export_format),
        problems=tuple(problems),
    )


__all__ = [
    "MEDIA_TYPES",
    "ExportFormat",
    "ExportProblem",
    "ExportRefused",
    "Rendered",
    "check_book",
    "filename_of",
    "render",
    "render_json",
    "render_markdown",
    "render_pdf",
    "render_pptx",
]
