"""What the agents of a compose run read before they plan, review and specify."""

from __future__ import annotations

from pydantic import JsonValue

from agents.brief import EvidenceFact, EvidencePassage, KnownSlide, PlannedSlide
from agents.compose.outputs import ReasonKind
from domain.model import BuyerPersona, HeroContext, OutlineSection
from domain.values import Value


class PlanBrief(Value):
    """`to_plan` are ids of the sections that the plan is for; `denials` say why people sent earlier plans back."""

    book_title: str
    instruction: str = ""
    buyer_persona: BuyerPersona | None = None
    hero_context: HeroContext | None = None
    sections: tuple[OutlineSection, ...] = ()
    to_plan: tuple[str, ...] = ()
    slides: tuple[KnownSlide, ...] = ()
    facts: tuple[EvidenceFact, ...] = ()
    passages: tuple[EvidencePassage, ...] = ()
    denials: tuple[str, ...] = ()
    previous_plan: str = ""


class Reason(Value):
    """Why a section is sent back. `topic` is that of the planned slide, where it is known."""

    kind: ReasonKind
    text: str
    slide_id: str = ""
    topic: str = ""


class SlideToReview(Value):
    id: str
    title: str
    body: dict[str, JsonValue]


class ReviewBrief(Value):
    """`found` is what the checks by rule have found already; `elsewhere` are titles of other sections."""

    book_title: str
    section: OutlineSection
    messages: tuple[str, ...] = ()
    planned: tuple[PlannedSlide, ...] = ()
    slides: tuple[SlideToReview, ...] = ()
    elsewhere: tuple[str, ...] = ()
    facts: tuple[EvidenceFact, ...] = ()
    found: tuple[Reason, ...] = ()


class CodeBrief(Value):
    """`errors` say what was wrong with the `previous` specifications."""

    book_title: str
    section: OutlineSection
    planned: tuple[PlannedSlide, ...]
    facts: tuple[EvidenceFact, ...] = ()
    errors: tuple[str, ...] = ()
    previous: str = ""
