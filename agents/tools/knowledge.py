"""What the book is about: companies, people, products, markets and customers, how they relate, and decisions."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from agents.tools.permission import named_at
from agents.tools.supported import opinions_of, sources_of
from agents.tools.tool import Tool, ToolDesk, ToolResult
from agents.tools.writing import Proposal, command_id, new_id, own_prefix, rejected, writing_tool
from domain.commands import (
    CommitDecision,
    CreateEntity,
    CreateRelationship,
    RemoveEntity,
    RemoveRelationship,
    UpdateEntity,
)
from domain.comparing import Fields, field_changes
from domain.knowledge import (
    DecisionBody,
    EntityBody,
    EntityDraft,
    EntityKind,
    KnowledgeGraph,
    RelationshipDraft,
    RelationshipKind,
    Strength,
)
from domain.values import AgentType, Id, Line, OptionalLine, Paragraph, Value, content_hash

PREFIX = "e"
ASSISTANT: frozenset[AgentType] = frozenset({"assistant"})
Refs = Annotated[tuple[str, ...], Field(max_length=20, description="F.. and P.. that bear it out")]


class Attribute(Value):
    name: Line
    value: OptionalLine


class NewEntity(Value):
    kind: EntityKind
    name: Line
    description: Paragraph = ""
    aliases: Annotated[tuple[Line, ...], Field(max_length=20)] = ()
    attributes: Annotated[tuple[Attribute, ...], Field(max_length=40)] = ()
    refs: Refs = ()


class ChangedEntity(Value):
    """What is left out stays as it is."""

    entity_id: Id
    kind: EntityKind | None = None
    name: Line | None = None
    description: Paragraph | None = None
    aliases: Annotated[tuple[Line, ...] | None, Field(max_length=20)] = None
    attributes: Annotated[tuple[Attribute, ...] | None, Field(max_length=40)] = None
    refs: Refs = ()


class NewRelationship(Value):
    """Read from `from_id` to `to_id`: one entity supplies, sells, competes_with, employs ... the other."""

    from_id: Id
    to_id: Id
    kind: Annotated[RelationshipKind, Field(description="A verb in the present tense, such as supplies, competes_with")]
    strength: Strength = "medium"
    description: Paragraph = ""
    refs: Refs = ()


class NewDecision(Value):
    text: Annotated[Paragraph, Field(min_length=1, description="What was settled")]
    reason: Annotated[Paragraph, Field(min_length=1, description="Why")]
    affects: Annotated[
        tuple[Id, ...], Field(max_length=50, description="Ids of slides, sections or entities, or names of artifacts")
    ] = ()


class OneEntity(Value):
    entity_id: Id


class OneRelationship(Value):
    relationship_id: Id


async def _creation(arguments: NewEntity, desk: ToolDesk) -> Proposal | ToolResult:
    said = _said(arguments.description, arguments.attributes)
    linked, faults = sources_of(desk.evidence, said, arguments.refs, f"{arguments.kind} {arguments.name}".capitalize())
    if faults:
        return rejected(faults)
    entity = EntityDraft(
        id=new_id(desk, PREFIX),
        kind=arguments.kind,
        name=arguments.name,
        description=arguments.description,
        aliases=arguments.aliases,
        attributes={one.name: one.value for one in arguments.attributes},
        sources=linked.sources,
    )
    return Proposal(
        command=CreateEntity(type="create_entity", command_id=command_id(desk), entity=entity),
        change=field_changes({}, _fields(entity.body)),
        question=f"Add the {entity.kind} {entity.name} to what the book is about?",
        done=f"The {entity.kind} {entity.name} is known now.",
        content={"entity_id": entity.id},
    )


async def _update(arguments: ChangedEntity, desk: ToolDesk) -> Proposal | ToolResult:
    graph = await desk.workspace.graph(desk.scope.cim_id)
    entity = next((one for one in graph.entities if one.id == arguments.entity_id), None)
    if entity is None:
        return _no_entity(arguments.entity_id)
    before = EntityBody.model_validate(entity.model_dump(include=set(EntityBody.model_fields)))
    said = _said(arguments.description or "", arguments.attributes or ())
    linked, faults = sources_of(desk.evidence, said, arguments.refs, entity.name)
    if faults:
        return rejected(faults)
    changed = arguments.model_dump(include={"kind", "name", "description", "aliases"}, exclude_none=True)
    if arguments.attributes is not None:
        changed["attributes"] = {one.name: one.value for one in arguments.attributes}
    sources = tuple(dict.fromkeys((*before.sources, *linked.sources)))[:50]
    after = EntityDraft.model_validate({**before.model_dump(), **changed, "id": entity.id, "sources": sources})
    return Proposal(
        command=UpdateEntity(type="update_entity", command_id=command_id(desk), entity_id=entity.id, entity=after),
        change=field_changes(_fields(before), _fields(after.body)),
        question=f"Change what is known of {entity.name}?",
        done=f"What is known of {after.name} is changed.",
        basis=before.hash,
        content={"entity_id": entity.id},
    )


async def _relationship(arguments: NewRelationship, desk: ToolDesk) -> Proposal | ToolResult:
    graph = await desk.workspace.graph(desk.scope.cim_id)
    names = _names(graph)
    for end in (arguments.from_id, arguments.to_id):
        if end not in names:
            return _no_entity(end)
    linked, faults = sources_of(desk.evidence, arguments.description, arguments.refs, "Relationship")
    if faults:
        return rejected(faults)
    relationship = RelationshipDraft(
        id=new_id(desk, "r"),
        from_id=arguments.from_id,
        to_id=arguments.to_id,
        kind=arguments.kind,
        strength=arguments.strength,
        description=arguments.description,
        sources=linked.sources[:20],
    )
    said = f"{names[arguments.from_id]} {arguments.kind.replace('_', ' ')} {names[arguments.to_id]}"
    return Proposal(
        command=CreateRelationship(type="create_relationship", command_id=command_id(desk), relationship=relationship),
        change=field_changes({}, _fields(relationship.body)),
        question=f"Add the relationship: {said}?",
        done=f"The relationship is known now: {said}.",
        content={"relationship_id": relationship.id},
    )


async def _decision(arguments: NewDecision, desk: ToolDesk) -> Proposal:
    decision = DecisionBody(text=arguments.text, reason=arguments.reason, affects=arguments.affects)
    return Proposal(
        command=CommitDecision(type="commit_decision", command_id=command_id(desk), decision=decision),
        change=field_changes({}, _fields(decision)),
        question="Record this decision?",
        done=f"The decision is recorded: {arguments.text}",
    )


async def _entity_removal(arguments: OneEntity, desk: ToolDesk) -> Proposal:
    graph = await desk.workspace.graph(desk.scope.cim_id)
    entity = next((one for one in graph.entities if one.id == arguments.entity_id), None)
    name = entity.name if entity else arguments.entity_id
    ties = sum(arguments.entity_id in (one.from_id, one.to_id) for one in graph.relationships)
    return Proposal(
        command=RemoveEntity(type="remove_entity", command_id=command_id(desk), entity_id=arguments.entity_id),
        change=field_changes({"entity": name}, {}),
        question=f"Remove {name} from what the book is about?",
        done=f"{name} is removed.",
        effect=f"{ties} of its relationships go with it." if ties else "",
        basis=content_hash(entity) if entity else "",
        unknown="" if entity else f"The book knows no entity {arguments.entity_id}.",
    )


async def _relationship_removal(arguments: OneRelationship, desk: ToolDesk) -> Proposal:
    graph = await desk.workspace.graph(desk.scope.cim_id)
    names = _names(graph)
    found = next((one for one in graph.relationships if one.id == arguments.relationship_id), None)
    said = arguments.relationship_id
    if found is not None:
        ends = names.get(found.from_id, found.from_id), names.get(found.to_id, found.to_id)
        said = f"{ends[0]} {found.kind.replace('_', ' ')} {ends[1]}"
    return Proposal(
        command=RemoveRelationship(
            type="remove_relationship", command_id=command_id(desk), relationship_id=arguments.relationship_id
        ),
        change=field_changes({"relationship": said}, {}),
        question=f"Remove the relationship: {said}?",
        done=f"The relationship is removed: {said}.",
        basis=content_hash(found) if found else "",
        unknown="" if found else f"The book knows no relationship {arguments.relationship_id}.",
    )


def _names(graph: KnowledgeGraph) -> dict[str, str]:
    return {entity.id: entity.name for entity in graph.entities}


def _no_entity(entity_id: str) -> ToolResult:
    return ToolResult(rejected=f"The book knows no entity {entity_id}. Create it first, or take the id of another.")


def _fields(value: Value) -> Fields:
    return value.model_dump(mode="json", exclude_defaults=True)


def _said(description: str, attributes: tuple[Attribute, ...]) -> str:
    return "\n".join([description, *(f"{one.name}: {one.value}" for one in attributes)]).strip()


def _creates_opinion(arguments: NewEntity | NewRelationship, desk: ToolDesk) -> bool:
    """Whether figures would be written that only an opinion stands for."""
    said = _said(arguments.description, arguments.attributes if isinstance(arguments, NewEntity) else ())
    return bool(opinions_of(desk.evidence, [said]))


def _changes(arguments: ChangedEntity, desk: ToolDesk) -> bool:
    """Whether something would be changed that the person did not name, or figures written that only an opinion has."""
    if arguments.entity_id not in named_at(desk) and not arguments.entity_id.startswith(own_prefix(desk, PREFIX)):
        return True
    return bool(opinions_of(desk.evidence, [_said(arguments.description or "", arguments.attributes or ())]))


def _entity_of(arguments: ChangedEntity | OneEntity, desk: ToolDesk) -> frozenset[str]:
    return frozenset({arguments.entity_id})


TOOLS: tuple[Tool[Any], ...] = (
    writing_tool(
        name="create_entity",
        description="Adds a company, person, product, market or customer to what the book is about.",
        arguments=NewEntity,
        prepare=_creation,
        confirm=_creates_opinion,
        agents=ASSISTANT,
    ),
    writing_tool(
        name="update_entity",
        description="Changes what is known of a company, person, product, market or customer.",
        arguments=ChangedEntity,
        prepare=_update,
        confirm=_changes,
        changes=_entity_of,
        agents=ASSISTANT,
    ),
    writing_tool(
        name="create_relationship",
        description="Records how one entity relates to another.",
        arguments=NewRelationship,
        prepare=_relationship,
        confirm=_creates_opinion,
        agents=ASSISTANT,
    ),
    writing_tool(
        name="commit_decision",
        description="Records what the team decided, with the reason and what it affects.",
        arguments=NewDecision,
        prepare=_decision,
        agents=ASSISTANT,
    ),
    writing_tool(
        name="remove_entity",
        description="Removes an entity with its relationships, once a person has confirmed it.",
        arguments=OneEntity,
        prepare=_entity_removal,
        confirm="always",
        changes=_entity_of,
        agents=ASSISTANT,
    ),
    writing_tool(
        name="remove_relationship",
        description="Removes a relationship, once a person has confirmed it.",
        arguments=OneRelationship,
        prepare=_relationship_removal,
        confirm="always",
        agents=ASSISTANT,
    ),
)
