"""What is searched: texts with an id."""

from __future__ import annotations

from domain.values import Value


class SearchText(Value):
    id: str
    text: str
