"""What is there afterwards, when everything is well again: looked at over HTTP, and in the workflows themselves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import Field

from domain.values import Value

FOUND = "found.jsonl"


class FoundBook(Value):
    """One book: its whole log, and everything that readers are shown of it.

    `past` are the heads and slides as they were at some seqs; `workflow` is the state that the open workflow tells;
    `talk` is the number of the last entry of the talk; `threads` are the messages by thread, `branches` their number.
    `left` is what the store keeps of a book that has no head, but for its tombstone: documents by collection.
    """

    cim_id: str
    title: str = ""
    head: dict[str, Any] | None = None
    events: tuple[dict[str, Any], ...] = ()
    slides: tuple[dict[str, Any], ...] = ()
    past: dict[int, dict[str, Any]] = Field(default_factory=dict[int, dict[str, Any]])
    workflow: dict[str, Any] | None = None
    talk: int = 0
    requests: tuple[dict[str, Any], ...] = ()
    runs: tuple[dict[str, Any], ...] = ()
    threads: dict[str, tuple[dict[str, Any], ...]] = Field(default_factory=dict)
    branches: dict[str, int] = Field(default_factory=dict)
    left: dict[str, int] = Field(default_factory=dict[str, int])
    unrest: str = ""
    """What had not come to rest when the patience was over."""


def keep(folder: Path, books: list[FoundBook]) -> None:
    (folder / FOUND).write_text("".join(book.model_dump_json() + "\n" for book in books))


def books_in(folder: Path) -> Iterator[FoundBook]:
    with (folder / FOUND).open() as lines:
        for line in lines:
            yield FoundBook.model_validate_json(line)
