"""Where in its log a command stands, for servers that find a document by its `_id` only."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from store.ids import event_key
from store.locks import Locks
from store.numbered import consecutive
from store.server import Collection, Document

MOST_EVENTS = 200_000
PAGE = 500


@dataclass
class _Indexed:
    """The first event of each command up to event `end`. Numbers are hashed quicker than UUIDs."""

    end: int = 0
    first_seqs: dict[int, int] = field(default_factory=dict[int, int])

    def add(self, documents: Sequence[Document]) -> None:
        for document in documents:
            if document["seq"] == self.end + 1:
                self.end += 1
                self.first_seqs.setdefault(UUID(document["command_id"]).int, self.end)


class CommandIndex:
    """Made for a CIM when it is first asked for, by one scan, and kept up with its log; the longest unused go first."""

    def __init__(self, most_events: int = MOST_EVENTS) -> None:
        self._most_events = most_events
        self._by_cim: OrderedDict[str, _Indexed] = OrderedDict()
        self._locks = Locks()

    async def first_seq(self, events: Collection, cim_id: str, command_id: UUID) -> int | None:
        """The first event of a command, as of the end of the log; None where it is not in the log."""
        async with self._locks.of(cim_id):
            indexed = self._by_cim.get(cim_id) or await self._scanned(events, cim_id)
            while documents := await self._following(events, cim_id, indexed.end):
                indexed.add(documents)
        self._keep(cim_id, indexed)
        return indexed.first_seqs.get(command_id.int)

    def appended(self, documents: Sequence[Document]) -> None:
        """What this process has just added to the log need not be read."""
        for document in documents:
            if (indexed := self._by_cim.get(document["cim_id"])) is not None:
                indexed.add([document])

    async def _scanned(self, events: Collection, cim_id: str) -> _Indexed:
        found = events.find({"cim_id": cim_id}, {"seq": 1, "command_id": 1})
        indexed = _Indexed()
        indexed.add(sorted([document async for document in found], key=lambda document: document["seq"]))
        return indexed

    async def _following(self, events: Collection, cim_id: str, after: int) -> list[Document]:
        return await consecutive(events, lambda seq: event_key(cim_id, seq), after, PAGE)

    def _keep(self, cim_id: str, indexed: _Indexed) -> None:
        self._by_cim[cim_id] = indexed
        self._by_cim.move_to_end(cim_id)
        while len(self._by_cim) > 1 and sum(each.end for each in self._by_cim.values()) > self._most_events:
            self._by_cim.popitem(last=False)
