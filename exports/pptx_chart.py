# python-pptx leaves many of its attributes untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownParameterType=false, reportPrivateUsage=false
"""Native charts for decks, with the workbook behind them."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any

from pptx.chart.data import CategoryChartData
from pptx.chart.datalabel import DataLabels
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
    XL_TICK_MARK,
)
from pptx.oxml.ns import qn
from pptx.oxml.xmlchemy import OxmlElement
from pptx.slide import Slide
from pptx.util import Pt
from xlsxwriter import Workbook

from domain.model import ChartComponent
from exports.charts import LEAST_STACK_SHARE, axis, drawn_kind, label_colour, series_colour, written_below
from exports.layout import LABEL_LIMIT
from exports.page import COLOURS, ChartItem
from exports.pptx_template import SANS, child
from exports.text import NOTHING, decimals_of, shortened

_TYPES = {
    "bar": XL_CHART_TYPE.COLUMN_CLUSTERED,
    "stacked_bar": XL_CHART_TYPE.COLUMN_STACKED,
    "line": XL_CHART_TYPE.LINE_MARKERS,
    "pie": XL_CHART_TYPE.PIE,
}
_LABEL_POSITIONS = {
    "bar": XL_LABEL_POSITION.OUTSIDE_END,
    "stacked_bar": XL_LABEL_POSITION.CENTER,
    "line": XL_LABEL_POSITION.ABOVE,
}
_EPOCH = datetime(2000, 1, 1)


def number_format(decimals: int) -> str:
    return "#,##0" + ("." + "0" * decimals if decimals else "")


def _labels(chart: ChartComponent) -> list[str]:
    return [shortened(category, LABEL_LIMIT) or NOTHING for category in chart.categories]


def _names(chart: ChartComponent) -> list[str]:
    return [shortened(series.name, 80) or f"Series {at}" for at, series in enumerate(chart.series, start=1)]


def _workbook(chart: ChartComponent, decimals: int) -> bytes:
    """The cells that the chart refers to. Texts stay texts: nothing is read as a formula or a link."""
    out = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Workbook(out, options)
    sheet = book.add_worksheet("Sheet1")
    figures = book.add_format({"num_format": number_format(decimals)})
    for row, label in enumerate(_labels(chart), start=1):
        sheet.write_string(row, 0, label)
    for column, (name, series) in enumerate(zip(_names(chart), chart.series, strict=True), start=1):
        sheet.write_string(0, column, name)
        for row, value in enumerate(series.values, start=1):
            if value is not None:
                sheet.write_number(row, column, value, figures)
    book.set_properties({"created": _EPOCH})
    book.close()
    return out.getvalue()


def add_chart(slide: Slide, item: ChartItem) -> None:
    """Draws the chart into its box, as an object that can be edited."""
    kind = drawn_kind(item.chart)
    data: Any = CategoryChartData(number_format=number_format(item.decimals))
    data.categories = _labels(item.chart)
    for name, series in zip(_names(item.chart), item.chart.series, strict=True):
        data.add_series(name, series.values)
    box = item.box
    frame: Any = slide.shapes.add_chart(_TYPES[kind], Pt(box.x), Pt(box.y), Pt(box.w), Pt(box.h), data)
    chart: Any = frame.chart
    chart.part.chart_workbook.update_from_xlsx_blob(_workbook(item.chart, item.decimals))
    frame.name = "Chart"
    chart.font.size, chart.font.name = Pt(item.size), SANS
    chart.font.color.rgb = RGBColor.from_string(COLOURS["ink"])
    chart.has_title = False
    chart.has_legend = kind == "pie" or len(item.chart.series) > 1
    if chart.has_legend:
        chart.legend.position = XL_LEGEND_POSITION.BOTTOM
        chart.legend.include_in_layout = False
    if kind == "pie":
        _style_pie(chart, item)
    else:
        _style_axes(chart, item)
        _style_series(chart, item, kind)


def _label_points(labels: DataLabels, item: ChartItem, position: XL_LABEL_POSITION, ink: str) -> None:
    labels.number_format, labels.number_format_is_linked = number_format(item.decimals), False
    labels.show_value = True
    labels.position = position
    labels.font.size = Pt(item.size)
    labels.font.color.rgb = RGBColor.from_string(ink)


def _hide_small(labels: Any, item: ChartItem, at: int) -> None:
    """No figure in parts of a stack that are too low for it."""
    low, high, _ = axis(item.chart, item.labels)
    small = [
        point
        for point, value in enumerate(item.chart.series[at].values)
        if value is not None and abs(value) < LEAST_STACK_SHARE * (high - low)
    ]
    for place, point in enumerate(small):
        label = OxmlElement("c:dLbl")
        child(label, "c:idx", val=str(point))
        child(label, "c:delete", val="1")
        labels._element.insert(place, label)


def _style_pie(chart: Any, item: ChartItem) -> None:
    plot = chart.plots[0]
    plot.has_data_labels = True
    plot.data_labels.show_percentage = False
    _label_points(plot.data_labels, item, XL_LABEL_POSITION.OUTSIDE_END, COLOURS["ink"])
    _leave_margin(chart)
    for at in range(len(item.chart.categories)):
        fill = plot.series[0].points[at].format.fill
        fill.solid()
        fill.fore_color.rgb = RGBColor.from_string(series_colour(at))


def _leave_margin(chart: Any) -> None:
    """A pie smaller than its frame, so that the figures around it have room."""
    area = chart.element.find(f".//{qn('c:plotArea')}")
    old = area.find(qn("c:layout"))
    if old is not None:
        area.remove(old)
    layout = OxmlElement("c:layout")
    manual = child(layout, "c:manualLayout")
    placed = {
        "layoutTarget": "inner",
        "xMode": "edge",
        "yMode": "edge",
        "x": "0.2",
        "y": "0.1",
        "w": "0.6",
        "h": "0.7",
    }
    for name, value in placed.items():
        child(manual, f"c:{name}", val=value)
    area.insert(0, layout)


def _style_axes(chart: Any, item: ChartItem) -> None:
    value, category = chart.value_axis, chart.category_axis
    low, high, step = axis(item.chart, item.labels)
    value.minimum_scale, value.maximum_scale, value.major_unit = low, high, step
    value.has_major_gridlines = not item.labels
    value.visible = not item.labels
    value.tick_labels.number_format, value.tick_labels.number_format_is_linked = number_format(decimals_of(step)), False
    value.format.line.fill.background()
    if value.has_major_gridlines:
        value.major_gridlines.format.line.color.rgb = RGBColor.from_string(COLOURS["line"])
        value.major_gridlines.format.line.width = Pt(0.5)
    category.major_tick_mark = XL_TICK_MARK.NONE
    category.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    category.format.line.color.rgb = RGBColor.from_string(COLOURS["line"])
    category.has_major_gridlines = False


def _style_series(chart: Any, item: ChartItem, kind: str) -> None:
    plot = chart.plots[0]
    if kind == "bar":
        plot.gap_width, plot.overlap = 70, -6
    elif kind == "stacked_bar":
        plot.gap_width, plot.overlap = 60, 100
    for at, series in enumerate(plot.series):
        colour = RGBColor.from_string(series_colour(at))
        if kind == "line":
            series.smooth = False
            series.format.line.color.rgb = colour
            series.format.line.width = Pt(2.25)
            series.marker.format.fill.solid()
            series.marker.format.fill.fore_color.rgb = colour
            series.marker.format.line.color.rgb = colour
            series.marker.style = XL_MARKER_STYLE.CIRCLE
            series.marker.size = 6
        else:
            series.format.fill.solid()
            series.format.fill.fore_color.rgb = colour
            series.invert_if_negative = False
        if item.labels:
            ink = label_colour(series_colour(at)) if kind == "stacked_bar" else COLOURS["ink"]
            _label_points(series.data_labels, item, _LABEL_POSITIONS[kind], ink)
            if kind == "stacked_bar":
                _hide_small(series.data_labels, item, at)
            elif kind == "line":
                for point in range(len(item.chart.categories)):
                    if written_below(item.chart, at, point):
                        series.points[point].data_label.position = XL_LABEL_POSITION.BELOW
