"""The slides that a plan asks for: those that the evidence suggests, as people changed them, in the plan's order."""

from __future__ import annotations

from collections.abc import Sequence

from agents.brief import Brief, EvidenceFact, PlannedSlide
from agents.drafted import DraftedChart, DraftedMetric, DraftedSlide, DraftedSlides, DraftedTable
from agents.evidence_only import figure_slides as figures
from agents.evidence_only import word_slides as words
from agents.evidence_only.directions import content_words
from agents.evidence_only.figure_slides import Candidate
from agents.evidence_only.series import series_of
from agents.evidence_only.statements import Statement, told_in
from agents.evidence_only.wording import Backing

MOST_METRICS = 6
FEWEST_WORDS_SHARED = 2


def draft_planned(brief: Brief, candidates: Sequence[Candidate], notes: list[str]) -> DraftedSlides:
    """`candidates` are what the section could show; a planned slide that nothing bears out is noted."""
    by_topic = {one.slide.topic.casefold(): one.slide for one in reversed(candidates)}
    done: list[DraftedSlide] = []
    for item in brief.planned:
        slide = (
            _as_planned(item, by_topic.get(item.topic.casefold())) or _of_facts(item, brief) or _of_words(item, brief)
        )
        if slide is None:
            notes.append(f"The documents have nothing for the planned slide “{item.title}”.")
        else:
            done.append(slide)
    return DraftedSlides(slides=done, notes=notes)


def facts_shown(slide: DraftedSlide) -> list[str]:
    """References of the facts whose figures stand on a slide, each once."""
    found: list[str] = []
    for component in slide.components:
        match component:
            case DraftedChart(series=series):
                found.extend(ref for one in series for ref in one.facts)
            case DraftedTable(rows=rows):
                found.extend(cell.fact for row in rows for cell in row)
            case DraftedMetric(fact=ref):
                found.append(ref)
            case _:
                pass
    return [ref for ref in dict.fromkeys(found) if ref]


def _as_planned(item: PlannedSlide, candidate: DraftedSlide | None) -> DraftedSlide | None:
    """What the evidence suggested for the topic, unless people have changed which facts it shows."""
    if candidate is None or (item.facts and set(item.facts) != set(facts_shown(candidate))):
        return None
    return candidate.model_copy(update={"title": item.title})


def _of_facts(item: PlannedSlide, brief: Brief) -> DraftedSlide | None:
    named = {fact.ref: fact for fact in brief.facts if fact.value is not None}
    facts = [named[ref] for ref in item.facts if ref in named]
    if not facts:
        return None
    rows = series_of(facts)
    slide = figures.several(rows, item.topic, chart=item.kind == "chart")
    if slide is None and len(rows) == 1:
        slide = figures.trend(rows[0])
    if slide is None:
        slide = _metrics(item, facts)
    return slide.model_copy(update={"topic": item.topic, "title": item.title})


def _metrics(item: PlannedSlide, facts: Sequence[EvidenceFact]) -> DraftedSlide:
    return DraftedSlide(
        topic=item.topic,
        title=item.title,
        layout_type="metrics",
        components=[
            DraftedMetric(label=", ".join(filter(None, (fact.metric, fact.entity))) or item.title, fact=fact.ref)
            for fact in facts[:MOST_METRICS]
        ],
    )


def _of_words(item: PlannedSlide, brief: Brief) -> DraftedSlide | None:
    wanted = content_words(f"{item.title} {item.topic}")
    told = [one for one in words.whole(told_in(brief, Backing(brief))) if not one.opinion and not one.by]
    fitting = [one for one in told if _shared(one, wanted) >= min(FEWEST_WORDS_SHARED, len(wanted))]
    slide = words.bullets(fitting, item.topic, item.title) if wanted else None
    return slide.model_copy(update={"title": item.title}) if slide else None


def _shared(statement: Statement, wanted: set[str]) -> int:
    return len(wanted & content_words(f"{statement.heading} {statement.text}"))
