"""How events change the state. Total: every event applies to every state that can precede it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from domain.events import (
    AcceptanceWithdrawn,
    ArtifactConfirmed,
    ArtifactFreshened,
    ArtifactMarkedStale,
    BuyerPersonaSaved,
    CIMCreated,
    CIMDeleted,
    Completed,
    ContextGathered,
    DecisionCommitted,
    EntityRemoved,
    EntitySaved,
    Event,
    FindingAccepted,
    FocusMoved,
    HeroContextSaved,
    OutlineSaved,
    RelationshipRemoved,
    RelationshipSaved,
    Renamed,
    Reopened,
    RequestAnswered,
    RequestClosed,
    RequestOpened,
    Restored,
    SlideApproved,
    SlideRemoved,
    SlideSaved,
    SlidesFreshened,
    SlidesMarkedStale,
    SlidesReordered,
    StageCompleted,
    StageEntered,
    ToolCalled,
)
from domain.graph_rules import evolve_graph
from domain.request_rules import RequestEvent, evolve_requests
from domain.state import (
    Basis,
    CIMContent,
    CIMState,
    GatheredFacts,
    HeroState,
    OutlineState,
    PersonaState,
    SlideState,
)
from domain.values import ArtifactName, CIMStatus, StaleReason, content_hash


def fold(events: Iterable[Event], state: CIMState | None = None) -> CIMState | None:
    """The state after all of the events; None before the first."""
    for event in events:
        state = evolve(state, event)
    return state


def evolve(state: CIMState | None, event: Event) -> CIMState:
    if isinstance(event, CIMCreated):
        return CIMState(
            cim_id=event.cim_id,
            org_id=event.org_id,
            deal_id=event.deal_id,
            project_id=event.project_id,
            owner_id=event.owner_id,
            rev=event.seq,
            created_at=event.at,
            updated_at=event.at,
            content=CIMContent(title=event.title),
        )
    if state is None:
        raise ValueError(f"{event.type} cannot be the first event of a CIM")
    changes: dict[str, Any] = {"rev": event.seq, "updated_at": event.at}
    if isinstance(event, RequestEvent):
        changes.update(evolve_requests(state, event))
    elif isinstance(event, CIMDeleted):
        changes["deleted"] = True
    else:
        changes["content"] = _evolve_content(state.content, event)
    return state.model_copy(update=changes)


def basis_of(content: CIMContent, artifact: ArtifactName) -> Basis:
    """What an artifact would rest on if it were built now."""
    persona = content.buyer_persona.content_hash if content.buyer_persona else ""
    hero = content.hero_context.content_hash if content.hero_context else ""
    match artifact:
        case "buyer_persona":
            return Basis()
        case "hero_context":
            return Basis(buyer_persona=persona)
        case "outline":
            return Basis(buyer_persona=persona, hero_context=hero)


def basis_of_slide(content: CIMContent, section_id: str) -> Basis:
    """What a slide of this section would rest on if it were built now."""
    section = content.outline.value.section(section_id) if content.outline else None
    return basis_of(content, "outline").model_copy(update={"outline": content_hash(section) if section else ""})


def _evolve_content(content: CIMContent, event: Event) -> CIMContent:
    match event:
        case StageEntered(stage=stage):
            status = CIMStatus.IN_PROGRESS if content.status is CIMStatus.DRAFT else content.status
            return _with(content, stage=stage, status=status)
        case StageCompleted(stage=stage):
            return _with(content, completed_stages=tuple(sorted({*content.completed_stages, stage}, key=_position)))
        case FocusMoved(section_id=section_id, slide_id=slide_id):
            return _with(content, current_section_id=section_id, current_slide_id=slide_id)
        case Renamed(title=title):
            return _with(content, title=title)
        case Completed():
            return _with(content, status=CIMStatus.COMPLETE, completed_at=event.at)
        case Reopened():
            return _with(content, status=CIMStatus.IN_PROGRESS, completed_at=None)
        case ContextGathered(content_hash=hash_, count=count):
            gathered = (*content.gathered_context, GatheredFacts(content_hash=hash_, count=count))
            return _with(content, gathered_context=gathered)
        case Restored():
            return _restored(content, event)
        case BuyerPersonaSaved() | HeroContextSaved() | OutlineSaved():
            return _artifact_saved(content, event)
        case ArtifactMarkedStale(artifact=artifact, stale_reason=reason):
            return _with_artifact(content, artifact, stale_reason=reason)
        case ArtifactFreshened(artifact=artifact):
            return _with_artifact(content, artifact, stale_reason=None)
        case ArtifactConfirmed(artifact=artifact):
            return _with_artifact(content, artifact, stale_reason=None, confirmed_for=basis_of(content, artifact))
        case SlideSaved():
            return _slide_saved(content, event)
        case SlideApproved(slide_id=slide_id):
            return _slide_approved(content, slide_id, event)
        case SlideRemoved(slide_id=slide_id):
            return _slide_removed(content, slide_id)
        case SlidesReordered(slide_ids=slide_ids):
            return _slides_reordered(content, slide_ids, event)
        case SlidesMarkedStale(slide_ids=slide_ids, stale_reason=reason):
            return _with_slides(content, slide_ids, event, reason)
        case SlidesFreshened(slide_ids=slide_ids):
            return _with_slides(content, slide_ids, event, None)
        case EntitySaved() | EntityRemoved() | RelationshipSaved() | RelationshipRemoved() | DecisionCommitted():
            return evolve_graph(content, event)
        case (
            CIMCreated()
            | CIMDeleted()
            | RequestOpened()
            | RequestAnswered()
            | RequestClosed()
            | ToolCalled()
            | FindingAccepted()
            | AcceptanceWithdrawn()
        ):
            return content


def _with(content: CIMContent, **changes: Any) -> CIMContent:
    return content.model_copy(update=changes)


def _position(stage: Any) -> int:
    return stage.position


def _with_artifact(content: CIMContent, name: ArtifactName, **changes: Any) -> CIMContent:
    artifact = content.artifact(name)
    return content if artifact is None else _with(content, **{name: artifact.model_copy(update=changes)})


def _artifact_saved(content: CIMContent, event: BuyerPersonaSaved | HeroContextSaved | OutlineSaved) -> CIMContent:
    common: Any = {"content_hash": event.content_hash, "rev": event.seq, "updated_at": event.at}
    match event:
        case BuyerPersonaSaved(persona=persona):
            changed = _with(content, buyer_persona=PersonaState(value=persona, **common))
        case HeroContextSaved(hero=hero):
            basis = basis_of(content, "hero_context")
            changed = _with(content, hero_context=HeroState(value=hero, built_from=basis, **common))
        case OutlineSaved(outline=outline):
            basis = basis_of(content, "outline")
            changed = _with(content, outline=OutlineState(value=outline, built_from=basis, **common))
    return _with(changed, status=CIMStatus.IN_PROGRESS if content.status is CIMStatus.DRAFT else content.status)


def _slide_saved(content: CIMContent, event: SlideSaved) -> CIMContent:
    slide = SlideState(
        id=event.slide_id,
        section_id=event.section_id,
        position=event.position,
        title=event.title,
        layout_type=event.layout_type,
        content_hash=event.content_hash,
        built_from=basis_of_slide(content, event.section_id),
        rev=event.seq,
        updated_at=event.at,
    )
    return _with(content, slides={**content.slides, slide.id: slide})


def _slide_approved(content: CIMContent, slide_id: str, event: Event) -> CIMContent:
    slide = content.slides[slide_id]
    approved = slide.model_copy(
        update={
            "approved": True,
            "stale_reason": None,
            "confirmed_for": basis_of_slide(content, slide.section_id),
            "rev": event.seq,
            "updated_at": event.at,
        }
    )
    return _with(content, slides={**content.slides, slide_id: approved})


def _slide_removed(content: CIMContent, slide_id: str) -> CIMContent:
    left = {id_: slide for id_, slide in content.slides.items() if id_ != slide_id}
    current = None if content.current_slide_id == slide_id else content.current_slide_id
    return _with(content, slides=left, current_slide_id=current)


def _slides_reordered(content: CIMContent, slide_ids: tuple[str, ...], event: Event) -> CIMContent:
    moved = {
        id_: content.slides[id_].model_copy(update={"position": position, "rev": event.seq, "updated_at": event.at})
        for position, id_ in enumerate(slide_ids)
        if content.slides[id_].position != position
    }
    return _with(content, slides={**content.slides, **moved})


def _with_slides(
    content: CIMContent, slide_ids: tuple[str, ...], event: Event, stale_reason: StaleReason | None
) -> CIMContent:
    marked = {
        id_: content.slides[id_].model_copy(
            update={"stale_reason": stale_reason, "rev": event.seq, "updated_at": event.at}
        )
        for id_ in slide_ids
    }
    return _with(content, slides={**content.slides, **marked})


def _restored(content: CIMContent, event: Restored) -> CIMContent:
    if event.artifact is None:
        return event.content
    return _with(content, **{event.artifact: getattr(event.content, event.artifact)})
