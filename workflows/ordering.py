"""What one actor sends at a time is a list: none of it is carried out behind what it was sent to come before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from domain.values import Actor
from workflows.contract import Entry


def followers(entries: Sequence[Entry]) -> list[tuple[UUID, ...]]:
    """For each entry the other commands of its actor that come after it."""
    later: dict[Actor, list[UUID]] = defaultdict(list)
    found: list[tuple[UUID, ...]] = []
    for entry in reversed(entries):
        behind, command_id = later[entry.actor], entry.command.command_id
        found.append(tuple(each for each in behind if each != command_id))
        behind.append(command_id)
    return found[::-1]
