"""The graph of what a book is about: what its commands cause, and how its events change the content."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from domain.commands import (
    CommitDecision,
    CreateEntity,
    CreateRelationship,
    RemoveEntity,
    RemoveRelationship,
    UpdateEntity,
    detach_bulk,
)
from domain.events import (
    DecisionCommitted,
    EntityRemoved,
    EntitySaved,
    RelationshipRemoved,
    RelationshipSaved,
)
from domain.knowledge import (
    MAX_DECISIONS,
    MAX_ENTITIES,
    MAX_RELATIONSHIPS,
    DecisionReference,
    EntityReference,
    RelationshipReference,
)
from domain.refusals import Refusal
from domain.state import CIMContent, DecisionState, EntityState, RelationshipState

GraphCommand = CreateEntity | UpdateEntity | RemoveEntity | CreateRelationship | RemoveRelationship | CommitDecision
GraphEvent = EntitySaved | EntityRemoved | RelationshipSaved | RelationshipRemoved | DecisionCommitted
Change = tuple[type[GraphEvent], dict[str, object]]


def graph_changes(content: CIMContent, command: GraphCommand, new_id: Callable[[], str]) -> Iterator[Change]:
    """The events that the command causes. Raises Refusal."""
    match detach_bulk(command)[0]:
        case CreateEntity(entity=EntityReference() as entity):
            yield from _create_entity(content, entity, new_id)
        case UpdateEntity(entity_id=entity_id, entity=EntityReference() as entity):
            yield from _update_entity(content, entity_id, entity)
        case RemoveEntity(entity_id=entity_id):
            _require_entity(content, entity_id)
            for relationship in content.relationships.values():
                if entity_id in (relationship.from_id, relationship.to_id):
                    yield RelationshipRemoved, {"relationship_id": relationship.id}
            yield EntityRemoved, {"entity_id": entity_id}
        case CreateRelationship(relationship=RelationshipReference() as relationship):
            yield from _save_relationship(content, relationship, new_id)
        case RemoveRelationship(relationship_id=relationship_id):
            if relationship_id not in content.relationships:
                raise Refusal("unknown_relationship", "There is no such relationship.", "Read the graph again.")
            yield RelationshipRemoved, {"relationship_id": relationship_id}
        case CommitDecision(decision=DecisionReference(content_hash=hash_)):
            if all(decision.content_hash != hash_ for decision in content.decisions):
                _check_limit("decisions", len(content.decisions), MAX_DECISIONS)
                yield DecisionCommitted, {"decision_id": new_id(), "content_hash": hash_}
        case other:
            raise AssertionError(f"{other.type} is no command of the graph")


def evolve_graph(content: CIMContent, event: GraphEvent) -> CIMContent:
    match event:
        case EntitySaved():
            entity = EntityState(
                id=event.entity_id,
                kind=event.kind,
                name=event.name,
                content_hash=event.content_hash,
                rev=event.seq,
                updated_at=event.at,
            )
            return content.model_copy(update={"entities": {**content.entities, entity.id: entity}})
        case EntityRemoved(entity_id=gone):
            left = {id_: entity for id_, entity in content.entities.items() if id_ != gone}
            return content.model_copy(update={"entities": left})
        case RelationshipSaved():
            relationship = RelationshipState(
                id=event.relationship_id,
                from_id=event.from_id,
                to_id=event.to_id,
                kind=event.kind,
                strength=event.strength,
                content_hash=event.content_hash,
                rev=event.seq,
            )
            return content.model_copy(
                update={"relationships": {**content.relationships, relationship.id: relationship}}
            )
        case RelationshipRemoved(relationship_id=gone):
            kept = {id_: relationship for id_, relationship in content.relationships.items() if id_ != gone}
            return content.model_copy(update={"relationships": kept})
        case DecisionCommitted():
            decision = DecisionState(id=event.decision_id, content_hash=event.content_hash, at=event.at, by=event.actor)
            return content.model_copy(update={"decisions": (*content.decisions, decision)})


def _create_entity(content: CIMContent, entity: EntityReference, new_id: Callable[[], str]) -> Iterator[Change]:
    if entity.id is not None and entity.id in content.entities:
        raise Refusal(
            "duplicate_entity",
            f"There is an entity {entity.id} already: {content.entities[entity.id].name}.",
            "Update it, or create another one under its own id.",
        )
    _check_name(content, entity, None)
    _check_limit("entities", len(content.entities), MAX_ENTITIES)
    yield _saved_entity(entity.id or new_id(), entity, "created")


def _update_entity(content: CIMContent, entity_id: str, entity: EntityReference) -> Iterator[Change]:
    current = _require_entity(content, entity_id)
    _check_name(content, entity, entity_id)
    if current.content_hash != entity.content_hash:
        yield _saved_entity(entity_id, entity, "updated")


def _saved_entity(entity_id: str, entity: EntityReference, change: str) -> Change:
    return EntitySaved, {
        "change": change,
        "entity_id": entity_id,
        "kind": entity.kind,
        "name": entity.name,
        "content_hash": entity.content_hash,
    }


def _save_relationship(
    content: CIMContent, given: RelationshipReference, new_id: Callable[[], str]
) -> Iterator[Change]:
    for end in (given.from_id, given.to_id):
        _require_entity(content, end)
    current = _same_relationship(content, given)
    if current is not None and current.content_hash == given.content_hash:
        return
    if current is None:
        _check_limit("relationships", len(content.relationships), MAX_RELATIONSHIPS)
    yield (
        RelationshipSaved,
        {
            "change": "created" if current is None else "updated",
            "relationship_id": current.id if current is not None else given.id or new_id(),
            "from_id": given.from_id,
            "to_id": given.to_id,
            "kind": given.kind,
            "strength": given.strength,
            "content_hash": given.content_hash,
        },
    )


def _same_relationship(content: CIMContent, given: RelationshipReference) -> RelationshipState | None:
    if given.id is not None and given.id in content.relationships:
        return content.relationships[given.id]
    wanted = (given.from_id, given.to_id, given.kind)
    known = content.relationships.values()
    return next((each for each in known if (each.from_id, each.to_id, each.kind) == wanted), None)


def _check_name(content: CIMContent, entity: EntityReference, but: str | None) -> None:
    name = entity.name.casefold()
    for known in content.entities.values():
        if known.id != but and known.kind == entity.kind and known.name.casefold() == name:
            raise Refusal(
                "duplicate_entity",
                f"There is a {known.kind} of the name {known.name} already, under the id {known.id}.",
                "Update that one, or give this one a name of its own.",
            )


def _require_entity(content: CIMContent, entity_id: str) -> EntityState:
    entity = content.entities.get(entity_id)
    if entity is None:
        raise Refusal("unknown_entity", f"There is no entity {entity_id}.", "Read the graph; it may have been removed.")
    return entity


def _check_limit(what: str, count: int, most: int) -> None:
    if count >= most:
        raise Refusal("limit_reached", f"A book holds at most {most} {what}.", "Remove what is not needed any more.")
