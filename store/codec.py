"""Contents as they are kept: compressed, and sealed with the key of the tenant whose CIM they belong to.

What was kept before there were keys is read as it is: texts in clear, or compressed ones, which begin with 0x78.
"""

from __future__ import annotations

import zlib

from bson.binary import Binary

from store.owners import Owners
from vault import KeyRing, is_sealed


class Codec:
    """Every method raises StoreUnavailable while keys or owners cannot be had, and StoreError where a key is gone."""

    def __init__(self, ring: KeyRing, owners: Owners) -> None:
        self._ring = ring
        self._owners = owners

    async def pack(self, cim_id: str, text: str) -> Binary:
        return Binary(await self._ring.seal(await self._owners.org_of(cim_id), text.encode()))

    async def unpack(self, kept: str | bytes) -> str:
        if isinstance(kept, str):
            return kept
        return (await self._ring.open(kept) if is_sealed(kept) else zlib.decompress(kept)).decode()

    async def pack_bytes(self, cim_id: str, data: bytes) -> Binary:
        """Uploads and exports are compressed already."""
        return Binary(await self._ring.seal(await self._owners.org_of(cim_id), data, compress=False))

    async def unpack_bytes(self, kept: bytes) -> bytes:
        """Only for bytes that were packed."""
        return await self._ring.open(kept)
