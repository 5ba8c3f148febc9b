"""Empty slides of each layout: placeholders in brackets say what belongs there; facts that fit are put in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from pydantic import JsonValue

from agents.brief import EvidenceFact
from domain.model import LayoutType
from evidence.labels import metric_key
from evidence.periods import periods_in

MOST_PERIODS, MOST_ROWS, MOST_METRICS = 4, 4, 4


def template(layout: LayoutType, topic: str, facts: Sequence[EvidenceFact]) -> dict[str, JsonValue]:
    """A slide as save_slide takes it, apart from its section. Figures are references of the facts."""
    components: list[JsonValue] = list(_components(layout, topic, [fact for fact in facts if fact.value is not None]))
    return {"title": f"[What {topic} shows, as a sentence]", "layout_type": layout, "components": components}


def _components(layout: LayoutType, topic: str, facts: Sequence[EvidenceFact]) -> list[JsonValue]:
    match layout:
        case "title":
            return [_text("[Project name]"), _text("[Confidential information memorandum, month and year]")]
        case "section":
            return [_text(f"[What a reader takes from the part about {topic}]")]
        case "text":
            return [_text(f"[Two or three sentences about {topic}, each with its source]")]
        case "bullets":
            return [_bullets(f"[Point {number} about {topic}, one sentence with its source]" for number in (1, 2, 3))]
        case "two_columns":
            one, other = (_bullets([f"[{side} side: a point about {topic}]"]) for side in ("Left", "Right"))
            return [one, other]
        case "metrics":
            return [_metric(fact) for fact in facts[:MOST_METRICS]] or [_text(f"[Three or four figures of {topic}]")]
        case "table":
            return [_table(topic, facts)]
        case "chart":
            return [_chart(topic, facts), _text("[What the reader should see in the chart]")]
        case "quote":
            return [{"type": "quote", "text": f"[What somebody says about {topic}]", "by": "[Who]", "refs": []}]
        case "image":
            return [_text(f"[A picture of {topic}: search_images finds those of the documents]")]


def _text(text: str) -> JsonValue:
    return {"type": "text", "text": text, "refs": []}


def _bullets(items: Iterable[str]) -> JsonValue:
    return {"type": "bullets", "items": [{"text": item, "refs": []} for item in items]}


def _metric(fact: EvidenceFact) -> JsonValue:
    return {"type": "metric", "label": fact.metric, "fact": fact.ref}


def _series(facts: Sequence[EvidenceFact]) -> tuple[list[str], list[tuple[str, dict[str, EvidenceFact]]]]:
    """Periods in order, and for each measure its fact in each of them."""
    rows: dict[tuple[str, str], dict[str, EvidenceFact]] = defaultdict(dict)
    names: dict[tuple[str, str], str] = {}
    for fact in facts:
        if fact.period in ("", "-") or not periods_in(fact.period):
            continue
        key = (metric_key(fact.metric), fact.entity.casefold())
        names.setdefault(key, f"{fact.metric}, {fact.entity}" if fact.entity else fact.metric)
        rows[key].setdefault(fact.period, fact)
    periods = sorted({period for row in rows.values() for period in row}, key=_time)[-MOST_PERIODS:]
    return periods, [(names[key], row) for key, row in rows.items()][:MOST_ROWS]


def _time(period: str) -> tuple[str, str]:
    return period[-4:], period


def _table(topic: str, facts: Sequence[EvidenceFact]) -> JsonValue:
    periods, rows = _series(facts)
    if not rows:
        blank: list[JsonValue] = [{"text": f"[A measure of {topic}]"}, {"text": "[Its figure]"}]
        return {"type": "table", "columns": ["", "[Period]"], "rows": [blank]}
    filled: list[JsonValue] = [
        [{"text": name}, *({"fact": row[period].ref} if period in row else {"text": ""} for period in periods)]
        for name, row in rows
    ]
    return {"type": "table", "columns": ["", *periods], "rows": filled}


def _chart(topic: str, facts: Sequence[EvidenceFact]) -> JsonValue:
    periods, rows = _series(facts)
    alike = [(name, row) for name, row in rows if rows and _unit(row) == _unit(rows[0][1])]
    series: list[JsonValue] = [
        {"name": name, "facts": [row[period].ref if period in row else "" for period in periods]} for name, row in alike
    ]
    return {
        "type": "chart",
        "kind": "bar",
        "categories": list[JsonValue](periods or ["[Period]"]),
        "series": series or [{"name": f"[A measure of {topic}]", "facts": [""]}],
        "unit": _unit(rows[0][1]) if rows else "",
    }


def _unit(row: dict[str, EvidenceFact]) -> str:
    return next(iter(row.values())).unit
