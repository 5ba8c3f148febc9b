"""What people add to a run under way, numbered by run."""

from __future__ import annotations

from functools import partial

from pymongo.errors import DuplicateKeyError

from store.codec import Codec
from store.errors import RunClosed, TooMany, translated
from store.numbered import consecutive, last_number
from store.server import Collection, Server
from store.talk import Say

STEERS = "steers"
MOST_STEERS = 200


class Steers:
    def __init__(self, server: Server, codec: Codec, say: Say) -> None:
        self._server = server
        self._codec = codec
        self._say = say

    async def add(self, cim_id: str, run_id: str, text: str, by: str) -> int:
        """Adds a text to a run under way and says so; its number in the run, from 1. Raises TooMany, and RunClosed
        after `close`."""
        n = await self._insert(cim_id, run_id, text, by)
        await self._say(cim_id, "steer", {"run_id": run_id, "text": text, "by": by})
        return n

    @translated
    async def _insert(self, cim_id: str, run_id: str, text: str, by: str) -> int:
        steers = await self._steers()
        kept = await self._codec.pack(cim_id, text)
        n = 0
        while n < MOST_STEERS:
            try:
                document = {"_id": _key(run_id, n + 1), "cim_id": cim_id, "text": kept, "by": by}
                await steers.insert_one(document)
            except DuplicateKeyError:
                n = await last_number(steers, partial(_key, run_id), n + 1)
                if await steers.find_one({"_id": _key(run_id, n), "closed_by": {"$exists": True}}):
                    raise RunClosed(f"run {run_id} has given its last answer") from None
            else:
                return n + 1
        raise TooMany(f"a run takes at most {MOST_STEERS} additions")

    @translated
    async def after(self, run_id: str, after: int = 0) -> list[str]:
        found = await consecutive(await self._steers(), partial(_key, run_id), after, MOST_STEERS)
        return [await self._codec.unpack(document["text"]) for document in found if "text" in document]

    @translated
    async def close(self, cim_id: str, run_id: str, after: int, by: str) -> bool:
        """Nothing more is taken, unless something was added past the first `after`: then False, and all stays open.

        Whoever closed may ask again.
        """
        steers, key = await self._steers(), _key(run_id, after + 1)
        try:
            await steers.insert_one({"_id": key, "cim_id": cim_id, "closed_by": by})
        except DuplicateKeyError:
            return await steers.find_one({"_id": key, "closed_by": by}) is not None
        return True

    async def _steers(self) -> Collection:
        return await self._server.collection(STEERS)


def _key(run_id: str, n: int) -> str:
    return f"{run_id}:{n:04}"
