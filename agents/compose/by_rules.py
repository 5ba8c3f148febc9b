"""How the built-in model plans, reviews and specifies: by plain rules, from what the evidence has."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from pydantic import BaseModel

from agents.brief import Brief, EvidenceFact, KnownSlide, PlannedSlide
from agents.compose.briefs import CodeBrief, PlanBrief, ReviewBrief
from agents.compose.outputs import (
    ChartSpec,
    DraftedPlan,
    DraftedVerdict,
    FinancialModelSpec,
    PlannedByModel,
    RowSpec,
    SectionPlannedByModel,
    SeriesSpec,
    Spec,
    Specifications,
)
from agents.drafted import DraftedSlide
from agents.evidence_only.directions import content_words
from agents.evidence_only.planned_slides import facts_shown
from agents.evidence_only.series import IS_HEADLINE, Series, headline_rank, kind_of, series_of
from agents.evidence_only.slides import draft_slides
from agents.evidence_only.topics import FINANCIALS, Chapters
from agents.evidence_only.wording import in_sentence
from domain.model import OutlineSection
from domain.plan import ItemKind
from evidence.units import understood

MOST_MODEL_ROWS, MOST_PERIODS, FEWEST_PERIODS = 4, 6, 3
_KIND_OF_LAYOUT: Mapping[str, ItemKind] = {"chart": "chart", "table": "table", "metrics": "figures"}
_LEAVE_OUT = re.compile(r"\b(?:drop|remove|leave out|without|delete|skip|no)\s+(?P<what>[^.;,]{3,80})", re.IGNORECASE)


def answer(schema: type[BaseModel], block: str) -> BaseModel | None:
    """The answer to the brief in a prompt, for the schemas of a compose run; None for others."""
    rule = _RULES.get(schema)
    return rule(block) if rule else None


def plan(brief: PlanBrief) -> DraftedPlan:
    """What the evidence can show in each section, the strongest first; growth and margins as a model for the coder."""
    notes: list[str] = []
    taken = list(brief.slides)
    sections: list[SectionPlannedByModel] = []
    financials = Chapters(brief.sections).home(FINANCIALS)
    for section in brief.sections:
        if section.id not in brief.to_plan:
            continue
        drafted = draft_slides(_slides_brief(brief, section, taken))
        taken.extend(_known(slide, section, len(taken)) for slide in drafted.slides)
        slides = [_planned(slide) for slide in drafted.slides]
        if section.id == financials:
            slides.extend(_for_the_coder(brief.facts))
        wanted = [one for one in slides if not _is_denied(one, section, brief.denials)]
        sections.append(SectionPlannedByModel(section_id=section.id, slides=wanted))
    notes.extend(
        f"The built-in planner does not understand “{denial[:200]}”: change the plan by hand."
        for denial in brief.denials
        if not _LEAVE_OUT.search(denial)
    )
    return DraftedPlan(sections=sections, notes=notes)


def review(brief: ReviewBrief) -> DraftedVerdict:
    """The checks by rule are all the judgement that there is."""
    return DraftedVerdict(accepted=not brief.found)


def specify(brief: CodeBrief) -> Specifications:
    facts = {fact.ref: fact for fact in brief.facts}
    items = [_spec(slide, [facts[ref] for ref in slide.facts if ref in facts]) for slide in brief.planned]
    return Specifications(items=[item for item in items if item is not None])


_RULES: Mapping[type[BaseModel], Callable[[str], BaseModel]] = {
    DraftedPlan: lambda block: plan(PlanBrief.model_validate_json(block)),
    DraftedVerdict: lambda block: review(ReviewBrief.model_validate_json(block)),
    Specifications: lambda block: specify(CodeBrief.model_validate_json(block)),
}


# planning


def _slides_brief(brief: PlanBrief, section: OutlineSection, taken: Sequence[KnownSlide]) -> Brief:
    return Brief(
        task="slides",
        book_title=brief.book_title,
        instruction=brief.instruction,
        buyer_persona=brief.buyer_persona,
        hero_context=brief.hero_context,
        sections=brief.sections,
        section=section,
        slides=tuple(taken),
        facts=brief.facts,
        passages=brief.passages,
    )


def _known(slide: DraftedSlide, section: OutlineSection, number: int) -> KnownSlide:
    return KnownSlide(
        id=f"planned-{number}",
        section_id=section.id,
        title=slide.title,
        layout_type=slide.layout_type,
        status="draft",
    )


def _planned(slide: DraftedSlide) -> PlannedByModel:
    return PlannedByModel(
        topic=slide.topic,
        title=slide.title,
        kind=_KIND_OF_LAYOUT.get(slide.layout_type, "words"),
        facts=facts_shown(slide),
    )


def _for_the_coder(facts: Sequence[EvidenceFact]) -> list[PlannedByModel]:
    """Growth of the first headline figure as a chart, and the headline figures with growth and margins as a model."""
    rows = _model_rows(series_of(facts))
    if not rows:
        return []
    lead, periods = rows[0], _periods(rows[0])
    span = f"{periods[0]} to {periods[-1]}"
    names = in_sentence(lead.metric)
    return [
        PlannedByModel(
            topic=f"growth of {names}",
            title=f"Growth of {names}, {span}",
            kind="chart",
            facts=[lead.points[period].ref for period in periods],
            needs_coder=True,
        ),
        PlannedByModel(
            topic="financial model",
            title=f"Growth and margins, {span}",
            kind="financial_model",
            facts=[fact.ref for series in rows for period in periods if (fact := series.points.get(period))],
            needs_coder=True,
        ),
    ]


def _model_rows(all_series: Sequence[Series]) -> list[Series]:
    """The headline figures in money over the same periods, the first of them above zero throughout."""
    rows = [
        series
        for series in all_series
        if not series.entity
        and headline_rank(series.metric) < IS_HEADLINE
        and kind_of(series.metric) in ("revenue", "profit")
        and len(series.timeline) >= FEWEST_PERIODS
    ]
    rows.sort(key=lambda series: headline_rank(series.metric))
    if not rows or any((fact.value or 0.0) <= 0 for fact in rows[0].points.values()):
        return []
    return [one for one in rows if understood(one.unit).family == understood(rows[0].unit).family][:MOST_MODEL_ROWS]


def _periods(series: Series) -> list[str]:
    return series.timeline[-MOST_PERIODS:]


def _is_denied(slide: PlannedByModel, section: OutlineSection, denials: Sequence[str]) -> bool:
    own = content_words(f"{slide.topic} {slide.title} {section.title}")
    named = [content_words(found["what"]) for denial in denials for found in _LEAVE_OUT.finditer(denial)]
    return any(words and words <= own for words in named)


# specifying


def _spec(slide: PlannedSlide, facts: Sequence[EvidenceFact]) -> Spec | None:
    rows = [series for series in series_of(facts) if len(series.timeline) >= 2]
    if slide.kind == "financial_model":
        return _model(slide, rows) if rows else None
    return _growth_chart(slide, rows[0]) if rows else _plain_chart(slide, facts)


def _growth_chart(slide: PlannedSlide, series: Series) -> ChartSpec:
    periods = _periods(series)
    return ChartSpec(
        topic=slide.topic,
        title=slide.title,
        kind="bar",
        categories=periods[1:],
        series=[SeriesSpec(name=f"Growth of {in_sentence(series.metric)}", points=_growth(series, periods)[1:])],
    )


def _plain_chart(slide: PlannedSlide, facts: Sequence[EvidenceFact]) -> ChartSpec | None:
    alike = [fact for fact in facts if fact.unit == facts[0].unit]
    if not alike:
        return None
    return ChartSpec(
        topic=slide.topic,
        title=slide.title,
        kind="bar",
        categories=[fact.entity or fact.metric or fact.period for fact in alike],
        series=[SeriesSpec(name=slide.title, points=[fact.ref for fact in alike])],
    )


def _model(slide: PlannedSlide, rows: Sequence[Series]) -> FinancialModelSpec:
    lead, periods = rows[0], _periods(rows[0])
    cells = [RowSpec(label=series.metric, cells=[_ref(series, period) for period in periods]) for series in rows]
    cells.append(RowSpec(label=f"Growth of {in_sentence(lead.metric)}", cells=_growth(lead, periods)))
    for series in rows[1:]:
        if understood(series.unit).family == understood(lead.unit).family:
            share = [
                f"margin({_ref(series, period)}, {_ref(lead, period)})"
                if _ref(series, period) and _ref(lead, period)
                else ""
                for period in periods
            ]
            cells.append(RowSpec(label=f"{series.metric} as a share of {in_sentence(lead.metric)}", cells=share))
    return FinancialModelSpec(topic=slide.topic, title=slide.title, periods=periods, rows=cells)


def _growth(series: Series, periods: Sequence[str]) -> list[str]:
    """From each period to the next; empty for the first."""
    return [
        "",
        *(f"growth({_ref(series, before)}, {_ref(series, after)})" for before, after in pairwise(periods)),
    ]


def _ref(series: Series, period: str) -> str:
    fact = series.points.get(period)
    return fact.ref if fact else ""
