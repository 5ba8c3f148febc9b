"""How runs, ingest and other workflows change a CIM: by sending it commands, like everybody else."""

from __future__ import annotations

from temporalio import activity
from temporalio.client import Client

from domain.values import Value
from workflows.calls import CIMCalls
from workflows.contract import MAX_COMMANDS_PER_UPDATE, CommandResult, Entry, Submission, SubmissionResult


class SendCommands(Value):
    """Commands for one CIM, any number, in order. Their ids make sending them again safe."""

    org_id: str
    deal_id: str
    cim_id: str
    entries: tuple[Entry, ...]


class CommandActivities:
    def __init__(self, client: Client, calls: CIMCalls) -> None:
        self._client = client
        self._calls = calls

    @activity.defn
    async def send(self, commands: SendCommands) -> SubmissionResult:
        """The answer to each command; refusals are answers. Raises temporalio errors while the server is away."""
        results: list[CommandResult] = []
        for start in range(0, len(commands.entries), MAX_COMMANDS_PER_UPDATE):
            answer = await self._calls.execute(
                self._client,
                commands.org_id,
                commands.deal_id,
                commands.cim_id,
                Submission(entries=commands.entries[start : start + MAX_COMMANDS_PER_UPDATE]),
            )
            results.extend(answer.results)
        return SubmissionResult(results=tuple(results))
