"""Whether a slide says again what another one says: most of its statements, or most of the figures of its table."""

from __future__ import annotations

import re

from domain.model import SlideBody, TableComponent
from evidence.slide_texts import pieces_of

FEWEST_STATEMENTS, MOST_STATEMENTS_SHARED = 3, 0.6
FEWEST_FIGURES, MOST_FIGURES_SHARED = 8, 0.5
SHORTEST_STATEMENT = 4
"""In words; shorter ones are labels."""


def says_again(body: SlideBody, other: SlideBody) -> bool:
    return _shares_statements(body, other) or _shares_table(body, other)


def _shares_statements(body: SlideBody, other: SlideBody) -> bool:
    own, others = _statements(body), _statements(other)
    return len(own) >= FEWEST_STATEMENTS and len(own & others) >= MOST_STATEMENTS_SHARED * len(own)


def _statements(body: SlideBody) -> set[str]:
    title, *others = pieces_of(body)
    texts = [title.text, *(piece.text for piece in others if piece.is_prose)]
    words = [re.findall(r"[\w.,%$-]*\w%?", text.casefold()) for text in texts]
    return {" ".join(one) for one in words if len(one) >= SHORTEST_STATEMENT}


def _shares_table(body: SlideBody, other: SlideBody) -> bool:
    return any(
        len(own & others) >= max(FEWEST_FIGURES, MOST_FIGURES_SHARED * len(own | others))
        for own in _tables(body)
        for others in _tables(other)
    )


def _tables(body: SlideBody) -> list[set[float]]:
    tables = [one for one in body.components if isinstance(one, TableComponent)]
    return [{cell for row in table.rows for cell in row if isinstance(cell, float)} for table in tables]
