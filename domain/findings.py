"""What a check of the book against its sources found."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StringConstraints

from domain.model import SourceReference
from domain.values import NO_NUL, Id, Instant, OptionalLine, Paragraph, Value

FindingKind = Literal["unsupported_figure", "contradicted_figure", "unlinked_claim", "source_conflict"]
AcceptanceReason = Annotated[
    str, StringConstraints(min_length=3, max_length=500, pattern=NO_NUL, strip_whitespace=True)
]
MAX_ACCEPTED_FINDINGS = 500
BLOCKING: frozenset[FindingKind] = frozenset({"unsupported_figure", "contradicted_figure"})
"""Kinds that keep a book from being completed until a person accepts them with a reason."""


class Finding(Value):
    """Something that people should look at. `id` is the same as long as figure, slide and sources are the same.

    `places` are where the figure and what contradicts it stand; a `source_conflict` has no slide.
    """

    id: Id
    kind: FindingKind
    slide_id: str = ""
    component_id: str = ""
    anchor: str = ""
    figure: OptionalLine = ""
    message: Paragraph
    places: tuple[SourceReference, ...] = ()

    @property
    def blocks(self) -> bool:
        return self.kind in BLOCKING


class AcceptedFinding(Value):
    """A finding that a person stands for, and why."""

    finding_id: str
    reason: str
    by: str
    at: Instant
