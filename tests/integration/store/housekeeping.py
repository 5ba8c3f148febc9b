"""The chores of a worker on a store, one at a time."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from temporalio.testing import ActivityEnvironment

from activities.drafting import StoreWorkspace
from activities.housekeeping import HousekeepingActivities, Lost, OldBooks, OldEntries
from activities.talking import StoreConversation
from activities.usage import StoreUsageBook
from search.opening import open_search
from store import Store
from workflows.chores import Chore


class House:
    def __init__(self, activities: HousekeepingActivities) -> None:
        self._activities = activities

    async def do(self, chore: Chore) -> int:
        """How much it changed."""
        done = await ActivityEnvironment().run(self._activities.do, chore)
        assert done.chore is chore
        return done.changed


@asynccontextmanager
async def house_on(
    store: Store,
    clock: Callable[[], datetime],
    *,
    embeddings: str = "none",
    audit: OldEntries | None = None,
    books: OldBooks | None = None,
    lost: Lost | None = None,
) -> AsyncGenerator[House]:
    searching = open_search(StoreWorkspace(store), StoreConversation(store), embeddings)
    usage = StoreUsageBook(store)
    yield House(HousekeepingActivities(store, usage, searching.indexer, audit, books, lost=lost, clock=clock))
    await searching.close()
