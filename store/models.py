"""What is kept beside the CIM itself, and what reads of it look like."""

from __future__ import annotations

from typing import Annotated, Generic, Literal, TypeVar

from pydantic import Field, JsonValue

from domain.model import Component, LayoutType, SlideBody, SourceReference
from domain.values import Actor, Instant, SlideStatus, StaleReason, Value

Item = TypeVar("Item")


class BadCursor(ValueError):
    """A cursor that no page has given out."""


class Page(Value, Generic[Item]):
    """Some of many. `next_cursor` asks for the next ones; None when there are no more."""

    items: tuple[Item, ...] = ()
    next_cursor: str | None = None


class Slide(Value):
    """A slide as it is read: its place and status, and its whole content."""

    id: str
    section_id: str
    position: int
    title: str
    layout_type: LayoutType
    components: tuple[Component, ...]
    sources: tuple[SourceReference, ...]
    notes: str
    status: SlideStatus
    stale_reason: StaleReason | None
    rev: int
    updated_at: Instant

    @property
    def body(self) -> SlideBody:
        return SlideBody(
            title=self.title,
            layout_type=self.layout_type,
            components=self.components,
            sources=self.sources,
            notes=self.notes,
        )


class Kept(Value):
    """Something of one CIM with an id of its own."""

    id: str
    cim_id: str


class Message(Kept):
    """One turn of the conversation. Ids sort by time; `parent_id` makes branches."""

    thread_id: str = "main"
    parent_id: str | None = None
    role: Literal["user", "assistant", "system", "tool"]
    text: str
    author: Actor
    created_at: Instant
    run_id: str | None = None
    status: Literal["writing", "complete", "failed"] = "complete"
    mentions: tuple[str, ...] = ()


class Source(Kept):
    """An uploaded document and how far its reading is. `size` in bytes; `problem` says why it was refused."""

    org_id: str
    name: str
    kind: str
    sha256: str
    size: int
    status: Literal["received", "reading", "ready", "refused"] = "received"
    problem: str | None = None
    pages: int | None = None
    passages: int = 0
    facts: int = 0
    created_at: Instant
    created_by: Actor


class SourcePassage(Value):
    """A searchable part of a document, with the document that it comes from."""

    source_id: str
    passage_id: str
    ordinal: Annotated[int, Field(ge=0)]
    text: str
    locator: str
    heading: str = ""


RunStatus = Literal["queued", "running", "waiting", "completed", "failed", "cancelled"]


class RunProgress(Value):
    done: int = 0
    total: int = 0
    doing: str = ""


class Run(Kept):
    """An AI run. `notes` are for people: what it left out and why."""

    org_id: str
    kind: str
    status: RunStatus = "queued"
    progress: RunProgress = RunProgress()
    actor: Actor
    instruction: str = ""
    section_ids: tuple[str, ...] = ()
    started_at: Instant
    completed_at: Instant | None = None
    error: str | None = None
    notes: tuple[str, ...] = ()
    result: dict[str, JsonValue] = Field(default_factory=dict)


class Export(Kept):
    """A book made from one rev. `blob_sha256` is where its bytes are; `problems` what a check found."""

    org_id: str
    format: Literal["pptx", "pdf", "md", "json"]
    status: Literal["queued", "making", "ready", "failed"] = "queued"
    rev: int | None = None
    blob_sha256: str | None = None
    size: int | None = None
    problems: tuple[str, ...] = ()
    created_by: Actor
    created_at: Instant
    completed_at: Instant | None = None
    error: str | None = None
