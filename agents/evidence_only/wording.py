"""Figures in words, and what bears them out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.brief import Brief, EvidenceFact
from domain.model import Fact, SourceReference
from evidence.figures import Figure, figures_in, supports

NOT_IN_DOCUMENTS = "not in the documents"
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}


def as_fact(fact: EvidenceFact) -> Fact:
    """The fact in the domain's form, for comparison with figures."""
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


def borne_out(brief: Brief, text: str) -> list[str]:
    """References of the facts, else the passages, that have the figures of the text."""
    refs: list[str] = []
    for figure in figures_in(text):
        ref = _supporter(brief, figure)
        if ref and ref not in refs:
            refs.append(ref)
    return refs


def _supporter(brief: Brief, figure: Figure) -> str:
    for fact in brief.facts:
        if fact.value is not None and supports(figure, as_fact(fact), match_period=True):
            return fact.ref
    for passage in brief.passages:
        if any(other.value == figure.value and other.unit == figure.unit for other in figures_in(passage.text)):
            return passage.ref
    return ""


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
