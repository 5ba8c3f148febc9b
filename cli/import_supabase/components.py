"""What is on an old slide, as components of ours."""

from __future__ import annotations

from pydantic import TypeAdapter, ValidationError

from cli.import_supabase.shape import Shape, Unreadable, snake
from domain.model import Component, LayoutType

_COMPONENT = TypeAdapter[Component](Component)

_TEXT = ("text", "paragraph", "heading", "title", "subtitle", "body", "markdown", "richtext", "rich_text")
_BULLETS = ("bullets", "bullet_list", "bullet_points", "list", "bullet", "ul")
_CHARTS = {
    "chart": None,
    "graph": None,
    "bar_chart": "bar",
    "line_chart": "line",
    "pie_chart": "pie",
    "stacked_bar_chart": "stacked_bar",
}
_METRICS = ("metric", "kpi", "stat", "number")
_QUOTES = ("quote", "testimonial", "callout")
_PICTURES = ("image", "picture", "logo", "icon", "photo")
_KINDS = {"column": "bar", "bars": "bar", "stacked": "stacked_bar", "area": "line", "doughnut": "pie", "donut": "pie"}
_LAYOUTS: dict[str, LayoutType] = {
    "title": "title",
    "cover": "title",
    "section": "section",
    "divider": "section",
    "text": "text",
    "content": "text",
    "bullets": "bullets",
    "list": "bullets",
    "two_columns": "two_columns",
    "two_column": "two_columns",
    "split": "two_columns",
    "table": "table",
    "chart": "chart",
    "graph": "chart",
    "metrics": "metrics",
    "kpis": "metrics",
    "quote": "quote",
    "image": "image",
}
_PARTS: dict[str, str | None] = {
    "subtitle": "text",
    "text": "text",
    "body": "text",
    "paragraph": "text",
    "description": "text",
    "markdown": "text",
    "bullets": "bullets",
    "bullet_points": "bullets",
    "points": "bullets",
    "items": "bullets",
    "list": "bullets",
    "table": "table",
    "chart": "chart",
    "graph": "chart",
    "quote": "quote",
    "components": None,
    "elements": None,
    "blocks": None,
    "content": None,
}
"""What the parts of an object of parts are; None: again a list, or an object of parts."""
_LAYOUT_OF: dict[str, LayoutType] = {
    "text": "text",
    "bullets": "bullets",
    "table": "table",
    "chart": "chart",
    "metric": "metrics",
    "quote": "quote",
}


def components_of(content: Shape) -> tuple[Component, ...]:
    """A text, a list of texts, a component, a list of components, or an object of parts. Raises Unreadable."""
    if content.is_empty:
        return ()
    if content.is_text:
        return (_made(content, {"type": "text", "text": content.text()}),)
    if content.is_list:
        items = list(content.items())
        if all(item.is_text for item in items):
            return (_made(content, {"type": "bullets", "items": [item.text() for item in items]}),)
        return tuple(made for item in items if not item.is_empty for made in _component(item))
    if content.has("type") or content.has("kind"):
        return _component(content)
    return _parts(content)


def layout_of(given: str, components: tuple[Component, ...]) -> LayoutType:
    """As it was named, else by what is on the slide."""
    named = _LAYOUTS.get(snake(given).removesuffix("_slide"))
    if named is not None:
        return named
    return _LAYOUT_OF.get(components[0].type, "text") if components else "title"


def _parts(content: Shape) -> tuple[Component, ...]:
    made: list[Component] = []
    for name, type_ in _PARTS.items():
        part = content.pick(name)
        if part is not None:
            made += _typed(part, type_) if type_ else components_of(part)
    metrics = content.pick("metrics", "kpis", "stats")
    for metric in metrics.items() if metrics is not None else ():
        made += _typed(metric, "metric")
    if not made:
        return _component(content)
    content.ignore("heading", "title")
    content.done()
    return tuple(made)


def _component(item: Shape) -> tuple[Component, ...]:
    if item.is_text:
        return (_made(item, {"type": "text", "text": item.text()}),)
    if not item.is_object:
        raise item.unreadable("a component was expected")
    return _typed(item, snake(item.text_of("type", "kind")) or _guessed(item))


def _typed(item: Shape, type_: str) -> tuple[Component, ...]:
    if type_ in _PICTURES:
        item.leave_out("a picture; upload it anew")
        return ()
    if not item.is_object:
        return (_made(item, _fields(item, type_)),)
    item = item.merged("data", "props", "content", "value")
    item.ignore("type", "kind", "style", "position", "layout", "width", "height", "order")
    fields = _fields(item, type_)
    item.done()
    return (_made(item, fields),)


def _fields(item: Shape, type_: str) -> dict[str, object]:
    if type_ in _TEXT:
        return {"type": "text", "text": _text(item)}
    if type_ in _BULLETS:
        named = ("items", "bullets", "points", "content", "list", "values", "text")
        listed = item.pick(*named) if item.is_object else item
        return {"type": "bullets", "items": [] if listed is None else listed.texts()}
    if type_ == "table":
        return _table(item)
    if type_ in _CHARTS:
        return _chart(item, _CHARTS[type_])
    if type_ in _METRICS:
        return {
            "type": "metric",
            "label": item.text_of("label", "title", "name"),
            "value": item.text_of("value", "number", "amount"),
            "unit": item.text_of("unit", "suffix"),
            "period": item.text_of("period", "year"),
        }
    if type_ in _QUOTES:
        by = item.text_of("by", "author", "attribution", "source")
        text = item.text_of("text", "quote", "content") if item.is_object else item.text()
        return {"type": "quote", "text": text, "by": by}
    raise item.unreadable(f"a component of the kind {type_[:60]!r} is not known")


def _text(item: Shape) -> str:
    """With the heading over it, where there are both."""
    if not item.is_object:
        return item.text()
    heading = item.text_of("title", "heading", "label")
    body = item.text_of("text", "content", "body", "markdown", "value", "description")
    if not heading and not body:
        raise item.unreadable("a text was expected")
    return "\n".join(part for part in (heading, body) if part)


def _table(item: Shape) -> dict[str, object]:
    columns = item.pick("columns", "headers", "header")
    rows = item.pick("rows", "data", "body", "cells")
    if rows is None and columns is None:
        raise item.unreadable("a table needs columns or rows")
    lines = list(rows.items()) if rows is not None else []
    names = [_name(column) for column in columns.items()] if columns is not None else []
    if not names and lines and lines[0].is_object:
        names = [name for name, _ in lines[0].named_items()]
    if not names and lines:
        names = [_name(cell) for cell in lines.pop(0).items()]
    return {"type": "table", "columns": names, "rows": [_cells(line, names) for line in lines]}


def _name(column: Shape) -> str:
    return "" if column.is_empty else column.text()


def _cells(line: Shape, names: list[str]) -> list[object]:
    if line.is_object:
        cells = {snake(name): cell for name, cell in line.named_items()}
        unknown = cells.keys() - {snake(name) for name in names}
        if unknown:
            raise line.unreadable(f"the table has no column {min(unknown)!r}")
        return [_cell(cells[snake(name)]) if snake(name) in cells else None for name in names]
    return [_cell(cell) for cell in line.items()]


def _cell(cell: Shape) -> object:
    is_number = isinstance(cell.value, int | float) and not isinstance(cell.value, bool)
    return None if cell.is_empty else cell.value if is_number else cell.text()


def _chart(item: Shape, kind: str | None) -> dict[str, object]:
    given = kind or item.text_of("chart_type", "variant", "chart_kind", default="bar").lower()
    labels = item.pick("categories", "labels", "x")
    series = item.pick("series", "datasets", "data")
    if labels is None or series is None:
        raise item.unreadable("a chart needs categories and series")
    drawn: list[dict[str, object]] = []
    lines = list(series.items())
    if lines and not lines[0].is_object:
        return {
            "type": "chart",
            "kind": _KINDS.get(given, given),
            "categories": [label.text() for label in labels.items()],
            "series": [{"name": item.text_of("name", "title"), "values": [cell.value for cell in lines]}],
            "unit": item.text_of("unit"),
        }
    for line in lines:
        values = line.pick("values", "data")
        if values is None:
            raise line.unreadable("a series needs values")
        drawn.append({"name": line.text_of("name", "label"), "values": [cell.value for cell in values.items()]})
    return {
        "type": "chart",
        "kind": _KINDS.get(given, given),
        "categories": [label.text() for label in labels.items()],
        "series": drawn,
        "unit": item.text_of("unit"),
    }


def _guessed(item: Shape) -> str:
    for names, type_ in (
        (("rows", "columns", "headers"), "table"),
        (("series", "datasets"), "chart"),
        (("items", "bullets", "points"), "bullets"),
        (("label",), "metric"),
        (("quote",), "quote"),
        (("text", "content", "body", "markdown"), "text"),
    ):
        if any(item.has(name) for name in names):
            return type_
    raise item.unreadable("its kind cannot be told")


def _made(at: Shape, fields: dict[str, object]) -> Component:
    try:
        return _COMPONENT.validate_python(fields)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"][1:])
        raise Unreadable(f"{at.where}.{where}" if where else at.where, first["msg"]) from None
