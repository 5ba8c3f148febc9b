"""The messages of all conversations. Final ones never change, and stay in memory for a while."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pymongo.errors import DuplicateKeyError

from store.codec import Codec
from store.errors import translated
from store.locks import Locks
from store.models import Branch, Message, Page, Thread
from store.server import Collection, Document, Server
from store.talk import Say, Talk
from store.threads import MOST_BRANCHES, MOST_MESSAGES, branches_of
from store.unfinished import Unfinished

MESSAGES = "messages"
ANCESTORS = 32
CACHED_CHARACTERS = 64_000_000
CHARACTERS_BESIDE_TEXT = 1_000


@dataclass(frozen=True)
class _Kept:
    """A message with the ids of the last messages before it on its branch, nearest last."""

    message: Message
    ancestors: tuple[str, ...]

    @property
    def size(self) -> int:
        return len(self.message.text) + CHARACTERS_BESIDE_TEXT


class Messages:
    def __init__(self, server: Server, codec: Codec, talk: Talk, unfinished: Unfinished, say: Say) -> None:
        self._server = server
        self._codec = codec
        self._talk = talk
        self._unfinished = unfinished
        self._say = say
        self._cache: OrderedDict[str, _Kept] = OrderedDict()
        self._cached = 0
        self._locks = Locks()

    async def put(self, message: Message) -> Message:
        """Keeps a message and says so. A final one stays as it is: what is kept is given back. Raises CIMErased.

        Its mark goes last, so that a call that was broken off anywhere is made good by repeating it.
        """
        await self._talk.check(message.cim_id)
        async with self._locks.of(message.id):
            known = await self._find(message.id)
            if known is None:
                await self._unfinished.mark(message.cim_id, message.id)
                message = await self._write(_Kept(message, await self._ancestors(message)))
            elif not known.message.is_final:
                message = await self._write(_Kept(message, known.ancestors))
            else:
                message = known.message
                if not await self._unfinished.is_marked(message.id):
                    return message
            await self._say(message.cim_id, "message", message.model_dump(mode="json"))
            if message.is_final:
                await self._unfinished.unmark(message.id)
            return message

    async def get(self, message_id: str) -> Message | None:
        kept = await self._find(message_id)
        return None if kept is None else kept.message

    async def path(self, message_id: str, limit: int) -> list[Message]:
        """The message and those before it on its branch, oldest first."""
        found: list[Message] = []
        at_hand: dict[str, _Kept] = {}
        next_id: str | None = message_id
        while next_id is not None and len(found) < limit:
            kept = at_hand.pop(next_id, None) or await self._find(next_id)
            if kept is None:
                break
            found.append(kept.message)
            next_id = kept.message.parent_id
            if next_id is not None and next_id not in at_hand and next_id not in self._cache and len(found) < limit:
                wanted = [id_ for id_ in kept.ancestors[-(limit - len(found)) :] if id_ not in self._cache]
                at_hand = {each.message.id: each for each in await self._read(wanted)}
        return found[::-1]

    @translated
    async def page(
        self, cim_id: str, *, before: str | None = None, limit: int = 50, thread_id: str | None = None
    ) -> Page[Message]:
        """Whatever its branch, by id: the newest, or those right before a message, oldest of them first.

        `next_cursor` is the next `before`.
        """
        wanted: dict[str, Any] = {"cim_id": cim_id}
        if before is not None:
            wanted["_id"] = {"$lt": before}
        if thread_id is not None:
            wanted["thread_id"] = thread_id
        cursor = (await self._messages()).find(wanted, sort=[("_id", -1)], limit=limit + 1)
        found = [(await self._kept(document)).message async for document in cursor]
        page = tuple(reversed(found[:limit]))
        return Page[Message](items=page, next_cursor=page[0].id if len(found) > limit else None)

    async def text_so_far(self, message_id: str) -> str:
        """What a message reads now, also while it is written; empty for an unknown one."""
        message = await self.get(message_id)
        if message is None or message.is_final:
            return message.text if message is not None else ""
        spoken = (await self._unfinished.now(message.cim_id)).texts.get(message_id)
        return spoken.text if spoken is not None else ""

    async def branches(self, thread: Thread) -> list[Branch]:
        """The newest branches of a thread, oldest of them first."""
        leaves = thread.leaves[-MOST_BRANCHES:]
        return branches_of(thread, {leaf: await self.path(leaf, MOST_MESSAGES) for leaf in leaves})

    def forget(self, cim_id: str) -> None:
        for message_id in [id_ for id_, kept in self._cache.items() if kept.message.cim_id == cim_id]:
            self._cached -= self._cache.pop(message_id).size

    async def ensure_indexes(self) -> None:
        messages = await self._messages()
        await messages.create_index([("cim_id", 1), ("thread_id", 1), ("_id", 1)])
        await messages.create_index([("cim_id", 1), ("_id", 1)])

    async def _ancestors(self, message: Message) -> tuple[str, ...]:
        parent = None if message.parent_id is None else await self._find(message.parent_id)
        return () if parent is None else (*parent.ancestors, parent.message.id)[-ANCESTORS:]

    @translated
    async def _write(self, kept: _Kept) -> Message:
        """FerretDB does not test and write as one; there the lock of this process has to do."""
        traits, messages = await self._server.traits(), await self._messages()
        message = kept.message
        document: Document = {
            "cim_id": message.cim_id,
            "thread_id": message.thread_id,
            "final": message.is_final,
            "ancestors": list(kept.ancestors),
            "item": await self._codec.pack(message.cim_id, message.model_dump_json()),
        }
        guard = {"final": {"$ne": True}} if traits.guards_writes else {}
        try:
            await messages.replace_one({"_id": message.id, **guard}, document, upsert=True)
        except DuplicateKeyError:
            [kept] = await self._read([message.id])
        self._keep(kept)
        return kept.message

    async def _find(self, message_id: str) -> _Kept | None:
        known = self._cache.get(message_id)
        if known is not None:
            self._cache.move_to_end(message_id)
            return known
        found = await self._read([message_id])
        return found[0] if found else None

    @translated
    async def _read(self, message_ids: Iterable[str]) -> list[_Kept]:
        ids, messages = list(message_ids), await self._messages()
        if not ids:
            return []
        if len(ids) > 1 and (await self._server.traits()).finds_ranges:
            documents = [document async for document in messages.find({"_id": {"$in": ids}})]
        else:
            documents = await asyncio.gather(*(messages.find_one({"_id": id_}) for id_ in ids))
        found = [await self._kept(document) for document in documents if document is not None]
        for kept in found:
            self._keep(kept)
        return found

    def _keep(self, kept: _Kept) -> None:
        if not kept.message.is_final:
            return
        before = self._cache.pop(kept.message.id, None)
        self._cached += kept.size - (before.size if before is not None else 0)
        self._cache[kept.message.id] = kept
        while self._cached > CACHED_CHARACTERS:
            self._cached -= self._cache.popitem(last=False)[1].size

    async def _kept(self, document: Document) -> _Kept:
        """Messages of 0.1.0 have no ancestors."""
        message = Message.from_kept(await self._codec.unpack(document["item"]))
        return _Kept(message, tuple(document.get("ancestors", ())))

    async def _messages(self) -> Collection:
        return await self._server.collection(MESSAGES)
