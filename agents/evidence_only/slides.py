"""The slides of one section: what the evidence for its topics can show, the strongest first."""

from __future__ import annotations

from collections.abc import Sequence

from agents.brief import Brief
from agents.drafted import NOTHING_FOUND, DraftedParagraph, DraftedSlide, DraftedSlides
from agents.evidence_only import figure_slides as figures
from agents.evidence_only import word_slides as words
from agents.evidence_only.answer_slides import Answers
from agents.evidence_only.directions import Instruction, sentence_case
from agents.evidence_only.figure_slides import Candidate
from agents.evidence_only.figure_words import change_in_words
from agents.evidence_only.hero import ASSET
from agents.evidence_only.persona import PASTED
from agents.evidence_only.planned_slides import draft_planned
from agents.evidence_only.section_figures import SectionFigures, add
from agents.evidence_only.series import IS_HEADLINE, Series, headline_rank, kind_of, series_of
from agents.evidence_only.statements import Statement, told_in
from agents.evidence_only.topics import (
    COMPANY,
    COSTS,
    FINANCIALS,
    GROWTH,
    MARKETS,
    RISKS,
    SUMMARY,
    Chapters,
    scores,
)
from agents.evidence_only.wording import NOT_IN_DOCUMENTS, Backing, in_sentence
from domain.model import OutlineSection
from evidence.figures import figures_in

USUAL_SLIDES, MOST_SLIDES = 3, 4
STRONG = 7.0


def draft_slides(brief: Brief) -> DraftedSlides:
    section = brief.section
    if section is None:
        return DraftedSlides(slides=[], notes=["No section was named."])
    instruction = Instruction.of(brief.instruction)
    notes = [PASTED] if instruction.has_excerpt else []
    candidates = SectionComposer(brief, section, instruction).candidates()
    if brief.planned:
        return draft_planned(brief, candidates, notes)
    elsewhere = {slide.title.casefold() for slide in brief.slides if slide.section_id != section.id}
    chosen: list[DraftedSlide] = []
    strong = sum(one.weight >= STRONG for one in candidates)
    most = MOST_SLIDES if strong > USUAL_SLIDES else USUAL_SLIDES
    kinds: list[str] = []
    for candidate in sorted(candidates, key=lambda one: -one.weight):
        title = candidate.slide.title.casefold()
        if title in elsewhere or any(title == one.title.casefold() for one in chosen):
            continue
        if any(candidate.slide.topic == one.topic for one in chosen):
            continue
        if kinds.count(candidate.kind) >= 2 or (candidate.kind == "quote" and "quote" in kinds):
            continue
        chosen.append(candidate.slide)
        kinds.append(candidate.kind)
        if len(chosen) >= most:
            break
    if not chosen:
        notes.append(f"The documents say nothing for the section “{section.title}”.")
        chosen = [_nothing(section)]
    return DraftedSlides(slides=chosen, notes=notes)


class SectionComposer:
    """Everything that could be shown in one section of the outline."""

    def __init__(self, brief: Brief, section: OutlineSection, instruction: Instruction) -> None:
        self._brief = brief
        self._section = section
        self._instruction = instruction
        self._chapters = Chapters(brief.sections or (section,))
        self._topics = self._chapters.topics_of(section.id)
        self._all_series = series_of(brief.facts)
        backing = Backing(brief)
        self._whole = words.whole([item for item in told_in(brief, backing) if not _contested(item, self._all_series)])
        self._answers = Answers(brief, backing, self._whole)

    def candidates(self) -> list[Candidate]:
        found: list[Candidate] = []
        if SUMMARY in self._topics:
            found.extend(self._summary())
        from_figures = SectionFigures(self._brief, self._section, self._instruction, self._chapters, self._all_series)
        found.extend(from_figures.candidates())
        found.extend(self._words())
        if RISKS in self._topics:
            found.extend(self._concerns())
        return found

    def _statements(self) -> list[Statement]:
        return [
            item for item in self._whole if self._chapters.home_of_text(item.text, item.heading) == self._section.id
        ]

    def _words(self) -> list[Candidate]:
        mine = self._statements()
        told = [item for item in mine if not item.opinion and not item.by]
        found: list[Candidate] = []
        loose: list[Statement] = []
        for heading, group in words.by_heading(told):
            risks = RISKS in self._topics and "risk" in heading.lower()
            slide = words.bullets(group, f"words {words.clean_heading(heading).casefold()}", heading, risks=risks)
            if slide is None or len(group) < 3:
                loose.extend(group)
                continue
            add(found, slide, 5.0 + min(len(group), 5) * 0.3 + 2.5 * risks + self._fit(group), "words")
        add(
            found,
            words.bullets(loose, f"words of {self._section.id}", self._section.title),
            5.5 if len(loose) > 1 else 3.0,
            "words",
        )
        opinions = [item for item in mine if item.opinion]
        add(found, words.quotes(opinions, self._brief, f"opinions {self._section.id}"), 5.0, "quote")
        return found

    def _fit(self, group: Sequence[Statement]) -> float:
        told = [
            max((scores(item.text, item.heading).get(name, 0.0) for name in self._topics), default=0.0)
            for item in group
        ]
        return min(sum(told) / len(told), 4.0) * 0.3

    def _summary(self) -> list[Candidate]:
        found: list[Candidate] = []
        hero, persona = self._brief.hero_context, self._brief.buyer_persona
        if hero is not None:
            thesis = hero.investment_thesis
            points = [("Asset", thesis.asset), ("Timing", thesis.timing), ("Opportunity", thesis.opportunity)]
            title = f"The case: {hero.selected_hero.rstrip('.')}"
            add(
                found,
                self._answers.slide(points, "the case", title, ("Thesis", "What the documents say"), ASSET),
                12.0,
                "case",
            )
        add(found, figures.key_figures(self._key_series(), "key figures of the book"), 11.0, "metrics")
        if persona is not None:
            points = [("", text) for text in persona.motivations]
            title = f"What this reader looks for: {_joined(persona.motivations)}"
            columns = ("The reader looks for", "What the documents say")
            add(found, self._answers.slide(points, "what the reader looks for", title, columns), 10.0, "case")
        add(found, self._highlights_slide(), 9.5, "words")
        return found

    def _key_series(self) -> list[Series]:
        plain = [series for series in self._all_series if not series.entity]
        headlines = sorted(
            (series for series in plain if headline_rank(series.metric) < IS_HEADLINE and series.years),
            key=lambda series: headline_rank(series.metric),
        )
        wanted = [series for series in headlines if headline_rank(series.metric) in (0, 2, 3, 5)][:4]
        reach = [
            series
            for series in plain
            if kind_of(series.metric) in ("reach", "people") and "opinion" not in series.latest.basis
        ]
        return wanted + reach[:2]

    def _highlights_slide(self) -> DraftedSlide | None:
        chosen = self._highlights()
        slide = words.bullets(chosen, "highlights", "Highlights") if len(chosen) > 1 else None
        revenue = next((series for series in self._key_series() if headline_rank(series.metric) == 0), None)
        if slide is None or slide.title != "Highlights" or revenue is None or len(revenue.years) < 2:
            return slide
        ends = [revenue.points[revenue.years[0]].ref, revenue.points[revenue.years[-1]].ref]
        title = f"Highlights: {in_sentence(change_in_words(revenue))}"
        return slide.model_copy(update={"title": title, "refs": ends})

    def _highlights(self) -> list[Statement]:
        """The best statement of each main topic."""
        found: list[Statement] = []
        for name in (COMPANY, MARKETS, GROWTH, FINANCIALS, COSTS):
            fitting = [
                item
                for item in self._whole
                if not item.opinion and not item.by and 60 <= len(item.text) <= 380 and item not in found
            ]
            best = max(fitting, key=lambda item, name=name: (_told(item, name), -item.order), default=None)
            if best is not None and _told(best, name) >= 2.0:
                found.append(best)
        return found

    def _concerns(self) -> list[Candidate]:
        persona = self._brief.buyer_persona
        if persona is None or not persona.concerns:
            return []
        title = f"What this reader will ask: {_joined(persona.concerns)}"
        slide = self._answers.slide(
            [("", text) for text in persona.concerns],
            "what the reader will ask",
            title,
            ("The reader's concern", "What the documents say"),
        )
        found: list[Candidate] = []
        add(found, slide, 9.0, "case")
        return found


def _joined(texts: Sequence[str]) -> str:
    return "; ".join(in_sentence(text.rstrip(".")) for text in texts)


def _contested(item: Statement, all_series: Sequence[Series]) -> bool:
    """Whether the sentence gives a figure that a more authoritative document contradicts."""
    return any(
        conflict.other.document == item.document
        and (item.text in conflict.other.statement or conflict.other.statement in item.text)
        for series in all_series
        for conflict in series.conflicts
    )


def _told(item: Statement, topic: str) -> float:
    """How much the words of a statement say on a topic; its heading counts little."""
    own = scores(item.text).get(topic, 0.0)
    figures_told = 0.7 * bool(figures_in(item.text))
    return own + figures_told + 0.25 * scores(item.text, item.heading).get(topic, 0.0) if own else 0.0


def _nothing(section: OutlineSection) -> DraftedSlide:
    text = f"{sentence_case(NOT_IN_DOCUMENTS)}: the uploaded documents say nothing about this."
    return DraftedSlide(
        topic=NOTHING_FOUND,
        title=f"{section.title}: {NOT_IN_DOCUMENTS}",
        refs=[],
        layout_type="text",
        components=[DraftedParagraph(text=text)],
        notes="Upload a document that speaks of this section, and draft it again.",
    )
