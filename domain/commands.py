"""What can be asked of a CIM. Imperative; each is handled once and may be refused."""

from __future__ import annotations

from typing import Annotated, Literal, cast
from uuid import UUID

from pydantic import Discriminator, Field, Tag

from domain.findings import AcceptanceReason
from domain.knowledge import (
    DecisionBody,
    DecisionReference,
    EntityDraft,
    EntityReference,
    RelationshipDraft,
    RelationshipReference,
)
from domain.model import (
    MAX_SECTIONS,
    MAX_SLIDES,
    BuyerPersona,
    Fact,
    FactBatch,
    FactsReference,
    HeroContext,
    SectionDraft,
    SlideDraft,
    SlideReference,
)
from domain.requests import ConfirmationAnswer, QuestionAnswer, RequestDraft, RequestReference
from domain.state import CIMContent
from domain.tool_calls import ToolCall
from domain.values import ArtifactName, Id, Line, Paragraph, RestorableArtifact, Rev, Stage, Value


def _slide_form(slide: object) -> str:
    given = cast("dict[str, object]", slide) if isinstance(slide, dict) else None
    is_reference = "content_hash" in given if given is not None else isinstance(slide, SlideReference)
    return "reference" if is_reference else "draft"


class _Command(Value):
    command_id: UUID
    expected_rev: Rev | None = None


class Create(_Command):
    type: Literal["create"]
    cim_id: Id
    org_id: Id
    deal_id: Id
    project_id: Id
    title: Line


class Navigate(_Command):
    type: Literal["navigate"]
    target_stage: Stage
    reason: Paragraph | None = None


class GoToSection(_Command):
    type: Literal["go_to_section"]
    section_id: Id


class GoToSlide(_Command):
    type: Literal["go_to_slide"]
    slide_id: Id


class SaveBuyerPersona(_Command):
    type: Literal["save_buyer_persona"]
    persona: BuyerPersona


class SaveHeroContext(_Command):
    type: Literal["save_hero_context"]
    hero: HeroContext


class SaveOutline(_Command):
    type: Literal["save_outline"]
    sections: tuple[SectionDraft, ...] = Field(min_length=1, max_length=MAX_SECTIONS)


class SaveSlide(_Command):
    type: Literal["save_slide"]
    slide: Annotated[
        Annotated[SlideDraft, Tag("draft")] | Annotated[SlideReference, Tag("reference")],
        Discriminator(_slide_form),
    ]


class ApproveSlide(_Command):
    type: Literal["approve_slide"]
    slide_id: Id


class RemoveSlide(_Command):
    type: Literal["remove_slide"]
    slide_id: Id


class ConfirmArtifact(_Command):
    type: Literal["confirm_artifact"]
    artifact: ArtifactName


class ReorderSlides(_Command):
    type: Literal["reorder_slides"]
    section_id: Id
    slide_ids: tuple[Id, ...] = Field(max_length=MAX_SLIDES)


class GatherContext(_Command):
    type: Literal["gather_context"]
    facts: Annotated[tuple[Fact, ...], Field(min_length=1, max_length=2_000)] | FactsReference


class Rename(_Command):
    type: Literal["rename"]
    title: Line


class Complete(_Command):
    """`open_findings` are looked up before the command is decided: what still contradicts the sources."""

    type: Literal["complete"]
    open_findings: tuple[Id, ...] | None = Field(default=None, max_length=5_000)


class Reopen(_Command):
    type: Literal["reopen"]


class Restore(_Command):
    """Bring the CIM, or one artifact of it, back to what it was at `to_seq`.

    `content` is what the CIM was then. It is looked up in the log before the command is decided.
    """

    type: Literal["restore"]
    to_seq: Rev
    artifact: RestorableArtifact | None = None
    content: CIMContent | None = None


class Delete(_Command):
    type: Literal["delete"]


class CreateEntity(_Command):
    type: Literal["create_entity"]
    entity: EntityDraft | EntityReference


class UpdateEntity(_Command):
    type: Literal["update_entity"]
    entity_id: Id
    entity: EntityDraft | EntityReference


class RemoveEntity(_Command):
    """Takes its relationships with it."""

    type: Literal["remove_entity"]
    entity_id: Id


class CreateRelationship(_Command):
    """The same ends and kind are one relationship: sent again, it is brought up to date."""

    type: Literal["create_relationship"]
    relationship: RelationshipDraft | RelationshipReference


class RemoveRelationship(_Command):
    type: Literal["remove_relationship"]
    relationship_id: Id


class CommitDecision(_Command):
    type: Literal["commit_decision"]
    decision: DecisionBody | DecisionReference


class OpenRequest(_Command):
    """An agent asks people; it waits until the request is answered or closed."""

    type: Literal["open_request"]
    request: RequestDraft | RequestReference


class AnswerQuestion(_Command):
    type: Literal["answer_question"]
    request_id: Id
    answer: QuestionAnswer


class AnswerConfirmation(_Command):
    """Of a confirmation or a plan."""

    type: Literal["answer_confirmation"]
    request_id: Id
    answer: ConfirmationAnswer


class CloseRequest(_Command):
    type: Literal["close_request"]
    request_id: Id
    how: Literal["superseded", "cancelled"]


class RecordToolCalls(_Command):
    """An agent tells what it did with its tools. The bodies are kept under their hashes beforehand."""

    type: Literal["record_tool_calls"]
    calls: tuple[ToolCall, ...] = Field(min_length=1, max_length=50)


class AcceptFinding(_Command):
    """A person stands for a figure that the sources contradict or do not bear out. Agents may not."""

    type: Literal["accept_finding"]
    finding_id: Id
    reason: AcceptanceReason


class WithdrawAcceptance(_Command):
    type: Literal["withdraw_acceptance"]
    finding_id: Id


Command = Annotated[
    Create
    | Navigate
    | GoToSection
    | GoToSlide
    | SaveBuyerPersona
    | SaveHeroContext
    | SaveOutline
    | SaveSlide
    | ApproveSlide
    | RemoveSlide
    | ConfirmArtifact
    | ReorderSlides
    | GatherContext
    | Rename
    | Complete
    | Reopen
    | Restore
    | Delete
    | CreateEntity
    | UpdateEntity
    | RemoveEntity
    | CreateRelationship
    | RemoveRelationship
    | CommitDecision
    | OpenRequest
    | AnswerQuestion
    | AnswerConfirmation
    | CloseRequest
    | RecordToolCalls
    | AcceptFinding
    | WithdrawAcceptance,
    Field(discriminator="type"),
]


def detach_bulk(command: Command) -> tuple[Command, dict[str, str]]:
    """The command with its bulk text replaced by hashes, and the texts (JSON) by hash."""
    match command:
        case SaveSlide(slide=SlideDraft() as draft):
            body = draft.body
            reference = SlideReference(
                id=draft.id,
                section_id=draft.section_id,
                title=body.title,
                layout_type=body.layout_type,
                content_hash=body.hash,
            )
            return command.model_copy(update={"slide": reference}), {body.hash: body.model_dump_json()}
        case GatherContext(facts=tuple() as facts):
            batch = FactBatch(facts=facts)
            reference = FactsReference(content_hash=batch.hash, count=len(facts))
            return command.model_copy(update={"facts": reference}), {batch.hash: batch.model_dump_json()}
        case CreateEntity(entity=EntityDraft() as draft) | UpdateEntity(entity=EntityDraft() as draft):
            body = draft.body
            reference = EntityReference(id=draft.id, kind=body.kind, name=body.name, content_hash=body.hash)
            return command.model_copy(update={"entity": reference}), {body.hash: body.model_dump_json()}
        case CreateRelationship(relationship=RelationshipDraft() as draft):
            body = draft.body
            reference = RelationshipReference(
                id=draft.id,
                from_id=body.from_id,
                to_id=body.to_id,
                kind=body.kind,
                strength=body.strength,
                content_hash=body.hash,
            )
            return command.model_copy(update={"relationship": reference}), {body.hash: body.model_dump_json()}
        case CommitDecision(decision=DecisionBody() as body):
            reference = DecisionReference(content_hash=body.hash)
            return command.model_copy(update={"decision": reference}), {body.hash: body.model_dump_json()}
        case OpenRequest(request=RequestDraft() as draft):
            body = draft.body
            reference = RequestReference(
                **draft.model_dump(exclude={"body"}),
                kind=body.kind,
                content_hash=body.hash,
                option_count=len(body.options),
                multiple=body.multiple,
            )
            return command.model_copy(update={"request": reference}), {body.hash: body.model_dump_json()}
        case _:
            return command, {}
