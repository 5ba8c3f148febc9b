"""The commands as they travel over HTTP: those of the domain, without what only the service itself may say."""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from fastapi import Body
from pydantic import Discriminator, Field, Tag

from domain.commands import (
    AcceptFinding,
    ApproveSlide,
    CloseRequest,
    Command,
    CommitDecision,
    Complete,
    ConfirmArtifact,
    CreateEntity,
    CreateRelationship,
    GatherContext,
    GoToSection,
    GoToSlide,
    Navigate,
    RemoveEntity,
    RemoveRelationship,
    RemoveSlide,
    Rename,
    Reopen,
    ReorderSlides,
    Restore,
    SaveBuyerPersona,
    SaveHeroContext,
    SaveOutline,
    SaveSlide,
    UpdateEntity,
    WithdrawAcceptance,
)
from domain.knowledge import DecisionBody, EntityBody, EntityDraft, RelationshipDraft
from domain.model import Fact, SlideDraft
from domain.values import Id, RestorableArtifact, Rev, Value

MOST_COMMANDS = 100


class _Request(Value):
    command_id: UUID
    expected_rev: Rev | None = None

    @abstractmethod
    def command(self) -> Command: ...


class SaveSlideRequest(_Request):
    type: Literal["save_slide"]
    slide: SlideDraft

    def command(self) -> Command:
        return SaveSlide(
            type="save_slide", command_id=self.command_id, expected_rev=self.expected_rev, slide=self.slide
        )


class GatherContextRequest(_Request):
    type: Literal["gather_context"]
    facts: Annotated[tuple[Fact, ...], Field(min_length=1, max_length=2_000)]

    def command(self) -> Command:
        return GatherContext(
            type="gather_context", command_id=self.command_id, expected_rev=self.expected_rev, facts=self.facts
        )


class CompleteRequest(_Request):
    """Refused while figures are contradicted or not supported by the documents, unless a person has accepted them."""

    type: Literal["complete"]

    def command(self) -> Command:
        return Complete(type="complete", command_id=self.command_id, expected_rev=self.expected_rev)


class RestoreRequest(_Request):
    """Bring the book, or one artifact of it, back to what it was at `to_seq`."""

    type: Literal["restore"]
    to_seq: Rev
    artifact: RestorableArtifact | None = None

    def command(self) -> Command:
        return Restore(
            type="restore",
            command_id=self.command_id,
            expected_rev=self.expected_rev,
            to_seq=self.to_seq,
            artifact=self.artifact,
        )


class CreateEntityRequest(_Request):
    """Refused where the book knows the id, or another of this kind and name."""

    type: Literal["create_entity"]
    entity: EntityDraft

    def command(self) -> Command:
        return CreateEntity(
            type="create_entity", command_id=self.command_id, expected_rev=self.expected_rev, entity=self.entity
        )


class UpdateEntityRequest(_Request):
    """The entity as it is to be from now on, whole."""

    type: Literal["update_entity"]
    entity_id: Id
    entity: EntityBody

    def command(self) -> Command:
        return UpdateEntity(
            type="update_entity",
            command_id=self.command_id,
            expected_rev=self.expected_rev,
            entity_id=self.entity_id,
            entity=EntityDraft(**dict(self.entity), id=self.entity_id),
        )


class CreateRelationshipRequest(_Request):
    """The same ends and kind are one relationship: sent again, it is brought up to date."""

    type: Literal["create_relationship"]
    relationship: RelationshipDraft

    def command(self) -> Command:
        return CreateRelationship(
            type="create_relationship",
            command_id=self.command_id,
            expected_rev=self.expected_rev,
            relationship=self.relationship,
        )


class CommitDecisionRequest(_Request):
    type: Literal["commit_decision"]
    decision: DecisionBody

    def command(self) -> Command:
        return CommitDecision(
            type="commit_decision", command_id=self.command_id, expected_rev=self.expected_rev, decision=self.decision
        )


CommandRequest: TypeAlias = Annotated[
    Navigate
    | GoToSection
    | GoToSlide
    | SaveBuyerPersona
    | SaveHeroContext
    | SaveOutline
    | SaveSlideRequest
    | ApproveSlide
    | RemoveSlide
    | ConfirmArtifact
    | ReorderSlides
    | GatherContextRequest
    | Rename
    | CompleteRequest
    | Reopen
    | RestoreRequest
    | CreateEntityRequest
    | UpdateEntityRequest
    | RemoveEntity
    | CreateRelationshipRequest
    | RemoveRelationship
    | CommitDecisionRequest
    | CloseRequest
    | AcceptFinding
    | WithdrawAcceptance,
    Field(discriminator="type"),
]


def _one_or_many(body: object) -> str:
    return "many" if isinstance(body, list) else "one"


CommandsBody: TypeAlias = Annotated[
    Annotated[CommandRequest, Tag("one")]
    | Annotated[list[CommandRequest], Field(min_length=1, max_length=MOST_COMMANDS), Tag("many")],
    Discriminator(_one_or_many),
    Body(description="One command, or a list of up to 100 that are handled in this order."),
]


def to_command(request: CommandRequest, expected_rev: int | None = None) -> Command:
    """The domain's command; `expected_rev` counts where the request has none."""
    command = request.command() if isinstance(request, _Request) else request
    if expected_rev is not None and command.expected_rev is None:
        return command.model_copy(update={"expected_rev": expected_rev})
    return command
