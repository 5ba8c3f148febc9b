"""The reviewer of one section: checks by rule first, then the model's judgement."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from agents.brief import Evidence, EvidenceFact
from agents.compose.briefs import Reason, ReviewBrief, SlideToReview
from agents.compose.outputs import DraftedVerdict, ReasonKind
from agents.compose.parts import ComposeParts
from agents.compose.planning import planned_slides
from agents.compose.prompts import review_messages
from agents.compose.state import ReviewState, ReviewStep, Verdict
from agents.desk import Desk
from agents.drafted import DraftedSlides
from agents.failures import run_failed
from agents.heartbeat import beating
from agents.placing import slide_id
from agents.state import Materials, StepReport
from domain.book import Book, BookSlide
from domain.findings import Finding, FindingKind
from domain.model import ChartComponent, OutlineSection, SlideBody, TableComponent
from domain.plan import Plan, SectionPlan
from domain.values import Value
from evidence.consistency import check_book
from evidence.doubles import says_again

MOST_REASONS = 30
FEWEST_FIGURES_ALIKE = 4
NAME_BOTH = "Where documents differ, name each value with its place in the notes."
_KINDS: Mapping[FindingKind, ReasonKind] = {
    "unsupported_figure": "figure",
    "contradicted_figure": "figure",
    "unlinked_claim": "source",
}


class Found(Value):
    """What the checks by rule found in a section."""

    reasons: tuple[Reason, ...] = ()


class ReviewNodes:
    def __init__(self, parts: ComposeParts) -> None:
        self._parts = parts

    async def look(self, state: ReviewState) -> ReviewState:
        """Holds the writer's slides against the sources, the plan and the rest of the book."""
        step, desk = self._open(state)
        async with beating():
            plan, book = await self._section_plan(step, desk), await self._book(step)
            drafted = DraftedSlides.model_validate_json(await desk.text(step.draft_hash))
            earlier = await _earlier(step, desk)
            slides = await self._written(step, book, desk)
            passages = await self._parts.workspace.passages(step.scope.cim_id)
            findings = await asyncio.to_thread(check_book, book.model_copy(update={"slides": tuple(slides)}), passages)
            wrong = [_reason(one, slides) for one in findings if one.kind in _KINDS and not _is_told(one, slides)]
            twice = [*_told_elsewhere(step.section_id, slides, book), *_told_here(step.section_id, slides, book)]
            missing = _missing(plan, drafted, earlier.left_out) if plan else []
            reasons = (*wrong, *twice, *missing)[:MOST_REASONS]
            return {"found_hash": await desk.keep(Found(reasons=reasons))}

    async def judge(self, state: ReviewState) -> ReviewState:
        """The model's judgement, added to what was found."""
        step, desk = self._open(state)
        async with beating():
            materials = await desk.load(Materials, step.materials_hash)
            found = (await desk.load(Found, step.found_hash)).reasons
            plan, book = await self._section_plan(step, desk), await self._book(step)
            section = _section(materials, step.section_id)
            slides = await self._written(step, book, desk)
            brief = ReviewBrief(
                book_title=materials.book_title,
                section=section,
                messages=plan.messages if plan else (),
                planned=planned_slides(plan.for_writer, materials.evidence) if plan else (),
                slides=tuple(_to_review(slide) for slide in slides),
                elsewhere=tuple(slide.body.title for slide in book.slides if slide.section_id != step.section_id),
                facts=_facts_behind(slides, materials.evidence),
                found=found,
            )
            said = await self._parts.ask(step.scope, "review", 0, review_messages(brief), DraftedVerdict)
            topics = _topics(plan, step, DraftedSlides.model_validate_json(await desk.text(step.draft_hash)))
            verdict = _verdict(said, found, {slide.id for slide in slides}, topics, await _earlier(step, desk))
            report = StepReport(section_title=section.title, notes=_notes(verdict))
            return {
                "verdict_hash": await desk.keep(verdict),
                "is_accepted": verdict.is_accepted,
                "reasons": len(verdict.reasons),
                "report_hashes": [await desk.keep(report)],
            }

    def _open(self, state: ReviewState) -> tuple[ReviewStep, Desk]:
        step = ReviewStep.from_state(state)
        return step, self._parts.desk(step.scope)

    async def _section_plan(self, step: ReviewStep, desk: Desk) -> SectionPlan | None:
        return (await desk.load(Plan, step.plan_hash)).section(step.section_id)

    async def _book(self, step: ReviewStep) -> Book:
        book = await self._parts.workspace.book(step.scope.cim_id)
        if book is None:
            raise run_failed("There is no such book (any more), so there is nothing to review.")
        return book

    async def _written(self, step: ReviewStep, book: Book, desk: Desk) -> list[BookSlide]:
        """The slides that the writer saved; what people wrote is not the reviewer's to send back."""
        reports = [await desk.load(StepReport, hash_) for hash_ in step.written_hashes]
        saved = {one.slide_id for report in reports for one in report.saved}
        return [slide for slide in book.slides if slide.id in saved]


async def _earlier(step: ReviewStep, desk: Desk) -> Verdict:
    """The verdict of the round before; that nothing was wrong, where there was none."""
    hash_ = step.earlier_verdict_hash
    return await desk.load(Verdict, hash_) if hash_ else Verdict(is_accepted=True)


def _topics(plan: SectionPlan | None, step: ReviewStep, drafted: DraftedSlides) -> dict[str, str]:
    """The topics of slides by their ids, as far as an id follows from a topic of the plan or the draft."""
    topics = [*(item.topic for item in plan.for_writer), *(one.topic for one in drafted.slides)] if plan else []
    return {slide_id(step.scope.cim_id, step.section_id, topic): topic for topic in reversed(topics)}


def _section(materials: Materials, section_id: str) -> OutlineSection:
    return next(section for section in materials.sections if section.id == section_id)


def _reason(finding: Finding, slides: Sequence[BookSlide]) -> Reason:
    title = next((slide.body.title for slide in slides if slide.id == finding.slide_id), "")
    what_to_do = f" {NAME_BOTH}" if finding.kind == "contradicted_figure" else ""
    text = f"Slide “{title}”: {finding.message}{what_to_do}"
    return Reason(kind=_KINDS[finding.kind], slide_id=finding.slide_id, text=text[:4_000])


def _is_told(finding: Finding, slides: Sequence[BookSlide]) -> bool:
    """Whether the notes of the slide name every place of a figure on which documents differ: then people decide."""
    notes = next((slide.body.notes for slide in slides if slide.id == finding.slide_id), "")
    return finding.kind == "contradicted_figure" and all(place.locator in notes for place in finding.places)


def _told_elsewhere(section_id: str, slides: Sequence[BookSlide], book: Book) -> list[Reason]:
    """Slides whose title or figures an earlier section has already."""
    order = [section.id for section in book.sections]
    before = set(order[: order.index(section_id)]) if section_id in order else set[str]()
    titles: dict[str, BookSlide] = {}
    figures: dict[tuple[float, ...], BookSlide] = {}
    for slide in book.slides:
        if slide.section_id in before:
            titles.setdefault(slide.body.title.casefold(), slide)
            for signature in _figures(slide.body):
                figures.setdefault(signature, slide)
    names = {section.id: section.title for section in book.sections}
    found: list[Reason] = []
    for slide in slides:
        same_figures = next((figures[one] for one in _figures(slide.body) if one in figures), None)
        same = titles.get(slide.body.title.casefold()) or same_figures
        if same is not None:
            what = "the same figures" if same is same_figures else "the same title"
            text = (
                f"Slide “{slide.body.title}” shows {what} as “{same.body.title}” of the section "
                f"“{names[same.section_id]}”: leave it out."
            )
            found.append(Reason(kind="duplication", slide_id=slide.id, text=text[:4_000]))
    return found


def _told_here(section_id: str, slides: Sequence[BookSlide], book: Book) -> list[Reason]:
    """Slides that say again what stands in the section already: out of the conversation, or by a person."""
    written = {slide.id for slide in slides}
    there = [slide for slide in book.slides if slide.section_id == section_id and slide.id not in written]
    found: list[Reason] = []
    for slide in slides:
        same = next((one for one in there if says_again(slide.body, one.body)), None)
        if same is not None:
            text = f"Slide “{slide.body.title}” says again what “{same.body.title}” says: leave it out."
            found.append(Reason(kind="duplication", slide_id=slide.id, text=text[:4_000]))
    return found


def _figures(body: SlideBody) -> list[tuple[float, ...]]:
    """The figures of each chart and table that has enough of them to know it by."""
    found: list[tuple[float, ...]] = []
    for component in body.components:
        match component:
            case ChartComponent(series=series):
                values = [value for one in series for value in one.values if value is not None]
            case TableComponent(rows=rows):
                values = [cell for row in rows for cell in row if isinstance(cell, float)]
            case _:
                continue
        if len(values) >= FEWEST_FIGURES_ALIKE:
            found.append(tuple(sorted(values)))
    return found


def _missing(plan: SectionPlan, drafted: DraftedSlides, left_out: Sequence[str]) -> list[Reason]:
    """Planned slides that were not drafted, but for those that had to be left out."""
    there = {one.topic.casefold() for one in drafted.slides} | {one.title.casefold() for one in drafted.slides}
    return [
        Reason(kind="missing", topic=item.topic, text=f"The planned slide “{item.title}” is missing.")
        for item in plan.for_writer
        if item.topic not in left_out and not {item.topic.casefold(), item.title.casefold()} & there
    ]


def _to_review(slide: BookSlide) -> SlideToReview:
    without = {"sources": True, "components": {"__all__": {"sources"}}}
    body = slide.body.model_dump(mode="json", exclude_defaults=True, exclude=without)
    return SlideToReview(id=slide.id, title=slide.body.title, body=body)


def _facts_behind(slides: Sequence[BookSlide], evidence: Evidence) -> tuple[EvidenceFact, ...]:
    places = {
        (source.source_id, source.locator)
        for slide in slides
        for one in (slide.body, *slide.body.components)
        for source in one.sources
    }
    chosen = [n for n, fact in enumerate(evidence.facts) if (fact.source.source_id, fact.source.locator) in places]
    return evidence.brief_facts(chosen)


def _verdict(
    said: DraftedVerdict, found: Sequence[Reason], slide_ids: set[str], topics: Mapping[str, str], earlier: Verdict
) -> Verdict:
    """What was found by rule counts in any case; what the model says, when it does not accept."""
    judged = [
        Reason(kind=one.kind, slide_id=one.slide_id if one.slide_id in slide_ids else "", text=one.text.strip()[:4_000])
        for one in said.reasons
        if one.text.strip()
    ]
    reasons = [
        one.model_copy(update={"topic": one.topic or topics.get(one.slide_id, "")}) for one in (*found, *judged)
    ][:MOST_REASONS]
    twice = [one.topic for one in reasons if one.kind == "duplication" and one.topic]
    return Verdict(
        is_accepted=not found and (said.accepted or not judged),
        reasons=tuple(reasons),
        left_out=tuple(dict.fromkeys([*earlier.left_out, *twice])),
    )


def _notes(verdict: Verdict) -> tuple[str, ...]:
    still = "" if verdict.is_accepted else "Still open after the review. "
    return tuple(dict.fromkeys(f"{still}{reason.text}" for reason in verdict.reasons))
