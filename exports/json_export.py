"""A book as JSON, which `Book.model_validate_json` reads back."""

from __future__ import annotations

from domain.book import Book


def render_json(book: Book) -> bytes:
    return book.model_dump_json(indent=2).encode("utf-8", "surrogatepass") + b"\n"
