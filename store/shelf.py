"""Things of a CIM that have an id of their own: kept whole, found by id, listed by CIM."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from store.codec import pack, unpack
from store.errors import translated
from store.models import Kept
from store.server import Collection, Server

K = TypeVar("K", bound=Kept)


class Shelf(Generic[K]):
    """`keys` are the fields of an item by which it is found or ordered, besides its id and CIM."""

    def __init__(self, server: Server, name: str, model: type[K], keys: Callable[[K], Mapping[str, str | int]]) -> None:
        self.name = name
        self._server = server
        self._model = model
        self._keys = keys

    @translated
    async def put(self, item: K) -> None:
        """Keeps an item in place of what was kept under its id."""
        packed = (await self._server.traits()).ferretdb
        document = {"cim_id": item.cim_id, **self._keys(item), "item": pack(item.model_dump_json(), packed)}
        await (await self._collection()).replace_one({"_id": item.id}, document, upsert=True)

    @translated
    async def get(self, item_id: str) -> K | None:
        found = await (await self._collection()).find_one({"_id": item_id})
        return None if found is None else self._model.model_validate_json(unpack(found["item"]))

    @translated
    async def find(
        self,
        cim_id: str,
        wanted: Mapping[str, Any] | None = None,
        *,
        order: str = "_id",
        newest: bool = False,
        limit: int = 0,
    ) -> list[K]:
        direction = -1 if newest else 1
        sort = [(order, direction)] if order == "_id" else [(order, direction), ("_id", direction)]
        found = (await self._collection()).find({"cim_id": cim_id, **(wanted or {})}, sort=sort, limit=limit)
        return [self._model.model_validate_json(unpack(document["item"])) async for document in found]

    async def ensure_indexes(self, *orders: str) -> None:
        collection = await self._collection()
        for order in orders:
            await collection.create_index([("cim_id", 1), (order, 1)])

    async def _collection(self) -> Collection:
        return await self._server.collection(self.name)
