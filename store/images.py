"""The pictures of the documents, kept by source: they are always read together. Uploaded ones stand alone."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import TypeAdapter

from store.codec import Codec
from store.errors import TooMany, translated
from store.models import SourceImage
from store.server import Collection, Server

IMAGES = "images"
MOST_IMAGES = 2_000
MOST_UPLOADED = 500
LIST = TypeAdapter(list[SourceImage])


class Images:
    def __init__(self, server: Server, codec: Codec) -> None:
        self._server = server
        self._codec = codec

    @translated
    async def put(self, cim_id: str, source_id: str, images: Sequence[SourceImage]) -> None:
        """All pictures of a source, in place of those kept before. Raises TooMany."""
        if len(images) > MOST_IMAGES:
            raise TooMany(f"a source has at most {MOST_IMAGES} pictures")
        document = {
            "cim_id": cim_id,
            "source_id": source_id,
            "images": await self._codec.pack(cim_id, LIST.dump_json(list(images)).decode()),
        }
        await (await self._images()).replace_one({"_id": f"{cim_id}:{source_id}"}, document, upsert=True)

    @translated
    async def add(self, image: SourceImage) -> None:
        """A picture of no source. Adding it again changes nothing. Raises TooMany."""
        images = await self._images()
        key = f"{image.cim_id}:{image.id}"
        known = {
            document["_id"] async for document in images.find({"cim_id": image.cim_id, "source_id": ""}, {"_id": 1})
        }
        if key not in known and len(known) >= MOST_UPLOADED:
            raise TooMany(f"a book has at most {MOST_UPLOADED} uploaded pictures")
        document = {
            "cim_id": image.cim_id,
            "source_id": "",
            "images": await self._codec.pack(image.cim_id, LIST.dump_json([image]).decode()),
        }
        await images.replace_one({"_id": key}, document, upsert=True)

    @translated
    async def of_cim(self, cim_id: str) -> list[SourceImage]:
        found = (await self._images()).find({"cim_id": cim_id}, sort=[("_id", 1)])
        texts = [await self._codec.unpack(document["images"]) async for document in found]
        return [image for text in texts for image in LIST.validate_json(text, extra="ignore")]

    async def ensure_indexes(self) -> None:
        await (await self._images()).create_index([("cim_id", 1)])

    async def _images(self) -> Collection:
        return await self._server.collection(IMAGES)
