"""Contents under their hash: texts (slide bodies, facts) and bytes (uploads, images, exports). Never changed."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from pymongo.errors import BulkWriteError, DuplicateKeyError

from store.codec import Codec
from store.combining import Combiner
from store.errors import StoreError, translated
from store.ids import content_key
from store.log import is_duplicate
from store.server import Collection, Document, Server

BLOBS = "blobs"
CHUNKS = "blob_chunks"
UNUSED = "unused_since"
CHUNK_BYTES = 4_000_000
CACHED_CHARACTERS = 32_000_000


@dataclass(frozen=True)
class File:
    cim_id: str
    sha256: str
    unused_since: datetime | None = None


class Contents:
    """Texts read lately stay in memory: what is under a hash never changes."""

    def __init__(self, server: Server, codec: Codec) -> None:
        self._server = server
        self._codec = codec
        self._cache: OrderedDict[str, str] = OrderedDict()
        self._cached = 0
        self._writes = Combiner(self._write_together)

    @translated
    async def put_text(self, cim_id: str, content_hash: str, text: str) -> None:
        await self.put_texts(cim_id, {content_hash: text})

    @translated
    async def put_texts(self, cim_id: str, texts: Mapping[str, str]) -> None:
        """Texts that are there already stay as they are."""
        if not texts:
            return
        documents = [
            {"_id": content_key(cim_id, content_hash), "cim_id": cim_id, "text": await self._codec.pack(cim_id, text)}
            for content_hash, text in texts.items()
        ]
        await self._writes.submit(documents)
        for content_hash, text in texts.items():
            self._keep(content_key(cim_id, content_hash), text)

    @translated
    async def text(self, cim_id: str, content_hash: str) -> str | None:
        return (await self.texts(cim_id, [content_hash])).get(content_hash)

    @translated
    async def texts(self, cim_id: str, content_hashes: Iterable[str]) -> dict[str, str]:
        """Those that are there, by hash."""
        found: dict[str, str] = {}
        absent: list[str] = []
        for content_hash in dict.fromkeys(content_hashes):
            known = self._cache.get(content_key(cim_id, content_hash))
            if known is None:
                absent.append(content_hash)
            else:
                self._cache.move_to_end(content_key(cim_id, content_hash))
                found[content_hash] = known
        for document in await self._find(cim_id, absent):
            if "text" in document:
                text = await self._codec.unpack(document["text"])
                found[str(document["_id"]).rpartition(":")[2]] = text
                self._keep(document["_id"], text)
        return found

    @translated
    async def put_bytes(self, cim_id: str, data: bytes) -> str:
        """The SHA-256 (hex) under which the bytes are kept. Large ones go in chunks, written before their entry."""
        sha256 = await asyncio.to_thread(lambda: hashlib.sha256(data).hexdigest())
        key = content_key(cim_id, sha256)
        blobs = await self._blobs()
        if (await blobs.update_one({"_id": key}, {"$unset": {UNUSED: ""}})).matched_count > 0:
            return sha256
        entry: Document = {"_id": key, "cim_id": cim_id, "size": len(data), "sealed": True}
        if len(data) <= CHUNK_BYTES:
            await _insert_absent(blobs, [{**entry, "data": await self._codec.pack_bytes(cim_id, data)}])
            return sha256
        chunks = await self._server.collection(CHUNKS)
        starts = range(0, len(data), CHUNK_BYTES)
        entry |= {"chunks": len(starts), "writing": uuid4().hex}
        for chunk_id, start in zip(_chunk_ids(entry), starts, strict=True):
            part = await self._codec.pack_bytes(cim_id, data[start : start + CHUNK_BYTES])
            await chunks.insert_one({"_id": chunk_id, "cim_id": cim_id, "data": part, "sealed": True})
        await _insert_absent(blobs, [entry])
        return sha256

    @translated
    async def bytes(self, cim_id: str, sha256: str) -> bytes | None:
        key = content_key(cim_id, sha256)
        entry = await (await self._blobs()).find_one({"_id": key})
        if entry is None or "size" not in entry:
            return None
        if "data" in entry:
            return await _unpacked(self._codec, entry)
        chunks = await self._server.collection(CHUNKS)
        parts: list[bytes] = []
        for chunk_id in _chunk_ids(entry):
            chunk = await chunks.find_one({"_id": chunk_id})
            if chunk is None:
                raise StoreError(f"a part of the content {sha256} is missing")
            parts.append(await _unpacked(self._codec, chunk))
        return b"".join(parts)

    @translated
    async def files(self) -> list[File]:
        """Every kept file, of all CIMs."""
        found = (await self._blobs()).find({"size": {"$exists": True}}, {"_id": 1, "cim_id": 1, UNUSED: 1})
        return [
            File(str(entry["cim_id"]), str(entry["_id"]).rpartition(":")[2], entry.get(UNUSED)) async for entry in found
        ]

    @translated
    async def call_unused(self, file: File, since: datetime) -> None:
        """From then on nothing needs this file, as far as is known."""
        key = content_key(file.cim_id, file.sha256)
        await (await self._blobs()).update_one({"_id": key, UNUSED: {"$exists": False}}, {"$set": {UNUSED: since}})

    @translated
    async def call_used(self, file: File) -> None:
        await (await self._blobs()).update_one({"_id": content_key(file.cim_id, file.sha256)}, {"$unset": {UNUSED: ""}})

    @translated
    async def drop(self, file: File) -> bool:
        """Takes a file away that was called unused, unless it was put again meanwhile."""
        key = content_key(file.cim_id, file.sha256)
        entry = await (await self._blobs()).find_one_and_delete({"_id": key, UNUSED: file.unused_since})
        if entry is None:
            return False
        chunks = await self._server.collection(CHUNKS)
        for chunk_id in _chunk_ids(entry):
            await chunks.delete_one({"_id": chunk_id})
        return True

    def forget(self, cim_id: str) -> None:
        """Takes what belongs to an erased CIM out of memory."""
        for key in [key for key in self._cache if key.startswith(f"{cim_id}:")]:
            self._cached -= len(self._cache.pop(key))

    @translated
    async def _write_together(self, parts: Sequence[Sequence[Document]]) -> list[None]:
        documents = {str(document["_id"]): document for part in parts for document in part}
        await _insert_absent(await self._blobs(), list(documents.values()))
        return [None] * len(parts)

    async def _find(self, cim_id: str, content_hashes: Sequence[str]) -> list[Document]:
        if not content_hashes:
            return []
        blobs = await self._blobs()
        keys = [content_key(cim_id, content_hash) for content_hash in content_hashes]
        if (await self._server.traits()).finds_ranges:
            return [document async for document in blobs.find({"_id": {"$in": keys}})]
        found = await asyncio.gather(*(blobs.find_one({"_id": key}) for key in keys))
        return [document for document in found if document is not None]

    async def _blobs(self) -> Collection:
        return await self._server.collection(BLOBS)

    def _keep(self, key: str, text: str) -> None:
        self._cached += len(text) - len(self._cache.pop(key, ""))
        self._cache[key] = text
        while self._cached > CACHED_CHARACTERS:
            self._cached -= len(self._cache.popitem(last=False)[1])


def _chunk_ids(entry: Document) -> list[str]:
    """Each writing of a file has chunks of its own, so that the end of one takes nothing from the next."""
    writing = f"{entry['writing']}:" if "writing" in entry else ""
    return [f"{entry['_id']}:{writing}{n:06}" for n in range(entry.get("chunks", 0))]


async def _insert_absent(collection: Collection, documents: Sequence[Document]) -> None:
    try:
        if len(documents) == 1:
            await collection.insert_one(documents[0])
        else:
            await collection.insert_many(documents, ordered=False)
    except DuplicateKeyError:
        return
    except BulkWriteError as error:
        if not is_duplicate(error):
            raise


async def _unpacked(codec: Codec, document: Document) -> bytes:
    """Bytes that were kept before there were keys are not sealed."""
    kept = bytes(document["data"])
    return await codec.unpack_bytes(kept) if document.get("sealed") else kept
