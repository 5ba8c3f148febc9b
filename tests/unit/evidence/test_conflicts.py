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


def quoted(source: str, value: float, quote: str, basis: str = "") -> Fact:
    given = fact(source, "Customers", value, "customers", "")
    place = given.source.model_copy(update={"quote": quote})
    return given.model_copy(update={"source": place, "basis": basis})


def test_about_and_more_than_leave_room() -> None:
    exact = quoted("a", 655, "There are 655 customers.")
    assert conflicts_in([exact, quoted("b", 650, "We serve about 650 customers.")]) == []
    assert conflicts_in([exact, quoted("b", 600, "It has more than 600 customers.")]) == []
    assert conflicts_in([exact, quoted("b", 700, "It has fewer than 700 customers.")]) == []
    assert len(conflicts_in([exact, quoted("b", 650, "It has 650 customers.")])) == 1
    assert len(conflicts_in([exact, quoted("b", 720, "We serve about 720 customers.")])) == 1
    assert len(conflicts_in([exact, quoted("b", 700, "It has more than 700 customers.")])) == 1


def test_what_somebody_thinks_will_be_contradicts_nothing() -> None:
    exact = quoted("a", 655, "There are 655 customers.")
    assert conflicts_in([exact, quoted("b", 2_000, "It will be 2,000 customers.", "stated as opinion")]) == []


def test_a_counted_thing_is_the_same_with_and_without_its_unit() -> None:
    assert len(conflicts_in([fact("a", "Customers", 655, ""), fact("b", "Customers", 610, "customers")])) == 1
