"""What an agent asks of people and waits for: questions, confirmations of a change, plans to look over."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from domain.values import AgentType, ContentHash, Id, Line, OptionalLine, Paragraph, Value, content_hash

MAX_OPEN_REQUESTS = 100
MOST_CLOSED_REQUESTS_KNOWN = 200

RequestKind = Literal["question", "confirmation", "plan"]
ClosedHow = Literal["answered", "superseded", "cancelled"]


class RequestBody(Value):
    """What people see. Kept once under its hash.

    A question has `options` (none: free text; `multiple`: several may be chosen) and a `hint` of what the answer
    affects. A confirmation names the `tool`, its `arguments` and the `change` that it would make, field by field
    ({"field", "before", "after"}). A plan is in `arguments`, and may be sent back changed.
    """

    kind: RequestKind
    text: Paragraph
    hint: Paragraph = ""
    options: tuple[Line, ...] = Field(default=(), max_length=20)
    multiple: bool = False
    tool: OptionalLine = ""
    arguments: dict[str, JsonValue] = Field(default_factory=dict)
    change: tuple[dict[str, JsonValue], ...] = ()

    @property
    def hash(self) -> str:
        return content_hash(self)


class RequestDraft(Value):
    """A request as an agent sends it. `agent_id` is the agent session that waits for the answer."""

    id: Id
    run_id: Id
    agent_id: Id
    agent_type: AgentType = "assistant"
    thread_id: str = ""
    body: RequestBody


class RequestReference(Value):
    """A request whose body is already kept under `content_hash`."""

    id: Id
    run_id: Id
    agent_id: Id
    agent_type: AgentType = "assistant"
    thread_id: str = ""
    kind: RequestKind
    content_hash: ContentHash
    option_count: Annotated[int, Field(ge=0)] = 0
    multiple: bool = False


class QuestionAnswer(Value):
    """`choices` are of the options; `text` is free text, or a remark beside the choice."""

    choices: tuple[Line, ...] = Field(default=(), max_length=20)
    text: Paragraph = ""


class ConfirmationAnswer(Value):
    """Of a confirmation or a plan. A denial says why in `reason`, which the agent reads.

    `arguments_hash`: what was changed by the person before it was approved, kept under this hash; empty for nothing.
    """

    approved: bool
    reason: Paragraph = ""
    arguments_hash: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""


class RequestAnswer(Value):
    """What became of a request, as it reaches the agent that waits. `by` is the person.

    `seq` is the event that says so; 0: none does, since the agent itself gave up, or the book is gone.
    """

    request_id: str
    how: ClosedHow
    question: QuestionAnswer | None = None
    confirmation: ConfirmationAnswer | None = None
    by: str = ""
    seq: int = 0
