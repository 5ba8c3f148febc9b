"""Tools that change the book: what a call would change is worked out first, shown to people where they are asked, and
then sent as commands."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import JsonValue

from agents.ports import CIMAddress
from agents.sending import send
from agents.tools.tool import Confirmation, Tool, ToolDesk, ToolResult
from domain.commands import Command
from domain.comparing import FieldChange
from domain.requests import RequestBody
from domain.values import AgentType, Value

_Arguments = TypeVar("_Arguments", bound=Value)


@dataclass(frozen=True)
class Proposal:
    """A change as it would be made. `basis` is a hash of what it changes, as that is now.

    `question` is put to people, with the `effect` on the rest of the book; `done` is told once it is made. `unknown`
    says what is not there (any more): nobody is asked about it then.
    """

    command: Command
    change: tuple[FieldChange, ...]
    question: str
    done: str
    effect: str = ""
    basis: str = ""
    unknown: str = ""
    content: dict[str, JsonValue] = field(default_factory=dict[str, JsonValue])


Prepare = Callable[[_Arguments, ToolDesk], Awaitable[Proposal | ToolResult]]


def writing_tool(
    *,
    name: str,
    description: str,
    arguments: type[_Arguments],
    prepare: Prepare[_Arguments],
    confirm: Confirmation = "never",
    changes: Callable[[_Arguments, ToolDesk], frozenset[str]] | None = None,
    agents: frozenset[AgentType],
) -> Tool[_Arguments]:
    """A write that shows its change as a diff. `prepare` gives the proposal, or why there is none."""

    async def run(given: _Arguments, desk: ToolDesk) -> ToolResult:
        proposal = await prepare(given, desk)
        return proposal if isinstance(proposal, ToolResult) else await carried_out(proposal, desk)

    async def ask(given: _Arguments, desk: ToolDesk) -> RequestBody | ToolResult:
        proposal = await prepare(given, desk)
        if isinstance(proposal, ToolResult):
            return proposal
        if proposal.unknown:
            return ToolResult(rejected=proposal.unknown)
        if not proposal.change:
            return ToolResult(content={"unchanged": True}, summary="Nothing to change: the book says so already.")
        return RequestBody(
            kind="confirmation",
            text=proposal.question[:4_000],
            hint=proposal.effect[:4_000],
            tool=name,
            arguments=given.model_dump(mode="json", exclude_defaults=True),
            change=tuple(one.model_dump(mode="json") for one in proposal.change),
        )

    async def basis(given: _Arguments, desk: ToolDesk) -> str:
        proposal = await prepare(given, desk)
        return "" if isinstance(proposal, ToolResult) else proposal.basis

    return Tool(
        name=name,
        description=description,
        arguments=arguments,
        permission="write",
        run=run,
        confirm=confirm,
        ask=ask,
        changes=changes,
        basis=basis,
        agents=agents,
    )


def command_id(desk: ToolDesk) -> UUID:
    """The same for the same call, however often it is repeated."""
    return uuid5(NAMESPACE_URL, f"bookrunner:call/{desk.call_id}")


def new_id(desk: ToolDesk, prefix: str) -> str:
    """For something that the call makes. What one agent session makes begins alike."""
    return f"{own_prefix(desk, prefix)}{uuid5(NAMESPACE_URL, desk.call_id).hex[:12]}"


def own_prefix(desk: ToolDesk, prefix: str) -> str:
    return f"{prefix}-{uuid5(NAMESPACE_URL, desk.scope.agent_id).hex[:8]}"


async def carried_out(proposal: Proposal, desk: ToolDesk) -> ToolResult:
    scope = desk.scope
    address = CIMAddress(cim_id=scope.cim_id, org_id=scope.org_id, deal_id=scope.deal_id)
    problem = await send(desk.workspace, desk.sender, address, scope.actor, [proposal.command])
    if problem is not None:
        return ToolResult(rejected=f"{problem.message} {problem.next_step}".strip())
    told: dict[str, JsonValue] = {"done": proposal.done, **proposal.content}
    return ToolResult(
        content={**told, **({"effect": proposal.effect} if proposal.effect else {})}, summary=proposal.done
    )


def rejected(sentences: list[str] | tuple[str, ...]) -> ToolResult:
    """Nothing is written as long as the documents do not bear it out."""
    return ToolResult(rejected=" ".join(dict.fromkeys(sentences)))
