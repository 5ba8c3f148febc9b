"""Documents under consecutive numbers, found by their `_id` one by one: the only quick way on FerretDB."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from store.server import Collection, Document

MOST_AT_ONCE = 64

KeyOf = Callable[[int], str]


async def consecutive(collection: Collection, key: KeyOf, after: int, limit: int) -> list[Document]:
    """The documents that follow number `after`, up to the first that is not there."""
    found, width = list[Document](), 1  # most often a reader is at the end, or one behind
    while len(found) < limit:
        start = after + len(found) + 1
        numbers = range(start, start + min(width, limit - len(found)))
        for document in await asyncio.gather(*(collection.find_one({"_id": key(number)}) for number in numbers)):
            if document is None:
                return found
            found.append(document)
        width = min(4 * width, MOST_AT_ONCE)
    return found


async def last_number(collection: Collection, key: KeyOf, known: int) -> int:
    """The last of consecutive numbers, of which `known` is there (or it is right before the first)."""

    async def exists(number: int) -> bool:
        return await collection.find_one({"_id": key(number)}, {"_id": 1}) is not None

    low, step = known, 1
    while await exists(low + step):
        low, step = low + step, 2 * step
    absent = low + step
    while absent - low > 1:
        middle = (low + absent) // 2
        low, absent = (middle, absent) if await exists(middle) else (low, middle)
    return low
