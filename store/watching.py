"""How one process learns of news: by change streams where the server has them, else by looking again and again."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol

from store.errors import StoreUnavailable, translated
from store.heads import CIMS, Heads
from store.notices import NOTICES, Notice, NoticeBoard, notice_of
from store.server import Server

SHORTEST_PAUSE = 0.025
QUIET_PAUSE = 0.06
LONGEST_PAUSE = 0.25
QUIET_AFTER = 2.0
PAUSE_PER_LOOK = 4
LONGEST_GAP = 30.0
AWAIT_MS = 500


class Listeners(Protocol):
    def __bool__(self) -> bool: ...
    def cims(self) -> list[str]: ...
    def wake(self, cim_id: str, rev: int = 0) -> None: ...
    def tell(self, notice: Notice) -> None: ...


async def poll(heads: Heads, board: NoticeBoard, listeners: Listeners) -> None:
    """Looks at the heads of the CIMs that somebody listens to, and at the next notice, while anybody listens.

    It rests four times as long as a look took, so that it never takes more than a fifth of a core. Raises
    StoreUnavailable, also when it slept so long that notices may have gone meanwhile.
    """
    revs: dict[str, int] = {}
    number = await board.end()
    news_at = time.monotonic()
    while listeners:
        began = time.monotonic()
        cims = listeners.cims()
        revs = {cim_id: revs[cim_id] for cim_id in cims if cim_id in revs}
        for cim_id in cims:
            standing = await heads.standing(cim_id)
            rev = standing.rev if standing is not None else 0
            if rev != revs.get(cim_id):
                revs[cim_id] = rev
                news_at = began
                listeners.wake(cim_id, rev)
        notices, number = await board.after(number)
        for notice in notices:
            news_at = began
            listeners.tell(notice)
        took = time.monotonic() - began
        shortest = SHORTEST_PAUSE if began - news_at < QUIET_AFTER else QUIET_PAUSE
        await asyncio.sleep(min(max(took * PAUSE_PER_LOOK, shortest), LONGEST_PAUSE))
        if time.monotonic() - began > LONGEST_GAP:
            raise StoreUnavailable("the feed was asleep for too long")


@translated
async def follow_changes(server: Server, listeners: Listeners) -> None:
    """Follows the heads and notices of all CIMs, while anybody listens."""
    database = await server.database()
    wanted = [{"$match": {"ns.coll": {"$in": [CIMS, NOTICES]}, "operationType": {"$in": ["insert", "replace"]}}}]
    async with await database.watch(wanted, max_await_time_ms=AWAIT_MS) as changes:
        while listeners:
            change = await changes.try_next()
            if change is None:
                continue
            document = change["fullDocument"]
            if change["ns"]["coll"] == CIMS:
                listeners.wake(document["_id"], document["rev"])
            else:
                listeners.tell(notice_of(document))
