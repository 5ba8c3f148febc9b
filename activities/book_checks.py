"""Open books that have changed, held against their logs and against their documents."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from activities.checking import findings_of
from activities.each_book import left_out_if_unreadable
from store import BookCheck, Store, StoreError, StoreUnavailable, book_faults
from telemetry.metrics import BOOK_FAULTS

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_LOOKS = 30.0
"""Longer than it takes until a record that a killed worker had begun is ended by another one."""


class BookChecks:
    """A book that is whole is checked once after each change; one that is not, every time, until it is mended."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._store = store
        self._clock = clock
        self._sleep = sleep

    async def apply(self) -> int:
        """How many books were looked at. A fault is told when it is seen twice: people may work on the book.

        Raises StoreError.
        """
        looked_at = 0
        doubtful: dict[str, Sequence[str]] = {}
        for cim_id in await self._store.open_cims():
            with left_out_if_unreadable(cim_id):
                if not await self._has_changed(cim_id):
                    continue
                looked_at += 1
                if faults := await self._faults(cim_id):
                    doubtful[cim_id] = faults
                else:
                    await self._check(cim_id)
        if doubtful:
            await self._sleep(SECONDS_BETWEEN_LOOKS)
        for cim_id, before in doubtful.items():
            with left_out_if_unreadable(cim_id):
                faults = await self._faults(cim_id)
                if not faults:
                    await self._check(cim_id)
                elif lasting := [fault for fault in faults if fault in before]:
                    _tell(cim_id, lasting)
        return looked_at

    async def _has_changed(self, cim_id: str) -> bool:
        try:
            head = await self._store.head(cim_id)
        except StoreUnavailable:
            raise
        except StoreError:
            return True
        last = await self._store.book_checks.of_cim(cim_id)
        return head is not None and (last is None or last.rev != head.rev)

    async def _faults(self, cim_id: str) -> Sequence[str]:
        return [fault async for fault in book_faults(self._store, cim_id, with_files=False)]

    async def _check(self, cim_id: str) -> None:
        """Against its documents."""
        book = await self._store.books.book(cim_id)
        if book is None:
            return
        found = await findings_of(self._store, book)
        check = BookCheck(
            cim_id=cim_id,
            rev=book.rev,
            at=self._clock(),
            blocking=sum(finding.blocks for finding in found),
            total=len(found),
        )
        await self._store.book_checks.put(check)
        await self._store.feed.publish(cim_id, "check", check.model_dump(mode="json"))


def _tell(cim_id: str, faults: Sequence[str]) -> None:
    BOOK_FAULTS.inc(len(faults))
    logger.error("book %s is not whole: %s", cim_id, "; ".join(faults))
