"""Where a CIM belongs. That never changes, so it is kept; whether the CIM was erased is asked again."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol

from access.kept import Kept
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

    async def was_erased(self, cim_id: str) -> bool: ...


class AddressBook:
    """Addresses by cim_id. Some seconds after it was asked last, one caller asks for all whether a CIM was erased."""

    def __init__(
        self, heads: ReadsHeads, most: int = MOST_ADDRESSES, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._heads = heads
        self._most = most
        self._known: OrderedDict[str, CIMAddress] = OrderedDict()
        self._erased = Kept(heads.was_erased, lambda _: SECONDS_TRUSTED, most, clock)

    async def find(self, cim_id: str, *, now: bool = False) -> CIMAddress | None:
        """Raises StoreUnavailable. What is known is believed while the store is away, but not with `now`."""
        known = self._known.get(cim_id)
        if known is None:
            return await self._look_up(cim_id)
        if await (self._heads.was_erased(cim_id) if now else self._is_said_to_be_erased(cim_id)):
            self.forget(cim_id)
            return None
        return known

    def keep(self, address: CIMAddress) -> None:
        self._known[address.cim_id] = address
        while len(self._known) > self._most:
            self._known.popitem(last=False)

    def forget(self, cim_id: str) -> None:
        self._known.pop(cim_id, None)
        self._erased.forget(lambda known: known == cim_id)

    async def _look_up(self, cim_id: str) -> CIMAddress | None:
        head = await self._heads.head(cim_id)
        if head is None:
            return None
        address = CIMAddress(cim_id=head.id, org_id=head.org_id, deal_id=head.deal_id, project_id=head.project_id)
        self.keep(address)
        return address

    async def _is_said_to_be_erased(self, cim_id: str) -> bool:
        try:
            return await self._erased.get(cim_id)
        except StoreUnavailable:
            return False
