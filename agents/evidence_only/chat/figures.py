"""Which figures a question asks for, and how they are told: exact, with their place and with what differs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agents.brief import EvidenceFact
from agents.evidence_only.directions import content_words
from agents.evidence_only.figure_words import name_of
from agents.evidence_only.series import Series, kind_of, range_end
from agents.evidence_only.wording import in_sentence, written
from evidence.periods import periods_in, same_period

MOST_MEASURES, MOST_POINTS = 6, 8
_WELL_NAMED = 0.66
_LONGEST_RANGE = 10
_GUIDANCE = " guidance"
_RANGE = re.compile(r"\bto\b|\bbetween\b|\bthrough\b|\buntil\b|[-\u2013]", re.IGNORECASE)
_AHEAD = re.compile(r"\bguid\w+|\boutlook\b|\bforecasts?\b|\bbudget\w*|\bambitions?\b|\bexpect\w*", re.IGNORECASE)
_SAME_WORDS = (
    (r"\bsg&a\b", "selling, general and administrative"),
    (r"\bcogs\b", "cost of products sold"),
    (r"\bcost of (?:goods sold|sales|revenues?)\b", "cost of products sold"),
    (r"\br&d\b", "research and development"),
    (r"\bd&a\b", "depreciation and amortization"),
    (r"\beps\b", "earnings per share"),
    (r"\b(?:operating (?:income|profit|result)|ebit)\b", "income from operations"),
    (r"\bnet (?:profit|result)\b", "net income"),
    (r"\b(?:revenues?|turnover|net sales)\b", "sales"),
    (r"\bheadcount|\bworkforce\b(?! share)|\bstaff\b", "employees"),
    (r"\bcapex\b", "capital expenditure"),
    (r"\bguid(?:ed|es|ing)\b", "guidance"),
    (r"\b(?:rise|rose|risen|raised?|grow|grew|grown|gain(?:ed)?|went up|go up|increased?)\b", "increase growth"),
    (r"\b(?:fall|fell|fallen|shrink|shrank|dropp?(?:ed)?|went down|go down|declined?)\b", "decrease decline"),
)
_WORTH_LITTLE = frozenset({"net", "total", "annual", "segment", "cost", "expense", "amount", "number", "value"})
_OVER_TIME = re.compile(
    r"\b(?:over (?:time|the years)|by year|each year|per year|every year|develop\w*|trend|history|since|years)\b",
    re.IGNORECASE,
)
_CELL = re.compile(r"^(?P<sheet>.+)!(?P<cell>[A-Z]{1,3}\d+)$")


@dataclass(frozen=True, slots=True)
class Asked:
    """A measure that a question names, and its points in the periods that the question names.

    `absent` are periods that the documents do not have for it.
    """

    series: Series
    points: tuple[EvidenceFact, ...]
    absent: tuple[str, ...] = ()


def asked_for(question: str, all_series: Sequence[Series]) -> list[Asked]:
    """The measures that the question names, in its order; each covers words of it that no other one covers."""
    text = canonical(question)
    periods = years_in(question)
    ahead = bool(_AHEAD.search(question))
    words = content_words(_without_periods(text))
    ranked = sorted(
        ((fit, at, series) for at, series in enumerate(all_series) if (fit := _fit(series, words)) > 0),
        key=lambda entry: (-entry[0], -_has_any(entry[2], periods), not entry[2].years, entry[1]),
    )
    chosen: list[Asked] = []
    covered: set[str] = set()
    for _, _, series in ranked:
        named = (_metric_words(series) | _entity_words(series)) & words
        if not named - covered or len(chosen) >= MOST_MEASURES:
            continue
        if ahead and not _looks_ahead(series):
            continue
        found = _asked(series, periods, over_time=bool(_OVER_TIME.search(question)), ahead=ahead)
        if not found.points and any(one.points for one in chosen):
            continue
        covered |= named
        chosen.append(found)
    ends = [_other_end(one, all_series) for one in chosen]
    whole = [one for pair in zip(chosen, ends, strict=True) for one in pair if one is not None]
    return sorted(whole, key=lambda one: _position(one.series, text))


def years_in(text: str) -> list[str]:
    """The periods that a text names, with the years between the ends of a range."""
    named = list(dict.fromkeys(period.label for period in periods_in(text)))
    numbers = sorted({int(label[-4:]) for label in named if label[-4:].isdigit()})
    if len(named) != 2 or len(numbers) != 2 or numbers[1] - numbers[0] > _LONGEST_RANGE or not _RANGE.search(text):
        return named
    return [f"{named[0][:-4]}{year}" for year in range(numbers[0], numbers[1] + 1)]


def in_words(asked: Asked) -> list[str]:
    """Sentences: each figure with its reference and place, then what other documents say instead."""
    lines: list[str] = []
    for fact in asked.points:
        period = f" in {fact.period}" if fact.period not in ("", "-") else ""
        end = f" ({range_end(fact.metric)} end)" if range_end(fact.metric) else ""
        said = f"{name_of(asked.series)}{end}{period}: {written(fact.value or 0.0, fact.unit)} [{fact.ref}]"
        lines.append(f"{said} ({place(fact)}){_more(asked.series, fact)}.")
        lines.extend(conflict_lines(asked.series, fact))
    measure = in_sentence(name_of(asked.series))
    if asked.absent:
        known = ", ".join(period for period in asked.series.points if period not in ("", "-"))
        told = f" They have {known}." if known else ""
        lines.append(f"Not in the documents: {measure} for {', '.join(asked.absent)}.{told}")
    return lines


def conflict_lines(series: Series, fact: EvidenceFact) -> list[str]:
    """One sentence for each document that gives another value for the same."""
    return [
        f"The documents disagree on this: {written(conflict.other.value or 0.0, conflict.other.unit)} "
        f"[{conflict.other.ref}] stands in {place(conflict.other)}. The figure above is taken: its place carries more "
        "weight."
        for conflict in series.conflicts
        if conflict.kept.ref == fact.ref
    ]


def place(fact: EvidenceFact) -> str:
    """Document and where in it, as people say it: `accounts.xlsx, sheet Income statement, cell E5`."""
    cell = _CELL.match(fact.locator)
    if cell:
        return f"{fact.document}, sheet {cell['sheet']}, cell {cell['cell']}"
    return f"{fact.document}, {fact.locator.partition(': ')[0] if fact.locator.startswith('row ') else fact.locator}"


def canonical(text: str) -> str:
    """The text with one word for what has several."""
    for pattern, word in _SAME_WORDS:
        text = re.sub(pattern, word, text, flags=re.IGNORECASE)
    return text


def _more(series: Series, fact: EvidenceFact) -> str:
    """The whole statement, where it says more than its figure."""
    told = fact.statement.rstrip(".")
    counted = kind_of(series.metric) in ("people", "reach")
    return f": “{told}”" if counted and len(told) < 200 else ""


def _looks_ahead(series: Series) -> bool:
    return any("guidance" in label or range_end(fact.metric) for label, fact in series.points.items())


def _other_end(asked: Asked, all_series: Sequence[Series]) -> Asked | None:
    """The high end to a low one, or the other way round."""
    if not asked.points or not range_end(asked.points[0].metric):
        return None
    own = asked.series
    for series in all_series:
        points = tuple(series.points[fact.period] for fact in asked.points if fact.period in series.points)
        same = (series.metric, series.entity, series.unit) == (own.metric, own.entity, own.unit)
        if same and series is not own and points and range_end(points[0].metric):
            return Asked(series, points)
    return None


def _asked(series: Series, periods: Sequence[str], *, over_time: bool, ahead: bool) -> Asked:
    if periods:
        points = [
            fact
            for period in periods
            for label, fact in series.points.items()
            if same_period(period, label.removesuffix(_GUIDANCE)) and (_GUIDANCE in label) == ahead
        ]
        told = [label.removesuffix(_GUIDANCE) if ahead else label for label in series.points]
        absent = tuple(period for period in periods if not any(same_period(period, label) for label in told))
        timeless = [fact for label, fact in series.points.items() if label in ("", "-")]
        if absent and timeless and not points:
            return Asked(series, tuple(timeless))
        return Asked(series, tuple({fact.ref: fact for fact in points}.values())[:MOST_POINTS], absent)
    if over_time:
        return Asked(series, tuple(series.points[label] for label in series.timeline[-MOST_POINTS:]))
    return Asked(series, (series.latest,))


def _position(series: Series, text: str) -> int:
    first = re.split(r"\W+", canonical(series.metric).lower())[0]
    found = text.lower().find(first)
    return found if found >= 0 else len(text)


def _has_any(series: Series, periods: Sequence[str]) -> int:
    return sum(any(same_period(period, label) for label in series.points) for period in periods)


def _fit(series: Series, words: set[str]) -> float:
    """How well the words name the series; 0 when they do not."""
    metric, entity = _metric_words(series), _entity_words(series)
    weighty = metric - _WORTH_LITTLE or metric
    named = weighty & words
    if not named or (len(named) < len(weighty) and (len(weighty) < 3 or len(named) / len(weighty) < _WELL_NAMED)):
        return 0.0
    if entity and not entity & words:
        return 0.0
    told = len(named) + 0.3 * len((metric - weighty) & words) - 0.6 * len(weighty - words)
    return told - 0.1 * len((metric & _WORTH_LITTLE) - words) + len(entity & words) - 0.5 * len(entity - words)


def _metric_words(series: Series) -> set[str]:
    return content_words(canonical(series.metric))


def _entity_words(series: Series) -> set[str]:
    return content_words(series.entity)


def _without_periods(text: str) -> str:
    for period in reversed(periods_in(text)):
        text = f"{text[: period.start]} {text[period.end :]}"
    return text
