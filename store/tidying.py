"""Keeping the talk short: what nobody needs any more goes away, a little at a time, while new things are said."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta

from store.errors import StoreError
from store.talk import Talk
from store.unfinished import Unfinished

logger = logging.getLogger(__name__)

ENTRIES_BETWEEN = 512
KEPT = timedelta(days=1)


class Tidying:
    """Old entries serve readers that were away. A text that is still being written is kept beside them first."""

    def __init__(self, talk: Talk, unfinished: Unfinished) -> None:
        self._talk = talk
        self._unfinished = unfinished
        self._tasks: set[asyncio.Task[None]] = set()

    def said(self, cim_id: str, n: int) -> None:
        """Tidies the talk of a CIM in the background, once in a while."""
        if n % ENTRIES_BETWEEN == 0:
            task = asyncio.create_task(self._tidy(cim_id))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def sweep(self, cim_id: str, before: datetime) -> int:
        """Takes away entries that were said before `before`, but the last hour's and the newest. How many went."""
        return await self._talk.sweep(cim_id, before, await self._unfinished.save(cim_id))

    async def close(self) -> None:
        await asyncio.gather(*self._tasks)

    async def _tidy(self, cim_id: str) -> None:
        try:
            await self.sweep(cim_id, datetime.now(UTC) - KEPT)
        except StoreError as error:
            logger.warning("the talk of %s could not be tidied: %s", cim_id, error)
