"""The wrapped data keys of tenants, each under its id, `{tenant}/{version}`."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Coroutine
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from bson.binary import Binary
from pymongo.errors import DuplicateKeyError

from store.errors import StoreUnavailable, translated
from store.server import Collection, Document, Server
from vault import KeysUnavailable, WrappedKey

KEYS = "keys"

P = ParamSpec("P")
R = TypeVar("R")


class KeysAway(StoreUnavailable, KeysUnavailable):
    """The store, which keeps the keys, does not answer."""


def _away(method: Callable[P, Coroutine[Any, Any, R]]) -> Callable[P, Coroutine[Any, Any, R]]:
    @wraps(method)
    async def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return await method(*args, **kwargs)
        except StoreUnavailable as error:
            raise KeysAway(str(error)) from error

    return call


class StoredKeys:
    """Keys change by replacing them. Every method raises KeysAway."""

    def __init__(self, server: Server) -> None:
        self._server = server

    @_away
    @translated
    async def of_tenant(self, tenant: str) -> list[WrappedKey]:
        """In the order of versions; also destroyed ones."""
        found = (await self._keys()).find({"tenant": tenant})
        return sorted([_key(document) async for document in found], key=lambda key: key.version)

    async def all(self) -> AsyncGenerator[WrappedKey]:
        for tenant in await self._tenants():
            for key in await self.of_tenant(tenant):
                yield key

    @_away
    @translated
    async def add(self, key: WrappedKey) -> bool:
        """False where this version is there already."""
        try:
            await (await self._keys()).insert_one({"_id": key.id, **_document(key)})
        except DuplicateKeyError:
            return False
        return True

    @_away
    @translated
    async def rewrap(self, before: WrappedKey, after: WrappedKey) -> bool:
        """False where the key is not the same any more, for instance since it was destroyed."""
        wanted = {"_id": before.id, "wrapped": Binary(before.wrapped)}
        done = await (await self._keys()).replace_one(wanted, _document(after))
        return done.matched_count == 1

    @_away
    @translated
    async def destroy(self, tenant: str, at: datetime) -> int:
        """The mark of version 0 comes first, so that nobody makes another key meanwhile."""
        keys = await self._keys()
        mark = WrappedKey(tenant=tenant, version=0, created_at=at, destroyed_at=at)
        await keys.replace_one({"_id": mark.id}, _document(mark), upsert=True)
        destroyed = 0
        for key in await self.of_tenant(tenant):
            if key.destroyed_at is None:
                gone = key.model_copy(update={"wrapped": b"", "destroyed_at": at})
                await keys.replace_one({"_id": key.id}, _document(gone))
                destroyed += 1
        return destroyed

    async def ensure_indexes(self) -> None:
        await (await self._keys()).create_index([("tenant", 1), ("version", 1)])

    @_away
    @translated
    async def _tenants(self) -> list[str]:
        return sorted(str(tenant) for tenant in await (await self._keys()).distinct("tenant"))

    async def _keys(self) -> Collection:
        return await self._server.collection(KEYS)


def _document(key: WrappedKey) -> Document:
    return {
        "tenant": key.tenant,
        "version": key.version,
        "master": key.master,
        "wrapped": Binary(key.wrapped),
        "created_at": key.created_at,
        "destroyed_at": key.destroyed_at,
    }


def _key(document: Document) -> WrappedKey:
    return WrappedKey(
        tenant=document["tenant"],
        version=document["version"],
        master=document["master"],
        wrapped=bytes(document["wrapped"]),
        created_at=document["created_at"],
        destroyed_at=document["destroyed_at"],
    )
