"""Formulas over facts: what they give, in which unit, and what they refuse."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.model import Fact, SourceReference
from evidence.derived import FormulaError, follows, stated
from evidence.figures import figure_of
from evidence.formulas import evaluate, inputs_of, is_plain


def fact(name: str, value: float | None, unit: str, period: str = "FY2024", metric: str = "Net sales") -> Fact:
    source = SourceReference(source_id="book-xlsx", locator=f"Sheet!{name}")
    return Fact(id=name, statement=f"{metric}.", value=value, unit=unit, period=period, source=source, metric=metric)


FACTS = {
    "F1": fact("F1", 488.1, "USD million", "FY2021"),
    "F2": fact("F2", 537.3, "USD million", "FY2023"),
    "F3": fact("F3", 590.6, "USD million"),
    "F4": fact("F4", 315.2, "USD million", metric="Gross profit"),
    "F5": fact("F5", 53.4, "percent", metric="Gross margin"),
    "F6": fact("F6", 51.0, "percent", "FY2023", metric="Gross margin"),
    "F7": fact("F7", 613, "people", "FY2023", metric="Employees"),
    "F8": fact("F8", 45_300, "USD thousand", metric="Increase"),
    "F9": fact("F9", -12.5, "USD million", "FY2022", metric="Loss"),
    "F10": fact("F10", 0, "USD million", "FY2020"),
    "F11": fact("F11", None, "", metric="Words"),
}


@pytest.mark.parametrize(
    ("formula", "value", "unit", "expression"),
    [
        ("F3", 590.6, "USD million", "F3"),
        ("= F3 - F2", 53.3, "USD million", "F3 - F2"),
        ("growth(F2, F3)", 9.9, "percent", "(F3 - F2) / F2 * 100"),
        ("cagr(F1, F3)", 6.6, "percent", "((F3 / F1) ^ (1 / 3) - 1) * 100"),
        ("margin(F4, F3)", 53.4, "percent", "F4 / F3 * 100"),
        ("sum(F1, F2, F3)", 1616.0, "USD million", "F1 + F2 + F3"),
        ("average(F5, F6)", 52.2, "percent", "(F5 + F6) / 2"),
        ("F5 - F6", 2.4, "percentage points", "F5 - F6"),
        ("F3 / F2", 1.1, "x", "F3 / F2"),
        ("F3 / F7", 0.963, "USD million per people", "F3 / F7"),
        ("F3 * F5", 315.4, "USD million", "F3 * (F5 / 100)"),
        ("F3 + F8", 635.9, "USD million", "F3 + (F8 / 1000)"),
        ("F8 + F3", 635_900.0, "USD thousand", "F8 + (F3 * 1000)"),
        ("-(F3 - F2)", -53.3, "USD million", "-(F3 - F2)"),
        ("F3 + F9", 578.1, "USD million", "F3 + F9"),
    ],
)
def test_what_a_formula_gives_is_borne_out_by_its_references(
    formula: str, value: float, unit: str, expression: str
) -> None:
    amount = evaluate(formula, FACTS)
    assert (amount.rounded, amount.unit, amount.expression) == (value, unit, expression)
    if not is_plain(formula):
        sources = stated(amount.expression, FACTS, "r1c1")
        assert {source.locator for source in sources} == {f"Sheet!{name}" for name in inputs_of(formula)}
        assert follows(figure_of(amount.rounded, amount.unit), sources, FACTS.values())
        assert not follows(figure_of(amount.rounded + 1.0, amount.unit), sources, FACTS.values())


@pytest.mark.parametrize(
    ("formula", "why"),
    [
        ("", "characters"),
        ("F3 +", "is not a formula"),
        ("(" * 300, "is not a formula"),
        ("F3 * 1.05", "no numbers of its own"),
        ("F99", "no figure F99"),
        ("F11", "has no figure"),
        ("F3 + F5", "do not go together"),
        ("F3 * F2", "cannot be multiplied"),
        ("F7 / F3", "cannot be divided"),
        ("F3 / F10", "divides by nothing"),
        ("growth(F3, F2)", "the earlier figure first"),
        ("growth(F10, F3)", "above zero"),
        ("growth(F9, F3)", "above zero"),
        ("cagr(F3, F3)", "a later year"),
        ("margin(F4, F2)", "of one period"),
        ("growth(F2)", "takes two figures"),
        ("sum(F3)", "two figures at least"),
        ("eval(F3)", "knows the functions"),
        ("F3.real", "made of facts"),
        ("F3 ** F3", "made of facts"),
        ("[F3 for F3 in F2]", "made of facts"),
        ("sum(*F3)", "made of facts"),
        ("growth(first=F2, last=F3)", "knows the functions"),
        ("F3 if F2 else F1", "made of facts"),
        ("growth", "at least one fact"),
    ],
)
def test_a_formula_that_says_nothing_is_refused_with_the_reason(formula: str, why: str) -> None:
    with pytest.raises(FormulaError, match=why):
        evaluate(formula, FACTS)


@given(st.text(max_size=60))
def test_any_text_gives_an_amount_or_a_reason(text: str) -> None:
    try:
        amount = evaluate(text, FACTS)
    except FormulaError:
        return
    assert inputs_of(text)
    assert math.isfinite(amount.value)


@given(
    st.recursive(
        st.sampled_from(["F1", "F2", "F3", "F4", "F8", "F9", "F10"]),
        lambda inner: st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda one: f"({one[0]} {one[1]} {one[2]})"),
        max_leaves=8,
    )
)
def test_the_expression_says_the_same_as_the_formula(formula: str) -> None:
    try:
        amount = evaluate(formula, FACTS)
        sources = stated(amount.expression, FACTS)
    except FormulaError:
        return
    if not is_plain(formula) and amount.unit != "percent":
        assert follows(figure_of(amount.rounded, amount.unit), sources, FACTS.values())
