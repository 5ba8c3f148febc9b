"""The live feed: one watcher for each process, fanned out to its subscribers, and only while there are some."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

from pydantic import JsonValue

from store.codec import Codec
from store.errors import StoreError
from store.heads import Heads
from store.notices import News, Notice, NoticeBoard
from store.server import Server
from store.talk import Talk
from store.watching import follow_changes, poll

logger = logging.getLogger(__name__)

MOST_NOTICES_WAITING = 500
SECONDS_BEFORE_RETRY = 0.5


class Subscription(AsyncIterator[News | Notice]):
    """What happens to one CIM. Wake-ups that wait become one; of too many notices the oldest go."""

    def __init__(self, cim_id: str) -> None:
        self.cim_id = cim_id
        self._woken: News | None = None
        self._notices: deque[Notice] = deque(maxlen=MOST_NOTICES_WAITING)
        self._something = asyncio.Event()

    def wake(self, news: News) -> None:
        self._woken = news if self._woken is None else self._woken.and_then(news)
        self._something.set()

    def tell(self, notice: Notice) -> None:
        self._notices.append(notice)
        self._something.set()

    async def __anext__(self) -> News | Notice:
        await self._something.wait()
        if self._woken is not None:
            notice, self._woken = self._woken, None
        else:
            notice = self._notices.popleft()
        if self._woken is None and not self._notices:
            self._something.clear()
        return notice


class Subscribers:
    """Who listens, by CIM."""

    def __init__(self) -> None:
        self._by_cim: dict[str, set[Subscription]] = {}
        self.changed = asyncio.Event()

    def __bool__(self) -> bool:
        return bool(self._by_cim)

    def cims(self) -> list[str]:
        return list(self._by_cim)

    def add(self, subscription: Subscription) -> None:
        self._by_cim.setdefault(subscription.cim_id, set()).add(subscription)
        self.changed.set()

    def remove(self, subscription: Subscription) -> None:
        listening = self._by_cim[subscription.cim_id]
        listening.discard(subscription)
        if not listening:
            del self._by_cim[subscription.cim_id]

    def wake(self, news: News) -> None:
        for subscription in self._by_cim.get(news.cim_id, ()):
            subscription.wake(news)

    def wake_all(self) -> None:
        for cim_id in self.cims():
            self.wake(News(cim_id=cim_id))

    def tell(self, notice: Notice) -> None:
        for subscription in self._by_cim.get(notice.cim_id, ()):
            subscription.tell(notice)


class Feed:
    """Wake-ups for what was recorded or said, and short notices. Missing one can only delay: readers page the logs."""

    def __init__(self, server: Server, codec: Codec, heads: Heads, talk: Talk) -> None:
        self._server = server
        self._heads = heads
        self._talk = talk
        self._board = NoticeBoard(server, codec)
        self._subscribers = Subscribers()
        self._watching: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def subscribe(self, cim_id: str) -> AsyncGenerator[Subscription]:
        """Starts with a wake-up, so that whoever reads on each one misses nothing."""
        subscription = Subscription(cim_id)
        subscription.wake(News(cim_id=cim_id))
        self._subscribers.add(subscription)
        if self._watching is None or self._watching.done():
            self._watching = asyncio.create_task(self._watch())
        try:
            yield subscription
        finally:
            self._subscribers.remove(subscription)

    async def publish(self, cim_id: str, kind: str, data: dict[str, JsonValue]) -> None:
        """To every process that listens. Raises StoreUnavailable."""
        await self._board.post(Notice(kind=kind, cim_id=cim_id, data=data))

    def wake(self, cim_id: str, rev: int = 0, talk: int = 0) -> None:
        """Tells the subscribers in this process without waiting for the watcher."""
        self._subscribers.wake(News(cim_id=cim_id, rev=rev, talk=talk))

    async def close(self) -> None:
        watching, self._watching = self._watching, None
        if watching is not None:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching

    async def _watch(self) -> None:
        """Watches for as long as somebody listens. After every break all are woken, since any news may be missed."""
        while self._subscribers:
            try:
                if (await self._server.traits()).has_change_streams:
                    await follow_changes(self._server, self._board, self._subscribers)
                else:
                    await poll(self._heads, self._talk, self._board, self._subscribers)
            except StoreError as error:
                logger.warning("the feed was interrupted: %s", error)
                await asyncio.sleep(SECONDS_BEFORE_RETRY)
            except Exception:
                logger.exception("the feed stumbled; it goes on")
                await asyncio.sleep(SECONDS_BEFORE_RETRY)
            self._subscribers.wake_all()
