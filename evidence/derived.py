"""Figures that are worked out from others: the formula is stated with the sources of its inputs.

A derived figure has one source reference for each input, and the quote of each is the formula in figures:
`= (590.6 - 537.3) / 537.3`. Every number in it is the value of a fact at one of these places, or a plain constant.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from domain.model import Fact, SourceReference
from evidence.figures import Figure

CONSTANTS = frozenset([*(float(n) for n in range(13)), 52.0, 100.0, 360.0, 365.0, 1e3, 1e6, 1e9])
MOST_CHARACTERS = 600
_OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: lambda one, other: one / other,
    ast.Pow: lambda one, other: one**other,
}
_MOST_EXPONENT = 100.0
_NAME = re.compile(r"\b[A-Za-z]\w*\b")


class FormulaError(ValueError):
    """A formula that cannot be worked out; the message says why, for people."""


def is_formula(text: str) -> bool:
    return text.startswith("=") and len(text) <= MOST_CHARACTERS


def evaluate(formula: str) -> float:
    """The value of a formula of numbers, + - * / ^ and brackets. Raises FormulaError."""
    value, _ = _worked_out(formula)
    return value


def stated(formula: str, inputs: Mapping[str, Fact], anchor: str | None = None) -> tuple[SourceReference, ...]:
    """The references of a figure that follows from `inputs` by a formula over their names, as in `(F1 - F2) / F2`.

    Raises FormulaError for a formula that cannot be worked out, or names what is not given.
    """

    def number(match: re.Match[str]) -> str:
        fact = inputs.get(match[0])
        if fact is None or fact.value is None:
            raise FormulaError(f"there is no figure {match[0]}")
        return f"({fact.value:.12g})" if fact.value < 0 else f"{fact.value:.12g}"

    used = [inputs[name] for name in dict.fromkeys(_NAME.findall(formula)) if name in inputs]
    quote = f"= {_NAME.sub(number, formula.removeprefix('=')).strip()}"
    if not used:
        raise FormulaError("a formula needs at least one figure of the documents")
    evaluate(quote)
    places = {(fact.source.source_id, fact.source.locator): fact.source for fact in used}
    return tuple(source.model_copy(update={"quote": quote, "anchor": anchor}) for source in places.values())


def follows(figure: Figure, sources: Sequence[SourceReference], facts: Iterable[Fact]) -> bool:
    """Whether a formula stated in the sources gives the figure, all its numbers being facts at these places.

    A ratio may be shown as a percentage. `facts` are those that stand at the places of the sources.
    """
    known = [fact.value for fact in facts if fact.value is not None]
    for formula in dict.fromkeys(source.quote for source in sources if source.quote and is_formula(source.quote)):
        try:
            value, numbers = _worked_out(formula)
        except FormulaError:
            continue
        own = [number for number in numbers if number not in CONSTANTS]
        inputs = own or list(numbers)
        if not all(any(math.isclose(abs(number), abs(fact), rel_tol=1e-9) for fact in known) for number in inputs):
            continue
        shown = [value, value * 100] if figure.unit in ("percent", "percentage points", "") else [value]
        if any(_shows(figure, exact) for exact in shown):
            return True
    return False


def _shows(figure: Figure, exact: float) -> bool:
    return abs(figure.value - exact) <= 10.0**-figure.decimals / 2 + abs(exact) * 1e-9


def _worked_out(formula: str) -> tuple[float, list[float]]:
    text = formula.removeprefix("=").replace("^", "**").replace("\u00d7", "*").replace("\u2212", "-").strip()
    numbers: list[float] = []
    if len(text) > MOST_CHARACTERS:
        raise FormulaError("the formula is too long")
    try:
        value = _value(ast.parse(text, mode="eval").body, numbers)
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise FormulaError("the formula cannot be read") from error
    except (ZeroDivisionError, OverflowError) as error:
        raise FormulaError("the formula divides by zero or grows without bound") from error
    if not math.isfinite(value):
        raise FormulaError("the formula has no finite value")
    return value, numbers


def _value(node: ast.expr, numbers: list[float]) -> float:
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            numbers.append(float(value))
            return float(value)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=operand):
            inner = _value(operand, numbers)
            return -inner if isinstance(sign, ast.USub) else inner
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            one, other = _value(left, numbers), _value(right, numbers)
            if isinstance(op, ast.Pow) and (one < 0 or abs(other) > _MOST_EXPONENT):
                raise FormulaError("a power needs a positive base and an exponent up to 100")
            return float(_OPERATORS[type(op)](one, other))
        case _:
            raise FormulaError("a formula has numbers, + - * / ^ and brackets only")
