"""What a read document is made of, and why one is refused."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from domain.values import ContentHash, Id, Line, LongText, OptionalLine, Value

DocumentKind = Literal["docx", "xlsx", "pptx", "pdf", "csv", "md", "txt"]


class RefusalKind(StrEnum):
    """Why a document is not taken in."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY_PAGES = "too_many_pages"
    UNSUPPORTED = "unsupported"
    MISMATCH = "mismatch"
    PASSWORD_PROTECTED = "password_protected"
    DAMAGED = "damaged"
    UNSAFE = "unsafe"
    NO_TEXT = "no_text"


class DocumentRefused(Exception):
    """A document that cannot be taken in; `message_for_people` says why and what to do."""

    def __init__(self, kind: RefusalKind, message_for_people: str) -> None:
        super().__init__(message_for_people)
        self.kind = kind
        self.message_for_people = message_for_people


class ReadLimits(Value):
    """Bounds on what is read. Sizes in bytes; `max_ratio` is unpacked to packed size of an archive."""

    max_bytes: Annotated[int, Field(gt=0)] = 50_000_000
    max_unpacked_bytes: Annotated[int, Field(gt=0)] = 400_000_000
    max_ratio: Annotated[float, Field(gt=1)] = 150.0
    max_entries: Annotated[int, Field(gt=0)] = 5_000
    max_pages: Annotated[int, Field(gt=0)] = 400
    max_cells: Annotated[int, Field(gt=0)] = 200_000
    max_characters: Annotated[int, Field(gt=0)] = 5_000_000
    max_passages: Annotated[int, Field(gt=0)] = 10_000


class Passage(Value):
    """A searchable part of a document. `locator` tells a person where it stands."""

    passage_id: Id
    ordinal: Annotated[int, Field(ge=0)]
    text: LongText
    locator: Line
    heading: OptionalLine = ""


class Block(Value):
    """One paragraph or bullet, with the passage that contains it."""

    text: str
    locator: Line
    heading: OptionalLine = ""
    passage_id: Id


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as shown (`text`) and as a number, where it is one. A percent is held as 53.4, not 0.534."""

    text: str = ""
    number: float | None = None
    unit: str = ""
    locator: str = ""
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    cells: tuple[Cell, ...]
    locator: str
    passage_id: str


@dataclass(frozen=True, slots=True)
class Table:
    """A grid in reading order. `notes` are lines around it that may name units or years."""

    name: str
    heading: str
    notes: tuple[str, ...]
    rows: tuple[Row, ...]


class Document(Value):
    """What was read out of one file."""

    kind: DocumentKind
    title: Line
    sha256: ContentHash
    page_count: Annotated[int, Field(ge=0)]
    passages: tuple[Passage, ...]
    blocks: tuple[Block, ...] = ()
    tables: tuple[Table, ...] = ()


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\u200b\u2060\ufeff\ufffe\uffff]")
_SPACES = re.compile(r"[^\S\n]+")


def clean(text: str) -> str:
    """Text without control characters, with single spaces."""
    plain = _CONTROL.sub("", unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")))
    return "\n".join(_SPACES.sub(" ", line).strip() for line in plain.split("\n")).strip()


def one_line(text: str, limit: int = 300) -> str:
    """Cleaned text on one line, cut to `limit` characters."""
    line = " ".join(clean(text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def stable_id(prefix: str, *parts: str | int) -> str:
    """An id that is the same whenever the parts are the same."""
    return prefix + hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).hexdigest()[:24]
