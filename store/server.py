"""The connection: one client for each process, opened at first use, and what kind of server it speaks to."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo import AsyncMongoClient
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.uri_parser import parse_uri
from pymongo.write_concern import WriteConcern

from store.errors import translated
from store.tracing import command_listeners

Document = dict[str, Any]
Collection = AsyncCollection[Document]

SERVER_SELECTION_MS = 2_000
SOCKET_MS = 20_000
FERRETDB_POOL = 2
MONGODB_POOL = 50
DUPLICATE_KEY = 11000


@dataclass(frozen=True)
class Traits:
    """What the server can do, which decides how some calls are made."""

    ferretdb: bool
    replica_set: bool

    @property
    def finds_ranges(self) -> bool:
        """Whether a range or a list of `_id`s is found by index. FerretDB finds one `_id` at a time, or scans."""
        return not self.ferretdb

    @property
    def guards_writes(self) -> bool:
        """Whether an update tests its filter and writes as one. FerretDB reads first and writes afterwards."""
        return not self.ferretdb

    @property
    def writes_heads_late(self) -> bool:
        """Whether a head is written a moment after its events. FerretDB takes 2 ms for a replace, 1.3 for an insert."""
        return self.ferretdb

    @property
    def has_change_streams(self) -> bool:
        return self.replica_set


@dataclass(frozen=True)
class Description:
    """`clock`: the time of the server; None where it does not tell."""

    version: str
    traits: Traits
    clock: datetime | None


class Server:
    """One database on one server. Nothing is asked of the server before the first use."""

    def __init__(self, url: str, database: str) -> None:
        self._url = url
        self._name = database
        self._client: AsyncMongoClient[Document] | None = None
        self._database: AsyncDatabase[Document] | None = None
        self._traits: Traits | None = None
        self._collections: dict[str, Collection] = {}
        self._opening = asyncio.Lock()

    @translated
    async def traits(self) -> Traits:
        if self._traits is None:
            await self._open()
        assert self._traits is not None
        return self._traits

    @translated
    async def database(self) -> AsyncDatabase[Document]:
        if self._database is None:
            await self._open()
        assert self._database is not None
        return self._database

    async def collection(self, name: str) -> Collection:
        known = self._collections.get(name)
        if known is None:
            known = self._collections[name] = (await self.database())[name]
        return known

    @translated
    async def ping(self) -> None:
        await (await self.database()).command("ping")

    @translated
    async def described(self) -> Description:
        database = await self.database()
        build, hello = await database.command("buildInfo"), await database.command("hello")
        return Description(
            version=str(build.get("ferretdbVersion", build.get("version", ""))),
            traits=await self.traits(),
            clock=hello.get("localTime"),
        )

    async def close(self) -> None:
        client, self._client, self._database, self._traits = self._client, None, None, None
        self._collections.clear()
        if client is not None:
            await client.close()

    async def _open(self) -> None:
        async with self._opening:
            if self._database is not None:
                return
            async with self._new_client(1) as probe:
                build = await probe.admin.command("buildInfo")
                hello = await probe.admin.command("hello")
            traits = Traits(
                ferretdb="ferretdbVersion" in build or "ferretdb" in build,
                replica_set="setName" in hello or hello.get("msg") == "isdbgrid",
            )
            self._client = self._new_client(FERRETDB_POOL if traits.ferretdb else MONGODB_POOL)
            concern = WriteConcern(w="majority", j=True) if traits.replica_set else WriteConcern(w=1)
            self._database = self._client.get_database(self._name, write_concern=concern)
            self._traits = traits

    def _new_client(self, pool: int) -> AsyncMongoClient[Document]:
        given = parse_uri(self._url, warn=False)["options"]
        return AsyncMongoClient(
            self._url,
            tz_aware=True,
            maxPoolSize=given.get("maxPoolSize", pool),
            serverSelectionTimeoutMS=SERVER_SELECTION_MS,
            connectTimeoutMS=SERVER_SELECTION_MS,
            socketTimeoutMS=SOCKET_MS,
            appname="bookrunner",
            event_listeners=command_listeners(),
        )
