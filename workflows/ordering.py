"""What one actor sends at a time is a list: none of it is carried out behind what it was sent to come before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
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
        self._old: set[UUID] = set()

    def is_old(self, command_id: UUID, receipts: Receipts) -> bool:
        """Whether a command may have been carried out so long ago that only the log knows."""
        return command_id in self._may_be_old(receipts)

    def old_followers(self, place: int, receipts: Receipts) -> list[UUID]:
        """Those of an entry for which that holds."""
        followers = self.followers[place]
        old = self._may_be_old(receipts) if followers else None
        return [command_id for command_id in followers if command_id in old] if old else []

    def note_absent(self, command_id: UUID) -> None:
        """The log does not know it, and need not be asked again until more commands are old."""
        self._old.discard(command_id)

    def _may_be_old(self, receipts: Receipts) -> AbstractSet[UUID]:
        if receipts.filter != self._filter:
            self._filter, self._old = receipts.filter, set(receipts.old_among(self._ids))
        return self._old


def _followers(entries: Sequence[Entry]) -> list[tuple[UUID, ...]]:
    later: dict[Actor, list[UUID]] = defaultdict(list)
    found: list[tuple[UUID, ...]] = []
    for entry in reversed(entries):
        found.append(tuple(later[entry.actor]))
        later[entry.actor].append(entry.command.command_id)
    return found[::-1]
