"""Recording: bodies, then events, then the head. Each step may be repeated, and the whole broken off, at any point."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict

from domain.events import NewerEvent
from domain.head import CIMHead, head_of
from domain.recording import RecordBatch
from store.books import Books
from store.contents import Contents
from store.erasure import Erasure
from store.errors import CIMErased, LogGap, StoreError, StoreUnavailable
from store.heads import Heads
from store.locks import Locks
from store.log import Log
from store.owners import Owners

logger = logging.getLogger(__name__)

MOST_KNOWN = 10_000
SECONDS_TO_WRITE_HEADS = 0.1
SECONDS_TO_CHECK = 5.0


class Recorder:
    """Keeps the head at the end of the log, and erased CIMs erased.

    On FerretDB heads are written a tenth of a second late, but for the first one of a CIM: one write for many records,
    and none on the path of a save. Readers there ask the log what comes after the head.

    A process that hung and was given up may record late, beside another, and even put an older head in place of a newer
    one. So some seconds after a record the head is compared with the log and, where it is behind, made again from it;
    and what came late for an erased CIM is erased.
    """

    def __init__(
        self, owners: Owners, log: Log, heads: Heads, contents: Contents, books: Books, erasure: Erasure
    ) -> None:
        self._owners = owners
        self._log = log
        self._heads = heads
        self._contents = contents
        self._books = books
        self._erasure = erasure
        self._revs: OrderedDict[str, int] = OrderedDict()
        self._locks = Locks()
        self._checks: dict[str, asyncio.Task[None]] = {}
        self._checking: set[asyncio.Task[None]] = set()
        self._late_heads: dict[str, CIMHead] = {}
        self._is_closing = False
        self._writing: asyncio.Task[None] | None = None
        self._heads_in_hand = asyncio.Lock()

    async def record(self, batch: RecordBatch) -> None:
        """Raises StoreUnavailable, or a FatalStoreError: LogConflict, LogGap, CIMErased."""
        self._owners.know(batch.cim_id, batch.org_id)
        async with self._locks.of(batch.cim_id):
            known = self._revs.get(batch.cim_id)
            if known is None:
                known = await self._recorded_rev(batch.cim_id)
            if batch.events and batch.events[0].seq > known + 1:
                await self._check_no_gap(batch.cim_id, batch.events[0].seq - 1)
            await self._contents.put_texts(batch.cim_id, batch.bodies)
            await self._log.append(batch.cim_id, batch.org_id, batch.events)
            if batch.rev > known:
                if known > 0 and await self._heads.are_late():
                    self._write_later(batch.head)
                else:
                    await self._heads.write(batch.head)
                self._know(batch.cim_id, batch.rev)
        await self._books.recorded(batch.events, batch.cim_id)
        self.check_later(batch.cim_id)

    def forget(self, cim_id: str) -> None:
        """Takes an erased CIM out of memory."""
        self._revs.pop(cim_id, None)
        self._late_heads.pop(cim_id, None)
        self._books.forget(cim_id)
        self._contents.forget(cim_id)

    def check_later(self, cim_id: str) -> None:
        """Compares the head with the log in some seconds, and erases again what came late for an erased CIM."""
        if cim_id not in self._checks:
            self._checks[cim_id] = asyncio.create_task(self._check_after_a_while(cim_id))

    def check_anew(self, cim_id: str) -> None:
        """The same, of a CIM that was erased just now: a check that was due before would come too soon."""
        if (check := self._checks.pop(cim_id, None)) is not None:
            check.cancel()
        self.check_later(cim_id)

    async def check_unswept(self) -> None:
        """What a process that was killed had erased is left to whoever comes after it."""
        for cim_id in await self._erasure.unswept():
            self.check_later(cim_id)

    async def drop_late_head(self, cim_id: str) -> None:
        """No head of this CIM is written any more by what was recorded so far."""
        self._late_heads.pop(cim_id, None)
        async with self._heads_in_hand:
            return

    async def close(self) -> None:
        """Writes the heads and carries out the checks that are due."""
        self._is_closing = True
        if self._writing is not None:
            self._writing.cancel()
            await asyncio.gather(self._writing, return_exceptions=True)
        await self._write_late_heads()
        due = list(self._checks)
        for task in self._checks.values():
            task.cancel()
        self._checks.clear()
        await asyncio.gather(*self._checking, *(self._checked(cim_id) for cim_id in due))

    async def reconcile(self, cim_id: str) -> None:
        """Brings the head of a CIM up to the end of its log; erases again what came late for an erased CIM."""
        async with self._locks.of(cim_id):
            tombstone = await self._log.tombstone(cim_id)
            if tombstone is not None:
                await self._erasure.sweep(cim_id, await self._owners.org_of(cim_id), tombstone)
                self.forget(cim_id)
                return
            kept = await self._heads.kept(cim_id)
            rev = kept.rev if kept is not None else 0
            if await self._log.event(cim_id, rev + 1) is None:
                return
            state = await self._books.state_at(cim_id, None)
            if state is not None and state.rev > rev:
                await self._heads.write(head_of(state))
                self._know(cim_id, state.rev)

    def _write_later(self, head: CIMHead) -> None:
        self._late_heads[head.id] = head
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_after_a_moment())

    async def _write_after_a_moment(self) -> None:
        while self._late_heads:
            await asyncio.sleep(SECONDS_TO_WRITE_HEADS)
            await self._write_late_heads()

    async def _write_late_heads(self) -> None:
        async with self._heads_in_hand:
            heads, self._late_heads = self._late_heads, {}
            try:
                await asyncio.gather(*(self._heads.write(head) for head in heads.values()))
            except StoreError as error:
                logger.warning("heads could not be written, the log has them: %s", error)

    async def _recorded_rev(self, cim_id: str) -> int:
        standing = await self._heads.standing(cim_id)
        if standing is None:
            return 0
        if standing.erased:
            raise CIMErased(f"the CIM {cim_id} was deleted")
        self._know(cim_id, standing.rev)
        return standing.rev

    async def _check_no_gap(self, cim_id: str, seq: int) -> None:
        if await self._log.event(cim_id, seq) is None:
            raise LogGap(f"event {seq} of {cim_id} was never recorded")

    async def _check_after_a_while(self, cim_id: str) -> None:
        await asyncio.sleep(SECONDS_TO_CHECK)
        task = self._checks.pop(cim_id)
        self._checking.add(task)
        task.add_done_callback(self._checking.discard)
        await self._checked(cim_id)

    async def _checked(self, cim_id: str) -> None:
        try:
            await self.reconcile(cim_id)
        except StoreUnavailable as error:
            logger.warning("the head of %s is compared with its log later: %s", cim_id, error)
            if not self._is_closing:
                self.check_later(cim_id)
        except (StoreError, NewerEvent) as error:
            logger.warning("the head of %s could not be compared with its log: %s", cim_id, error)

    def _know(self, cim_id: str, rev: int) -> None:
        self._revs[cim_id] = max(rev, self._revs.get(cim_id, 0))
        self._revs.move_to_end(cim_id)
        while len(self._revs) > MOST_KNOWN:
            self._revs.popitem(last=False)
