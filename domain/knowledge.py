"""What a book is about: companies, people, products, markets and customers, how they relate, and what was decided."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from domain.model import SourceReference
from domain.values import Actor, ContentHash, Id, Instant, Line, OptionalLine, Paragraph, Value, content_hash

MAX_ENTITIES = 300
MAX_RELATIONSHIPS = 1_000
MAX_DECISIONS = 300

EntityKind = Literal["company", "person", "product", "market", "customer"]
RelationshipKind = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,39}$")]
"""A verb in the present tense, such as `sells`, `competes_with`, `supplies`, `employs`, `operates_in`."""
Strength = Literal["weak", "medium", "strong"]


class EntityBody(Value):
    """What is known of something. Kept once under its hash; the log and the workflow carry the hash."""

    kind: EntityKind
    name: Line
    description: Paragraph = ""
    aliases: tuple[Line, ...] = Field(default=(), max_length=20)
    attributes: dict[Line, OptionalLine] = Field(default_factory=dict, max_length=40)
    sources: tuple[SourceReference, ...] = Field(default=(), max_length=50)

    @property
    def hash(self) -> str:
        return content_hash(self)


class EntityDraft(EntityBody):
    """An entity as it is sent; its id is given out unless it has one."""

    id: Id | None = None

    @property
    def body(self) -> EntityBody:
        return EntityBody.model_validate(self.model_dump(exclude={"id"}))


class EntityReference(Value):
    """An entity whose body is already kept under `content_hash`."""

    id: Id | None = None
    kind: EntityKind
    name: Line
    content_hash: ContentHash


class RelationshipBody(Value):
    """How one entity relates to another, read from `from_id` to `to_id`."""

    from_id: Id
    to_id: Id
    kind: RelationshipKind
    strength: Strength = "medium"
    description: Paragraph = ""
    sources: tuple[SourceReference, ...] = Field(default=(), max_length=20)

    @property
    def hash(self) -> str:
        return content_hash(self)


class RelationshipDraft(RelationshipBody):
    id: Id | None = None

    @property
    def body(self) -> RelationshipBody:
        return RelationshipBody.model_validate(self.model_dump(exclude={"id"}))


class RelationshipReference(Value):
    id: Id | None = None
    from_id: Id
    to_id: Id
    kind: RelationshipKind
    strength: Strength = "medium"
    content_hash: ContentHash


class DecisionBody(Value):
    """Something that was settled, and why. `affects` are ids of slides, sections or entities, or names of artifacts."""

    text: Paragraph
    reason: Paragraph
    affects: tuple[Id, ...] = Field(default=(), max_length=50)

    @property
    def hash(self) -> str:
        return content_hash(self)


class DecisionReference(Value):
    content_hash: ContentHash


class Entity(EntityBody):
    """An entity as it is read."""

    id: str
    rev: int
    updated_at: Instant


class Relationship(RelationshipBody):
    id: str
    rev: int


class Decision(DecisionBody):
    id: str
    at: Instant
    by: Actor


class KnowledgeGraph(Value):
    """All that a book is about, and what was decided; entities by name, decisions oldest first."""

    entities: tuple[Entity, ...] = ()
    relationships: tuple[Relationship, ...] = ()
    decisions: tuple[Decision, ...] = ()
