"""What happened to a CIM. Past tense; each has one sequence number and any number of readers."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, JsonValue, TypeAdapter, ValidationError

from domain.knowledge import EntityKind, Strength
from domain.model import BuyerPersona, HeroContext, LayoutType, Outline
from domain.requests import ConfirmationAnswer, QuestionAnswer, RequestAnswer, RequestReference
from domain.state import CIMContent
from domain.tool_calls import ToolCall
from domain.values import Actor, ArtifactName, ContentHash, Instant, RestorableArtifact, Stage, StaleReason, Value


class _Event(Value):
    seq: int
    at: Instant
    actor: Actor
    command_id: UUID


class CIMCreated(_Event):
    type: Literal["cim_created"] = "cim_created"
    cim_id: str
    org_id: str
    deal_id: str
    project_id: str
    owner_id: str
    title: str


class StageEntered(_Event):
    type: Literal["stage_entered"] = "stage_entered"
    stage: Stage
    previous_stage: Stage
    reason: str | None = None


class StageCompleted(_Event):
    type: Literal["stage_completed"] = "stage_completed"
    stage: Stage


class FocusMoved(_Event):
    type: Literal["focus_moved"] = "focus_moved"
    section_id: str | None
    slide_id: str | None


class BuyerPersonaSaved(_Event):
    type: Literal["buyer_persona_saved"] = "buyer_persona_saved"
    persona: BuyerPersona
    content_hash: ContentHash


class HeroContextSaved(_Event):
    type: Literal["hero_context_saved"] = "hero_context_saved"
    hero: HeroContext
    content_hash: ContentHash


class OutlineSaved(_Event):
    type: Literal["outline_saved"] = "outline_saved"
    outline: Outline
    content_hash: ContentHash


class SlideSaved(_Event):
    type: Literal["slide_saved"] = "slide_saved"
    slide_id: str
    section_id: str
    position: int
    title: str
    layout_type: LayoutType
    content_hash: ContentHash


class SlideApproved(_Event):
    type: Literal["slide_approved"] = "slide_approved"
    slide_id: str


class SlideRemoved(_Event):
    type: Literal["slide_removed"] = "slide_removed"
    slide_id: str


class SlidesReordered(_Event):
    type: Literal["slides_reordered"] = "slides_reordered"
    section_id: str
    slide_ids: tuple[str, ...]


class ArtifactMarkedStale(_Event):
    type: Literal["artifact_marked_stale"] = "artifact_marked_stale"
    artifact: ArtifactName
    stale_reason: StaleReason


class ArtifactFreshened(_Event):
    """An artifact rests again on exactly what it was built from."""

    type: Literal["artifact_freshened"] = "artifact_freshened"
    artifact: ArtifactName


class ArtifactConfirmed(_Event):
    """A person looked at a stale artifact and found it still right."""

    type: Literal["artifact_confirmed"] = "artifact_confirmed"
    artifact: ArtifactName


class SlidesMarkedStale(_Event):
    type: Literal["slides_marked_stale"] = "slides_marked_stale"
    slide_ids: tuple[str, ...]
    stale_reason: StaleReason


class SlidesFreshened(_Event):
    """Slides rest again on exactly what they were built from; their earlier status is back."""

    type: Literal["slides_freshened"] = "slides_freshened"
    slide_ids: tuple[str, ...]


class ContextGathered(_Event):
    type: Literal["context_gathered"] = "context_gathered"
    content_hash: ContentHash
    count: int


class Renamed(_Event):
    type: Literal["renamed"] = "renamed"
    title: str


class Completed(_Event):
    type: Literal["completed"] = "completed"


class Reopened(_Event):
    type: Literal["reopened"] = "reopened"


class Restored(_Event):
    type: Literal["restored"] = "restored"
    to_seq: int
    artifact: RestorableArtifact | None
    content: CIMContent


class EntitySaved(_Event):
    type: Literal["entity_saved"] = "entity_saved"
    change: Literal["created", "updated"]
    entity_id: str
    kind: EntityKind
    name: str
    content_hash: ContentHash


class EntityRemoved(_Event):
    """Its relationships were removed right before."""

    type: Literal["entity_removed"] = "entity_removed"
    entity_id: str


class RelationshipSaved(_Event):
    type: Literal["relationship_saved"] = "relationship_saved"
    change: Literal["created", "updated"]
    relationship_id: str
    from_id: str
    to_id: str
    kind: str
    strength: Strength
    content_hash: ContentHash


class RelationshipRemoved(_Event):
    type: Literal["relationship_removed"] = "relationship_removed"
    relationship_id: str


class DecisionCommitted(_Event):
    type: Literal["decision_committed"] = "decision_committed"
    decision_id: str
    content_hash: ContentHash


class RequestOpened(_Event):
    type: Literal["request_opened"] = "request_opened"
    request: RequestReference


class RequestAnswered(_Event):
    """The actor is who answered; one of `question` and `confirmation` is there."""

    type: Literal["request_answered"] = "request_answered"
    request_id: str
    run_id: str
    agent_id: str
    question: QuestionAnswer | None = None
    confirmation: ConfirmationAnswer | None = None

    @property
    def answer(self) -> RequestAnswer:
        """As it reaches the agent that waits."""
        return RequestAnswer(
            request_id=self.request_id,
            how="answered",
            question=self.question,
            confirmation=self.confirmation,
            by=self.actor.person_id,
            seq=self.seq,
        )


class RequestClosed(_Event):
    """Nobody answered, and nobody can any more."""

    type: Literal["request_closed"] = "request_closed"
    request_id: str
    run_id: str
    agent_id: str
    how: Literal["superseded", "cancelled"]


class ToolCalled(_Event):
    type: Literal["tool_called"] = "tool_called"
    call: ToolCall


class FindingAccepted(_Event):
    """The actor stands for a finding."""

    type: Literal["finding_accepted"] = "finding_accepted"
    finding_id: str
    reason: str


class AcceptanceWithdrawn(_Event):
    type: Literal["acceptance_withdrawn"] = "acceptance_withdrawn"
    finding_id: str


class CIMDeleted(_Event):
    """The tombstone."""

    type: Literal["cim_deleted"] = "cim_deleted"


Event = Annotated[
    CIMCreated
    | StageEntered
    | StageCompleted
    | FocusMoved
    | BuyerPersonaSaved
    | HeroContextSaved
    | OutlineSaved
    | SlideSaved
    | SlideApproved
    | SlideRemoved
    | SlidesReordered
    | ArtifactMarkedStale
    | ArtifactFreshened
    | ArtifactConfirmed
    | SlidesMarkedStale
    | SlidesFreshened
    | ContextGathered
    | Renamed
    | Completed
    | Reopened
    | Restored
    | EntitySaved
    | EntityRemoved
    | RelationshipSaved
    | RelationshipRemoved
    | DecisionCommitted
    | RequestOpened
    | RequestAnswered
    | RequestClosed
    | ToolCalled
    | FindingAccepted
    | AcceptanceWithdrawn
    | CIMDeleted,
    Field(discriminator="type"),
]

EVENT: TypeAdapter[Event] = TypeAdapter(Event)

_ENVELOPE = ("seq", "type", "at", "actor", "command_id")


class NewerEvent(ValueError):
    """A version after this one wrote this event. Nothing is done with a log that is not understood."""


class EventRecord(Value):
    """An event as it is stored and served: a common envelope and the event's own `data`."""

    seq: int
    type: str
    at: Instant
    actor: Actor
    command_id: UUID
    data: dict[str, JsonValue]

    @classmethod
    def of(cls, event: Event) -> EventRecord:
        fields: dict[str, Any] = event.model_dump(mode="json")
        envelope = {name: fields.pop(name) for name in _ENVELOPE}
        return cls(**envelope, data=fields)

    def is_same_decision(self, other: EventRecord) -> bool:
        """Whether both tell the same, whenever it was decided: who takes over from a killed worker decides again."""
        return self.model_copy(update={"at": other.at}) == other

    def event(self) -> Event:
        """Fields that this version does not know are left out. Raises NewerEvent for an event that it does not know."""
        try:
            return EVENT.validate_python({**self.model_dump(exclude={"data"}), **self.data}, extra="ignore")
        except ValidationError as error:
            raise NewerEvent(f"event {self.seq}, {self.type!r}, is of a version that is newer than this one") from error
