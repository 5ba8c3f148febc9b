"""The event stream of one book: its log and its talk from the reader's own cursor, woken by the feed.

What is sent with an id comes from log and talk only, page by page from the cursor, so nothing is lost or sent twice: a
notice that is missed can only delay. The id says how far both were read. Without an id come what a reader who knows
nothing of the talk is told before `ready`, and notices (runs, sources, exports), which are a courtesy.
"""

from __future__ import annotations

import asyncio
import json
import time
from asyncio import FIRST_COMPLETED
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, TypeVar

from sse_starlette import ServerSentEvent

from access import AccessUnavailable
from api.dependencies import OpenCIM, role_in
from api.parts import Parts
from api.problems import ApiProblem
from store import News, Notice, StoreUnavailable, Subscription, TalkGap

PAGE = 200
RETRY_MS = 2_000
SEPARATOR = "\n"

Read = TypeVar("Read")

CloseReason = Literal["lifetime", "access_lost", "access_unavailable", "token_expired", "deleted", "draining"]


class _Closed(Exception):
    def __init__(self, reason: CloseReason) -> None:
        super().__init__(reason)
        self.reason: CloseReason = reason


@dataclass
class Cursor:
    """The last event and the last entry of the talk that a reader has; no `talk`: the reader knows nothing of it."""

    seq: int
    talk: int | None = None

    def __str__(self) -> str:
        return str(self.seq) if self.talk is None else f"{self.seq}.{self.talk}"

    @classmethod
    def parse(cls, text: str) -> Cursor:
        seq, _, talk = text.partition(".")
        return cls(int(seq), int(talk) if talk else None)


class EventStream:
    """One reader of one book, from `cursor`."""

    def __init__(self, parts: Parts, opened: OpenCIM, cursor: Cursor) -> None:
        self._parts = parts
        self._times = parts.stream_times
        self._opened = opened
        self._cursor = cursor
        now = time.monotonic()
        self._ends_at = now + self._times.lifetime
        token_left = (opened.person.expires_at - datetime.now(UTC)).total_seconds()
        self._token_ends_at = now + token_left
        self._checked_at = now
        self._check_at = now + self._times.access_check

    async def messages(self) -> AsyncGenerator[ServerSentEvent]:
        yield ServerSentEvent(comment="connected", retry=RETRY_MS, sep=SEPARATOR)
        try:
            with self._parts.rights.changes_of(self._opened.person.person_id) as changed:
                async with (
                    self._parts.store.feed.subscribe(self._opened.cim_id) as subscription,
                    aclosing(self._follow(subscription, changed)) as messages,
                ):
                    async for message in messages:
                        yield message
        except _Closed as closed:
            yield _sent("closing", {"reason": closed.reason})

    async def _follow(
        self, subscription: Subscription, rights_changed: asyncio.Event
    ) -> AsyncGenerator[ServerSentEvent]:
        upcoming = asyncio.create_task(_next(subscription))
        changed = asyncio.create_task(rights_changed.wait())
        leaving = asyncio.create_task(self._parts.drain.begun())
        try:
            while True:
                awaited = {upcoming, changed, leaving}
                await asyncio.wait(awaited, timeout=self._wait_seconds(), return_when=FIRST_COMPLETED)
                if changed.done():
                    rights_changed.clear()
                    self._check_at = 0.0
                    changed = asyncio.create_task(rights_changed.wait())
                await self._check()
                notice = upcoming.result() if upcoming.done() else None
                if notice is not None:
                    upcoming = asyncio.create_task(_next(subscription))
                if isinstance(notice, Notice):
                    yield _sent(notice.kind, notice.data)
                    continue
                news = notice or News(cim_id=self._opened.cim_id)
                if news.is_vague or news.rev > self._cursor.seq:
                    async for message in self._events():
                        yield message
                if news.is_vague or self._cursor.talk is None or news.talk > self._cursor.talk:
                    async for message in self._talk(up_to=news.talk):
                        yield message
        finally:
            upcoming.cancel()
            changed.cancel()
            leaving.cancel()

    async def _events(self) -> AsyncGenerator[ServerSentEvent]:
        """Everything in the log past the cursor."""
        store, cim_id = self._parts.store, self._opened.cim_id
        while True:
            page = await self._patiently(lambda: store.events(cim_id, self._cursor.seq, PAGE))
            is_gone = not page and await self._patiently(lambda: store.head(cim_id)) is None
            for record in page:
                self._cursor.seq = record.seq
                yield self._numbered(record.type, record.model_dump(mode="json"))
                is_gone = is_gone or record.type == "cim_deleted"
            if is_gone:
                raise _Closed("deleted")
            if len(page) < PAGE:
                return
            await self._check()

    async def _talk(self, up_to: int) -> AsyncGenerator[ServerSentEvent]:
        """Everything in the talk past the cursor, where it is known (not 0) up to an entry that is there."""
        store, cim_id = self._parts.store, self._opened.cim_id
        while (talk := self._cursor.talk) is not None and not 0 < up_to <= talk:
            limit = min(PAGE, up_to - talk) if up_to else PAGE
            try:
                page = await self._patiently(lambda talk=talk, limit=limit: store.talk(cim_id, talk, limit))
            except TalkGap:
                yield _sent("talk_reset", {})
                self._cursor.talk = None
                break
            for entry in page:
                self._cursor.talk = entry.n
                yield self._numbered(entry.kind, entry.data)
            if len(page) < limit:
                return
            await self._check()
        if self._cursor.talk is None:
            async for message in self._opening():
                yield message

    async def _opening(self) -> AsyncGenerator[ServerSentEvent]:
        """What is being written, as it reads now; with `ready` the cursor says that the reader has it all."""
        store = self._parts.store
        spoken = await self._patiently(lambda: store.unfinished.now(self._opened.cim_id))
        for message_id, said in sorted(spoken.texts.items()):
            message = await self._patiently(lambda id_=message_id: store.messages.get(id_))
            if message is None or message.is_final:
                continue
            yield _sent("message", message.model_copy(update={"text": said.text}).model_dump(mode="json"))
            yield _sent("message_reset", {"message_id": message_id, "attempt": said.attempt, "text": said.text})
        self._cursor.talk = spoken.n
        yield self._numbered("ready", {"seq": self._cursor.seq, "talk": spoken.n})

    async def _patiently(self, read: Callable[[], Awaitable[Read]]) -> Read:
        """Waits while the store is down."""
        while True:
            try:
                return await read()
            except StoreUnavailable:
                await asyncio.sleep(self._times.store_pause)
                await self._check()

    def _numbered(self, event: str, data: object) -> ServerSentEvent:
        return _sent(event, data, str(self._cursor))

    def _wait_seconds(self) -> float:
        soonest = min(self._ends_at, self._token_ends_at, self._check_at)
        return max(0.0, min(soonest - time.monotonic(), self._times.longest_wait))

    async def _check(self) -> None:
        """Raises _Closed when the stream is over, its token has expired, access is lost or unknown for too long, or
        the process is on its way out."""
        if self._parts.drain.is_on:
            raise _Closed("draining")
        now = time.monotonic()
        if now >= self._token_ends_at:
            raise _Closed("token_expired")
        if now >= self._ends_at:
            raise _Closed("lifetime")
        if now < self._check_at:
            return
        try:
            await role_in(self._parts, self._opened.person, self._opened.address, fresh=True)
        except ApiProblem:
            raise _Closed("access_lost") from None
        except AccessUnavailable:
            if now - self._checked_at >= self._times.access_patience:
                raise _Closed("access_unavailable") from None
            self._check_at = now + 1.0
        else:
            self._checked_at = now
            self._check_at = now + self._times.access_check


async def _next(subscription: Subscription) -> News | Notice:
    return await anext(subscription)


def _sent(event: str, data: object, cursor: str | None = None) -> ServerSentEvent:
    """JSON escapes every line break, so that no content can end a message or begin a field."""
    line = json.dumps(data, separators=(",", ":"), allow_nan=False)
    return ServerSentEvent(line, event=event, id=cursor, sep=SEPARATOR)
