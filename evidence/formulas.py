"""Small formulas over facts, with units: how figures are derived that no document states.

A formula names facts, and holds no numbers of its own. What it gives knows its unit, and the plain expression that
`evidence.derived.stated` turns into the references of the figure.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from domain.model import Fact
from evidence.derived import FormulaError
from evidence.periods import same_period
from evidence.units import CURRENCIES, understood

MOST_CHARACTERS, MOST_INPUTS = 400, 12
PERCENT, POINTS, TIMES = "percent", "percentage points", "x"
_YEAR = re.compile(r"(?:19|20)\d{2}")


@dataclass(frozen=True, slots=True)
class Amount:
    """A value in its unit, shown with `decimals`; `period` where all that it is made of shares one.

    `expression` says in + - * / ^, brackets, constants and names of facts how it was reached.
    """

    value: float
    unit: str
    period: str
    decimals: int
    expression: str

    @property
    def rounded(self) -> float:
        return round(self.value, self.decimals)


def inputs_of(formula: str) -> tuple[str, ...]:
    """The names of the facts that go into a formula, each once, in order. Raises FormulaError."""
    names = [node for node in ast.walk(_parsed(formula)) if isinstance(node, ast.Name) and node.id not in FUNCTIONS]
    return tuple(dict.fromkeys(node.id for node in sorted(names, key=lambda node: (node.lineno, node.col_offset))))


def is_plain(formula: str) -> bool:
    """Whether the formula is a fact as it stands."""
    return isinstance(_parsed(formula), ast.Name)


def evaluate(formula: str, facts: Mapping[str, Fact]) -> Amount:
    """What the formula gives: + - * / and FUNCTIONS over facts by name. Raises FormulaError."""
    names = inputs_of(formula)
    if not names:
        raise FormulaError("A formula needs at least one fact.")
    if len(names) > MOST_INPUTS:
        raise FormulaError(f"A formula takes at most {MOST_INPUTS} facts.")
    found = _value(_parsed(formula), facts)
    if not math.isfinite(found.value):
        raise FormulaError("The result is not a finite number.")
    return found


def _amount_of(name: str, fact: Fact) -> Amount:
    if fact.value is None:
        raise FormulaError(f"{name} has no figure: “{fact.statement[:80]}”.")
    decimals = len(format(fact.value, ".10g").partition(".")[2]) if abs(fact.value) < 1e10 else 0
    return Amount(fact.value, fact.unit, "" if fact.period == "-" else fact.period, decimals, name)


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


def _value(node: ast.expr, facts: Mapping[str, Fact]) -> Amount:
    match node:
        case ast.Name(id=name):
            if name not in facts:
                raise FormulaError(f"There is no figure {name}.")
            return _amount_of(name, facts[name])
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            one = _value(operand, facts)
            return replace(one, value=-one.value, expression=f"-{_in_brackets(one)}")
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div() as op, right=right):
            return _OPERATORS[type(op)](_value(left, facts), _value(right, facts))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in FUNCTIONS:
            return FUNCTIONS[name]([_value(arg, facts) for arg in args])
        case ast.Call():
            raise FormulaError(f"A formula knows the functions {', '.join(FUNCTIONS)}.")
        case ast.Constant():
            raise FormulaError("A formula holds no numbers of its own: every input is a fact.")
        case _:
            raise FormulaError("A formula is made of facts, + - * / ( ) and functions.")


def _shared_period(amounts: Sequence[Amount]) -> str:
    first = amounts[0].period
    return first if all(one.period and same_period(first, one.period) for one in amounts) else ""


def _in_brackets(amount: Amount) -> str:
    return amount.expression if re.fullmatch(r"\w+", amount.expression) else f"({amount.expression})"


def _in_unit_of(one: Amount, other: Amount) -> Amount:
    """The other in the scale of the first."""
    mine, its = understood(one.unit), understood(other.unit)
    if mine.family != its.family:
        raise FormulaError(f"“{one.unit or 'no unit'}” and “{other.unit or 'no unit'}” do not go together.")
    if its.scale == mine.scale:
        return other
    up = its.scale > mine.scale
    factor = its.scale / mine.scale if up else mine.scale / its.scale
    value = other.value * factor if up else other.value / factor
    return replace(other, value=value, expression=f"{_in_brackets(other)} {'*' if up else '/'} {factor:.0f}")


def _total(amounts: Sequence[Amount]) -> Amount:
    if len(amounts) < 2:
        raise FormulaError("sum and average need two figures at least.")
    first = amounts[0]
    parts = [_in_unit_of(first, one) for one in amounts]
    return Amount(
        value=sum(one.value for one in parts),
        unit=first.unit,
        period=_shared_period(amounts),
        decimals=max(one.decimals for one in amounts),
        expression=" + ".join(_in_brackets(one) for one in parts),
    )


def _average(amounts: Sequence[Amount]) -> Amount:
    total = _total(amounts)
    return replace(
        total,
        value=total.value / len(amounts),
        decimals=max(total.decimals, 1),
        expression=f"({total.expression}) / {len(amounts)}",
    )


def _difference(one: Amount, other: Amount) -> Amount:
    less = _in_unit_of(one, other)
    return Amount(
        value=one.value - less.value,
        unit=POINTS if understood(one.unit).family == "percent" else one.unit,
        period=_shared_period([one, other]),
        decimals=max(one.decimals, other.decimals),
        expression=f"{one.expression} - {_in_brackets(less)}",
    )


def _factor(amount: Amount) -> tuple[float, str] | None:
    """A share or a multiple as a plain factor."""
    family = understood(amount.unit).family
    if family == "percent":
        return amount.value / 100.0, f"({_in_brackets(amount)} / 100)"
    return (amount.value, _in_brackets(amount)) if family in ("multiple", "") else None


def _product(one: Amount, other: Amount) -> Amount:
    for kept, by in ((one, other), (other, one)):
        factor = _factor(by)
        if factor is not None:
            return replace(
                kept,
                value=kept.value * factor[0],
                period=_shared_period([one, other]),
                expression=f"{_in_brackets(kept)} * {factor[1]}",
            )
    raise FormulaError(f"“{one.unit}” cannot be multiplied by “{other.unit}”.")


def _quotient(one: Amount, other: Amount) -> Amount:
    if other.value == 0:
        raise FormulaError("A formula divides by nothing.")
    mine, its = understood(one.unit), understood(other.unit)
    period = _shared_period([one, other])
    if mine.family == its.family:
        whole = _in_unit_of(one, other)
        expression = f"{_in_brackets(one)} / {_in_brackets(whole)}"
        return Amount(one.value / whole.value, TIMES, period, 2, expression)
    factor = _factor(other)
    if factor is not None:
        expression = f"{_in_brackets(one)} / {factor[1]}"
        return replace(one, value=one.value / factor[0], period=period, expression=expression)
    if mine.family in CURRENCIES:
        expression = f"{_in_brackets(one)} / {_in_brackets(other)}"
        unit = f"{one.unit} per {other.unit}"
        return Amount(one.value / other.value, unit, period, max(one.decimals, 3), expression)
    raise FormulaError(f"“{one.unit}” cannot be divided by “{other.unit}”.")


def _two(name: str, amounts: Sequence[Amount]) -> tuple[Amount, Amount]:
    if len(amounts) != 2:
        raise FormulaError(f"{name} takes two figures.")
    first, second = amounts
    return first, _in_unit_of(first, second)


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
    base = _in_brackets(before)
    expression = f"({after.expression} - {base}) / {base} * 100"
    return Amount((after.value - before.value) / before.value * 100.0, PERCENT, after.period, 1, expression)


def _cagr(amounts: Sequence[Amount]) -> Amount:
    first, last = _two("cagr", amounts)
    start, end = _year(first), _year(last)
    if start is None or end is None or end <= start:
        raise FormulaError("cagr takes a figure of an earlier year, then one of a later year.")
    if first.value <= 0 or last.value <= 0:
        raise FormulaError("cagr needs figures above zero.")
    rate = (last.value / first.value) ** (1.0 / (end - start)) - 1.0
    expression = f"(({_in_brackets(last)} / {_in_brackets(first)}) ^ (1 / {end - start}) - 1) * 100"
    return Amount(rate * 100.0, PERCENT, "", 1, expression)


def _margin(amounts: Sequence[Amount]) -> Amount:
    part, whole = _two("margin", amounts)
    if part.period and whole.period and not same_period(part.period, whole.period):
        raise FormulaError("margin takes two figures of one period.")
    if whole.value == 0:
        raise FormulaError("margin needs a whole that is not zero.")
    expression = f"{_in_brackets(part)} / {_in_brackets(whole)} * 100"
    return Amount(part.value / whole.value * 100.0, PERCENT, part.period, 1, expression)


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
