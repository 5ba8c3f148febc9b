"""Turns a draft into what the domain keeps, and says what the evidence does not bear out."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import ValidationError

from agents.brief import Evidence
from agents.drafted import Drafted, DraftedHero, DraftedOutline, DraftedPersona, DraftedSlides, DraftedText
from agents.linking import Linked, Linker
from agents.slide_building import build_slide
from domain.model import BuyerPersona, HeroContext, InvestmentThesis, SectionDraft, SlideDraft, SourceReference
from domain.values import Value

NOT_IN_DOCUMENTS = "Not in the documents."


class CheckedSlide(Value):
    """A slide that may be saved. `topic` is what a later draft knows it by."""

    topic: str
    slide: SlideDraft


class CitedText(Value):
    """A text of an artifact that has no sources of its own, and what bears it out."""

    text: str
    sources: tuple[SourceReference, ...]


class Checked(Value):
    """What is left of a draft after the check. `faults` and `notes` are sentences for people.

    `cited` are the texts of a persona or hero concept: slides carry their sources themselves.
    """

    persona: BuyerPersona | None = None
    hero: HeroContext | None = None
    sections: tuple[SectionDraft, ...] = ()
    slides: tuple[CheckedSlide, ...] = ()
    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    cited: tuple[CitedText, ...] = ()


def check(drafted: Drafted, evidence: Evidence, section_id: str = "") -> Checked:
    """Nothing that the evidence does not bear out is left; each thing left out is a fault."""
    linker = CitingLinker(evidence)
    match drafted:
        case DraftedPersona():
            checked = Checked(persona=_persona(drafted, linker), cited=tuple(linker.cited))
        case DraftedHero():
            checked = Checked(hero=_hero(drafted, linker), cited=tuple(linker.cited))
        case DraftedOutline():
            checked = Checked(sections=_sections(drafted, linker))
        case DraftedSlides():
            checked = Checked(slides=_slides(drafted, section_id, linker))
    notes = tuple(note.strip() for note in drafted.notes if note.strip())
    return checked.model_copy(update={"faults": tuple(dict.fromkeys(linker.faults)), "notes": notes})


@dataclass
class CitingLinker(Linker):
    """Keeps in `cited` the texts that have sources."""

    cited: list[CitedText] = field(default_factory=list[CitedText])

    def link(
        self, text: str, refs: list[str], where: str, *, needs_source: bool = False, anchor: str | None = None
    ) -> Linked:
        linked = super().link(text, refs, where, needs_source=needs_source, anchor=anchor)
        if linked.sources:
            self.cited.append(CitedText(text=linked.text, sources=linked.sources))
        return linked


def _persona(drafted: DraftedPersona, linker: Linker) -> BuyerPersona:
    def texts(items: list[DraftedText], what: str) -> tuple[str, ...]:
        linked = [linker.link(item.text, item.refs, f"{what} “{item.text[:60]}”").text for item in items]
        return tuple(dict.fromkeys(text[:4_000] for text in linked if text))

    return BuyerPersona(
        type=(linker.link(drafted.type, [], "Type").text or NOT_IN_DOCUMENTS)[:300],
        motivations=texts(drafted.motivations, "Motivation"),
        concerns=texts(drafted.concerns, "Concern"),
    )


def _hero(drafted: DraftedHero, linker: Linker) -> HeroContext:
    def text(item: DraftedText, what: str) -> str:
        return linker.link(item.text, item.refs, what).text[:4_000] or NOT_IN_DOCUMENTS

    return HeroContext(
        selected_hero=(linker.link(drafted.selected_hero, [], "Hero").text or NOT_IN_DOCUMENTS)[:300],
        investment_thesis=InvestmentThesis(
            asset=text(drafted.asset, "Asset"),
            timing=text(drafted.timing, "Timing"),
            opportunity=text(drafted.opportunity, "Opportunity"),
        ),
    )


def _sections(drafted: DraftedOutline, linker: Linker) -> tuple[SectionDraft, ...]:
    sections: list[SectionDraft] = []
    taken: set[str] = set()
    for section in drafted.sections:
        title = section.title.strip()[:300]
        if not title or title.casefold() in taken:
            continue
        taken.add(title.casefold())
        description = linker.link(section.description, [], f"Section “{title}”").text
        try:
            sections.append(SectionDraft(id=section.id or None, title=title, description=description[:4_000]))
        except ValidationError:
            sections.append(SectionDraft(title=title, description=description[:4_000]))
    return tuple(sections)


def _slides(drafted: DraftedSlides, section_id: str, linker: Linker) -> tuple[CheckedSlide, ...]:
    slides: list[CheckedSlide] = []
    titles: set[str] = set()
    for one in drafted.slides:
        if one.title.strip().casefold() in titles:
            continue
        try:
            slide = build_slide(one, section_id, linker)
        except ValidationError as error:
            linker.faults.append(f"Slide “{one.title}”: {error.errors()[0]['msg']}.")
            continue
        if slide is not None:
            titles.add(one.title.strip().casefold())
            slides.append(CheckedSlide(topic=one.topic or one.title, slide=slide))
    return tuple(slides)
