"""What the CIM workflow asks of the store: record, resume, look back, erase."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from store import Store
from temporalio import activity

from domain.events import CIMDeleted, EventRecord
from domain.receipts import Receipt
from domain.recording import RecordBatch
from domain.session import CIMSession, resume
from domain.state import CIMContent
from domain.values import Value


class ContentQuestion(Value):
    cim_id: str
    seq: int


class CommandQuestion(Value):
    cim_id: str
    command_id: UUID


class EventsQuestion(Value):
    cim_id: str
    seqs: tuple[int, ...]


class Tombstone(Value):
    cim_id: str
    org_id: str
    event: CIMDeleted


class RecordActivities:
    """Activities of the recorder. All are idempotent. `forget` takes away what is kept of an erased CIM elsewhere."""

    def __init__(self, store: Store, forget: Callable[[str], Awaitable[None]] | None = None) -> None:
        self._store = store
        self._forget = forget

    @activity.defn
    async def record(self, batch: RecordBatch) -> None:
        await self._store.record(batch)

    @activity.defn
    async def resume_session(self, cim_id: str) -> CIMSession:
        """The session of a CIM that is recorded already; an empty one for a new or erased CIM."""
        events = [record.event() async for record in self._store.log.all_events(cim_id)]
        if events and isinstance(events[-1], CIMDeleted):
            return CIMSession()
        return resume(events)

    @activity.defn
    async def content_at(self, question: ContentQuestion) -> CIMContent | None:
        state = await self._store.books.state_at(question.cim_id, question.seq)
        return state.content if state is not None and state.rev == question.seq else None

    @activity.defn
    async def receipt_in_log(self, question: CommandQuestion) -> Receipt | None:
        events = await self._store.log.events_of_command(question.cim_id, question.command_id)
        if not events:
            return None
        return Receipt(command_id=question.command_id, first_seq=events[0].seq, last_seq=events[-1].seq)

    @activity.defn
    async def events_at(self, question: EventsQuestion) -> tuple[EventRecord, ...]:
        pages = [await self._store.events(question.cim_id, seq - 1, 1) for seq in question.seqs]
        return tuple(record for page in pages for record in page)

    @activity.defn
    async def erase(self, tombstone: Tombstone) -> None:
        await self._store.erase(tombstone.cim_id, tombstone.org_id, EventRecord.of(tombstone.event))
        if self._forget is not None:
            await self._forget(tombstone.cim_id)
