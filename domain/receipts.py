"""Which commands were handled already: the newest exactly, older ones by a fixed-size filter that never forgets one."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from uuid import UUID

from domain.values import Value

KEPT_EXACTLY = 512
FILTER_BITS = 1 << 17
FILTER_HASHES = 7


class Receipt(Value):
    """The events that a command caused: `first_seq` up to `last_seq`; none when `last_seq` is smaller."""

    command_id: UUID
    first_seq: int
    last_seq: int


class Receipts(Value):
    """Bounded memory of handled commands.

    The newest 512 are kept with their result. Older ones are in a Bloom filter of 16 KiB (1 % false positives at
    13,000 commands): those of `old_among` ask for a look into the log, the others are certainly not old.
    """

    newest: tuple[Receipt, ...] = ()
    filter: str = ""

    def find(self, command_id: UUID) -> Receipt | None:
        return self._by_number.get(command_id.int)

    @cached_property
    def _by_number(self) -> Mapping[int, Receipt]:
        """Numbers are hashed and compared five times as quick as UUIDs."""
        return {receipt.command_id.int: receipt for receipt in self.newest}

    def changed_by_any(self, command_ids: Sequence[UUID]) -> bool:
        """Whether one of them is among the newest, and caused events."""
        found = map(self.find, command_ids)
        return any(receipt is not None and receipt.last_seq >= receipt.first_seq for receipt in found)

    def old_among(self, command_ids: Sequence[UUID]) -> tuple[UUID, ...]:
        """Those that may be old."""
        if not self.filter or not command_ids:
            return ()
        bits = _decoded(self.filter)
        return tuple(
            command_id
            for command_id in command_ids
            if all(bits[bit >> 3] & (1 << (bit & 7)) for bit in _bits(command_id))
        )

    def with_receipt(self, receipt: Receipt) -> Receipts:
        newest = (*self.newest, receipt)
        if len(newest) <= KEPT_EXACTLY:
            longer = Receipts(newest=newest, filter=self.filter)
            vars(longer)["_by_number"] = {**self._by_number, receipt.command_id.int: receipt}
            return longer
        half = KEPT_EXACTLY // 2
        bits = bytearray(base64.b64decode(self.filter)) if self.filter else bytearray(FILTER_BITS // 8)
        for old in newest[:half]:
            for bit in _bits(old.command_id):
                bits[bit >> 3] |= 1 << (bit & 7)
        return Receipts(newest=newest[half:], filter=base64.b64encode(bytes(bits)).decode())


@lru_cache(maxsize=64)
def _decoded(bits: str) -> bytes:
    return base64.b64decode(bits)


def _bits(command_id: UUID) -> Iterator[int]:
    digest = hashlib.sha256(command_id.bytes).digest()
    for n in range(FILTER_HASHES):
        yield int.from_bytes(digest[4 * n : 4 * n + 4], "big") % FILTER_BITS
