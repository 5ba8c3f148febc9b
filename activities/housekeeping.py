"""The chores of a store: what is old goes, what is behind catches up."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from temporalio import activity

from workflows.chores import FILES_KEPT, PRESENCE_KEPT, TALK_KEPT, USAGE_LOOKED_BACK, Chore, ChoreDone

if TYPE_CHECKING:
    from activities.usage import StoreUsageBook
    from search.indexer import Indexer
    from store import Store

logger = logging.getLogger(__name__)

SECONDS_FOR_A_BOOK = 600.0


class OldEntries(Protocol):
    async def cut_all(self) -> int:
        """Remove audit entries that are older than the rule of their organisation; how many went."""
        ...


class HousekeepingActivities:
    """Each chore goes book by book and tells so by heartbeats; broken off, it begins again and finds the most done."""

    def __init__(
        self,
        store: Store,
        usage: StoreUsageBook,
        indexer: Indexer,
        audit: OldEntries | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Without `audit` the entries of the audit log are somebody else's."""
        self._store = store
        self._usage = usage
        self._indexer = indexer
        self._audit = audit
        self._clock = clock
        self._chores: Mapping[Chore, Callable[[], Awaitable[int]]] = {
            Chore.OLD_TALK: self._old_talk,
            Chore.USAGE_HOURS: self._usage_hours,
            Chore.STALE_PRESENCE: self._stale_presence,
            Chore.SEARCH_INDEX: self._search_index,
            Chore.BOOK_CHECKS: self._book_checks,
            Chore.UNUSED_FILES: self._unused_files,
            Chore.AUDIT_RETENTION: self._audit_retention,
        }

    @activity.defn(name="do_chore")
    async def do(self, chore: Chore) -> ChoreDone:
        """Raises StoreError, EmbeddingsUnavailable and VectorsUnavailable; it is safe to try again."""
        changed = await self._chores[chore]()
        logger.info("%s: %d changed", chore, changed)
        return ChoreDone(chore=chore, changed=changed)

    async def _old_talk(self) -> int:
        return await self._store.sweep_talk(self._clock() - TALK_KEPT)

    async def _usage_hours(self) -> int:
        return await self._usage.recount(self._clock() - USAGE_LOOKED_BACK)

    async def _stale_presence(self) -> int:
        silent = await self._store.silent_pages(self._clock() - PRESENCE_KEPT)
        for page in silent:
            activity.heartbeat(page.cim_id)
            await self._store.remove_present(page)
            await self._store.feed.publish(page.cim_id, "presence", page.told("left"))
        return len(silent)

    async def _search_index(self) -> int:
        embedded = 0
        for cim_id in await self._store.open_cims():
            activity.heartbeat(cim_id)
            leaves = [leaf for thread in await self._store.threads(cim_id) for leaf in thread.leaves]
            embedded += (await self._indexer.catch_up(cim_id, leaves, seconds=SECONDS_FOR_A_BOOK)).embedded
        return embedded

    async def _book_checks(self) -> int:
        checked = 0
        for cim_id in await self._store.open_cims():
            activity.heartbeat(cim_id)
            checked += await self._check_book(cim_id)
        return checked

    async def _check_book(self, cim_id: str) -> bool:
        """Whether the book had changed since its last check, and was checked."""
        from evidence.consistency import check_book
        from store import BookCheck
        from store.store import LATEST

        head, last = await self._store.head(cim_id), await self._store.check(cim_id)
        if head is None or (last is not None and last.rev == head.rev):
            return False
        book = await self._store.book(cim_id)
        if book is None:
            return False
        found = await asyncio.to_thread(check_book, book, await self._store.passages(cim_id))
        check = BookCheck(
            id=LATEST,
            cim_id=cim_id,
            rev=book.rev,
            at=self._clock(),
            blocking=sum(finding.blocks for finding in found),
            total=len(found),
        )
        await self._store.put_check(check)
        await self._store.feed.publish(cim_id, "check", check.model_dump(mode="json"))
        return True

    async def _unused_files(self) -> int:
        now = self._clock()
        return await self._store.sweep_files(since=now, before=now - FILES_KEPT)

    async def _audit_retention(self) -> int:
        return 0 if self._audit is None else await self._audit.cut_all()
