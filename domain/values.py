"""Primitive values: bounded texts, ids, content hashes."""

from __future__ import annotations

import hashlib
import json
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

NO_NUL = r"^[^\x00]*$"

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
Line = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=NO_NUL, strip_whitespace=True)]
OptionalLine = Annotated[str, StringConstraints(max_length=300, pattern=NO_NUL, strip_whitespace=True)]
Paragraph = Annotated[str, StringConstraints(max_length=4_000, pattern=NO_NUL)]
LongText = Annotated[str, StringConstraints(max_length=20_000, pattern=NO_NUL)]
ContentHash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Rev = Annotated[int, Field(ge=0, le=10_000_000_000)]
Instant = AwareDatetime


def _no_truth(given: object) -> object:
    if isinstance(given, bool):
        raise ValueError("a number is wanted, not true or false")
    return given


NO_TRUTH = BeforeValidator(_no_truth)
"""For numbers in requests: pydantic takes false for 0."""


TextOrAbsent = Annotated[str, Field(exclude_if=lambda text: not text)]
"""Left out where it is empty: release 0.3.0 refuses what has a field that it does not know."""


class Value(BaseModel):
    """A frozen value that refuses unknown fields. Its errors, which end up in logs, do not repeat what was given."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    @classmethod
    def from_kept(cls, kept: str | bytes) -> Self:
        """From the JSON of any version: fields that this one does not know are left out."""
        return cls.model_validate_json(kept, extra="ignore")

    @classmethod
    def from_state(cls, state: object) -> Self:
        """The same from the state of a graph."""
        return cls.model_validate(state, extra="ignore")


class Stage(StrEnum):
    """The five stages of a CIM, in order."""

    WELCOME = "welcome"
    BUYER_PERSONA = "buyer_persona"
    HERO_CONCEPT = "hero_concept"
    OUTLINE = "outline"
    BUILDING_SECTIONS = "building_sections"

    @property
    def position(self) -> int:
        return list(Stage).index(self)


class CIMStatus(StrEnum):
    DRAFT = "draft"
    IN_PROGRESS = "in_progress"
    COMPLETE = "complete"


class SlideStatus(StrEnum):
    DRAFT = "draft"
    NEEDS_REVIEW = "needs_review"
    APPROVED = "approved"


class StaleReason(StrEnum):
    """Why something no longer rests on what it was built from."""

    WELCOME_CHANGED = "welcome_changed"
    BUYER_PERSONA_CHANGED = "buyer_persona_changed"
    HERO_CONCEPT_CHANGED = "hero_concept_changed"
    OUTLINE_CHANGED = "outline_changed"


ArtifactName = Literal["buyer_persona", "hero_context", "outline"]
RestorableArtifact = Literal["buyer_persona", "hero_context", "outline", "slides"]


Mode = Literal["draft", "revise", "ask"]
"""What a run may do: write new content, change only what is named, or only read."""

AgentType = Literal["assistant", "planner", "writer", "reviewer", "coder", "research", "editor", "outline"]


class Actor(Value):
    """Who acts. An agent acts with the rights of the person it works for."""

    kind: Literal["user", "agent", "system"]
    id: str
    on_behalf_of: str | None = None

    @property
    def person_id(self) -> str:
        """The person whose rights count."""
        return self.on_behalf_of or self.id


def content_hash(*parts: BaseModel | str) -> str:
    """SHA-256 (hex) of the canonical JSON of the parts. Fields at their default do not count."""
    canonical = json.dumps(
        [part if isinstance(part, str) else part.model_dump(mode="json", exclude_defaults=True) for part in parts],
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


__all__ = [
    "NO_NUL",
    "Actor",
    "AgentType",
    "ArtifactName",
    "CIMStatus",
    "ContentHash",
    "Id",
    "Instant",
    "Line",
    "LongText",
    "Mode",
    "OptionalLine",
    "Paragraph",
    "RestorableArtifact",
    "Rev",
    "SlideStatus",
    "Stage",
    "StaleReason",
    "Value",
    "content_hash",
]
