"""Bytes of a document in, passages and tables out."""

from __future__ import annotations

import hashlib

from evidence.assembly import Assembly
from evidence.containers import damaged, identify
from evidence.model import Document, DocumentKind, DocumentRefused, ReadLimits

DEFAULT_LIMITS = ReadLimits()


def read_document(filename: str, data: bytes, limits: ReadLimits = DEFAULT_LIMITS) -> Document:
    """Reads docx, xlsx, pptx, pdf, csv, md and txt, known by their content.

    Raises DocumentRefused, with a sentence for people, and nothing else. Documents with macros are refused, formulas
    are read by their cached values, and whatever the text says is data.
    """
    kind = identify(filename, data, limits)
    assembly = Assembly(kind, hashlib.sha256(data).hexdigest(), limits)
    try:
        title, pages = _read(kind, filename, data, assembly, limits)
        return assembly.document(title or _stem(filename), pages)
    except DocumentRefused:
        raise
    except (MemoryError, RecursionError, Exception) as error:  # a parser may raise anything on a broken file
        raise damaged(kind) from error


def _stem(filename: str) -> str:
    name = filename.replace("\\", "/").rpartition("/")[2]
    return name.rpartition(".")[0] or name


def _read(kind: DocumentKind, filename: str, data: bytes, assembly: Assembly, limits: ReadLimits) -> tuple[str, int]:
    if kind == "xlsx":
        from evidence.spreadsheets import read_workbook

        return read_workbook(data, assembly, limits)
    if kind == "csv":
        from evidence.spreadsheets import read_csv

        return read_csv(data, filename, assembly, limits)
    if kind == "docx":
        from evidence.word import read_word

        return read_word(data, assembly)
    if kind == "pptx":
        from evidence.decks import read_deck

        return read_deck(data, assembly, limits)
    if kind == "pdf":
        from evidence.pdf import read_pdf

        return read_pdf(data, assembly, limits)
    from evidence.texts import read_text

    return read_text(data, assembly, markdown=kind == "md")
