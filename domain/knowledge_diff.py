"""What differs between two moments of the graph: entities, relationships, decisions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, TypeVar

from domain.comparing import Change, FieldChange, Fields, change_of, dumped_fields, field_changes, flat_fields
from domain.knowledge import DecisionBody, EntityBody, RelationshipBody
from domain.state import CIMContent, DecisionState, EntityState, RelationshipState
from domain.values import Value

KnowledgeBody = EntityBody | RelationshipBody | DecisionBody
Known = TypeVar("Known", EntityState, RelationshipState, DecisionState)

_ENTITY_FIELDS = ("kind", "name")
_RELATIONSHIP_FIELDS = ("from_id", "to_id", "kind", "strength")


class KnowledgeDiff(Value):
    """`name` says what it is: of a relationship both ends, of a decision its text."""

    kind: Literal["entity", "relationship", "decision"]
    id: str
    name: str
    change: Change
    fields: tuple[FieldChange, ...]


def knowledge_diff(old: CIMContent, new: CIMContent, bodies: Mapping[str, KnowledgeBody]) -> Iterator[KnowledgeDiff]:
    """`bodies` by content hash; what is missing there differs in its hash only."""
    for entity, change, fields in _differences(old.entities, new.entities, _ENTITY_FIELDS, bodies):
        yield KnowledgeDiff(kind="entity", id=entity.id, name=entity.name, change=change, fields=fields)
    edges = _differences(old.relationships, new.relationships, _RELATIONSHIP_FIELDS, bodies)
    for edge, change, fields in edges:
        name = _in_words(edge, old if change == "removed" else new)
        yield KnowledgeDiff(kind="relationship", id=edge.id, name=name, change=change, fields=fields)
    for decision, change, fields in _differences(_by_id(old.decisions), _by_id(new.decisions), (), bodies):
        body = bodies.get(decision.content_hash)
        name = body.text if isinstance(body, DecisionBody) else ""
        yield KnowledgeDiff(kind="decision", id=decision.id, name=name, change=change, fields=fields)


def changed_hashes(old: CIMContent, new: CIMContent) -> dict[str, type[KnowledgeBody]]:
    """The bodies that a diff of the two wants, with the kind of each."""
    return {
        **dict.fromkeys(_changed(old.entities, new.entities), EntityBody),
        **dict.fromkeys(_changed(old.relationships, new.relationships), RelationshipBody),
        **dict.fromkeys(_changed(_by_id(old.decisions), _by_id(new.decisions)), DecisionBody),
    }


def _changed(old: Mapping[str, Known], new: Mapping[str, Known]) -> Iterator[str]:
    for id_ in {**old, **new}:
        before, after = old.get(id_), new.get(id_)
        if before != after:
            yield from (state.content_hash for state in (before, after) if state is not None)


def _differences(
    old: Mapping[str, Known], new: Mapping[str, Known], names: tuple[str, ...], bodies: Mapping[str, KnowledgeBody]
) -> Iterator[tuple[Known, Change, tuple[FieldChange, ...]]]:
    for id_, shown in {**old, **new}.items():
        before, after = old.get(id_), new.get(id_)
        fields = field_changes(_fields(before, names, bodies), _fields(after, names, bodies))
        if fields:
            yield shown, change_of(before, after), fields


def _fields(
    state: EntityState | RelationshipState | DecisionState | None,
    names: tuple[str, ...],
    bodies: Mapping[str, KnowledgeBody],
) -> Fields:
    if state is None:
        return {}
    body = bodies.get(state.content_hash)
    if body is None:
        return {**dumped_fields(state, names), "content_hash": state.content_hash}
    return flat_fields(body.model_dump(mode="json"))


def _by_id(decisions: Iterable[DecisionState]) -> dict[str, DecisionState]:
    return {decision.id: decision for decision in decisions}


def _in_words(relationship: RelationshipState, content: CIMContent) -> str:
    def named(entity_id: str) -> str:
        entity = content.entities.get(entity_id)
        return entity.name if entity is not None else entity_id

    kind = relationship.kind.replace("_", " ")
    return f"{named(relationship.from_id)} {kind} {named(relationship.to_id)}"
