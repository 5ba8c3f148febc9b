"""The slides of figures that one section of the outline could show."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.brief import Brief
from agents.drafted import DraftedSlide
from agents.evidence_only import figure_slides as figures
from agents.evidence_only.directions import Instruction
from agents.evidence_only.figure_slides import Candidate
from agents.evidence_only.series import IS_HEADLINE, Series, authority, headline_rank, kind_of, range_end
from agents.evidence_only.topics import COSTS, FINANCIALS, GROWTH, MARKETS, PEOPLE, Chapters
from domain.model import OutlineSection

FEWEST_PERIODS = 2
MOST_SINGLE_TRENDS = 3
_HOME_OF_KIND = {
    "revenue": FINANCIALS,
    "profit": FINANCIALS,
    "margin": FINANCIALS,
    "per_share": FINANCIALS,
    "balance": FINANCIALS,
    "cost": COSTS,
    "growth": GROWTH,
    "share": MARKETS,
    "people": PEOPLE,
    "reach": MARKETS,
}
_WEIGHT_OF_SPLIT = {"revenue": 9.0, "profit": 7.0, "share": 6.0, "growth": 7.5}
_USUAL_SPLIT = 5.5


class SectionFigures:
    def __init__(
        self,
        brief: Brief,
        section: OutlineSection,
        instruction: Instruction,
        chapters: Chapters,
        all_series: Sequence[Series],
    ) -> None:
        self._brief = brief
        self._section = section
        self._instruction = instruction
        self._chapters = chapters
        self._all_series = all_series
        self._mine = [series for series in all_series if self._home(series) == section.id]

    def candidates(self) -> list[Candidate]:
        return [*self._asked_for(), *self._over_time(), *self._ranges(), *self._splits()]

    def _home(self, series: Series) -> str | None:
        kind = kind_of(series.metric)
        if series.entity and kind in ("revenue", "profit", "margin", "share"):
            people = re.search(r"workforce|employ|staff", series.metric, re.IGNORECASE)
            return self._chapters.home(PEOPLE if people else MARKETS)
        if _is_range(series):
            return self._chapters.home(GROWTH)
        if kind in _HOME_OF_KIND:
            return self._chapters.home(_HOME_OF_KIND[kind])
        fact = next(iter(series.points.values()))
        return self._chapters.home_of_text(f"{series.metric} {fact.statement}")

    def _over_time(self) -> list[Candidate]:
        plain = [series for series in self._mine if not series.entity and not _is_range(series)]
        timed = [series for series in plain if len(series.timeline) >= FEWEST_PERIODS]
        headlines = sorted(
            (series for series in timed if headline_rank(series.metric) < IS_HEADLINE),
            key=lambda series: headline_rank(series.metric),
        )
        found: list[Candidate] = []
        add(found, figures.several(headlines, "headline figures by year"), 10.0, "statement")
        revenue = next((series for series in headlines if headline_rank(series.metric) == 0), None)
        if revenue is not None:
            add(found, figures.trend(revenue), 9.0, "trend")
        margins = [series for series in timed if kind_of(series.metric) == "margin" and series.unit == "percent"]
        add(found, figures.several(margins, "margins by year", chart=True), 8.0, "trend")
        for kind, weight in (("cost", 8.5), ("balance", 6.0)):
            rows = sorted(
                (series for series in timed if kind_of(series.metric) == kind),
                key=lambda series: -abs(series.latest.value or 0.0),
            )
            same = [series for series in rows if series.unit == rows[0].unit]
            add(found, figures.several(same, f"{kind} figures by year", chart=kind == "cost"), weight, f"{kind} table")
        others = [
            series
            for series in timed
            if series not in headlines and kind_of(series.metric) not in ("margin", "cost", "balance")
        ]
        for series in others[:MOST_SINGLE_TRENDS]:
            add(found, figures.trend(series), 5.0, "trend")
        single = [series for series in plain if series not in timed]
        add(found, figures.key_figures(single, f"single figures {self._section.id}"), 4.0, "metrics")
        return found

    def _ranges(self) -> list[Candidate]:
        ends = [series for series in self._mine if _is_range(series)]
        ambitions = [series for series in ends if series.entity]
        guidance = [series for series in ends if not series.entity]
        found: list[Candidate] = []
        add(found, figures.ranges(guidance, "ranges for the company", "Guidance in the documents"), 8.0, "ranges")
        add(found, figures.ranges(ambitions, "ranges by part", "Ambitions in the documents"), 7.5, "ranges")
        return found

    def _splits(self) -> list[Candidate]:
        groups: dict[tuple[str, str], list[Series]] = {}
        for series in self._mine:
            if series.entity and not _is_range(series):
                groups.setdefault((series.metric.casefold(), series.unit), []).append(series)
        found: list[Candidate] = []
        for (metric, unit), parts in groups.items():
            common = _with_latest_in_common(parts)
            if kind_of(metric) == "growth" or len(common) < 2:
                same = [series for series in parts if series.latest.period == parts[0].latest.period]
                slide = figures.single_figures(same, f"by part {metric}|{unit}")
            else:
                slide = figures.split(common)
            weight = _WEIGHT_OF_SPLIT.get(kind_of(metric), _USUAL_SPLIT)
            add(found, slide, weight + 0.1 * len(parts) - 0.2 * authority(parts[0].latest), "split")
        return found

    def _asked_for(self) -> list[Candidate]:
        """A table of the metrics that the instruction names, in its order, in the section that it is for."""
        text = self._instruction.text.lower()
        if not text or self._section.id not in (self._section_meant(), self._chapters.home(FINANCIALS)):
            return []
        named = [
            (found.start(), series)
            for series in self._all_series
            if not series.entity
            and len(series.timeline) >= FEWEST_PERIODS
            and (found := re.search(rf"\b{re.escape(series.metric.lower())}\b", text))
        ]
        rows = [series for _, series in sorted(named, key=lambda pair: pair[0])]
        asked: list[Candidate] = []
        add(asked, figures.several(rows, "headline figures by year"), 12.0, "statement")
        return asked

    def _section_meant(self) -> str:
        text = self._instruction.text.casefold()
        return next((one.id for one in self._brief.sections if one.title.casefold() in text), self._section.id)


def add(found: list[Candidate], slide: DraftedSlide | None, weight: float, kind: str) -> None:
    if slide is not None:
        found.append(Candidate(slide, weight, kind))


def _is_range(series: Series) -> bool:
    return bool(range_end(next(iter(series.points.values())).metric))


def _with_latest_in_common(parts: Sequence[Series]) -> list[Series]:
    """The entities that share the period which most of them have."""
    periods = {period for series in parts for period in series.points}
    best = max(periods, key=lambda period: (sum(period in series.points for series in parts), period), default="")
    return [series for series in parts if best in series.points]
