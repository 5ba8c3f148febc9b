"""What differs between two moments of a CIM, field by field."""

from __future__ import annotations

from collections.abc import Mapping

from domain.comparing import Change, FieldChange, Fields, change_of, dumped_fields, field_changes, flat_fields
from domain.head import slide_head
from domain.knowledge_diff import KnowledgeBody, KnowledgeDiff, knowledge_diff
from domain.model import SlideBody
from domain.readiness import ARTIFACTS
from domain.state import CIMContent, CIMState, SlideState
from domain.values import ArtifactName, Value

_BOOK_FIELDS = ("title", "status", "stage", "completed_stages", "completed_at")
_SLIDE_FIELDS = ("section_id", "position", "title", "layout_type", "status", "stale_reason")


class ArtifactDiff(Value):
    artifact: ArtifactName
    change: Change
    fields: tuple[FieldChange, ...]


class SlideDiff(Value):
    slide_id: str
    section_id: str
    title: str
    change: Change
    fields: tuple[FieldChange, ...]


class CIMDiff(Value):
    from_seq: int
    to_seq: int
    book: tuple[FieldChange, ...]
    artifacts: tuple[ArtifactDiff, ...]
    slides: tuple[SlideDiff, ...]
    facts_added: int
    facts_removed: int
    knowledge: tuple[KnowledgeDiff, ...] = ()


def diff(
    before: CIMState,
    after: CIMState,
    bodies: Mapping[str, SlideBody],
    knowledge: Mapping[str, KnowledgeBody] | None = None,
) -> CIMDiff:
    """`bodies` holds the slide bodies of both by content hash, `knowledge` those of the graph.

    What has no body there differs in its hash only.
    """
    old, new = before.content, after.content
    facts_before, facts_after = _facts(old), _facts(new)
    return CIMDiff(
        from_seq=before.rev,
        to_seq=after.rev,
        book=field_changes(dumped_fields(old, _BOOK_FIELDS), dumped_fields(new, _BOOK_FIELDS)),
        artifacts=tuple(found for name in ARTIFACTS if (found := _artifact_diff(name, old, new)) is not None),
        slides=tuple(
            found
            for slide_id in {**old.slides, **new.slides}
            if (found := _slide_diff(slide_id, old.slides.get(slide_id), new.slides.get(slide_id), bodies)) is not None
        ),
        facts_added=sum(count for hash_, count in facts_after.items() if hash_ not in facts_before),
        facts_removed=sum(count for hash_, count in facts_before.items() if hash_ not in facts_after),
        knowledge=tuple(knowledge_diff(old, new, knowledge or {})),
    )


def _artifact_diff(name: ArtifactName, old: CIMContent, new: CIMContent) -> ArtifactDiff | None:
    fields = field_changes(_artifact_fields(name, old), _artifact_fields(name, new))
    if not fields:
        return None
    change = change_of(old.artifact(name), new.artifact(name))
    return ArtifactDiff(artifact=name, change=change, fields=fields)


def _artifact_fields(name: ArtifactName, content: CIMContent) -> Fields:
    artifact = content.artifact(name)
    if artifact is None:
        return {}
    fields: Fields = {"stale_reason": artifact.stale_reason}
    if name == "outline" and content.outline is not None:
        sections = content.outline.value.sections
        fields["order"] = [section.id for section in sections]
        fields.update({f"sections.{section.id}": section.model_dump(mode="json") for section in sections})
    else:
        fields.update(flat_fields(artifact.value.model_dump(mode="json")))
    return fields


def _slide_diff(
    slide_id: str, old: SlideState | None, new: SlideState | None, bodies: Mapping[str, SlideBody]
) -> SlideDiff | None:
    fields = field_changes(_slide_fields(old, bodies), _slide_fields(new, bodies))
    shown = new or old
    if not fields or shown is None:
        return None
    return SlideDiff(
        slide_id=slide_id,
        section_id=shown.section_id,
        title=shown.title,
        change=change_of(old, new),
        fields=fields,
    )


def _slide_fields(slide: SlideState | None, bodies: Mapping[str, SlideBody]) -> Fields:
    if slide is None:
        return {}
    fields = dumped_fields(slide_head(slide), _SLIDE_FIELDS)
    body = bodies.get(slide.content_hash)
    if body is None:
        return {**fields, "content_hash": slide.content_hash}
    shown: Fields = body.model_dump(mode="json", include={"components", "sources", "notes"})
    components = shown.pop("components")
    assert isinstance(components, list)
    fields.update({f"components.{part.id}": value for part, value in zip(body.components, components, strict=True)})
    fields["component_order"] = [part.id for part in body.components]
    return {**fields, **shown}


def _facts(content: CIMContent) -> dict[str, int]:
    return {batch.content_hash: batch.count for batch in content.gathered_context}
