"""The searchable parts of the documents, kept by source in portions: they are always read together."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from pydantic import TypeAdapter

from store.codec import Codec
from store.errors import StoreError, translated
from store.models import SourcePassage
from store.server import Document, Server
from store.shelves import Sources

PASSAGES = "passages"
PASSAGES_PER_PORTION = 200
PORTION = TypeAdapter(list[SourcePassage])


class Passages:
    def __init__(self, server: Server, codec: Codec, sources: Sources) -> None:
        self._server = server
        self._codec = codec
        self._sources = sources

    @translated
    async def put(self, cim_id: str, source_id: str, passages: Sequence[SourcePassage]) -> None:
        """All passages of a source, in place of those kept before. The first portion is written last."""
        collection = await self._server.collection(PASSAGES)
        starts = range(0, max(len(passages), 1), PASSAGES_PER_PORTION)
        for n in reversed(range(len(starts))):
            portion = list(passages[starts[n] : starts[n] + PASSAGES_PER_PORTION])
            document: Document = {
                "cim_id": cim_id,
                "source_id": source_id,
                "portions": len(starts),
                "passages": await self._codec.pack(cim_id, PORTION.dump_json(portion).decode()),
            }
            await collection.replace_one({"_id": _key(cim_id, source_id, n)}, document, upsert=True)

    @translated
    async def of_source(self, cim_id: str, source_id: str) -> list[SourcePassage]:
        collection = await self._server.collection(PASSAGES)
        first = await collection.find_one({"_id": _key(cim_id, source_id, 0)})
        if first is None:
            return []
        rest = await asyncio.gather(
            *(collection.find_one({"_id": _key(cim_id, source_id, n)}) for n in range(1, first["portions"]))
        )
        passages: list[SourcePassage] = []
        for document in (first, *rest):
            if document is None:
                raise StoreError(f"a part of the passages of {source_id} is missing")
            passages.extend(PORTION.validate_json(await self._codec.unpack(document["passages"]), extra="ignore"))
        return passages

    async def of_cim(self, cim_id: str) -> list[SourcePassage]:
        """Those of all its documents, in their order."""
        sources = await self._sources.of_cim(cim_id)
        return [passage for source in sources for passage in await self.of_source(cim_id, source.id)]

    async def ensure_indexes(self) -> None:
        await (await self._server.collection(PASSAGES)).create_index([("cim_id", 1), ("source_id", 1)])


def _key(cim_id: str, source_id: str, n: int) -> str:
    return f"{cim_id}:{source_id}:{n:04}"
