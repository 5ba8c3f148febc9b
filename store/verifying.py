"""Whether what is kept of a book is whole: its log, what is read of it, and every content that it names."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from domain.events import CIMDeleted
from domain.evolve import fold
from domain.head import head_of
from domain.state import CIMState
from store.errors import StoreError, StoreUnavailable
from store.store import Store


async def book_faults(store: Store, cim_id: str) -> AsyncGenerator[str]:
    """What is wrong with the book, in words; nothing for one that is whole, or erased.

    While people work, a book may be ahead of what was read a moment ago: look again before believing a fault.
    """
    events = [record.event() async for record in store.log.all_events(cim_id)]
    if events and isinstance(events[-1], CIMDeleted):
        return
    last = await store.log.last_seq(cim_id)
    missing = next((seq for seq, event in enumerate(events, start=1) if event.seq != seq), len(events) + 1)
    if missing <= last:
        yield f"event {missing} is missing from its log, which goes on to {last}"
        return
    head = await store.head(cim_id)
    if head is not None and head.rev > last:
        yield f"the log ends after {last} events, and its head is at {head.rev}"
        return
    state = fold(events)
    if state is None:
        yield "there is a head without a log"
        return
    if head != head_of(state):
        yield "its head is not what the log says"
    async for fault in _faults_of_reads(store, state):
        yield fault


async def _faults_of_reads(store: Store, state: CIMState) -> AsyncGenerator[str]:
    cim_id = state.cim_id
    if await store.books.state(cim_id) != state:
        yield "what is read is not the fold of its log"
    for what, read in (("slides", store.books.slides), ("facts", store.books.facts), ("graph", store.books.graph)):
        try:
            await read(cim_id)
        except StoreUnavailable:
            raise
        except StoreError as error:
            yield f"its {what} cannot be read: {error}"
    files = [(source.name, source.sha256) for source in await store.sources.of_cim(cim_id)]
    files += [(f"export {one.id}", one.blob_sha256) for one in await store.exports.of_cim(cim_id) if one.blob_sha256]
    for name, sha256 in files:
        try:
            if await store.contents.bytes(cim_id, sha256) is None:
                yield f"the file of {name} is missing"
        except StoreUnavailable:
            raise
        except StoreError as error:
            yield f"the file of {name} cannot be read: {error}"
