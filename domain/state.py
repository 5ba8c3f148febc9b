"""The state of one CIM, as the workflow carries it. Slide bodies and facts are references by content hash."""

from __future__ import annotations

from pydantic import Field

from domain.findings import AcceptedFinding
from domain.knowledge import EntityKind, Strength
from domain.model import BuyerPersona, HeroContext, LayoutType, Outline
from domain.requests import ClosedHow, RequestReference
from domain.values import (
    Actor,
    ArtifactName,
    CIMStatus,
    ContentHash,
    Instant,
    SlideStatus,
    Stage,
    StaleReason,
    Value,
)


class Basis(Value):
    """The content hashes of what something was built from. For a slide, `outline` is the hash of its section."""

    buyer_persona: str = ""
    hero_context: str = ""
    outline: str = ""


class _Derived(Value):
    """Something built from upstream content, which may have changed since."""

    stale_reason: StaleReason | None = None
    built_from: Basis = Basis()
    confirmed_for: Basis | None = None
    rev: int = 0
    updated_at: Instant

    def rests_on(self, basis: Basis) -> bool:
        return basis in (self.built_from, self.confirmed_for)


class PersonaState(_Derived):
    value: BuyerPersona
    content_hash: ContentHash


class HeroState(_Derived):
    value: HeroContext
    content_hash: ContentHash


class OutlineState(_Derived):
    value: Outline
    content_hash: ContentHash


class SlideState(_Derived):
    id: str
    section_id: str
    position: int
    title: str
    layout_type: LayoutType
    content_hash: ContentHash
    approved: bool = False

    @property
    def status(self) -> SlideStatus:
        if self.stale_reason is not None:
            return SlideStatus.NEEDS_REVIEW
        return SlideStatus.APPROVED if self.approved else SlideStatus.DRAFT


class GatheredFacts(Value):
    content_hash: ContentHash
    count: int


class EntityState(Value):
    """An entity without its body, which is kept under `content_hash`."""

    id: str
    kind: EntityKind
    name: str
    content_hash: ContentHash
    rev: int
    updated_at: Instant


class RelationshipState(Value):
    id: str
    from_id: str
    to_id: str
    kind: str
    strength: Strength
    content_hash: ContentHash
    rev: int


class DecisionState(Value):
    id: str
    content_hash: ContentHash
    at: Instant
    by: Actor


class RequestState(RequestReference):
    """A request that nobody has answered yet. `seq` is the event that opened it."""

    seq: int
    opened_at: Instant
    opened_by: Actor


class ClosedRequest(RequestState):
    """What became of a request. `closed_seq` is the event that closed it; `closed_by` the person."""

    how: ClosedHow
    closed_by: str
    closed_at: Instant
    closed_seq: int


class CIMContent(Value):
    """All that restore can bring back: everything but identity and revision."""

    title: str
    status: CIMStatus = CIMStatus.DRAFT
    stage: Stage = Stage.WELCOME
    completed_stages: tuple[Stage, ...] = ()
    current_section_id: str | None = None
    current_slide_id: str | None = None
    buyer_persona: PersonaState | None = None
    hero_context: HeroState | None = None
    outline: OutlineState | None = None
    slides: dict[str, SlideState] = Field(default_factory=dict)
    gathered_context: tuple[GatheredFacts, ...] = ()
    completed_at: Instant | None = None
    entities: dict[str, EntityState] = Field(default_factory=dict)
    relationships: dict[str, RelationshipState] = Field(default_factory=dict)
    decisions: tuple[DecisionState, ...] = ()

    def artifact(self, name: ArtifactName) -> PersonaState | HeroState | OutlineState | None:
        match name:
            case "buyer_persona":
                return self.buyer_persona
            case "hero_context":
                return self.hero_context
            case "outline":
                return self.outline

    def slides_of(self, section_id: str) -> list[SlideState]:
        """The slides of a section, in their order."""
        return sorted(
            (slide for slide in self.slides.values() if slide.section_id == section_id),
            key=lambda slide: (slide.position, slide.id),
        )

    def slides_in_reading_order(self) -> list[SlideState]:
        """By section of the outline, then by position; slides without a section of the outline come last."""
        order = {section.id: n for n, section in enumerate(self.outline.value.sections if self.outline else ())}
        return sorted(
            self.slides.values(),
            key=lambda slide: (order.get(slide.section_id, len(order)), slide.section_id, slide.position, slide.id),
        )


class CIMState(Value):
    """One CIM after `rev` events. Requests and accepted findings are no content: restore leaves them alone.

    `closed_requests` are the last ones, oldest first.
    """

    cim_id: str
    org_id: str
    deal_id: str
    project_id: str
    owner_id: str
    rev: int
    created_at: Instant
    updated_at: Instant
    content: CIMContent
    open_requests: dict[str, RequestState] = Field(default_factory=dict)
    closed_requests: tuple[ClosedRequest, ...] = ()
    accepted_findings: dict[str, AcceptedFinding] = Field(default_factory=dict)
    deleted: bool = False
