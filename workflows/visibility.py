"""What people see of a CIM in the Temporal UI: current details, search attributes, recent changes."""

from __future__ import annotations

from collections import Counter
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeUpdate

from domain.events import (
    ArtifactConfirmed,
    ArtifactFreshened,
    ArtifactMarkedStale,
    BuyerPersonaSaved,
    Event,
    HeroContextSaved,
    OutlineSaved,
)
from domain.refusals import Problem
from domain.state import CIMState
from domain.values import CIMStatus
from workflows.contract import (
    CIM_STAGE,
    CIM_STATUS,
    DEAL_ID,
    ORG_ID,
    OWNER_ID,
    RECENT_CHANGES_KEPT,
    STALE_SLIDES,
    ArtifactChange,
)


def details(state: CIMState | None, *, waiting_for_store: bool, last_problem: Problem | None) -> str:
    """Markdown for the head of the workflow's page."""
    if state is None:
        return "Reading what is recorded of this book."
    content = state.content
    stale = sum(slide.stale_reason is not None for slide in content.slides.values())
    if waiting_for_store:
        waiting = "the store to come back: changes are accepted and will be recorded in order"
    elif state.deleted:
        waiting = "its contents to be erased"
    elif content.status is CIMStatus.COMPLETE:
        waiting = "nothing: the book is complete"
    else:
        waiting = f"people and agents to work on {content.stage.value.replace('_', ' ')}"
    lines = [
        f"**{content.title}** at revision {state.rev}, {content.status.value.replace('_', ' ')}",
        f"- Waits for {waiting}.",
        f"- {len(content.slides)} slides, {stale} need review.",
    ]
    if state.open_requests:
        lines.append(f"- Waits for an answer: {_open_requests(state)}.")
    for name in ("buyer_persona", "hero_context", "outline"):
        artifact = content.artifact(name)
        if artifact is not None and artifact.stale_reason is not None:
            lines.append(f"- The {name.replace('_', ' ')} is stale: {artifact.stale_reason.value.replace('_', ' ')}.")
    if last_problem is not None:
        lines.append(f"- Last refusal: {last_problem.message}")
    return "\n".join(lines)


def _open_requests(state: CIMState) -> str:
    """Kinds and counts, such as `2 questions, 1 plan`."""
    counts = Counter(request.kind for request in state.open_requests.values())
    return ", ".join(f"{count} {kind}{'s' if count > 1 else ''}" for kind, count in sorted(counts.items()))


class SearchAttributes:
    """Sets the search attributes of the workflow, and again only when one of them changes."""

    def __init__(self) -> None:
        self._set: tuple[object, ...] | None = None

    def show(self, state: CIMState) -> None:
        content = state.content
        stale = sum(slide.stale_reason is not None for slide in content.slides.values())
        shown = (content.stage, content.status, stale)
        if shown == self._set:
            return
        updates: list[SearchAttributeUpdate[Any]] = [
            ORG_ID.value_set(state.org_id),
            DEAL_ID.value_set(state.deal_id),
            OWNER_ID.value_set(state.owner_id),
            CIM_STAGE.value_set(content.stage.value),
            CIM_STATUS.value_set(content.status.value),
            STALE_SLIDES.value_set(stale),
        ]
        workflow.upsert_search_attributes(updates)  # pyright: ignore[reportUnknownMemberType]
        self._set = shown


def recent_changes(known: tuple[ArtifactChange, ...], events: tuple[Event, ...]) -> tuple[ArtifactChange, ...]:
    """The newest changes of each artifact, oldest first."""
    changes = [*known]
    for event in events:
        match event:
            case BuyerPersonaSaved():
                artifact = "buyer_persona"
            case HeroContextSaved():
                artifact = "hero_context"
            case OutlineSaved():
                artifact = "outline"
            case ArtifactMarkedStale() | ArtifactFreshened() | ArtifactConfirmed():
                artifact = event.artifact
            case _:
                continue
        changes.append(
            ArtifactChange(seq=event.seq, type=event.type, at=event.at, actor=event.actor, artifact=artifact)
        )
        ours = [change for change in changes if change.artifact == artifact]
        if len(ours) > RECENT_CHANGES_KEPT:
            changes.remove(ours[0])
    return tuple(changes)
