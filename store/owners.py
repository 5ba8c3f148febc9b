"""Which organisation a CIM belongs to. That never changes, also when the CIM is erased."""

from __future__ import annotations

from collections import OrderedDict

from store.errors import UnknownCIM, translated
from store.ids import event_key
from store.server import Server

MOST_KNOWN = 50_000


class Owners:
    def __init__(self, server: Server) -> None:
        self._server = server
        self._known: OrderedDict[str, str] = OrderedDict()

    def know(self, cim_id: str, org_id: str) -> None:
        self._known[cim_id] = org_id
        self._known.move_to_end(cim_id)
        while len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)

    async def org_of(self, cim_id: str) -> str:
        """Raises UnknownCIM where nothing was ever recorded: nothing is kept that belongs to nobody."""
        known = self._known.get(cim_id)
        if known is None:
            known = await self._looked_up(cim_id)
            self.know(cim_id, known)
        return known

    @translated
    async def _looked_up(self, cim_id: str) -> str:
        """In the head, which an erasure of old left without it; then in the first event, or the tombstone."""
        head = await (await self._server.collection("cims")).find_one({"_id": cim_id}, {"org_id": 1, "rev": 1})
        if head is not None and "org_id" in head:
            return str(head["org_id"])
        events = await self._server.collection("events")
        for seq in (1, head["rev"]) if head is not None else (1,):
            event = await events.find_one({"_id": event_key(cim_id, seq)}, {"org_id": 1})
            if event is not None:
                return str(event["org_id"])
        raise UnknownCIM(f"there is no CIM {cim_id}")
