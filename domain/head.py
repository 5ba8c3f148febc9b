"""The head of a CIM as it is read: identity, stage, artifacts, sections and counts; and its slides without bodies."""

from __future__ import annotations

from domain.model import BuyerPersona, HeroContext, LayoutType, Outline
from domain.state import CIMState, GatheredFacts, SlideState
from domain.values import CIMStatus, Instant, SlideStatus, Stage, StaleReason, Value


class BuyerPersonaView(Value):
    value: BuyerPersona
    rev: int
    stale_reason: StaleReason | None


class HeroContextView(Value):
    value: HeroContext
    rev: int
    stale_reason: StaleReason | None


class OutlineView(Value):
    value: Outline
    rev: int
    stale_reason: StaleReason | None


class ArtifactsView(Value):
    buyer_persona: BuyerPersonaView | None = None
    hero_context: HeroContextView | None = None
    outline: OutlineView | None = None


class SlideCounts(Value):
    draft: int = 0
    needs_review: int = 0
    approved: int = 0


class SectionView(Value):
    """A section of the outline with the status counts of its slides."""

    id: str
    title: str
    description: str
    progress: SlideCounts


class CIMHead(Value):
    id: str
    org_id: str
    deal_id: str
    project_id: str
    owner_id: str
    title: str
    status: CIMStatus
    stage: Stage
    completed_stages: tuple[Stage, ...]
    current_section_id: str | None
    current_slide_id: str | None
    sections: tuple[SectionView, ...]
    artifacts: ArtifactsView
    slide_counts: SlideCounts
    gathered_context: tuple[GatheredFacts, ...]
    rev: int
    created_at: Instant
    updated_at: Instant
    completed_at: Instant | None


class SlideHead(Value):
    """A slide without its body, which is kept under `content_hash`."""

    id: str
    section_id: str
    position: int
    title: str
    layout_type: LayoutType
    content_hash: str
    status: SlideStatus
    stale_reason: StaleReason | None
    rev: int
    updated_at: Instant


def head_of(state: CIMState) -> CIMHead:
    content = state.content
    persona, hero, outline = content.buyer_persona, content.hero_context, content.outline
    return CIMHead(
        id=state.cim_id,
        org_id=state.org_id,
        deal_id=state.deal_id,
        project_id=state.project_id,
        owner_id=state.owner_id,
        title=content.title,
        status=content.status,
        stage=content.stage,
        completed_stages=content.completed_stages,
        current_section_id=content.current_section_id,
        current_slide_id=content.current_slide_id,
        sections=tuple(
            SectionView(
                id=section.id,
                title=section.title,
                description=section.description,
                progress=_count([slide for slide in content.slides.values() if slide.section_id == section.id]),
            )
            for section in (outline.value.sections if outline else ())
        ),
        artifacts=ArtifactsView(
            buyer_persona=BuyerPersonaView(value=persona.value, rev=persona.rev, stale_reason=persona.stale_reason)
            if persona
            else None,
            hero_context=HeroContextView(value=hero.value, rev=hero.rev, stale_reason=hero.stale_reason)
            if hero
            else None,
            outline=OutlineView(value=outline.value, rev=outline.rev, stale_reason=outline.stale_reason)
            if outline
            else None,
        ),
        slide_counts=_count(list(content.slides.values())),
        gathered_context=content.gathered_context,
        rev=state.rev,
        created_at=state.created_at,
        updated_at=state.updated_at,
        completed_at=content.completed_at,
    )


def slide_head(slide: SlideState) -> SlideHead:
    return SlideHead(
        id=slide.id,
        section_id=slide.section_id,
        position=slide.position,
        title=slide.title,
        layout_type=slide.layout_type,
        content_hash=slide.content_hash,
        status=slide.status,
        stale_reason=slide.stale_reason,
        rev=slide.rev,
        updated_at=slide.updated_at,
    )


def _count(slides: list[SlideState]) -> SlideCounts:
    statuses = [slide.status for slide in slides]
    return SlideCounts(
        draft=statuses.count(SlideStatus.DRAFT),
        needs_review=statuses.count(SlideStatus.NEEDS_REVIEW),
        approved=statuses.count(SlideStatus.APPROVED),
    )
