"""Where a CIM belongs. That never changes, so it is looked up once and kept."""

from __future__ import annotations

from collections import OrderedDict
from typing import Protocol

from domain.head import CIMHead
from domain.values import Value

MOST_ADDRESSES = 10_000


class CIMAddress(Value):
    cim_id: str
    org_id: str
    deal_id: str
    project_id: str


class ReadsHeads(Protocol):
    async def head(self, cim_id: str) -> CIMHead | None: ...


class AddressBook:
    """Addresses by cim_id; the head is read only for those that are not known yet."""

    def __init__(self, heads: ReadsHeads, most: int = MOST_ADDRESSES) -> None:
        self._heads = heads
        self._most = most
        self._known: OrderedDict[str, CIMAddress] = OrderedDict()

    async def find(self, cim_id: str) -> CIMAddress | None:
        known = self._known.get(cim_id)
        if known is not None:
            return known
        head = await self._heads.head(cim_id)
        if head is None:
            return None
        address = CIMAddress(cim_id=head.id, org_id=head.org_id, deal_id=head.deal_id, project_id=head.project_id)
        self.keep(address)
        return address

    def keep(self, address: CIMAddress) -> None:
        self._known[address.cim_id] = address
        while len(self._known) > self._most:
            self._known.popitem(last=False)

    def forget(self, cim_id: str) -> None:
        self._known.pop(cim_id, None)
