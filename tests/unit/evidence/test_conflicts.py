"""Figures on which two sources disagree."""

from __future__ import annotations

from domain.model import Fact, SourceReference
from evidence.conflicts import conflicts_in


def fact(
    source: str, metric: str, value: float, unit: str = "USD million", period: str = "FY2024", entity: str = ""
) -> Fact:
    return Fact(
        id=f"{source}{metric}{value}".replace(" ", "").replace(".", "_"),
        statement="x",
        value=value,
        unit=unit,
        period=period,
        source=SourceReference(source_id=source, locator="p. 1"),
        metric=metric,
        entity=entity,
    )


def test_one_measure_under_two_names() -> None:
    found = conflicts_in([fact("a", "Operating income", 87.3), fact("b", "Income from operations", 83.7)])
    assert [(conflict.one.value, conflict.other.value) for conflict in found] == [(87.3, 83.7)]
    assert found[0].topic == "Operating income, FY2024"


def test_rounding_scale_and_other_subjects_are_no_conflict() -> None:
    net_sales = fact("a", "Net sales", 590.6)
    assert conflicts_in([net_sales, fact("b", "Net sales", 591)]) == []
    assert conflicts_in([net_sales, fact("b", "Revenue", 0.5906, "USD billion")]) == []
    assert conflicts_in([net_sales, fact("b", "Net sales", 537.3, period="FY2023")]) == []
    assert conflicts_in([net_sales, fact("b", "Net sales", 281.9, entity="Americas")]) == []
    assert conflicts_in([net_sales, fact("b", "Net sales", 10, "percent")]) == []
    assert conflicts_in([net_sales, fact("a", "Net sales", 500)]) == []
    assert conflicts_in([net_sales, fact("b", "Net sales", 600, period="FY2024 guidance")]) == []


def test_a_figure_without_a_period_meets_the_only_one() -> None:
    today = fact("b", "Headcount", 710, "people", "")
    assert len(conflicts_in([fact("a", "Employees", 613, "people", "FY2023"), today])) == 1
    several = [fact("a", "Employees", 613, "people", "FY2023"), fact("a", "Employees", 583, "people", "FY2022")]
    assert conflicts_in([*several, today]) == []
