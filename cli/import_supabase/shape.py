"""JSON of unknown make, read by names that may be written in several ways; what nobody asked for is told."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import cast

LONGEST_JSON = 5_000_000

BOOKKEEPING = frozenset({"id", "created_at", "updated_at", "version", "metadata", "user_id", "cim_id", "project_id"})
"""Names whose values say nothing of the book itself."""

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class Unreadable(Exception):
    """The row cannot be taken; says where and why."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}")


class Shape:
    """A value of the row, with its place for messages."""

    def __init__(self, value: object, where: str, left_out: set[str]) -> None:
        self.value = value
        self.where = where
        self._left_out = left_out
        self._asked: set[str] = set()
        self._names = {snake(name): name for name in _fields(value)}

    @property
    def is_empty(self) -> bool:
        return self.value is None or self.value == "" or self.value == {} or self.value == []

    @property
    def is_object(self) -> bool:
        return isinstance(self.value, dict)

    @property
    def is_list(self) -> bool:
        return isinstance(self.value, list)

    @property
    def is_text(self) -> bool:
        return isinstance(self.value, str)

    def has(self, name: str) -> bool:
        return name in self._names and not self._at(name).is_empty

    def pick(self, *names: str) -> Shape | None:
        """The first of these fields that has a value."""
        found = next((name for name in names if self.has(name)), None)
        if found is None:
            return None
        self._asked.add(found)
        return self._at(found)

    def ignore(self, *names: str) -> None:
        """What says how something looks, or is said elsewhere."""
        self._asked.update(names)

    def text_of(self, *names: str, default: str = "") -> str:
        found = self.pick(*names)
        return default if found is None else found.text()

    def text(self) -> str:
        if isinstance(self.value, str):
            return self.value.replace("\x00", "").strip()
        if isinstance(self.value, int | float) and not isinstance(self.value, bool):
            return str(self.value)
        inner = self.pick("text", "title", "name", "label", "description", "content", "value")
        if inner is None:
            raise self.unreadable("a text was expected")
        return inner.text()

    def texts(self) -> tuple[str, ...]:
        """A list of texts, or the lines of one text."""
        if self.is_list:
            return tuple(text for item in self.items() if (text := item.text()))
        return tuple(line for raw in self.text().splitlines() if (line := raw.strip(" \t-•*")))

    def items(self) -> Iterator[Shape]:
        if not isinstance(self.value, list):
            raise self.unreadable("a list was expected")
        for n, item in enumerate(cast("list[object]", self.value)):  # pyright: ignore[reportUnknownMemberType]
            yield Shape(item, f"{self.where}[{n}]", self._left_out)

    def named_items(self) -> Iterator[tuple[str, Shape]]:
        """The fields of an object under the names that they have."""
        if not self.is_object:
            raise self.unreadable("an object was expected")
        for name in self._names:
            yield self._names[name], self._at(name)

    def merged(self, *names: str) -> Shape:
        """The object with the fields of those of its parts that are objects, which count where both have one."""
        own = {snake(name): value for name, value in _fields(self.value).items()}
        for name in names:
            if isinstance(own.get(name), dict):
                own |= {snake(inner): value for inner, value in _fields(own.pop(name)).items()}
        return Shape(own, self.where, self._left_out)

    def with_default(self, name: str, value: str) -> Shape:
        if not self.is_object or self.has(name):
            return self
        return Shape({**_fields(self.value), name: value}, self.where, self._left_out)

    def leave_out(self, why: str) -> None:
        self._left_out.add(f"{self.where}: {why}")

    def done(self) -> None:
        """Everything of interest was asked for; tell what was not."""
        for name in self._names:
            if name not in self._asked and name not in BOOKKEEPING and self.has(name):
                self._at(name).leave_out("not known")

    def unreadable(self, why: str) -> Unreadable:
        return Unreadable(self.where, why)

    def _at(self, name: str) -> Shape:
        return Shape(_fields(self.value)[self._names[name]], f"{self.where}.{name}", self._left_out)


def shape_of(column: str, value: object, left_out: set[str]) -> Shape:
    """A column; JSON in a text column too. Raises Unreadable."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        if len(value) > LONGEST_JSON:
            raise Unreadable(column, "too long")
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            raise Unreadable(column, "looks like JSON, but is none") from None
    return Shape(value, column, left_out)


def _fields(value: object) -> dict[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def snake(name: str) -> str:
    """`selectedHero`, `selected-hero` and `Selected Hero` are one name."""
    return _HUMP.sub("_", name).replace("-", "_").replace(" ", "_").lower()
