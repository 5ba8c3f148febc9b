"""What should never happen to what is kept of a book."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from store import Store
from store.ids import event_key
from store.log import EVENTS


async def lose_event(store: Store, cim_id: str, seq: int) -> Callable[[], Awaitable[object]]:
    """Takes an event out of the log; gives what puts it back."""
    events = await store._server.collection(EVENTS)  # pyright: ignore[reportPrivateUsage]
    event = await events.find_one_and_delete({"_id": event_key(cim_id, seq)})
    assert event is not None
    return lambda: events.insert_one(event)


async def break_seal(store: Store, cim_id: str, seq: int) -> None:
    """Changes a byte of an event."""
    events = await store._server.collection(EVENTS)  # pyright: ignore[reportPrivateUsage]
    event = await events.find_one({"_id": event_key(cim_id, seq)})
    assert event is not None
    sealed = bytes(event["record"])
    await events.update_one({"_id": event["_id"]}, {"$set": {"record": sealed[:-1] + bytes([sealed[-1] ^ 1])}})
