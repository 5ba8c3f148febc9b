"""The chores of a store: what is old goes, what is behind catches up."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from temporalio import activity

from agents.heartbeat import beating
from telemetry.metrics import CHORE_CHANGES, CHORES
from workflows.chores import (
    DAY,
    FILES_KEPT_DAYS,
    PRESENCE_KEPT,
    TALK_KEPT,
    USAGE_LOOKED_BACK,
    Chore,
    ChoreDone,
    reminders_due,
)

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


class OldBooks(Protocol):
    async def apply(self) -> int:
        """Announce, take back and carry out the ends of books by the rules of their organisations; how many."""
        ...


class Lost(Protocol):
    async def settle(self, now: datetime) -> int:
        """Say of work whose workflow is gone that it is lost; how much was."""
        ...


class HousekeepingActivities:
    """Each chore, broken off, begins again and finds the most done."""

    def __init__(
        self,
        store: Store,
        usage: StoreUsageBook,
        indexer: Indexer,
        audit: OldEntries | None = None,
        books: OldBooks | None = None,
        day: timedelta = DAY,
        lost: Lost | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Without `audit` the entries of the audit log are somebody else's; without `books` no book ends by itself;
        without `lost` nobody looks for work that is lost.

        `day` is shorter where weeks are rehearsed. Every chore is counted from nought on, so that those that are never
        done are seen.
        """
        self._store = store
        self._usage = usage
        self._indexer = indexer
        self._audit = audit
        self._books = books
        self._day = day
        self._lost = lost
        self._clock = clock
        self._chores: Mapping[Chore, Callable[[], Awaitable[int]]] = {
            Chore.OLD_TALK: self._old_talk,
            Chore.USAGE_HOURS: self._usage_hours,
            Chore.STALE_PRESENCE: self._stale_presence,
            Chore.SEARCH_INDEX: self._search_index,
            Chore.BOOK_CHECKS: self._book_checks,
            Chore.REMINDERS: self._reminders,
            Chore.UNUSED_FILES: self._unused_files,
            Chore.AUDIT_RETENTION: self._audit_retention,
            Chore.BOOK_RETENTION: self._book_retention,
            Chore.LOST_WORK: self._lost_work,
        }
        for chore in Chore:
            CHORES.labels(chore)

    @activity.defn(name="do_chore")
    async def do(self, chore: Chore) -> ChoreDone:
        """Raises errors of the store, of Supabase, of Temporal and of embeddings; it is safe to try again."""
        async with beating():
            changed = await self._chores[chore]()
        CHORES.labels(chore).inc()
        CHORE_CHANGES.labels(chore).inc(changed)
        logger.info("%s: %d changed", chore, changed)
        return ChoreDone(chore=chore, changed=changed)

    async def _old_talk(self) -> int:
        return await self._store.sweep_talk(self._clock() - TALK_KEPT)

    async def _usage_hours(self) -> int:
        return await self._usage.recount(self._clock() - USAGE_LOOKED_BACK)

    async def _stale_presence(self) -> int:
        silent = await self._store.presence.silent(self._clock() - PRESENCE_KEPT)
        for page in silent:
            await self._store.presence.remove(page)
            await self._store.feed.publish(page.cim_id, "presence", page.told("left"))
        return len(silent)

    async def _in_open_books(self, work: Callable[[str], Awaitable[int]]) -> int:
        """What the work on each of them comes to."""
        from activities.each_book import left_out_if_unreadable

        done = 0
        for cim_id in await self._store.open_cims():
            with left_out_if_unreadable(cim_id):
                done += await work(cim_id)
        return done

    async def _search_index(self) -> int:
        return await self._in_open_books(self._index_book)

    async def _book_checks(self) -> int:
        from activities.book_checks import BookChecks

        return await BookChecks(self._store, self._clock).apply()

    async def _reminders(self) -> int:
        return await self._in_open_books(self._remind_of)

    async def _index_book(self, cim_id: str) -> int:
        from agents.usage import on_account_of, upkeep_of

        leaves = [leaf for thread in await self._store.threads.of_cim(cim_id) for leaf in thread.leaves]
        with on_account_of(upkeep_of(await self._store.org_of(cim_id), cim_id)):
            return (await self._indexer.catch_up(cim_id, leaves, seconds=SECONDS_FOR_A_BOOK)).embedded

    async def _remind_of(self, cim_id: str) -> int:
        from store import Reminder

        state = await self._store.books.state(cim_id)
        waiting = {} if state is None else state.open_requests
        known = await self._store.reminders.by_request(cim_id)
        for reminder in known.values():
            if reminder.id not in waiting:
                await self._store.reminders.remove(reminder)
        sent = 0
        for request in waiting.values():
            due = reminders_due(self._clock() - request.opened_at, self._day)
            before = known.get(request.id)
            if due == 0 or (before is not None and before.count >= due):
                continue
            await self._store.reminders.put(Reminder(id=request.id, cim_id=cim_id, count=due, last_at=self._clock()))
            told = {"request_id": request.id, "run_id": request.run_id, "kind": request.kind}
            waits_since = request.opened_at.isoformat()
            await self._store.feed.publish(cim_id, "reminder", {**told, "waits_since": waits_since, "count": due})
            sent += 1
        return sent

    async def _unused_files(self) -> int:
        now = self._clock()
        return await self._store.unused_files.sweep(since=now, before=now - FILES_KEPT_DAYS * self._day)

    async def _audit_retention(self) -> int:
        return 0 if self._audit is None else await self._audit.cut_all()

    async def _book_retention(self) -> int:
        return 0 if self._books is None else await self._books.apply()

    async def _lost_work(self) -> int:
        return 0 if self._lost is None else await self._lost.settle(self._clock())
