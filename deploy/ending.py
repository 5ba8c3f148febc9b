"""The end of tenants: every right is taken away, their keys are destroyed, and what is kept of them is deleted."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from access.endings import Ending, Endings
from access.person import AccessUnavailable
from access.registry import Registry
from activities.fleet import WorkerFleet
from activities.worker_versions import WorkerVersions
from audit import AuditActor, AuditEntry, Result, Target, Trail
from domain.applications import Application
from search.vectors import Vectors
from settings import Settings
from store import Store, StoreError
from store.application import ApplicationDatabase
from vault import LocalMasterKeys, VaultError

SECONDS_BETWEEN_LOOKS = 15.0
MOST_WORKFLOWS = 100_000
WHY = "The tenant was ended."

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Destroyed:
    """What was there of a tenant."""

    books: int
    workflows: int
    databases: int


class TenantData:
    """What Temporal, MongoDB and Qdrant keep of tenants. Every call may be broken off and repeated."""

    def __init__(self, settings: Settings, client: Client, masters: LocalMasterKeys) -> None:
        self._settings = settings
        self._client = client
        self._masters = masters

    async def destroy(self, org_id: str, applications: Sequence[Application] = ()) -> Destroyed:
        """The keys first: from then on nothing can be read, wherever it was copied, whatever happens to the rest."""
        cim_ids: list[str] = []
        for database in (self._settings.mongodb_database, *(each.database for each in applications)):
            async with self._store(database) as store:
                cim_ids.extend(await store.shred(org_id))
        ended = await _end_workflows(self._client, {org_id, *cim_ids})
        dropped = [await self._dropped(application) for application in applications]
        await self._forget(cim_ids)
        return Destroyed(len(cim_ids), ended, sum(dropped))

    async def tell(self, principals: Collection[str]) -> None:
        """Every API process asks anew for their rights, and closes their streams, within seconds."""
        async with self._store(self._settings.mongodb_database) as store:
            for principal in principals:
                await store.rights_changes.tell(principal)

    @asynccontextmanager
    async def _store(self, database: str) -> AsyncGenerator[Store]:
        url = self._settings.mongodb_url.get_secret_value()
        keys = self._settings.keys_database or self._settings.mongodb_database
        store = await Store.connect(url, database, self._masters, keys)
        try:
            yield store
        finally:
            await store.close()

    async def _dropped(self, application: Application) -> bool:
        url = self._settings.mongodb_url.get_secret_value()
        database = ApplicationDatabase.connect(url, application.database, self._masters)
        try:
            return await database.drop(application.id)
        finally:
            await database.close()

    async def _forget(self, cim_ids: Collection[str]) -> None:
        if self._settings.qdrant_url is None or not cim_ids:
            return
        vectors = Vectors.open(self._settings.embeddings, self._settings.qdrant_url)
        try:
            for cim_id in cim_ids:
                await vectors.forget(cim_id)
        finally:
            await vectors.close()


class TenantEnds:
    """Carries out what owners asked for. Several workers may do this at once."""

    def __init__(
        self,
        endings: Endings,
        registry: Registry,
        data: TenantData,
        fleet: WorkerFleet,
        versions: WorkerVersions,
        trail: Trail,
    ) -> None:
        self._endings = endings
        self._registry = registry
        self._data = data
        self._fleet = fleet
        self._versions = versions
        self._trail = trail

    async def keep_watch(self) -> None:
        """For ever. What fails is tried again at the next look."""
        while True:
            try:
                for ending in await self._endings.due():
                    await self.end(ending)
            except (AccessUnavailable, StoreError, VaultError, RPCError, OSError) as error:
                logger.warning("an organisation could not be ended just now: %s", error)
            except Exception:
                logger.exception("an organisation could not be ended")
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)

    async def end(self, ending: Ending) -> Destroyed:
        org_id = str(ending.org_id)
        self._note(ending, "begin_end", "accepted", {})
        await self._data.tell(await self._endings.begin(org_id))
        applications = await self._registry.applications(org_id)
        for application in applications:
            await self._fleet.drop_all(application.id)
            await self._take_work_from(application)
        destroyed = await self._data.destroy(org_id, applications)
        await self._endings.finish(org_id)
        told = {"books": destroyed.books, "workflows": destroyed.workflows, "databases": destroyed.databases}
        self._note(ending, "destroy", "done", told)
        return destroyed

    async def _take_work_from(self, application: Application) -> None:
        try:
            await self._versions.set_current(application.deployment_name, "", unattended=True)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise

    def _note(self, ending: Ending, verb: str, result: Result, details: dict[str, int]) -> None:
        org_id = str(ending.org_id)
        self._trail.record(
            AuditEntry(
                org_id=org_id,
                actor=AuditActor(kind="system", id="ending", on_behalf_of=str(ending.requested_by)),
                action=f"org.{verb}",
                target=Target(kind="org", id=org_id),
                result=result,
                details=details,
                entry_id=uuid.uuid5(ending.org_id, f"{verb}/{ending.requested_at.isoformat()}"),
            )
        )


async def _end_workflows(client: Client, owners: Collection[str]) -> int:
    """Ends the open workflows whose ids name one of these organisations or CIMs."""
    ended = 0
    async for execution in client.list_workflows("ExecutionStatus = 'Running'", limit=MOST_WORKFLOWS):
        if execution.id.partition("/")[2].partition("/")[0] in owners:
            try:
                await client.get_workflow_handle(execution.id).terminate(WHY)
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise
            ended += 1
    return ended
