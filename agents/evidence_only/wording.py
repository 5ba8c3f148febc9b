"""Figures in words, and what bears them out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.brief import Brief, EvidenceFact
from domain.model import Fact, SourceReference
from evidence.figures import Figure, figures_in, supports

NOT_IN_DOCUMENTS = "not in the documents"
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}


class Backing:
    """The facts of a brief, ready to be held against figures in words."""

    def __init__(self, brief: Brief) -> None:
        self._facts = [_as_fact(fact) for fact in brief.facts if fact.value is not None]
        self._by_document: dict[str, list[Fact]] = {}
        for fact, told in zip(self._facts, (fact for fact in brief.facts if fact.value is not None), strict=True):
            self._by_document.setdefault(told.document, []).append(fact)

    def refs(self, text: str) -> list[str]:
        """References of the facts that have the figures of the text, as far as there are some."""
        found = [self._supporter(figure, self._facts) for figure in figures_in(text)]
        return list(dict.fromkeys(ref for ref in found if ref))

    def ref_of(self, figure: Figure) -> str:
        """Reference of a fact that has the figure; empty where none has."""
        return self._supporter(figure, self._facts)

    def bears_out(self, text: str, document: str) -> bool:
        """Whether every figure of a sentence is a fact: of its own document, or of any."""
        own = self._by_document.get(document, [])
        return all(self._supporter(figure, own) or self._supporter(figure, self._facts) for figure in figures_in(text))

    @staticmethod
    def _supporter(figure: Figure, facts: Sequence[Fact]) -> str:
        return next((fact.id for fact in facts if supports(figure, fact, match_period=True)), "")


def _as_fact(fact: EvidenceFact) -> Fact:
    return Fact(
        id=fact.ref,
        statement=fact.statement,
        value=fact.value,
        unit=fact.unit,
        period=fact.period,
        source=SourceReference(source_id=fact.ref, locator=fact.locator or fact.ref),
        metric=fact.metric,
        entity=fact.entity,
    )


def written(value: float, unit: str) -> str:
    """A figure as people write it: $590.6 million, 53.4%, 613 people, 2.81x."""
    number = f"{value:,.10f}".rstrip("0").rstrip(".")
    code, _, rest = unit.partition(" ")
    if code in _SIGNS:
        sign = "-" if value < 0 else ""
        if rest:
            return f"{sign}{_SIGNS[code]}{number.lstrip('-')} {rest}"
        return f"{sign}{_SIGNS[code]}{abs(value):,.2f}"
    if unit == "percent":
        return f"{number}%"
    if unit == "x":
        return f"{number}x"
    if code.isupper() and len(code) == 3:
        return f"{code} {number}{f' {rest}' if rest else ''}"
    return f"{number} {unit}".strip()


def in_sentence(name: str) -> str:
    """A name as it stands inside a sentence: `net sales`, but `EBITDA` and `WD-40 Specialist`."""
    first = name.split(" ", 1)[0]
    return name if any(char.isupper() or char.isdigit() for char in first[1:]) else name[:1].lower() + name[1:]


def listed(items: Sequence[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""


_CELL = re.compile(r"^(?P<sheet>.+)!(?P<column>[A-Z]{1,3})(?P<row>\d+)$")
_ROW = re.compile(r"^(row \d+): .*$", re.DOTALL)


def spans(locators: Sequence[str]) -> list[str]:
    """Places in their order, each once; cells of one row as `Income statement!B5:E5`."""
    rows: dict[tuple[str, str], list[str]] = {}
    found: dict[str, list[str]] = {}
    for locator in locators:
        cell = _CELL.match(locator)
        if cell is None:
            found.setdefault(_ROW.sub(r"\1", locator), [])
            continue
        columns = rows.setdefault((cell["sheet"], cell["row"]), [])
        if not columns:
            found[f"{cell['sheet']}!{cell['row']}"] = columns
        if cell["column"] not in columns:
            columns.append(cell["column"])
    told: list[str] = []
    for name, columns in found.items():
        if not columns:
            told.append(name)
            continue
        sheet, _, row = name.rpartition("!")
        ends = f"{columns[0]}{row}" if len(columns) == 1 else f"{columns[0]}{row}:{columns[-1]}{row}"
        told.append(f"{sheet}!{ends}")
    return told
