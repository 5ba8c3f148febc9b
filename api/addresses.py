"""Where a CIM belongs. That never changes, so it is kept; whether the CIM is still there is asked again."""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import Protocol

from domain.head import CIMHead
from domain.values import Value
from store.errors import StoreUnavailable
from store.locks import Locks

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

    async def is_there(self, cim_id: str) -> bool:
        """Of one that had a head: whether it was not erased since."""
        ...


class AddressBook:
    """Addresses by cim_id. One caller asks, some seconds after the last one did, whether a known CIM is still there."""

    def __init__(self, heads: ReadsHeads, most: int = MOST_ADDRESSES) -> None:
        self._heads = heads
        self._most = most
        self._known: OrderedDict[str, CIMAddress] = OrderedDict()
        self._seen: dict[str, float] = {}
        self._locks = Locks()

    async def find(self, cim_id: str) -> CIMAddress | None:
        if self._is_fresh(cim_id):
            return self._known[cim_id]
        async with self._locks.of(cim_id):
            known = self._known.get(cim_id)
            if known is None:
                return await self._look_up(cim_id)
            if self._is_fresh(cim_id):
                return known
            if not await self._is_there(cim_id):
                self.forget(cim_id)
                return None
            self.keep(known)
            return known

    def keep(self, address: CIMAddress) -> None:
        self._known[address.cim_id] = address
        self._seen[address.cim_id] = time.monotonic()
        while len(self._known) > self._most:
            del self._seen[self._known.popitem(last=False)[0]]

    def forget(self, cim_id: str) -> None:
        self._known.pop(cim_id, None)
        self._seen.pop(cim_id, None)

    def _is_fresh(self, cim_id: str) -> bool:
        return time.monotonic() - self._seen.get(cim_id, -SECONDS_TRUSTED) < SECONDS_TRUSTED

    async def _look_up(self, cim_id: str) -> CIMAddress | None:
        head = await self._heads.head(cim_id)
        if head is None:
            return None
        address = CIMAddress(cim_id=head.id, org_id=head.org_id, deal_id=head.deal_id, project_id=head.project_id)
        self.keep(address)
        return address

    async def _is_there(self, cim_id: str) -> bool:
        """Believed of what is known while the store is away."""
        try:
            return await self._heads.is_there(cim_id)
        except StoreUnavailable:
            return True
