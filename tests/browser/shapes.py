# python-pptx leaves many of its attributes untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
"""What stands where in a deck, for tests that hold the pages of the workspace against it.

`python -m tests.browser.shapes <deck.pptx>` writes JSON: of each page its shapes in order, lengths in points.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from pptx import Presentation
from pptx.text.text import TextFrame, _Paragraph  # pyright: ignore[reportPrivateUsage]


def _size_of(paragraph: _Paragraph) -> float | None:
    sizes = [run.font.size.pt for run in paragraph.runs if run.font.size is not None]
    return sizes[0] if sizes else None


def _words(frame: TextFrame) -> dict[str, Any]:
    filled = [paragraph for paragraph in frame.paragraphs if paragraph.text]
    return {"lines": [each.text for each in filled], "sizes": [_size_of(each) for each in filled]}


def _table(table: Any) -> dict[str, Any]:
    cells = [[cell.text_frame for cell in row.cells] for row in table.rows]
    return {
        "rows": [[frame.text for frame in row] for row in cells],
        "sizes": [_size_of(cells[0][0].paragraphs[0])],
        "widths": [column.width.pt for column in table.columns],
        "heights": [row.height.pt for row in table.rows],
        "aligned": [str(frame.paragraphs[0].alignment).split(" ")[0].lower() for frame in cells[-1]],
    }


def _chart(chart: Any) -> dict[str, Any]:
    (plot,) = chart.plots
    return {
        "kind": str(chart.chart_type).split(" ")[0].lower(),
        "categories": list(plot.categories),
        "series": [{"name": series.name, "values": list(series.values)} for series in plot.series],
        "legend": chart.has_legend,
    }


def _shape(shape: Any) -> dict[str, Any]:
    box = {"x": shape.left.pt, "y": shape.top.pt, "w": shape.width.pt, "h": shape.height.pt}
    held: dict[str, Any] = {}
    if shape.has_text_frame:
        held = _words(shape.text_frame)
    elif getattr(shape, "has_table", False):
        held = {"table": _table(shape.table)}
    elif getattr(shape, "has_chart", False):
        held = {"chart": _chart(shape.chart)}
    return {"name": "Title" if shape.is_placeholder else shape.name, **box, **held}


def main(path: str) -> None:
    pages = [[_shape(shape) for shape in slide.shapes] for slide in Presentation(path).slides]
    sys.stdout.write(json.dumps(pages, ensure_ascii=False))


if __name__ == "__main__":
    main(*sys.argv[1:])
