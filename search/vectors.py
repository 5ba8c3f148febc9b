"""Vectors in Qdrant. The only place that knows its client.

On a server, one collection for each model and dimension holds all CIMs, and every call is filtered by the CIM. In the
client's local mode, whose filters look at each point in Python, each CIM has collections of its own instead. The client
is imported at first use: it takes half a second, and many a worker has no vectors.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar
from uuid import NAMESPACE_URL, uuid5

from search.embedding import Vector
from search.parts import TextKind

if TYPE_CHECKING:
    from qdrant_client import AsyncQdrantClient, models

POINTS_AT_ONCE = 64
"""The local mode holds up everything else while it writes."""
SECONDS = 5
PREFIX = "bookrunner"
IN_MEMORY = ":memory:"

Item = TypeVar("Item")


class VectorsUnavailable(Exception):
    """Qdrant does not answer, or its folder is in use by another process."""


class Point(NamedTuple):
    """A part of a text. `id` names the text, `number` the part."""

    id: str
    number: int
    text: str

    def key(self, cim_id: str, kind: TextKind) -> str:
        """The same part of the same text of a CIM has the same key."""
        return str(uuid5(NAMESPACE_URL, f"bookrunner:{cim_id}/{kind}/{self.id}/{self.number}/{self.text}"))


class Vectors:
    """`model` names the embeddings: vectors of another model are never mixed in."""

    def __init__(self, client: AsyncQdrantClient, model: str, *, is_local: bool) -> None:
        self._client = client
        self._model = re.sub(r"[^a-z0-9]+", "-", model.lower()).strip("-")
        self._is_local = is_local
        self._known: set[str] = set()
        self._making = asyncio.Lock()

    @classmethod
    def open(cls, model: str, url: str | None = None, folder: Path | None = None) -> Vectors:
        """A server by its address; else a folder of this process; else memory. Raises VectorsUnavailable."""
        from qdrant_client import AsyncQdrantClient

        if url is not None:
            server = AsyncQdrantClient(url=url, timeout=SECONDS, check_compatibility=False)
            return cls(server, model, is_local=False)
        try:
            local = AsyncQdrantClient(IN_MEMORY) if folder is None else AsyncQdrantClient(path=str(folder))
        except RuntimeError as error:
            raise VectorsUnavailable(f"The vectors in {folder} are in use by another process.") from error
        return cls(local, model, is_local=True)

    async def close(self) -> None:
        await self._client.close()

    async def missing(self, cim_id: str, kind: TextKind, points: Sequence[Point], dimension: int) -> list[Point]:
        """Those that have no vector yet."""
        collection = self._collection(dimension, cim_id, kind)
        if not await self._exists(collection):
            return list(points)
        there: set[str] = set()
        for batch in _batches([point.key(cim_id, kind) for point in points]):
            with _told_apart():
                found = await self._client.retrieve(collection, ids=list(batch), with_payload=False)
            await asyncio.sleep(0)
            there.update(str(record.id) for record in found)
        return [point for point in points if point.key(cim_id, kind) not in there]

    async def put(self, cim_id: str, kind: TextKind, points: Sequence[Point], vectors: Sequence[Vector]) -> None:
        """Idempotent."""
        from qdrant_client import models

        if not points:
            return
        collection = self._collection(len(vectors[0]), cim_id, kind)
        await self._make(collection, len(vectors[0]))
        made = [
            models.PointStruct(
                id=point.key(cim_id, kind), vector=vector, payload={"cim_id": cim_id, "kind": kind, "id": point.id}
            )
            for point, vector in zip(points, vectors, strict=True)
        ]
        for batch in _batches(made):
            with _told_apart():
                await self._client.upsert(collection, points=list(batch), wait=True)
            await asyncio.sleep(0)

    async def find(self, cim_id: str, kind: TextKind, vector: Vector, limit: int) -> list[str]:
        """Ids of the texts of the CIM whose parts are nearest, nearest first."""
        collection = self._collection(len(vector), cim_id, kind)
        if not await self._exists(collection):
            return []
        with _told_apart():
            found = await self._client.query_points(
                collection,
                query=vector,
                query_filter=None if self._is_local else _of(cim_id, kind),
                limit=limit,
                with_payload=["id"],
            )
        return list(dict.fromkeys(str((point.payload or {})["id"]) for point in found.points))

    async def forget(self, cim_id: str) -> None:
        """Takes away every vector of the CIM, of whatever model."""
        from qdrant_client import models

        with _told_apart():
            names = [one.name for one in (await self._client.get_collections()).collections]
            for name in names:
                prefix, *rest = name.split(".")
                if prefix != PREFIX:
                    continue
                if not self._is_local:
                    await self._client.delete(name, points_selector=models.FilterSelector(filter=_of(cim_id)))
                elif cim_id in rest[2:]:
                    await self._client.delete_collection(name)
                    self._known.discard(name)

    def _collection(self, dimension: int, cim_id: str, kind: TextKind) -> str:
        shared = f"{PREFIX}.{self._model}.{dimension}"
        return f"{shared}.{cim_id}.{kind}" if self._is_local else shared

    async def _exists(self, collection: str) -> bool:
        if collection not in self._known:
            with _told_apart():
                if not await self._client.collection_exists(collection):
                    return False
            self._known.add(collection)
        return True

    async def _make(self, collection: str, dimension: int) -> None:
        from qdrant_client import models

        async with self._making:
            if await self._exists(collection):
                return
            params = models.VectorParams(size=dimension, distance=models.Distance.COSINE)
            with _told_apart():
                await self._client.create_collection(collection, vectors_config=params)
                if not self._is_local:
                    await self._index(collection)
            self._known.add(collection)

    async def _index(self, collection: str) -> None:
        from qdrant_client import models

        tenant = models.KeywordIndexParams(type=models.KeywordIndexType.KEYWORD, is_tenant=True)
        await self._client.create_payload_index(collection, "cim_id", field_schema=tenant)
        await self._client.create_payload_index(collection, "kind", field_schema=models.PayloadSchemaType.KEYWORD)


def _of(cim_id: str, kind: TextKind | None = None) -> models.Filter:
    from qdrant_client import models

    wanted = {"cim_id": cim_id} if kind is None else {"cim_id": cim_id, "kind": kind}
    return models.Filter(
        must=[models.FieldCondition(key=key, match=models.MatchValue(value=value)) for key, value in wanted.items()]
    )


def _batches(items: Sequence[Item]) -> list[Sequence[Item]]:
    return [items[start : start + POINTS_AT_ONCE] for start in range(0, len(items), POINTS_AT_ONCE)]


@contextmanager
def _told_apart() -> Generator[None]:
    from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

    try:
        yield
    except (ResponseHandlingException, UnexpectedResponse) as error:
        raise VectorsUnavailable(f"Qdrant did not answer: {str(error).strip().splitlines()[0][:300]}") from error
