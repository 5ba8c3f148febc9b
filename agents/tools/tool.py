"""What a tool is: a typed input, what it may do, when a person is asked first, and how it is carried out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, Protocol, TypeVar

from pydantic import JsonValue

from agents.brief import Evidence
from agents.ports import CommandSender, Workspace
from agents.turn.context import TurnContext
from agents.turn.state import TurnScope
from domain.requests import RequestBody
from domain.values import AgentType, Value

Permission = Literal["read", "propose", "write"]


class ToolResult(Value):
    """What came of a call. `content` goes to the model; `summary` is a line for people, in the log and on the card.

    `rejected` says why nothing was done, in words for the model: it may call again in another way.
    """

    content: JsonValue = None
    summary: str = ""
    rejected: str = ""


class Talk(Protocol):
    """What a tool may put before the eyes of the people who look on."""

    async def show(self, cim_id: str, action: str, details: dict[str, JsonValue]) -> None: ...


class Library(Protocol):
    """Search over one book. Results are indexes into the evidence of the turn, best first."""

    async def facts(self, cim_id: str, evidence: Evidence, query: str, limit: int) -> Sequence[int]: ...

    async def passages(self, cim_id: str, evidence: Evidence, query: str, limit: int) -> Sequence[int]: ...


@dataclass(frozen=True)
class ToolDesk:
    """What a tool works with, for one call. `call_id` is the same however often the call is repeated: ids of commands
    come from it, so that a repeated call changes nothing twice."""

    scope: TurnScope
    context: TurnContext
    evidence: Evidence
    workspace: Workspace
    sender: CommandSender
    talk: Talk
    library: Library
    call_id: str
    steering: tuple[str, ...] = ()
    """What the person added while the turn was under way."""


Arguments = TypeVar("Arguments", bound=Value)
Confirmation = Literal["never", "always"] | Callable[[Any, ToolDesk], bool]
"""A predicate gets the arguments and the desk; true asks a person first."""


@dataclass(frozen=True)
class Tool(Generic[Arguments]):
    """`run` carries the call out. `ask` gives the request for people instead: of a question always, of a write when it
    has to be confirmed (absent: a plain confirmation that shows the arguments); it gives a result where there is
    nothing to ask. `changes` are the ids of what a write touches: in mode `revise` all of them have to be named, and
    a write without it, or that touches nothing there is, writes new content. `basis` is the hash of what a change was
    shown against: a confirmation given for an earlier one does not count. `agents`: who has the tool."""

    name: str
    description: str
    arguments: type[Arguments]
    permission: Permission
    run: Callable[[Arguments, ToolDesk], Awaitable[ToolResult]]
    confirm: Confirmation = "never"
    ask: Callable[[Arguments, ToolDesk], Awaitable[RequestBody | ToolResult]] | None = None
    is_question: bool = False
    changes: Callable[[Arguments, ToolDesk], frozenset[str]] | None = None
    basis: Callable[[Arguments, ToolDesk], Awaitable[str]] | None = None
    agents: frozenset[AgentType] = field(
        default_factory=lambda: frozenset[AgentType](("assistant", "research", "editor", "outline"))
    )
