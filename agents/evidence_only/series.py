"""Facts as series: one metric of one entity over its periods, with the conflicts between documents told apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from agents.brief import EvidenceFact
from evidence import conflicts
from evidence.figures import agree
from evidence.periods import same_period
from evidence.units import understood

_YEAR = re.compile(r"^(?:FY|CY)?\s?((?:19|20)\d{2})([AEFPB]?)$")
_RANGE_END = re.compile(r"\s*\((low|high) end\)\s*$", re.IGNORECASE)
_NOISE = re.compile(r"\b(?:total|the|of|reported|segment|costs?|expenses?)\b|[^a-z0-9& ]", re.IGNORECASE)
_NOT_SHOWN = re.compile(r"\b(?:check|balancing|rounding|sum of|unallocated|difference)\b", re.IGNORECASE)
_DECIMALS = 10


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two documents with different values for the same; `kept` is the more authoritative one."""

    kept: EvidenceFact
    other: EvidenceFact


@dataclass(slots=True)
class Series:
    """`points` by period, in time order. `unit` is that of every point."""

    metric: str
    entity: str
    unit: str
    order: int
    points: dict[str, EvidenceFact] = field(default_factory=dict[str, EvidenceFact])
    conflicts: list[Conflict] = field(default_factory=list[Conflict])

    @property
    def key(self) -> str:
        return f"{metric_key(self.metric)}|{self.entity.casefold()}|{understood(self.unit).family}"

    @property
    def years(self) -> list[str]:
        return [period for period in self.points if _YEAR.match(period)]

    @property
    def timeline(self) -> list[str]:
        """The periods of one kind that tell most: years, else quarters, else half-years."""
        quarters = [period for period in self.points if period.startswith("Q")]
        halves = [period for period in self.points if period.startswith("H")]
        return max((self.years, quarters, halves), key=lambda periods: len(periods) if len(periods) > 2 else 0)

    @property
    def latest(self) -> EvidenceFact:
        last = self.years[-1:] or list(self.points)[-1:]
        return self.points[last[0]]

    @property
    def document(self) -> str:
        return next(iter(self.points.values())).document

    def value(self, period: str) -> float | None:
        fact = self.points.get(period)
        return fact.value if fact else None


def tidy_metric(metric: str) -> str:
    text = _RANGE_END.sub("", metric).strip()
    return text[:1].upper() + text[1:]


def metric_key(metric: str) -> str:
    words = " ".join(_NOISE.sub(" ", metric.lower()).split())
    return words or metric.lower()


def range_end(metric: str) -> str:
    """`low` or `high` when the figure is one end of a range."""
    found = _RANGE_END.search(metric)
    return found[1].lower() if found else ""


def series_of(facts: Iterable[EvidenceFact]) -> list[Series]:
    """In document order. Each point is the most authoritative figure; what differs from it is a conflict."""
    groups: dict[str, list[EvidenceFact]] = {}
    for fact in facts:
        if (
            fact.value is None
            or fact.unit == "year"
            or not fact.metric
            or _NOT_SHOWN.search(f"{fact.metric} {fact.entity}")
        ):
            continue
        family = understood(fact.unit)
        key = f"{metric_key(fact.metric)}|{range_end(fact.metric)}|{fact.entity.casefold()}|{family.family}|{fact.unit}"
        groups.setdefault(key, []).append(fact)
    found = [_series(group, order) for order, group in enumerate(groups.values())]
    return [series for series in found if series.points]


def _series(group: Sequence[EvidenceFact], order: int) -> Series:
    ranked = sorted(group, key=lambda fact: (authority(fact), -_precision(fact)))
    first = ranked[0]
    series = Series(metric=tidy_metric(first.metric), entity=first.entity, unit=first.unit, order=order)
    chosen: dict[str, EvidenceFact] = {}
    for fact in ranked:
        if _timeless(fact) and len(ranked) > 1 and any(not _timeless(other) for other in ranked):
            continue
        same = next((period for period in chosen if same_period(period, fact.period)), None)
        if same is None:
            chosen[fact.period] = fact
        elif not _agree(chosen[same], fact):
            series.conflicts.append(Conflict(kept=chosen[same], other=fact))
    for fact in ranked:
        if (
            _timeless(fact)
            and chosen
            and fact not in chosen.values()
            and not any(_agree(one, fact) for one in chosen.values())
        ):
            series.conflicts.append(Conflict(kept=chosen[max(chosen)], other=fact))
    series.points = {period: chosen[period] for period in sorted(chosen, key=_time)}
    return series


def _agree(one: EvidenceFact, other: EvidenceFact) -> bool:
    return one.value is None or other.value is None or agree(one.value, one.unit, other.value, other.unit)


def authority(fact: EvidenceFact) -> float:
    """Lower is better: workbooks, then tables, then text; opinions last."""
    return conflicts.authority(fact.document, fact.locator, fact.basis)


def _precision(fact: EvidenceFact) -> int:
    text = format(fact.value or 0.0, f".{_DECIMALS}f").rstrip("0")
    return len(text.partition(".")[2])


def _timeless(fact: EvidenceFact) -> bool:
    return fact.period in ("", "-")


def _time(period: str) -> tuple[int, str]:
    year = re.search(r"(?:19|20)\d{2}", period)
    return (int(year[0]) if year else 0, period)


# what a figure is about

_RANKS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        ("profit", r"^(?:income|profit|earnings) (?:before|from|after)"),
        ("growth", r"growth|increase|ambition|opportunit|guid|change\b|cagr"),
        ("share", r"\bshare of\b|\bsplit\b|% of"),
        ("reach", r"churn|retention|renewal"),
        ("margin", r"margin|return on|ratio"),
        ("per_share", r"per (?:\w+ )?share|\beps\b"),
        ("revenue", r"^(?:total |recurring |services? )?(?:net )?(?:sales|revenues?|turnover)\b"
         r"|^arr$|^mrr$|bookings|backlog"),
        ("cost", r"\bcosts?\b|expens|selling|administrative|advertis|promotion|research and dev|amorti[sz]"
        r"|depreciation|\btax"
                 r"|\brent\b|wages|salar|ingredient|provision|payroll|energy"),
        ("profit", r"profit|income|ebitda?\b|earnings"),
        ("balance", r"assets|liabilit|equity|cash|inventor|debt|receivable|payable|working capital"),
        ("people", r"employ|headcount|workforce|staff|people"),
        ("reach", r"countries|reach|territor|stores|shops|outlets|locations|customers"),
    )
)  # fmt: skip
_HEADLINES = (
    r"^(?:total )?(?:net )?(?:sales|revenues?|turnover)$",
    r"^gross profit$",
    r"^gross margin$",
    r"^(?:income from operations|operating (?:income|profit|result)|ebit)$",
    r"^ebitda$",
    r"^net (?:income|profit|result)$",
    r"^(?:diluted )?earnings per share$",
)


def kind_of(metric: str) -> str:
    """revenue, profit, margin, cost, balance, growth, share, people, reach, per_share, or other."""
    return next((name for name, pattern in _RANKS if pattern.search(metric)), "other")


def headline_rank(metric: str) -> int:
    """0 for the first figure that a reader looks for; high for figures that are no headline."""
    plain = metric.strip().lower()
    return next((rank for rank, pattern in enumerate(_HEADLINES) if re.match(pattern, plain)), len(_HEADLINES))


IS_HEADLINE = len(_HEADLINES)
