"""What else a change touches: the cascade table. Marks and unmarks; never deletes content."""

from __future__ import annotations

from collections.abc import Iterator

from domain.events import ArtifactFreshened, ArtifactMarkedStale, SlidesFreshened, SlidesMarkedStale
from domain.evolve import basis_of, basis_of_slide
from domain.state import CIMContent, SlideState
from domain.values import ArtifactName, RestorableArtifact, Stage, StaleReason

DOWNSTREAM: dict[ArtifactName, tuple[ArtifactName, ...]] = {
    "buyer_persona": ("hero_context", "outline"),
    "hero_context": ("outline",),
    "outline": (),
}

CHANGE_REASON: dict[ArtifactName, StaleReason] = {
    "buyer_persona": StaleReason.BUYER_PERSONA_CHANGED,
    "hero_context": StaleReason.HERO_CONCEPT_CHANGED,
    "outline": StaleReason.OUTLINE_CHANGED,
}

GOING_BACK: dict[Stage, tuple[StaleReason, tuple[ArtifactName, ...]]] = {
    Stage.WELCOME: (StaleReason.WELCOME_CHANGED, ("hero_context", "outline")),
    Stage.BUYER_PERSONA: (StaleReason.BUYER_PERSONA_CHANGED, ("hero_context", "outline")),
    Stage.HERO_CONCEPT: (StaleReason.HERO_CONCEPT_CHANGED, ("outline",)),
    Stage.OUTLINE: (StaleReason.OUTLINE_CHANGED, ()),
}

CascadeEvent = type[ArtifactMarkedStale | ArtifactFreshened | SlidesMarkedStale | SlidesFreshened]
Mark = tuple[CascadeEvent, dict[str, object]]


def after_going_back(content: CIMContent, target: Stage) -> Iterator[Mark]:
    """The marks that returning to an earlier stage sets."""
    reason, artifacts = GOING_BACK[target]
    for name in artifacts:
        yield from _mark_artifact(content, name, reason)
    yield from _mark_slides(list(content.slides.values()), reason)


def after_save(content: CIMContent, saved: ArtifactName) -> Iterator[Mark]:
    """The marks that follow when an artifact was saved with new content; `content` holds it already.

    What no longer rests on what it was built from is marked; what does so again is freshened.
    """
    reason = CHANGE_REASON[saved]
    for name in DOWNSTREAM[saved]:
        artifact = content.artifact(name)
        if artifact is not None and not artifact.rests_on(basis_of(content, name)):
            yield from _mark_artifact(content, name, reason)
    outdated = [
        slide
        for slide in content.slides.values()
        if not slide.rests_on(basis := basis_of_slide(content, slide.section_id))
        and (saved != "outline" or _section_differs(slide, basis.outline))
    ]
    yield from _mark_slides(outdated, reason)
    yield from after_confirmation(content, saved)


def after_confirmation(content: CIMContent, confirmed: ArtifactName) -> Iterator[Mark]:
    """What is freshened when an artifact stands as it was: all that rests on exactly what it was built from."""
    for name in DOWNSTREAM[confirmed]:
        artifact = content.artifact(name)
        if artifact is not None and artifact.stale_reason and artifact.rests_on(basis_of(content, name)):
            yield ArtifactFreshened, {"artifact": name}
    fresh = tuple(
        slide.id
        for slide in content.slides.values()
        if slide.stale_reason and slide.rests_on(basis_of_slide(content, slide.section_id))
    )
    if fresh:
        yield SlidesFreshened, {"slide_ids": fresh}


def after_restore(content: CIMContent, restored: RestorableArtifact) -> Iterator[Mark]:
    """The marks that follow when one artifact came back from an earlier revision; `content` holds it already."""
    if restored == "slides":
        for reason in StaleReason:
            yield from _mark_slides(
                [slide for slide in content.slides.values() if _what_differs(content, slide) is reason], reason
            )
        yield from after_confirmation(content, "outline")
        return
    artifact = content.artifact(restored)
    if artifact is not None and artifact.rests_on(basis_of(content, restored)):
        if artifact.stale_reason is not None:
            yield ArtifactFreshened, {"artifact": restored}
    elif restored != "buyer_persona":
        hero_differs = artifact is not None and artifact.built_from.buyer_persona == (
            basis_of(content, restored).buyer_persona
        )
        cause: ArtifactName = "hero_context" if hero_differs else "buyer_persona"
        yield from _mark_artifact(content, restored, CHANGE_REASON[cause])
    yield from after_save(content, restored)


def _what_differs(content: CIMContent, slide: SlideState) -> StaleReason | None:
    now = basis_of_slide(content, slide.section_id)
    if slide.rests_on(now):
        return None
    if slide.built_from.buyer_persona != now.buyer_persona:
        return StaleReason.BUYER_PERSONA_CHANGED
    if slide.built_from.hero_context != now.hero_context:
        return StaleReason.HERO_CONCEPT_CHANGED
    return StaleReason.OUTLINE_CHANGED


def _section_differs(slide: SlideState, section_hash: str) -> bool:
    confirmed = slide.confirmed_for.outline if slide.confirmed_for else None
    return section_hash not in (slide.built_from.outline, confirmed)


def _mark_artifact(content: CIMContent, name: ArtifactName, reason: StaleReason) -> Iterator[Mark]:
    artifact = content.artifact(name)
    if artifact is not None and artifact.stale_reason != reason:
        yield ArtifactMarkedStale, {"artifact": name, "stale_reason": reason}


def _mark_slides(slides: list[SlideState], reason: StaleReason) -> Iterator[Mark]:
    ids = tuple(slide.id for slide in slides if slide.stale_reason != reason)
    if ids:
        yield SlidesMarkedStale, {"slide_ids": ids, "stale_reason": reason}
