"""Whether what is kept of a book is whole: its log, what is read of it, and every content that it names."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

from domain.events import CIMDeleted, Event
from domain.evolve import fold
from domain.head import CIMHead, head_of
from store.errors import StoreError, StoreUnavailable
from store.store import Store


async def book_faults(store: Store, cim_id: str, *, with_files: bool = True) -> AsyncGenerator[str]:
    """What is wrong with the book, in words; nothing for one that is whole, or erased. Documents and exports are left
    out without `with_files`.

    People may work on the book meanwhile. A head may be behind its log for a moment, and a book may be erased just now:
    look again before believing a fault.
    """
    try:
        async for fault in _faults(store, cim_id, with_files=with_files):
            yield fault
    except StoreUnavailable:
        raise
    except StoreError as error:
        yield f"it cannot be read: {error}"


async def _faults(store: Store, cim_id: str, *, with_files: bool) -> AsyncGenerator[str]:
    head = await store.head(cim_id)
    last = await store.log.last_seq(cim_id)
    # Whatever is recorded meanwhile, the log goes at least as far as the two that were read before it.
    events = [record.event() async for record in store.log.all_events(cim_id)]
    if events and isinstance(events[-1], CIMDeleted):
        return
    missing = next((seq for seq, event in enumerate(events, start=1) if event.seq != seq), len(events) + 1)
    if missing <= last:
        yield f"event {missing} is missing from its log, which goes on to {last}"
        return
    if head is not None and head.rev > last:
        yield f"the log ends after {last} events, and its head is at {head.rev}"
        return
    if not events:
        return
    if head is None:
        yield "there is a log without a head"
    elif head != _head_after(events[: head.rev]):
        yield "its head is not what the log says"
    elif head.rev < last and (later := await store.head(cim_id)) is not None and later.rev < last:
        yield f"its head is at {later.rev}, and the log goes on to {last}"
    async for fault in _faults_of_reads(store, cim_id, events):
        yield fault
    if with_files:
        async for fault in _faults_of_files(store, cim_id):
            yield fault


def _head_after(events: Sequence[Event]) -> CIMHead | None:
    state = fold(events)
    return None if state is None else head_of(state)


async def _faults_of_reads(store: Store, cim_id: str, events: Sequence[Event]) -> AsyncGenerator[str]:
    """`events` are those from the first."""
    read = await store.books.state(cim_id)
    rev = 0 if read is None else read.rev
    further = [record.event() async for record in store.log.all_events(cim_id, after=len(events), to_seq=rev)]
    if read is None or read != fold([*events, *further][:rev]):
        yield "what is read is not the fold of its log"
    for what, reading in (("slides", store.books.slides), ("facts", store.books.facts), ("graph", store.books.graph)):
        try:
            await reading(cim_id)
        except StoreUnavailable:
            raise
        except StoreError as error:
            yield f"its {what} cannot be read: {error}"


async def _faults_of_files(store: Store, cim_id: str) -> AsyncGenerator[str]:
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
