"""What is kept beside the CIM itself, and what reads of it look like."""

from __future__ import annotations

from typing import Annotated, Generic, Literal, TypeVar

from pydantic import Field, JsonValue

from domain.model import Component, LayoutType, SlideBody, SourceReference
from domain.values import Actor, AgentType, Instant, Mode, SlideStatus, StaleReason, TextOrAbsent, Value

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


MessageStatus = Literal["queued", "writing", "complete", "stopped", "failed"]


class Citation(Value):
    """What a marker such as [F12] or [P3] in a text points at."""

    ref: str
    document: str
    source: SourceReference


class Message(Kept):
    """One turn of the conversation. Ids sort by time; `parent_id` makes branches.

    Once it is complete, stopped or failed a message never changes. While it is `writing`, its text is in the deltas.
    `unsupported` are figures of the text that no document bears out.
    """

    thread_id: str = "main"
    parent_id: str | None = None
    role: Literal["user", "assistant", "system", "tool"]
    text: str
    author: Actor
    created_at: Instant
    completed_at: Instant | None = None
    run_id: str | None = None
    agent_id: str = ""
    mode: Mode = "draft"
    status: MessageStatus = "complete"
    mentions: tuple[str, ...] = ()
    citations: tuple[Citation, ...] = ()
    unsupported: tuple[str, ...] = ()
    steering: tuple[str, ...] = ()
    """What was added to the run while it wrote this answer."""
    error: str | None = None

    @property
    def is_final(self) -> bool:
        return self.status in ("complete", "stopped", "failed")


class Thread(Kept):
    """A conversation of a book. `leaf_id` ends the active branch, `leaves` every branch, oldest first."""

    title: str = ""
    leaf_id: str | None = None
    leaves: tuple[str, ...] = ()
    created_at: Instant
    updated_at: Instant


class Branch(Value):
    """A way through a thread: it leaves the others after `forks_after` (absent: at the beginning)."""

    leaf_id: str
    forks_after: str | None = None
    first_text: str = ""
    messages: int = 0
    updated_at: Instant
    active: bool = False


TalkKind = Literal["message", "message_reset", "delta", "workspace", "steer"]


class TalkEntry(Value):
    """One entry of the talk of a CIM: numbered from 1 without a gap, in the order in which it was said.

    `message`: a message as it is now; while it is not final, its text is in the deltas. `delta`: {message_id, attempt,
    text} is to be added to the message. `message_reset`: {message_id, attempt, text} takes the place of what was said.
    Deltas and resets of an earlier attempt than one that was seen do not count. `workspace`: something for the page to
    show. `steer`: {run_id, text, by} was added to a run under way.
    """

    n: int
    kind: TalkKind
    data: dict[str, JsonValue]


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


class ComposeBounds(Value):
    """What a compose run goes by: whether people look over its plan, and how much its agents may do."""

    plan_approval: bool = True
    writers_at_once: int = 3
    review_rounds: int = 2


class Run(Kept):
    """An AI run. `notes` are for people: what it left out and why."""

    org_id: str
    deal_id: str = ""
    kind: str
    status: RunStatus = "queued"
    progress: RunProgress = RunProgress()
    actor: Actor
    thread_id: str = ""
    message_id: str = ""
    answer_ids: tuple[str, ...] = ()
    """Of a chat run: the message that it answers, and the answers."""
    resumes: str = ""
    """The run that this one takes up again."""
    instruction: str = ""
    section_ids: tuple[str, ...] = ()
    slide_id: TextOrAbsent = ""
    """The one slide that it drafts again."""
    bounds: ComposeBounds | None = None
    started_at: Instant
    completed_at: Instant | None = None
    error: str | None = None
    notes: tuple[str, ...] = ()
    result: dict[str, JsonValue] = Field(default_factory=dict)

    @property
    def is_over(self) -> bool:
        return self.status in ("completed", "failed", "cancelled")


AgentStatus = Literal["idle", "running", "completed", "failed"]


class AgentSession(Kept):
    """What one agent was given, did and gave back. A cancelled session has failed, and says so in `error`."""

    org_id: str
    run_id: str
    parent_id: str = ""
    agent_type: AgentType
    title: str = ""
    status: AgentStatus = "idle"
    doing: str = ""
    input: dict[str, JsonValue] = Field(default_factory=dict)
    output: dict[str, JsonValue] = Field(default_factory=dict)
    error: str | None = None
    started_at: Instant | None = None
    completed_at: Instant | None = None
    steps: int = 0
    waits_for: tuple[str, ...] = ()
    """Ids of the requests that people have not answered yet."""


class Checkpoint(Kept):
    """The state of an agent's graph after a step: references and small values. `id` is `{agent_id}:{step:04}`."""

    run_id: str
    agent_id: str
    graph: str
    step: int
    node: str
    state: dict[str, JsonValue]
    at: Instant


class Usage(Kept):
    """One call of a model. `id` names run, step and attempt, so that a repeated record is no second call.

    Tokens as the provider counts them; `cost_usd` by the price list of the settings; `seconds` until the last token.
    """

    org_id: str
    run_id: str
    agent_id: str
    agent_type: AgentType
    person_id: str
    work: str
    model: str
    at: Instant
    tokens_in: int = 0
    tokens_out: int = 0
    tokens_cached: int = 0
    cost_usd: float = 0.0
    seconds: float = 0.0
    outcome: Literal["completed", "failed", "stopped"] = "completed"


class UsageHold(Value):
    """What a call of a model in flight may cost at the most. Nobody counts it past `until`."""

    id: str
    org_id: str
    person_id: str
    usd: float
    until: Instant


class UsageHour(Value):
    """What the calls of one hour come to, for one model, person and kind of work of an organisation."""

    org_id: str
    hour: Instant
    model: str
    person_id: str
    work: str
    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    tokens_cached: int = 0
    cost_usd: float = 0.0
    seconds: float = 0.0


class SourceImage(Kept):
    """A picture taken from a document, or uploaded: then `source_id` is empty and `text` the name of the file.

    `fingerprint` is a perceptual hash (hex); `text` what stands around it.
    """

    source_id: str
    locator: str
    blob_sha256: str
    media_type: str
    width: int
    height: int
    fingerprint: str
    text: str = ""


class Comment(Kept):
    """What a person says about a slide. It stays when the slide goes."""

    slide_id: str
    text: str
    author: Actor
    author_email: str = ""
    at: Instant
    resolved_at: Instant | None = None
    resolved_by: Actor | None = None


class PresentPage(Kept):
    """One open page of a person, and where in the book it was last. It is gone when it has been silent for a while."""

    person_id: str
    email: str = ""
    view: str
    slide_id: str | None = None
    is_editing: bool = False
    at: Instant

    def told(self, what: Literal["arrived", "here", "left"]) -> dict[str, JsonValue]:
        """As the other pages hear of it."""
        return {
            "person_id": self.person_id,
            "email": self.email,
            "page_id": self.id,
            "place": {"view": self.view, "slide_id": self.slide_id, "is_editing": self.is_editing},
            "what": what,
            "at": self.at.isoformat(),
        }


class Reminder(Kept):
    """How often, and when last, people were reminded of the request with this id."""

    count: int
    last_at: Instant


class BookEnd(Kept):
    """That the time of a book has run out, or soon will, by the rule of its organisation: when it is to be deleted."""

    id: str = "end"
    org_id: str
    runs_out: Instant
    ends_at: Instant


class BookCheck(Kept):
    """What holding a book against its documents found, at one rev. `blocking` keep it from being completed.

    A CIM has one: the newest.
    """

    id: str = "latest"
    rev: int
    at: Instant
    blocking: int
    total: int


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
