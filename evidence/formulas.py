"""Figures derived from facts: small formulas with units, and the note in which a slide states them.

A slide that shows a derived figure carries its inputs as sources of the same anchor, in the order of their first
appearance in the formula, and says in its notes how it was reached:

    Derived (c1 r2c3): growth(a, b) = 9.9 percent; a is Net sales, FY2023; b is Net sales, FY2024.

`a` is the first source of component c1 with the anchor r2c3, `b` the second. So anybody can compute it again.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product

from domain.model import Fact
from evidence.periods import same_period
from evidence.units import CURRENCIES, understood

MOST_CHARACTERS, MOST_INPUTS = 400, 12
MOST_COMBINATIONS = 200
LETTERS = "abcdefghijkl"
PERCENT, POINTS, TIMES = "percent", "percentage points", "x"
_YEAR = re.compile(r"(?:19|20)\d{2}")
_NOTE = re.compile(
    r"^Derived \((?P<component>[A-Za-z0-9][A-Za-z0-9_-]*)(?: (?P<anchor>r\d+c\d+|s\d+p\d+|i\d+))?\): "
    r"(?P<formula>[^=\n]+) = ",
    re.MULTILINE,
)


class FormulaError(ValueError):
    """A formula that cannot be computed; the message says why, for a model as for a person."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A value in its unit; `period` where all that it is made of shares one. `decimals` as its inputs are written."""

    value: float
    unit: str
    period: str = ""
    decimals: int = 0

    @property
    def rounded(self) -> float:
        """As it is shown: percentages to one place, multiples to two, other figures as their inputs are written."""
        return round(self.value, self.decimals)


@dataclass(frozen=True, slots=True)
class Derivation:
    """How the figure of a component, or at an anchor of it, was reached."""

    component_id: str
    anchor: str | None
    formula: str


def amount_of(fact: Fact) -> Amount:
    if fact.value is None:
        raise FormulaError(f"“{fact.statement[:80]}” has no figure.")
    decimals = len(format(fact.value, ".10g").partition(".")[2]) if abs(fact.value) < 1e10 else 0
    return Amount(fact.value, fact.unit, "" if fact.period == "-" else fact.period, decimals)


def inputs_of(formula: str) -> tuple[str, ...]:
    """The names of what goes into a formula, each once, in order. Raises FormulaError."""
    calls = {id(node.func) for node in ast.walk(_parsed(formula)) if isinstance(node, ast.Call)}
    names = [node for node in ast.walk(_parsed(formula)) if isinstance(node, ast.Name) and id(node) not in calls]
    ordered = sorted((node.lineno, node.col_offset, node.id) for node in names if node.id not in FUNCTIONS)
    return tuple(dict.fromkeys(name for _, _, name in ordered))


def evaluate(formula: str, inputs: Mapping[str, Amount]) -> Amount:
    """What the formula gives: + - * / and FUNCTIONS over named inputs, no numbers. Raises FormulaError."""
    names = inputs_of(formula)
    if not names:
        raise FormulaError("A formula needs at least one fact.")
    if len(names) > MOST_INPUTS:
        raise FormulaError(f"A formula takes at most {MOST_INPUTS} facts.")
    found = _value(_parsed(formula), inputs)
    if not math.isfinite(found.value):
        raise FormulaError("The result is not a finite number.")
    return found


def with_letters(formula: str) -> str:
    """The formula with `a`, `b`, ... for its inputs in order."""
    letters = dict(zip(inputs_of(formula), LETTERS, strict=False))
    return re.sub(r"[A-Za-z_]\w*", lambda match: letters.get(match[0], match[0]), _text(formula))


def derivation_note(component_id: str, anchor: str | None, formula: str, shown: str, inputs: Sequence[str]) -> str:
    """The line for the notes of a slide; `inputs` say in words what each letter is."""
    place = f"{component_id} {anchor}" if anchor else component_id
    told = "; ".join(f"{letter} is {words}" for letter, words in zip(LETTERS, inputs, strict=False))
    return f"Derived ({place}): {with_letters(formula)} = {shown}; {told}."


def derivations_in(notes: str) -> tuple[Derivation, ...]:
    """What the notes of a slide say of its derived figures."""
    return tuple(Derivation(one["component"], one["anchor"], one["formula"].strip()) for one in _NOTE.finditer(notes))


def recomputes(formula: str, value: float, unit: str, inputs: Sequence[Sequence[Fact]]) -> bool:
    """Whether the formula gives the value, as it is rounded. `inputs` are the facts that stand where each source of the
    figure points, in the order of the letters; where several stand in one place, any of them will do."""
    for chosen in islice(product(*inputs), MOST_COMBINATIONS):
        try:
            found = evaluate(formula, dict(zip(LETTERS, map(amount_of, chosen), strict=False)))
        except FormulaError:
            continue
        shown, exact = understood(unit), understood(found.unit)
        if shown.family and exact.family and shown.family != exact.family:
            continue
        scale = exact.scale / shown.scale if shown.family else 1.0
        decimals = len(format(value, ".10g").partition(".")[2])
        if abs(found.value * scale - value) <= 0.5 * 10.0**-decimals * 1.000001:
            return True
    return False


# how a formula is computed


def _text(formula: str) -> str:
    return formula.strip().removeprefix("=").strip()


def _parsed(formula: str) -> ast.expr:
    text = _text(formula)
    if not text or len(text) > MOST_CHARACTERS:
        raise FormulaError(f"A formula has 1 to {MOST_CHARACTERS} characters.")
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise FormulaError(f"“{text[:80]}” is not a formula.") from error


def _value(node: ast.expr, inputs: Mapping[str, Amount]) -> Amount:
    match node:
        case ast.Name(id=name):
            if name not in inputs:
                raise FormulaError(f"There is no figure {name}.")
            return inputs[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            one = _value(operand, inputs)
            return replace(one, value=-one.value)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div() as op, right=right):
            return _OPERATORS[type(op)](_value(left, inputs), _value(right, inputs))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in FUNCTIONS:
            return FUNCTIONS[name]([_value(arg, inputs) for arg in args])
        case ast.Call():
            raise FormulaError(f"A formula knows the functions {', '.join(FUNCTIONS)}.")
        case ast.Constant():
            raise FormulaError("A formula holds no numbers of its own: every input is a fact.")
        case _:
            raise FormulaError("A formula is made of facts, + - * / ( ) and functions.")


def _shared_period(amounts: Sequence[Amount]) -> str:
    first = amounts[0].period
    return first if all(one.period and same_period(first, one.period) for one in amounts) else ""


def _in_unit_of(one: Amount, other: Amount) -> float:
    """The value of the other in the unit of the first."""
    mine, its = understood(one.unit), understood(other.unit)
    if mine.family != its.family:
        raise FormulaError(f"“{one.unit or 'no unit'}” and “{other.unit or 'no unit'}” do not go together.")
    return other.value * its.scale / mine.scale


def _total(amounts: Sequence[Amount]) -> Amount:
    if len(amounts) < 2:
        raise FormulaError("sum and average need two figures at least.")
    first = amounts[0]
    return Amount(
        value=sum(_in_unit_of(first, one) for one in amounts),
        unit=first.unit,
        period=_shared_period(amounts),
        decimals=max(one.decimals for one in amounts),
    )


def _average(amounts: Sequence[Amount]) -> Amount:
    total = _total(amounts)
    return replace(total, value=total.value / len(amounts), decimals=max(total.decimals, 1))


def _difference(one: Amount, other: Amount) -> Amount:
    unit = POINTS if understood(one.unit).family == "percent" else one.unit
    return Amount(
        one.value - _in_unit_of(one, other), unit, _shared_period([one, other]), max(one.decimals, other.decimals)
    )


def _product(one: Amount, other: Amount) -> Amount:
    for kept, factor in ((one, other), (other, one)):
        family = understood(factor.unit).family
        if family in ("percent", "multiple", ""):
            by = factor.value / 100.0 if family == "percent" else factor.value
            return replace(kept, value=kept.value * by, period=_shared_period([one, other]))
    raise FormulaError(f"“{one.unit}” cannot be multiplied by “{other.unit}”.")


def _quotient(one: Amount, other: Amount) -> Amount:
    if other.value == 0:
        raise FormulaError("A formula divides by nothing.")
    mine, its = understood(one.unit), understood(other.unit)
    period = _shared_period([one, other])
    if mine.family == its.family:
        return Amount(one.value / _in_unit_of(one, other), TIMES, period, 2)
    if its.family in ("percent", "multiple", ""):
        by = other.value / 100.0 if its.family == "percent" else other.value
        return replace(one, value=one.value / by, period=period)
    if mine.family in CURRENCIES:
        return Amount(one.value / other.value, f"{one.unit} per {other.unit}", period, max(one.decimals, 3))
    raise FormulaError(f"“{one.unit}” cannot be divided by “{other.unit}”.")


def _two(name: str, amounts: Sequence[Amount]) -> tuple[Amount, Amount]:
    if len(amounts) != 2:
        raise FormulaError(f"{name} takes two figures.")
    return amounts[0], amounts[1]


def _year(amount: Amount) -> int | None:
    found = _YEAR.search(amount.period)
    return int(found[0]) if found else None


def _growth(amounts: Sequence[Amount]) -> Amount:
    before, after = _two("growth", amounts)
    if before.value <= 0:
        raise FormulaError("growth needs a first figure above zero.")
    start, end = _year(before), _year(after)
    if start is not None and end is not None and start > end:
        raise FormulaError("growth takes the earlier figure first.")
    return Amount((_in_unit_of(before, after) / before.value - 1.0) * 100.0, PERCENT, after.period, 1)


def _cagr(amounts: Sequence[Amount]) -> Amount:
    first, last = _two("cagr", amounts)
    start, end = _year(first), _year(last)
    if start is None or end is None or end <= start:
        raise FormulaError("cagr takes a figure of an earlier year, then one of a later year.")
    if first.value <= 0 or last.value <= 0:
        raise FormulaError("cagr needs figures above zero.")
    rate = (_in_unit_of(first, last) / first.value) ** (1.0 / (end - start)) - 1.0
    return Amount(rate * 100.0, PERCENT, "", 1)


def _margin(amounts: Sequence[Amount]) -> Amount:
    part, whole = _two("margin", amounts)
    if part.period and whole.period and not same_period(part.period, whole.period):
        raise FormulaError("margin takes two figures of one period.")
    if whole.value == 0:
        raise FormulaError("margin needs a whole that is not zero.")
    return Amount(part.value / _in_unit_of(part, whole) * 100.0, PERCENT, part.period, 1)


FUNCTIONS: Mapping[str, Callable[[Sequence[Amount]], Amount]] = {
    "growth": _growth,
    "margin": _margin,
    "cagr": _cagr,
    "sum": _total,
    "average": _average,
}
_OPERATORS: Mapping[type[ast.operator], Callable[[Amount, Amount], Amount]] = {
    ast.Add: lambda one, other: _total([one, other]),
    ast.Sub: _difference,
    ast.Mult: _product,
    ast.Div: _quotient,
}
