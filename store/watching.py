"""How one process learns of news: by change streams where the server has them, else by looking again and again."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol

from store.errors import StoreUnavailable, translated
from store.heads import CIMS, Heads
from store.notices import NOTICES, News, Notice, NoticeBoard
from store.server import Server
from store.talk import TALK, Talk, number_of

SHORTEST_PAUSE = 0.01
QUIET_PAUSE = 0.06
LONGEST_PAUSE = 0.25
QUIET_AFTER = 2.0
PAUSE_PER_LOOK = 4
LONGEST_GAP = 30.0
AWAIT_MS = 500


class Listeners(Protocol):
    def __bool__(self) -> bool: ...
    def cims(self) -> list[str]: ...
    def wake(self, news: News) -> None: ...
    def wake_all(self) -> None: ...
    def tell(self, notice: Notice) -> None: ...


async def poll(heads: Heads, talk: Talk, board: NoticeBoard, listeners: Listeners) -> None:
    """Looks at heads and talk of the CIMs that somebody listens to, and at the next notice, while anybody listens.

    It rests four times as long as a look took, so that it never takes more than a fifth of a core. Raises
    StoreUnavailable, also when it slept so long that notices may have gone meanwhile.
    """
    seen: dict[str, News] = {}
    number = await board.end()
    news_at = time.monotonic()
    while listeners:
        began = time.monotonic()
        cims = listeners.cims()
        seen = {cim_id: seen[cim_id] for cim_id in cims if cim_id in seen}
        for cim_id in cims:
            standing, said = await asyncio.gather(heads.standing(cim_id), talk.end(cim_id))
            news = News(cim_id=cim_id, rev=standing.rev if standing is not None else 0, talk=said)
            if news != seen.get(cim_id):
                seen[cim_id] = news
                news_at = began
                listeners.wake(news)
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
async def follow_changes(server: Server, board: NoticeBoard, listeners: Listeners) -> None:
    """Follows the heads, the talk and the notices of all CIMs, while anybody listens.

    All are woken once the stream is open: what came before is not in it.
    """
    database = await server.database()
    kinds = ["insert", "replace"]
    wanted = [{"$match": {"ns.coll": {"$in": [CIMS, TALK, NOTICES]}, "operationType": {"$in": kinds}}}]
    async with await database.watch(wanted, max_await_time_ms=AWAIT_MS) as changes:
        listeners.wake_all()
        while listeners:
            change = await changes.try_next()
            if change is None:
                continue
            document = change["fullDocument"]
            if change["ns"]["coll"] == CIMS:
                listeners.wake(News(cim_id=document["_id"], rev=document["rev"]))
            elif change["ns"]["coll"] == TALK:
                listeners.wake(News(cim_id=document["cim_id"], talk=number_of(document["_id"])))
            else:
                listeners.tell(await board.notice_of(document))
