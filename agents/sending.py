"""How agents change a book: bodies are kept beside it, then the commands are sent."""

from __future__ import annotations

from collections.abc import Sequence

from agents.nodes import WORTH_ANOTHER_TRY, CommandsHeldUp
from agents.ports import CIMAddress, CommandSender, Workspace
from domain.commands import Command, detach_bulk
from domain.refusals import Problem
from domain.values import Actor


async def send(
    workspace: Workspace, sender: CommandSender, address: CIMAddress, actor: Actor, commands: Sequence[Command]
) -> Problem | None:
    """The first refusal, if there is one. Raises CommandsHeldUp when the same commands may pass later."""
    detached: list[Command] = []
    for command in commands:
        light, bodies = detach_bulk(command)
        for hash_, body in bodies.items():
            await workspace.put_text(address.cim_id, hash_, body)
        detached.append(light)
    outcomes = await sender.send(address, actor, detached)
    problems = [outcome.problem for outcome in outcomes if outcome.problem is not None]
    for problem in problems:
        if problem.code in WORTH_ANOTHER_TRY:
            raise CommandsHeldUp(problem.message)
    return problems[0] if problems else None
