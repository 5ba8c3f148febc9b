"""Slides that say again what another one says are known by their statements and the figures of their tables."""

from __future__ import annotations

import pytest

from domain.model import BulletsComponent, SlideBody, TableComponent
from evidence.doubles import says_again

CHANNELS = (
    "The company does not publish how sales split between these channels.",
    "Where volumes allow, the company replaces a distributor with its own sales team.",
    "Flagship sales in Latin America rose by $14.8 million in fiscal year 2024.",
)


def bullets(title: str, *items: str) -> SlideBody:
    body = BulletsComponent(type="bullets", id="c1", items=items)
    return SlideBody(title=title, layout_type="bullets", components=(body,))


def table(*rows: tuple[float, ...]) -> SlideBody:
    body = TableComponent(
        type="table",
        id="c1",
        columns=("", "FY2021", "FY2022", "FY2023", "FY2024"),
        rows=tuple(("Net sales", *row) for row in rows),
    )
    return SlideBody(title="Figures", layout_type="table", components=(body,))


SALES, MARGIN, INCOME, ASSETS = (
    (488.1, 518.8, 537.3, 590.6),
    (54.0, 49.1, 51.0, 53.4),
    (70.2, 67.3, 66.0, 69.6),
    (430.2, 434.3, 438.0, 449.0),
)


@pytest.mark.parametrize(
    ("body", "other", "again"),
    [
        (bullets("Sales by region are known", *CHANNELS), bullets("How the products are sold today", *CHANNELS), True),
        (bullets(CHANNELS[0], CHANNELS[1]), bullets("How the products are sold today", *CHANNELS), False),
        (bullets(CHANNELS[0].rstrip("."), *CHANNELS[1:]), bullets("How it is sold today", *CHANNELS), True),
        (
            bullets("Markets of the company today", CHANNELS[0], "The market grows by 4% a year.", "Users are many."),
            bullets("How the products are sold today", *CHANNELS),
            False,
        ),
        (table(SALES, MARGIN, INCOME), table(SALES, MARGIN), True),
        (table(SALES, ASSETS), table(SALES, MARGIN, INCOME), False),
        (table(SALES), table(SALES), False),
        (table(SALES, MARGIN), bullets("How the products are sold today", *CHANNELS), False),
    ],
)
def test_what_counts_as_said_again(body: SlideBody, other: SlideBody, *, again: bool) -> None:
    assert says_again(body, other) is again
