"""Documents of earlier releases, brought to the shape of today. Each is changed only if it is still as it was read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from store.codec import Codec
from store.heads import Heads
from store.messages import ANCESTORS, MESSAGES
from store.migrations import Batch
from store.models import Message, Run
from store.server import Collection, Document, Server

MOST_AT_ONCE = 40
RUNS = "runs"


class MessagesOf01:
    """They lack what tells final messages from others, and the ids of those before them on their branch."""

    id = "messages-of-0.1"
    what = "messages of 0.1.0: whether they are final, and what they follow"

    def __init__(self, server: Server, codec: Codec) -> None:
        self._server = server
        self._codec = codec

    async def batch(self, after: str) -> Batch:
        """Ids sort by time, so that a message comes after the one that it follows."""
        return await _each(await self._server.collection(MESSAGES), "final", after, self._shaped)

    async def _shaped(self, document: Document) -> Document:
        message = Message.from_kept(await self._codec.unpack(document["item"]))
        ancestors: list[str] = []
        if message.parent_id is not None:
            messages = await self._server.collection(MESSAGES)
            parent = await messages.find_one({"_id": message.parent_id}, {"ancestors": 1})
            ancestors = [] if parent is None else [*parent.get("ancestors", ()), message.parent_id][-ANCESTORS:]
        return {"thread_id": message.thread_id, "final": message.is_final, "ancestors": ancestors}


class RunsOf01:
    """They lack the deal, by which people find the runs of all their books."""

    id = "runs-of-0.1"
    what = "runs of 0.1.0: the deal that they belong to"

    def __init__(self, server: Server, codec: Codec, heads: Heads) -> None:
        self._server = server
        self._codec = codec
        self._heads = heads

    async def batch(self, after: str) -> Batch:
        return await _each(await self._server.collection(RUNS), "deal_id", after, self._shaped)

    async def _shaped(self, document: Document) -> Document:
        run = Run.from_kept(await self._codec.unpack(document["item"]))
        head = await self._heads.head(run.cim_id)
        if head is None:
            return {"deal_id": ""}
        run = run.model_copy(update={"deal_id": head.deal_id})
        return {"deal_id": head.deal_id, "item": await self._codec.pack(run.cim_id, run.model_dump_json())}


async def _each(
    collection: Collection, lacking: str, after: str, shaped: Callable[[Document], Awaitable[Document]]
) -> Batch:
    wanted = {"_id": {"$gt": after}, lacking: {"$exists": False}}
    found = [document async for document in collection.find(wanted, sort=[("_id", 1)], limit=MOST_AT_ONCE)]
    changed = 0
    for document in found:
        as_read = {"_id": document["_id"], "item": document["item"], lacking: {"$exists": False}}
        changed += (await collection.update_one(as_read, {"$set": await shaped(document)})).modified_count
    return Batch(last=str(found[-1]["_id"]) if len(found) == MOST_AT_ONCE else None, changed=changed)
