"""From the commands of a request to their answers: rights, bodies into the store, group commit, problems."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from api.dependencies import OpenCIM
from api.group_commit import Accepted, Unsent
from api.noting import NotedCommand, note_commands, note_org
from api.parts import Parts
from api.problems import ProblemDetails, problem_details, refused
from domain.commands import Command, detach_bulk
from domain.events import EventRecord
from domain.permissions import action_of, may_send
from telemetry.metrics import COMMANDS
from workflows.contract import CommandResult, Entry

MOST_EVENTS_SINCE = 200


class CommandAnswer(BaseModel):
    """What became of one command.

    `done`: recorded, with its events. `refused`: nothing was changed, see `problem`. `accepted`: durable and on its
    way; its events, or the refusal, come later.
    """

    model_config = ConfigDict(frozen=True)

    command_id: UUID
    status: Literal["done", "refused", "accepted"]
    rev: int | None = None
    events: list[EventRecord] = []
    repeated: bool = False
    problem: ProblemDetails | None = None


class CommandAnswers(BaseModel):
    results: list[CommandAnswer]


class Submitter:
    """Sends the commands of one caller to one book."""

    def __init__(self, parts: Parts, opened: OpenCIM) -> None:
        self._parts = parts
        self._opened = opened

    async def execute(self, commands: Sequence[Command], *, starts: bool = False) -> list[CommandAnswer]:
        """An answer to each command, in order. Commands that the caller has no right to are not sent."""
        allowed, entries = await self._prepared(commands)
        if not entries:
            return self._in_order(commands, [])
        outcome = await self._parts.commits.execute(self._opened.address, entries, _size(entries), starts)
        match outcome:
            case Accepted():
                answers = [_accepted(command) for command in allowed]
            case Unsent(passing=passing):
                answers = [_unsent(command, passing) for command in allowed]
            case _:
                answers = list(await asyncio.gather(*map(self._answer, allowed, outcome)))
        return self._in_order(commands, answers)

    async def submit(self, commands: Sequence[Command]) -> list[CommandAnswer]:
        """The same without waiting for what becomes of them."""
        allowed, entries = await self._prepared(commands)
        if not entries:
            return self._in_order(commands, [])
        outcome = await self._parts.commits.submit(self._opened.address, entries)
        match outcome:
            case Accepted():
                answers = [_accepted(command) for command in allowed]
            case Unsent(passing=passing):
                answers = [_unsent(command, passing) for command in allowed]
        return self._in_order(commands, answers)

    async def _prepared(self, commands: Sequence[Command]) -> tuple[list[Command], list[Entry]]:
        allowed = [command for command in commands if self._may_send(command)]
        detached = [detach_bulk(command) for command in allowed]
        bodies = {hash_: body for _, texts in detached for hash_, body in texts.items()}
        if bodies:
            store, cim_id = self._parts.store, self._opened.cim_id
            await asyncio.gather(*(store.contents.put_text(cim_id, hash_, body) for hash_, body in bodies.items()))
        return allowed, [Entry(actor=self._opened.actor, command=command) for command, _ in detached]

    def _in_order(self, commands: Sequence[Command], answers: list[CommandAnswer]) -> list[CommandAnswer]:
        remaining = iter(answers)
        ordered = [next(remaining) if self._may_send(command) else self._forbidden(command) for command in commands]
        for command, answer in zip(commands, ordered, strict=True):
            COMMANDS.labels(command.type, answer.status).inc()
        note_org(self._opened.address.org_id)
        note_commands(self._opened.cim_id, map(_noted, commands, ordered))
        return ordered

    def _may_send(self, command: Command) -> bool:
        return may_send(self._opened.role, command) and self._opened.person.reaches(action_of(command.type))

    def _forbidden(self, command: Command) -> CommandAnswer:
        action = command.type.replace("_", " ")
        problem = problem_details(
            "forbidden", f"A {self._opened.role.value} may not {action}.", "Ask the project lead."
        )
        return CommandAnswer(command_id=command.command_id, status="refused", problem=problem)

    async def _answer(self, command: Command, result: CommandResult) -> CommandAnswer:
        if result.problem is not None:
            return CommandAnswer(
                command_id=command.command_id,
                status="refused",
                rev=result.rev,
                problem=refused(result.problem, await self._events_since(command, result)),
            )
        events = list(result.events)
        if result.repeated and result.last_seq >= result.first_seq:
            events = await self._parts.store.events(
                self._opened.cim_id, result.first_seq - 1, result.last_seq - result.first_seq + 1
            )
        return CommandAnswer(
            command_id=command.command_id, status="done", rev=result.rev, events=events, repeated=result.repeated
        )

    async def _events_since(self, command: Command, result: CommandResult) -> list[EventRecord] | None:
        if result.problem is None or result.problem.code != "old_rev" or command.expected_rev is None:
            return None
        if command.expected_rev >= result.rev:
            return []
        return await self._parts.store.events(self._opened.cim_id, command.expected_rev, MOST_EVENTS_SINCE)


def _noted(command: Command, answer: CommandAnswer) -> NotedCommand:
    problem = answer.problem
    result = answer.status if problem is None or problem.status < 500 else "failed"
    return NotedCommand(
        type=command.type,
        command_id=str(command.command_id),
        result=result,
        code=problem.code if problem is not None else None,
        rev=answer.rev,
    )


def _accepted(command: Command) -> CommandAnswer:
    return CommandAnswer(command_id=command.command_id, status="accepted")


def _unsent(command: Command, passing: bool) -> CommandAnswer:
    if passing:
        problem = problem_details(
            "workflow_unavailable",
            "The workflow service does not answer, so nothing was changed.",
            "Send the same command again, with the same command_id.",
        )
    else:
        problem = problem_details("not_carried_out", "The command could not be carried out.", "Tell the operators.")
    return CommandAnswer(command_id=command.command_id, status="refused", problem=problem)


def _size(entries: Sequence[Entry]) -> int:
    """Bytes of the entries as JSON."""
    return sum(len(entry.model_dump_json()) for entry in entries)
