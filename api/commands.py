"""The commands as they travel over HTTP: those of the domain, without what only the service itself may say."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from fastapi import Body
from pydantic import Discriminator, Field, Tag

from domain.commands import (
    ApproveSlide,
    Command,
    Complete,
    ConfirmArtifact,
    GatherContext,
    GoToSection,
    GoToSlide,
    Navigate,
    RemoveSlide,
    Rename,
    Reopen,
    ReorderSlides,
    Restore,
    SaveBuyerPersona,
    SaveHeroContext,
    SaveOutline,
    SaveSlide,
)
from domain.model import Fact, SlideDraft
from domain.values import RestorableArtifact, Rev, Value

MOST_COMMANDS = 100


class SaveSlideRequest(Value):
    type: Literal["save_slide"]
    command_id: UUID
    expected_rev: Rev | None = None
    slide: SlideDraft

    def command(self) -> Command:
        return SaveSlide(
            type="save_slide", command_id=self.command_id, expected_rev=self.expected_rev, slide=self.slide
        )


class GatherContextRequest(Value):
    type: Literal["gather_context"]
    command_id: UUID
    expected_rev: Rev | None = None
    facts: Annotated[tuple[Fact, ...], Field(min_length=1, max_length=2_000)]

    def command(self) -> Command:
        return GatherContext(
            type="gather_context", command_id=self.command_id, expected_rev=self.expected_rev, facts=self.facts
        )


class RestoreRequest(Value):
    """Bring the book, or one artifact of it, back to what it was at `to_seq`."""

    type: Literal["restore"]
    command_id: UUID
    expected_rev: Rev | None = None
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
    | Complete
    | Reopen
    | RestoreRequest,
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
    match request:
        case SaveSlideRequest() | GatherContextRequest() | RestoreRequest():
            command = request.command()
        case _:
            command = request
    if expected_rev is not None and command.expected_rev is None:
        return command.model_copy(update={"expected_rev": expected_rev})
    return command
