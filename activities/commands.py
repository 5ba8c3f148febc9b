"""How runs, ingest and other workflows change a CIM: by sending it commands, like everybody else."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING

from temporalio import activity
from temporalio.client import Client

from audit import AuditActor, AuditEntry, Target, Trail
from domain.refusals import Problem
from domain.values import Value
from workflows.calls import CIMCalls
from workflows.contract import MAX_COMMANDS_PER_UPDATE, CommandResult, Entry, Submission, SubmissionResult

if TYPE_CHECKING:
    from access import Assertions, GrantCache


class SendCommands(Value):
    """Commands for one CIM, any number, in order. Their ids make sending them again safe."""

    org_id: str
    deal_id: str
    cim_id: str
    entries: tuple[Entry, ...]


class CommandActivities:
    """Agents act for people: for somebody who has no role any more nothing is signed, and nothing sent."""

    def __init__(
        self, client: Client, calls: CIMCalls, proofs: Assertions, grants: GrantCache, trail: Trail | None = None
    ) -> None:
        """`grants` are those of the last few seconds. `trail` hears of each command and how it was answered."""
        self._client = client
        self._calls = calls
        self._proofs = proofs
        self._grants = grants
        self._trail = trail

    @activity.defn
    async def send(self, commands: SendCommands) -> SubmissionResult:
        """The answer to each command; refusals are answers. Raises temporalio errors while the server is away."""
        results: list[CommandResult] = []
        for start in range(0, len(commands.entries), MAX_COMMANDS_PER_UPDATE):
            entries = commands.entries[start : start + MAX_COMMANDS_PER_UPDATE]
            refused = await self._refused(commands, entries)
            if refused is not None:
                shut_out = tuple(
                    CommandResult(command_id=one.command.command_id, rev=0, problem=refused) for one in entries
                )
                self._note(commands, entries, shut_out)
                results.extend(shut_out)
                continue
            answer = await self._calls.execute(
                self._client,
                commands.org_id,
                commands.deal_id,
                commands.cim_id,
                Submission(entries=tuple(self._proved(commands, entry) for entry in entries)),
            )
            self._note(commands, entries, answer.results)
            results.extend(answer.results)
        return SubmissionResult(results=tuple(results))

    def _note(self, commands: SendCommands, entries: Iterable[Entry], results: Iterable[CommandResult]) -> None:
        """The same answer to the same command, as when a worker died on the way, is noted once."""
        if self._trail is None:
            return
        answers = {result.command_id: result for result in results}
        for entry in entries:
            answer = answers.get(entry.command.command_id)
            if answer is None:
                continue
            details: dict[str, int | str] = {
                "command_id": str(entry.command.command_id),
                "workflow_id": activity.info().workflow_id or "",
            }
            details |= {"rev": answer.rev} if answer.problem is None else {"code": answer.problem.code}
            self._trail.record(
                AuditEntry(
                    org_id=commands.org_id,
                    actor=AuditActor.of(entry.actor),
                    action=f"cim.{entry.command.type}",
                    target=Target(kind="cim", id=commands.cim_id),
                    result="done" if answer.problem is None else "refused",
                    details=details,
                    entry_id=uuid.uuid5(entry.command.command_id, str(details)),
                )
            )

    def _proved(self, commands: SendCommands, entry: Entry) -> Entry:
        workflow_id = activity.info().workflow_id or ""
        return entry.model_copy(update={"proof": self._proofs.of_agent(entry.actor, commands.cim_id, workflow_id)})

    async def _refused(self, commands: SendCommands, entries: tuple[Entry, ...]) -> Problem | None:
        for person_id in {entry.actor.person_id for entry in entries}:
            if await self._grants.is_shut_out(person_id, commands.org_id, commands.deal_id):
                return Problem(
                    code="forbidden",
                    message="The person for whom this is done has no role in this deal any more.",
                    next_step="Ask the project lead for access.",
                )
        return None
