"""What one actor sends at a time is a list: none of it is carried out behind what it was sent to come before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from domain.receipts import Receipts
from domain.values import Actor
from workflows.contract import Entry


class SentOrder:
    """What was sent at a time. `followers` are, for each entry, the commands of its actor that come after it."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.followers = _followers(entries)
        self._ids = [entry.command.command_id for entry in entries]
        self._filter = ""
        self._old: frozenset[UUID] = frozenset()

    def old_followers(self, place: int, receipts: Receipts) -> list[UUID]:
        """Those of an entry that may have been carried out so long ago that only the log knows."""
        followers = self.followers[place]
        if followers and receipts.filter != self._filter:
            self._filter, self._old = receipts.filter, frozenset(receipts.old_among(self._ids))
        return [command_id for command_id in followers if command_id in self._old] if self._old else []


def _followers(entries: Sequence[Entry]) -> list[tuple[UUID, ...]]:
    later: dict[Actor, list[UUID]] = defaultdict(list)
    found: list[tuple[UUID, ...]] = []
    for entry in reversed(entries):
        found.append(tuple(later[entry.actor]))
        later[entry.actor].append(entry.command.command_id)
    return found[::-1]
