"""Where a CIM belongs. That never changes, so it is kept; whether the CIM is still there is asked again."""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import Protocol

from domain.head import CIMHead
from domain.values import Value
from store.errors import StoreUnavailable

MOST_ADDRESSES = 10_000
SECONDS_TRUSTED = 4.0
"""Shorter than it takes until what came late for an erased CIM is erased once more."""


class CIMAddress(Value):
    cim_id: str
    org_id: str
    deal_id: str
    project_id: str


class ReadsHeads(Protocol):
    async def head(self, cim_id: str) -> CIMHead | None: ...


class AddressBook:
    """Addresses by cim_id; the head is read for those that are not known yet, and some seconds after it was read."""

    def __init__(self, heads: ReadsHeads, most: int = MOST_ADDRESSES) -> None:
        self._heads = heads
        self._most = most
        self._known: OrderedDict[str, CIMAddress] = OrderedDict()
        self._seen: dict[str, float] = {}

    async def find(self, cim_id: str) -> CIMAddress | None:
        known = self._known.get(cim_id)
        if known is not None and time.monotonic() - self._seen[cim_id] < SECONDS_TRUSTED:
            return known
        try:
            head = await self._heads.head(cim_id)
        except StoreUnavailable:
            if known is None:
                raise
            return known
        if head is None:
            self.forget(cim_id)
            return None
        address = CIMAddress(cim_id=head.id, org_id=head.org_id, deal_id=head.deal_id, project_id=head.project_id)
        self.keep(address)
        return address

    def keep(self, address: CIMAddress) -> None:
        self._known[address.cim_id] = address
        self._seen[address.cim_id] = time.monotonic()
        while len(self._known) > self._most:
            del self._seen[self._known.popitem(last=False)[0]]

    def forget(self, cim_id: str) -> None:
        self._known.pop(cim_id, None)
        self._seen.pop(cim_id, None)
