"""Short news that nobody needs later: progress of runs, uploads and exports, presence, pieces of answers."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import JsonValue
from pymongo.errors import DuplicateKeyError

from domain.values import Value
from store.codec import Codec
from store.errors import translated
from store.server import Collection, Server

NOTICES = "notices"
KEPT_SECONDS = 60.0
MOST_READ = 100


class News(Value):
    """A wake-up: there are events up to `rev`, entries of the talk up to `talk`; 0 where nothing is known of them.

    With both 0 there may be anything past your cursor.
    """

    cim_id: str
    rev: int = 0
    talk: int = 0

    @property
    def is_vague(self) -> bool:
        return self.rev == 0 and self.talk == 0

    def and_then(self, later: News) -> News:
        if self.is_vague or later.is_vague:
            return News(cim_id=self.cim_id)
        return News(cim_id=self.cim_id, rev=max(self.rev, later.rev), talk=max(self.talk, later.talk))


class Notice(Value):
    """Short news of one CIM. It may get lost; what it tells of can be read elsewhere."""

    kind: str
    cim_id: str
    data: dict[str, JsonValue]


class NoticeBoard:
    """Notices under consecutive numbers, so that a reader finds the next ones without a scan.

    A number is taken by inserting under it; who comes second takes the next. Each process takes away its own notices
    after a minute; those of a process that died go when the next one starts.
    """

    def __init__(self, server: Server, codec: Codec) -> None:
        self._server = server
        self._codec = codec
        self._last: int | None = None
        self._taking = asyncio.Lock()
        self._own: list[tuple[float, int]] = []

    @translated
    async def post(self, notice: Notice) -> None:
        document = {
            "cim_id": notice.cim_id,
            "kind": notice.kind,
            "data": await self._codec.pack(notice.cim_id, json.dumps(notice.data, ensure_ascii=False)),
        }
        async with self._taking:
            board = await self._board()
            if self._last is None:
                self._last = await self._end(board)
            while True:
                number = self._last + 1
                try:
                    await board.insert_one({"_id": _key(number), **document, "at": datetime.now(UTC)})
                    break
                except DuplicateKeyError:
                    self._last = number
            self._last = number
            self._own.append((time.monotonic(), number))
        await self._sweep(board)

    @translated
    async def end(self) -> int:
        """The number of the newest notice; 0 for none. Takes away what is old."""
        board = await self._board()
        old = datetime.now(UTC) - timedelta(seconds=KEPT_SECONDS * 5)
        last = await self._end(board)
        await board.delete_many({"at": {"$lt": old}, "_id": {"$ne": _key(last)}})
        return last

    @translated
    async def after(self, number: int) -> tuple[list[Notice], int]:
        """The notices that follow, and the number of the last of them."""
        board = await self._board()
        found: list[Notice] = []
        while len(found) < MOST_READ:
            document = await board.find_one({"_id": _key(number + 1)})
            if document is None:
                break
            number += 1
            found.append(await self.notice_of(document))
        return found, number

    async def notice_of(self, document: Mapping[str, Any]) -> Notice:
        data = json.loads(await self._codec.unpack(document["data"]))
        return Notice(kind=document["kind"], cim_id=document["cim_id"], data=data)

    async def _end(self, board: Collection) -> int:
        newest = [document async for document in board.find({}, {"_id": 1}, sort=[("_id", -1)], limit=1)]
        return int(newest[0]["_id"]) if newest else 0

    async def _sweep(self, board: Collection) -> None:
        """Half of what was kept stays: the newest number must not vanish, since others count on from it."""
        cut = time.monotonic() - KEPT_SECONDS
        if len(self._own) < 2 * MOST_READ or self._own[MOST_READ][0] > cut:
            return
        taken, self._own = self._own[:MOST_READ], self._own[MOST_READ:]
        await board.delete_many({"_id": {"$in": [_key(number) for _, number in taken]}})

    async def _board(self) -> Collection:
        return await self._server.collection(NOTICES)


def _key(number: int) -> str:
    return f"{number:016}"


async def ensure_notices(server: Server) -> None:
    """Where notices are followed by a change stream, the server takes them away itself."""
    if (await server.traits()).has_change_streams:
        await (await server.collection(NOTICES)).create_index([("at", 1)], expireAfterSeconds=int(KEPT_SECONDS))
