"""How agents change a book: bodies are kept beside it, then the commands are sent."""

from __future__ import annotations

from collections.abc import Sequence

from agents.ports import CIMAddress, CommandSender, Outcome, Workspace
from domain.commands import Command, detach_bulk
from domain.refusals import Problem
from domain.values import Actor

WORTH_ANOTHER_TRY = frozenset({"access_unavailable", "unproven"})
"""A proof is signed at each try; it is refused while the clocks of workers differ, or one of them has just been set."""


class CommandsHeldUp(Exception):
    """The book could not take the commands just now; the same commands are sent again later."""


async def outcomes_of(
    workspace: Workspace, sender: CommandSender, address: CIMAddress, actor: Actor, commands: Sequence[Command]
) -> Sequence[Outcome]:
    """What became of each. Raises CommandsHeldUp when the same commands may pass later."""
    detached: list[Command] = []
    for command in commands:
        light, bodies = detach_bulk(command)
        for hash_, body in bodies.items():
            await workspace.put_text(address.cim_id, hash_, body)
        detached.append(light)
    outcomes = await sender.send(address, actor, detached)
    for outcome in outcomes:
        if outcome.problem is not None and outcome.problem.code in WORTH_ANOTHER_TRY:
            raise CommandsHeldUp(outcome.problem.message)
    return outcomes


async def send(
    workspace: Workspace, sender: CommandSender, address: CIMAddress, actor: Actor, commands: Sequence[Command]
) -> Problem | None:
    """The first refusal, if there is one. Raises CommandsHeldUp when the same commands may pass later."""
    outcomes = await outcomes_of(workspace, sender, address, actor, commands)
    return next((outcome.problem for outcome in outcomes if outcome.problem is not None), None)
