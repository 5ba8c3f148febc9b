"""Where the figures of lines stand."""

from __future__ import annotations

from domain.model import ChartComponent, ChartSeries
from exports.charts import written_below


def test_of_two_lines_close_to_each_other_the_lower_carries_its_figures_below() -> None:
    chart = ChartComponent(
        type="chart",
        kind="line",
        categories=("FY2022", "FY2023", "FY2024"),
        series=(
            ChartSeries(name="Americas", values=(182.1, 241.4, 200.0)),
            ChartSeries(name="EIMEA", values=(167.3, 184.9, 200.0)),
            ChartSeries(name="Asia-Pacific", values=(59.1, None, 89.3)),
        ),
    )
    below = [[written_below(chart, at, point) for point in range(3)] for at in range(3)]
    assert below == [[False, False, False], [True, False, True], [False, False, False]]
