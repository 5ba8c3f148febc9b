"""The decisions of the core: a command and the state give events, or a refusal."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from domain import cascade
from domain.commands import (
    AnswerConfirmation,
    AnswerQuestion,
    ApproveSlide,
    CloseRequest,
    Command,
    Complete,
    ConfirmArtifact,
    Create,
    Delete,
    GatherContext,
    GoToSection,
    GoToSlide,
    Navigate,
    OpenRequest,
    RecordToolCalls,
    RemoveSlide,
    Rename,
    Reopen,
    ReorderSlides,
    Restore,
    SaveBuyerPersona,
    SaveHeroContext,
    SaveOutline,
    SaveSlide,
    detach_bulk,
)
from domain.events import (
    ArtifactConfirmed,
    BuyerPersonaSaved,
    CIMCreated,
    CIMDeleted,
    Completed,
    ContextGathered,
    Event,
    FocusMoved,
    HeroContextSaved,
    OutlineSaved,
    Renamed,
    Reopened,
    Restored,
    SlideApproved,
    SlideRemoved,
    SlideSaved,
    SlidesReordered,
    StageCompleted,
    StageEntered,
)
from domain.evolve import evolve
from domain.graph_rules import GraphCommand, graph_changes
from domain.model import MAX_SLIDES, FactsReference, Outline, OutlineSection, SlideReference
from domain.readiness import reasons_not_ready
from domain.refusals import Refusal
from domain.request_rules import RequestCommand, request_changes
from domain.state import CIMContent, CIMState, SlideState
from domain.values import Actor, ArtifactName, CIMStatus, Instant, Stage, content_hash

ALLOWED_WHEN_COMPLETE = (
    Reopen,
    Delete,
    GoToSection,
    GoToSlide,
    OpenRequest,
    AnswerQuestion,
    AnswerConfirmation,
    CloseRequest,
    RecordToolCalls,
)


def decide(
    state: CIMState | None, command: Command, actor: Actor, at: Instant, new_id: Callable[[], str]
) -> list[Event]:
    """The events that the command causes; none when it changes nothing. Raises Refusal."""
    decision = _Decision(state, command, actor, at, new_id)
    if isinstance(command, Create):
        decision.create(command)
    else:
        decision.check_preconditions()
        decision.carry_out()
    return decision.events


class _Decision:
    def __init__(
        self, state: CIMState | None, command: Command, actor: Actor, at: Instant, new_id: Callable[[], str]
    ) -> None:
        self.state = state
        self.command = command
        self.actor = actor
        self.at = at
        self.new_id = new_id
        self.events: list[Event] = []

    @property
    def content(self) -> CIMContent:
        assert self.state is not None
        return self.state.content

    def emit(self, event_class: Any, **fields: Any) -> None:
        seq = (self.state.rev if self.state else 0) + 1
        event: Event = event_class(seq=seq, at=self.at, actor=self.actor, command_id=self.command.command_id, **fields)
        self.state = evolve(self.state, event)
        self.events.append(event)

    def emit_all(self, changes: Iterable[tuple[Any, dict[str, object]]]) -> None:
        for event_class, fields in list(changes):
            self.emit(event_class, **fields)

    def create(self, command: Create) -> None:
        if self.state is not None:
            raise Refusal("already_exists", "This book exists already.", "Open it instead of creating it again.")
        self.emit(
            CIMCreated,
            cim_id=command.cim_id,
            org_id=command.org_id,
            deal_id=command.deal_id,
            project_id=command.project_id,
            owner_id=self.actor.person_id,
            title=command.title,
        )

    def check_preconditions(self) -> None:
        state, command = self.state, self.command
        if state is None or state.deleted:
            raise Refusal("unknown_cim", "There is no such book.", "Check the address, or create the book.")
        if command.expected_rev is not None and command.expected_rev != state.rev:
            raise Refusal(
                "old_rev",
                f"The book has moved on: it is at revision {state.rev}, you had {command.expected_rev}.",
                "Look at what has changed since, then send the command again with the current revision.",
                rev=state.rev,
            )
        if state.content.status is CIMStatus.COMPLETE and not isinstance(command, ALLOWED_WHEN_COMPLETE):
            raise Refusal("cim_complete", "This book is complete.", "Reopen it to change it.")

    def carry_out(self) -> None:
        command = self.command
        if isinstance(command, GraphCommand):
            return self.emit_all(graph_changes(self.content, command, self.new_id))
        if isinstance(command, RequestCommand):
            assert self.state is not None
            return self.emit_all(request_changes(self.state, command, self.actor))
        match command:
            case Navigate(target_stage=target, reason=reason):
                self.navigate(target, reason)
            case GoToSection(section_id=section_id):
                self.require_section(section_id)
                self.move_focus(section_id, None)
            case GoToSlide(slide_id=slide_id):
                self.move_focus(self.require_slide(slide_id).section_id, slide_id)
            case SaveBuyerPersona(persona=persona):
                self.save_artifact("buyer_persona", BuyerPersonaSaved, content_hash(persona), persona=persona)
            case SaveHeroContext(hero=hero):
                self.save_artifact("hero_context", HeroContextSaved, content_hash(hero), hero=hero)
            case SaveOutline():
                self.save_outline(command)
            case SaveSlide() | GatherContext():
                self.save_bulk()
            case ApproveSlide(slide_id=slide_id):
                slide = self.require_slide(slide_id)
                if not slide.approved or slide.stale_reason is not None:
                    self.emit(SlideApproved, slide_id=slide_id)
            case RemoveSlide(slide_id=slide_id):
                self.require_slide(slide_id)
                self.emit(SlideRemoved, slide_id=slide_id)
            case ConfirmArtifact(artifact=artifact):
                self.confirm(artifact)
            case ReorderSlides(section_id=section_id, slide_ids=slide_ids):
                self.reorder(section_id, slide_ids)
            case Rename(title=title):
                if title != self.content.title:
                    self.emit(Renamed, title=title)
            case Complete(open_findings=findings):
                self.complete(findings or ())
            case Reopen():
                if self.content.status is not CIMStatus.COMPLETE:
                    raise Refusal("cim_not_complete", "This book is not complete, so there is nothing to reopen.")
                self.emit(Reopened)
            case Restore():
                self.restore(command)
            case Delete():
                self.emit(CIMDeleted)
            case Create():
                raise AssertionError("create is decided before anything else")

    def navigate(self, target: Stage, reason: str | None) -> None:
        current = self.content.stage
        if target is not current:
            self.emit(StageEntered, stage=target, previous_stage=current, reason=reason)
        if target.position < current.position:
            self.emit_all(cascade.after_going_back(self.content, target))

    def move_focus(self, section_id: str | None, slide_id: str | None) -> None:
        if (self.content.current_section_id, self.content.current_slide_id) != (section_id, slide_id):
            self.emit(FocusMoved, section_id=section_id, slide_id=slide_id)

    def save_artifact(self, name: ArtifactName, event_class: Any, hash_: str, **value: Any) -> None:
        current = self.content.artifact(name)
        if current is None or current.content_hash != hash_:
            self.emit(event_class, content_hash=hash_, **value)
            self.emit_all(cascade.after_save(self.content, name))
        else:
            if current.stale_reason is not None:
                self.emit(ArtifactConfirmed, artifact=name)
            self.emit_all(cascade.after_confirmation(self.content, name))
        self.finish_stage(_STAGE_OF[name])

    def finish_stage(self, stage: Stage) -> None:
        following = list(Stage)[stage.position + 1]
        if stage not in self.content.completed_stages:
            self.emit(StageCompleted, stage=stage)
        if self.content.stage is not following:
            self.emit(StageEntered, stage=following, previous_stage=self.content.stage)

    def save_outline(self, command: SaveOutline) -> None:
        given = [section.id for section in command.sections if section.id is not None]
        if len(given) != len(set(given)):
            raise Refusal("duplicate_section", "Two sections carry the same id.", "Give each section its own id.")
        known = (
            {section.title: section.id for section in self.content.outline.value.sections}
            if self.content.outline
            else {}
        )
        taken = set(given)
        sections: list[OutlineSection] = []
        for draft in command.sections:
            section_id = draft.id
            if section_id is None:
                same_title = known.get(draft.title)
                section_id = same_title if same_title is not None and same_title not in taken else self.new_id()
                taken.add(section_id)
            sections.append(OutlineSection(id=section_id, title=draft.title, description=draft.description))
        outline = Outline(sections=tuple(sections))
        self.save_artifact("outline", OutlineSaved, content_hash(outline), outline=outline)

    def save_bulk(self) -> None:
        detached, _ = detach_bulk(self.command)
        match detached:
            case SaveSlide(slide=SlideReference() as slide):
                self.save_slide(slide)
            case GatherContext(facts=FactsReference(content_hash=hash_, count=count)):
                if all(batch.content_hash != hash_ for batch in self.content.gathered_context):
                    self.emit(ContextGathered, content_hash=hash_, count=count)
            case _:
                raise AssertionError(f"{detached.type} carries no bulk text")

    def save_slide(self, draft: SlideReference) -> None:
        self.require_section(draft.section_id)
        current = self.content.slides.get(draft.id) if draft.id else None
        same = current is not None and (current.content_hash, current.section_id) == (
            draft.content_hash,
            draft.section_id,
        )
        if same and current is not None and current.stale_reason is None:
            return
        if current is None and len(self.content.slides) >= MAX_SLIDES:
            raise Refusal("too_many_slides", f"A book holds at most {MAX_SLIDES} slides.", "Remove slides first.")
        if current is not None and current.section_id == draft.section_id:
            position = current.position
        else:
            position = max((slide.position for slide in self.content.slides_of(draft.section_id)), default=-1) + 1
        self.emit(
            SlideSaved,
            slide_id=draft.id or self.new_id(),
            section_id=draft.section_id,
            position=position,
            title=draft.title,
            layout_type=draft.layout_type,
            content_hash=draft.content_hash,
        )

    def confirm(self, artifact: ArtifactName) -> None:
        current = self.content.artifact(artifact)
        if current is None:
            raise Refusal("missing_artifact", f"There is no {artifact.replace('_', ' ')} yet.", "Save one first.")
        if current.stale_reason is not None:
            self.emit(ArtifactConfirmed, artifact=artifact)

    def reorder(self, section_id: str, slide_ids: tuple[str, ...]) -> None:
        current = [slide.id for slide in self.content.slides_of(section_id)]
        if not current:
            self.require_section(section_id)
        if sorted(current) != sorted(slide_ids):
            raise Refusal(
                "order_mismatch",
                "The new order does not name exactly the slides of this section.",
                "Read the slides of the section again and send all of their ids, each once.",
            )
        if current != list(slide_ids):
            self.emit(SlidesReordered, section_id=section_id, slide_ids=slide_ids)

    def complete(self, findings: tuple[str, ...]) -> None:
        assert self.state is not None
        reasons = reasons_not_ready(self.content, len(set(findings) - self.state.accepted_findings.keys()))
        if reasons:
            raise Refusal("not_ready", "The book is not ready: " + "; ".join(reasons) + ".", "Settle these first.")
        if Stage.BUILDING_SECTIONS not in self.content.completed_stages:
            self.emit(StageCompleted, stage=Stage.BUILDING_SECTIONS)
        self.emit(Completed)

    def restore(self, command: Restore) -> None:
        if command.content is None or not 0 < command.to_seq <= (self.state.rev if self.state else 0):
            raise Refusal("unknown_seq", f"This book has no revision {command.to_seq}.", "Choose one of its log.")
        if command.artifact is None:
            if command.content != self.content:
                self.emit(Restored, to_seq=command.to_seq, artifact=None, content=command.content)
            return
        then = getattr(command.content, command.artifact)
        if then is None:
            raise Refusal(
                "nothing_to_restore",
                f"At revision {command.to_seq} there was no {command.artifact.replace('_', ' ')}.",
                "Choose a later revision.",
            )
        if then == getattr(self.content, command.artifact):
            return
        restored = CIMContent(title=self.content.title).model_copy(update={command.artifact: then})
        self.emit(Restored, to_seq=command.to_seq, artifact=command.artifact, content=restored)
        self.emit_all(cascade.after_restore(self.content, command.artifact))

    def require_section(self, section_id: str) -> OutlineSection:
        section = self.content.outline.value.section(section_id) if self.content.outline else None
        if section is None:
            raise Refusal(
                "unknown_section",
                "The outline has no such section.",
                "Choose one of its sections.",
            )
        return section

    def require_slide(self, slide_id: str) -> SlideState:
        slide = self.content.slides.get(slide_id)
        if slide is None:
            raise Refusal("unknown_slide", "The book has no such slide.", "Read the slides; it may have been removed.")
        return slide


_STAGE_OF: dict[ArtifactName, Stage] = {
    "buyer_persona": Stage.BUYER_PERSONA,
    "hero_context": Stage.HERO_CONCEPT,
    "outline": Stage.OUTLINE,
}
