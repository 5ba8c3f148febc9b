"""Store migrations of a whole installation: the common database, and that of each application."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from access.registry import Registry
from domain.values import Value
from settings import Settings
from store import Store
from store.application import ApplicationDatabase
from store.migrations import StepStanding
from vault import LocalMasterKeys


class DatabaseStanding(Value):
    database: str
    steps: tuple[StepStanding, ...]

    @property
    def pending(self) -> tuple[StepStanding, ...]:
        return tuple(step for step in self.steps if step.state != "done")


Report = Callable[[str, StepStanding], None]


async def migrate(settings: Settings, masters: LocalMasterKeys, report: Report) -> list[DatabaseStanding]:
    """`report` hears of each batch. Raises StoreError and AccessUnavailable; it may be done again."""
    found: list[DatabaseStanding] = []
    for database in await _databases(settings, masters):
        async with _store(settings, masters, database) as store:
            steps = await store.migrations.run(lambda step, database=database: report(database, step))
        found.append(DatabaseStanding(database=database, steps=tuple(steps)))
    return found


async def standing(settings: Settings, masters: LocalMasterKeys) -> list[DatabaseStanding]:
    """How far each database is. Changes nothing."""
    found: list[DatabaseStanding] = []
    for database in await _databases(settings, masters):
        async with _store(settings, masters, database) as store:
            found.append(DatabaseStanding(database=database, steps=tuple(await store.migrations.standing())))
    return found


async def _databases(settings: Settings, masters: LocalMasterKeys) -> list[str]:
    key = settings.supabase_service_role_key
    registry = Registry.connect(settings.supabase_url, key.get_secret_value() if key else "")
    try:
        applications = await registry.applications()
    finally:
        await registry.close()
    found = [settings.mongodb_database]
    for application in applications:
        url = settings.mongodb_url.get_secret_value()
        database = ApplicationDatabase.connect(url, application.database, masters)
        try:
            if await database.holder() == application.id:
                found.append(application.database)
        finally:
            await database.close()
    return found


@asynccontextmanager
async def _store(settings: Settings, masters: LocalMasterKeys, database: str) -> AsyncGenerator[Store]:
    keys = settings.keys_database or settings.mongodb_database
    store = await Store.connect(settings.mongodb_url.get_secret_value(), database, masters, keys)
    try:
        yield store
    finally:
        await store.close()
