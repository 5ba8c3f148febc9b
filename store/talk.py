"""The talk of each CIM: its messages, their words as they are written, and what to show, under consecutive numbers."""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeVar

from pydantic import JsonValue
from pymongo.errors import DuplicateKeyError

from store.codec import Codec
from store.errors import CIMErased, TalkGap, TooMany, translated
from store.heads import Heads
from store.ids import keys_after, talk_key
from store.locks import Locks
from store.models import TalkEntry, TalkKind
from store.numbered import consecutive, last_number
from store.server import Collection, Document, Server

TALK = "talk"
FLOORS = "talk_floors"
PAGE = 200
MOST_CHARACTERS = 2_000_000
MOST_CIMS = 10_000
MOST_CACHED = 2_000
LARGEST_CACHED = 50_000
SECONDS_CHECKED = 4.0
SHORTEST_AGE = timedelta(hours=1)

Noted = TypeVar("Noted", int, float)
Say = Callable[[str, TalkKind, dict[str, JsonValue]], Awaitable[int]]


class Talk:
    """Append-only and without a gap, also with writers in several processes: a number is taken by inserting under it.

    Old entries go away from the front; the highest number that went is the floor of the CIM.
    """

    def __init__(self, server: Server, codec: Codec, heads: Heads) -> None:
        self._server = server
        self._codec = codec
        self._heads = heads
        self._ends: OrderedDict[str, int] = OrderedDict()
        self._checked: OrderedDict[str, float] = OrderedDict()
        self._looked: OrderedDict[str, float] = OrderedDict()
        self._locks = Locks()
        self._cache: OrderedDict[str, TalkEntry] = OrderedDict()

    @translated
    async def say(self, cim_id: str, kind: TalkKind, data: dict[str, JsonValue]) -> int:
        """Appends an entry and gives its number. Raises CIMErased, and TooMany for an entry that is too long."""
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        if len(text) > MOST_CHARACTERS:
            raise TooMany(f"an entry of the talk takes at most {MOST_CHARACTERS} characters")
        kept = await self._codec.pack(cim_id, text)
        document: Document = {"cim_id": cim_id, "kind": kind, "data": kept, "at": datetime.now(UTC)}
        async with self._locks.of(cim_id):
            await self.check(cim_id)
            n = await self._known_end(cim_id)
            talk = await self._talk()
            while True:
                try:
                    await talk.insert_one({"_id": talk_key(cim_id, n + 1), **document})
                    break
                except DuplicateKeyError:
                    n = await last_number(talk, partial(talk_key, cim_id), n + 1)
            self._know(cim_id, n + 1)
        self._keep(cim_id, TalkEntry(n=n + 1, kind=kind, data=json.loads(text)))
        return n + 1

    @translated
    async def check(self, cim_id: str) -> None:
        """Raises CIMErased. What was asked some seconds ago is not asked again."""
        if time.monotonic() - self._checked.get(cim_id, -SECONDS_CHECKED) < SECONDS_CHECKED:
            return
        kept = await self._heads.kept(cim_id)
        if kept is not None and kept.erased:
            self.forget(cim_id)
            raise CIMErased(f"the CIM {cim_id} was deleted")
        _note(self._checked, cim_id, time.monotonic())

    @translated
    async def read(self, cim_id: str, after: int, limit: int) -> list[TalkEntry]:
        """The entries that follow `after`, in order. Raises TalkGap where they are gone, or `after` never was."""
        found: list[TalkEntry] = []
        while len(found) < limit and (known := self._cache.get(talk_key(cim_id, after + len(found) + 1))):
            found.append(known)
        if len(found) < limit:
            documents = await self._documents(cim_id, after + len(found), limit - len(found))
            for n, document in enumerate(documents, after + len(found) + 1):
                data = json.loads(await self._codec.unpack(document["data"]))
                entry = TalkEntry(n=n, kind=document["kind"], data=data)
                self._keep(cim_id, entry)
                found.append(entry)
            if documents:
                self._know(cim_id, found[-1].n)
        if not found and (end := await self.end(cim_id)) != after:
            if end > after and await self._documents(cim_id, after, 1):
                return await self.read(cim_id, after, limit)
            raise TalkGap(f"the talk of {cim_id} goes from {await self.floor(cim_id) + 1} to {end}")
        return found

    async def all(self, cim_id: str, after: int, to: int) -> AsyncGenerator[TalkEntry]:
        """Every entry after `after` up to `to`, in order, in pages. Raises TalkGap."""
        while after < to:
            page = await self.read(cim_id, after, min(PAGE, to - after))
            if not page:
                return
            for entry in page:
                yield entry
            after = page[-1].n

    @translated
    async def end(self, cim_id: str) -> int:
        """The number of the newest entry; 0 for none. Where it is remembered, this is one look past it."""
        if (await self._server.traits()).finds_ranges:
            wanted = {"_id": keys_after(cim_id, 0)}
            newest = await (await self._talk()).find_one(wanted, {"_id": 1}, sort=[("_id", -1)])
            end = 0 if newest is None else number_of(newest["_id"])
        else:
            known = await self._known_end(cim_id)
            end = await last_number(await self._talk(), partial(talk_key, cim_id), known)
        self._know(cim_id, end)
        return self._ends.get(cim_id, end)

    @translated
    async def floor(self, cim_id: str) -> int:
        """The highest number that went away; 0 for none."""
        found = (await self._server.collection(FLOORS)).find({"cim_id": cim_id}, {"_id": 1})
        return max([number_of(document["_id"]) async for document in found], default=0)

    @translated
    async def sweep(self, cim_id: str, before: datetime, to: int) -> int:
        """Takes away what was said before `before`, at most up to `to`; the newest entry stays. How many went.

        The new floor is there before the first entry goes, so that nobody takes the hole for the end. The last hour
        stays: writers look for the floor every few seconds only.
        """
        before = min(before, datetime.now(UTC) - SHORTEST_AGE)
        start = floor = await self.floor(cim_id)
        end = min(to, await self.end(cim_id) - 1)
        talk, floors = await self._talk(), await self._server.collection(FLOORS)
        while floor < end:
            page = await self._documents(cim_id, floor, min(PAGE, end - floor))
            old = next((n for n, document in enumerate(page) if document["at"] >= before), len(page))
            if old == 0:
                break
            previous, floor = floor, floor + old
            await floors.replace_one({"_id": talk_key(cim_id, floor)}, {"cim_id": cim_id}, upsert=True)
            await talk.delete_many({"_id": {"$gt": talk_key(cim_id, 0), "$lte": talk_key(cim_id, floor)}})
            await floors.delete_one({"_id": talk_key(cim_id, previous)})
        for n in range(start + 1, floor + 1):
            self._cache.pop(talk_key(cim_id, n), None)
        return floor - start

    @translated
    async def cims(self) -> list[str]:
        """Those in which something was said. A `distinct` would be one document, of 16 MB at most."""
        found = await (await self._talk()).aggregate([{"$group": {"_id": "$cim_id"}}])
        return [str(document["_id"]) async for document in found]

    def forget(self, cim_id: str) -> None:
        for known in (self._ends, self._checked, self._looked):
            known.pop(cim_id, None)
        for key in [key for key in self._cache if key.startswith(f"{cim_id}:")]:
            del self._cache[key]

    async def ensure_indexes(self) -> None:
        for name in (TALK, FLOORS):
            await (await self._server.collection(name)).create_index([("cim_id", 1)])

    async def _known_end(self, cim_id: str) -> int:
        """A number that is there, or right before the first one. The floor may have passed what is remembered."""
        known = self._ends.get(cim_id)
        if known is None or time.monotonic() - self._looked.get(cim_id, -SECONDS_CHECKED) >= SECONDS_CHECKED:
            known = max(await self.floor(cim_id), known or 0)
            _note(self._looked, cim_id, time.monotonic())
        return known

    async def _documents(self, cim_id: str, after: int, limit: int) -> list[Document]:
        talk = await self._talk()
        if not (await self._server.traits()).finds_ranges:
            return await consecutive(talk, partial(talk_key, cim_id), after, limit)
        wanted = {"_id": keys_after(cim_id, after)}
        found = [document async for document in talk.find(wanted, sort=[("_id", 1)], limit=limit)]
        return found if found and number_of(found[0]["_id"]) == after + 1 else []

    def _know(self, cim_id: str, n: int) -> None:
        _note(self._ends, cim_id, max(n, self._ends.get(cim_id, 0)))

    def _keep(self, cim_id: str, entry: TalkEntry) -> None:
        """Entries never change, so every reader in this process gets the one that was read or said first."""
        text = entry.data.get("text")
        if isinstance(text, str) and len(text) > LARGEST_CACHED:
            return
        self._cache[talk_key(cim_id, entry.n)] = entry
        while len(self._cache) > MOST_CACHED:
            self._cache.popitem(last=False)

    async def _talk(self) -> Collection:
        return await self._server.collection(TALK)


def _note(known: OrderedDict[str, Noted], cim_id: str, value: Noted) -> None:
    known[cim_id] = value
    known.move_to_end(cim_id)
    while len(known) > MOST_CIMS:
        known.popitem(last=False)


def number_of(key: str) -> int:
    return int(key.rpartition(":")[2])
