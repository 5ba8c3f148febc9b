"""Figures in any text, and whether facts bear them out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.model import Fact, SourceReference
from evidence.figures import figure_of, figures_in, supports, unsupported_figures


def fact(value: float, unit: str, period: str = "FY2024") -> Fact:
    return Fact(
        id="f1",
        statement="x",
        value=value,
        unit=unit,
        period=period,
        source=SourceReference(source_id="s", locator="p. 1"),
    )


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("Net sales were $590.6 million.", [(590.6, "USD million")]),
        ("USD 590.6 million and EUR 3.4bn", [(590.6, "USD million"), (3.4, "EUR billion")]),
        (
            "12.5 million euros, \u00a3200k, US$ 12m",
            [(12.5, "EUR million"), (200, "GBP thousand"), (12, "USD million")],
        ),
        ("5-8% and 8\u201311% a year", [(5, "percent"), (8, "percent"), (8, "percent"), (11, "percent")]),
        ("$600 to $630 million", [(600, "USD million"), (630, "USD million")]),
        ("between 54% and 55%", [(54, "percent"), (55, "percent")]),
        ("up 150 bps, or 1.5 percentage points", [(150, "basis points"), (1.5, "percentage points")]),
        ("2.5x EBITDA", [(2.5, "x")]),
        ("1,250 stores in 17 countries", [(1250, "stores"), (17, "countries")]),
        ("3 million customers", [(3, "million customers")]),
        ("about one billion dollars", [(1, "USD billion")]),
        ("a loss of -5.2%", [(-5.2, "percent")]),
        ("18,5 percent", [(18.5, "percent")]),
        ("590.6", [(590.6, "")]),
        ("613", [(613, "")]),
        ("20 growth markets", [(20, "growth markets")]),
    ],
)
def test_figures(text: str, figures: list[tuple[float, str]]) -> None:
    assert [(figure.value, figure.unit) for figure in figures_in(text)] == figures


@pytest.mark.parametrize(
    "text",
    [
        "WD-40, 3-IN-ONE, GT85, X-14, 2000 Flushes and 1001",
        "In 2024 and FY2024, Q4 FY2024, H1 2025 and 2021-2024",
        "1. First\n2) Second\n(3) Third",
        "Section 4.2, page 12, Form 10-K, note 3, slide 7, No. 5",
        "on August 31, 2024 or 31.08.2024 or 2024-08-31 at 10:30",
        "Call +1 (619) 275-1400, write to a1@b2.com or https://x.org/12.5",
        "as shown [4], (2) and in 2023.",
        "ISO 9001 and B2B, COVID-19, 24/7",
        "",
    ],
)
def test_what_is_no_figure(text: str) -> None:
    assert figures_in(text) == []


def test_periods_of_figures() -> None:
    text = "Net sales grew from $488.1 million in FY2021 to $590.6 million in FY2024. Margin was 49.1% (FY2022)."
    assert [figure.period for figure in figures_in(text)] == ["FY2021", "FY2024", "FY2022"]
    led = "In fiscal year 2024 sales were $281.9 million in Asia and $87.6 million in Africa. Staff stood at 12 people."
    assert [figure.period for figure in figures_in(led)] == ["FY2024", "FY2024", ""]


@pytest.mark.parametrize(
    ("text", "value", "unit", "agrees"),
    [
        ("$590.6 million", 590.6, "USD million", True),
        ("$591 million", 590.6, "USD million", True),
        ("$0.59 billion", 590.6, "USD million", True),
        ("$590,600 thousand", 590.6, "USD million", True),
        ("590.6", 590.6, "USD million", True),
        ("$1 billion", 590.6, "USD million", False),
        ("$590.63 million", 590.6, "USD million", False),
        ("$573.3 million", 537.3, "USD million", False),
        ("$590.6", 590.6, "USD million", False),
        ("\u20ac590.6 million", 590.6, "USD million", False),
        ("53%", 53.4, "percent", True),
        ("53.4", 53.4, "percent", True),
        ("53.4%", 53.4, "USD million", False),
        ("613 employees", 613, "people", True),
        ("613 customers", 613, "people", False),
        ("176 countries", 176, "countries and territories", True),
        ("a loss of $45.1 million", -45.1, "USD million", True),
        ("-$45.1 million", 45.1, "USD million", False),
        ("150 bps", 1.5, "percentage points", True),
    ],
)
def test_support(text: str, value: float, unit: str, agrees: bool) -> None:
    assert supports(figures_in(text)[0], fact(value, unit)) is agrees


def test_a_stated_period_must_be_the_facts_period() -> None:
    figure = figures_in("$590.6 million in FY2023")[0]
    assert supports(figure, fact(590.6, "USD million"))
    assert not supports(figure, fact(590.6, "USD million"), match_period=True)
    assert supports(figures_in("$590.6 million in 2024")[0], fact(590.6, "USD million"), match_period=True)


def test_figures_may_stand_in_the_sources_instead() -> None:
    text = "It serves 20 growth markets with $9.9 million."
    assert [figure.value for figure in unsupported_figures(text, [])] == [20, 9.9]
    assert [figure.value for figure in unsupported_figures(text, [], ["its top 20 growth markets"])] == [9.9]


def test_a_figure_that_stands_alone() -> None:
    assert supports(figure_of(590.6, "USD million"), fact(590.6, "USD million"))
    assert supports(figure_of(0.5906, "USD billion"), fact(590.6, "USD million"))
    assert not supports(figure_of(590.7, "USD million"), fact(590.6, "USD million"))


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_has_figures_within_its_bounds(text: str) -> None:
    for figure in figures_in(text):
        assert 0 <= figure.start < figure.end <= len(text)
        assert figure.value == figure.value
        assert any(char.isdigit() for char in figure.text) or figure.text.lower().split()[0].isalpha()


@settings(deadline=None)
@given(
    st.decimals(min_value=1, max_value=99_999, places=1),
    st.sampled_from(["USD million", "EUR thousand", "percent", "x", "people"]),
)
def test_a_fact_written_out_is_found_and_supported(amount: object, unit: str) -> None:
    value = float(str(amount))
    written = {"percent": f"{value:,}%", "x": f"{value:,}x", "people": f"{value:,} people"}.get(
        unit, f"{unit.split()[0]} {value:,} {unit.split()[-1]}"
    )
    text = f"The documents say {written} for the year."
    assert unsupported_figures(text, [fact(value, unit)]) == []
    assert [figure.value for figure in unsupported_figures(text, [fact(value * 3 + 7, unit)])] == [value]
