"""Things of a CIM that have an id of their own: kept whole, found by id, listed by CIM."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Generic, TypeVar

from store.codec import Codec
from store.errors import translated
from store.models import Kept, Page
from store.paging import Place, cursor_of, place_of
from store.server import Collection, Document, Server

K = TypeVar("K", bound=Kept)


class Shelf(Generic[K]):
    """`keys` are the fields of an item by which it is found or ordered, besides its id and CIM. `by_cim`: ids are
    unique within a CIM only, which `get` has to be told. `indexes`: fields that are looked for together; the last one
    is what items are ordered by, and then by id."""

    indexes: ClassVar[tuple[tuple[str, ...], ...]] = ()

    def __init__(
        self,
        server: Server,
        codec: Codec,
        name: str,
        model: type[K],
        keys: Callable[[K], Mapping[str, str | int]],
        by_cim: bool = False,
    ) -> None:
        self.name = name
        self._by_cim = by_cim
        self._server = server
        self._codec = codec
        self._model = model
        self._keys = keys

    @translated
    async def put(self, item: K) -> None:
        """Keeps an item in place of what was kept under its id."""
        kept = await self._codec.pack(item.cim_id, item.model_dump_json())
        document = {"cim_id": item.cim_id, **self._keys(item), "item": kept}
        await (await self._collection()).replace_one({"_id": self._key(item.cim_id, item.id)}, document, upsert=True)

    @translated
    async def get(self, item_id: str, *, of_cim: str = "") -> K | None:
        found = await (await self._collection()).find_one({"_id": self._key(of_cim, item_id)})
        return None if found is None else await self._item(found)

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
        return [await self._item(document) async for document in found]

    @translated
    async def remove(self, item: K) -> None:
        await (await self._collection()).delete_one({"_id": self._key(item.cim_id, item.id)})

    @translated
    async def everywhere(self, wanted: Mapping[str, Any]) -> list[K]:
        """Of all CIMs."""
        found = (await self._collection()).find(dict(wanted), sort=[("_id", 1)])
        return [await self._item(document) async for document in found]

    @translated
    async def page(
        self, wanted: Mapping[str, Any], *, order: str, newest: bool, cursor: str | None, limit: int
    ) -> Page[K]:
        """Raises BadCursor."""
        direction = -1 if newest else 1
        conditions = dict(wanted) if cursor is None else {**wanted, **place_of(cursor).past(order, newest)}
        sort = [(order, direction), ("_id", direction)]
        found = (await self._collection()).find(conditions, sort=sort, limit=limit + 1)
        documents = [document async for document in found]
        items = tuple([await self._item(document) for document in documents[:limit]])
        if len(documents) <= limit:
            return Page[K](items=items)
        last = documents[limit - 1]
        return Page[K](items=items, next_cursor=cursor_of(Place(at=last[order], id=last["_id"])))

    async def ensure_indexes(self) -> None:
        collection = await self._collection()
        for fields in self.indexes:
            await collection.create_index([(field, 1) for field in (*fields, "_id")])

    def _key(self, cim_id: str, item_id: str) -> str:
        return f"{cim_id}:{item_id}" if self._by_cim else item_id

    async def _item(self, document: Document) -> K:
        return self._model.from_kept(await self._codec.unpack(document["item"]))

    async def _collection(self) -> Collection:
        return await self._server.collection(self.name)
