"""The event stream of one book: the log from the reader's own cursor, woken by the feed.

What is sent with an id comes from the log only, page by page from the cursor, so nothing is lost or sent twice: a
notice that is missed can only delay. Notices without an id (runs, sources, exports) are a courtesy.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Literal

from sse_starlette import ServerSentEvent

from access import AccessUnavailable
from api.dependencies import OpenCIM, role_in
from api.parts import Parts
from api.problems import ApiProblem
from store import News, Notice, StoreUnavailable, Subscription

PAGE = 200
RETRY_MS = 2_000
SEPARATOR = "\n"

CloseReason = Literal["lifetime", "access_lost", "access_unavailable", "token_expired", "deleted"]


class _Closed(Exception):
    def __init__(self, reason: CloseReason) -> None:
        super().__init__(reason)
        self.reason: CloseReason = reason


class EventStream:
    """One reader of one book, from `cursor` (the last seq it has)."""

    def __init__(self, parts: Parts, opened: OpenCIM, cursor: int) -> None:
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
            async with (
                self._parts.store.feed.subscribe(self._opened.cim_id) as subscription,
                aclosing(self._follow(subscription)) as messages,
            ):
                async for message in messages:
                    yield message
        except _Closed as closed:
            yield _sent("closing", {"reason": closed.reason})

    async def _follow(self, subscription: Subscription) -> AsyncGenerator[ServerSentEvent]:
        upcoming = asyncio.create_task(_next(subscription))
        try:
            while True:
                await asyncio.wait({upcoming}, timeout=self._wait_seconds())
                await self._check()
                notice = upcoming.result() if upcoming.done() else None
                if notice is not None:
                    upcoming = asyncio.create_task(_next(subscription))
                if isinstance(notice, Notice):
                    yield _sent(notice.kind, notice.data)
                elif notice is None or not 0 < notice.rev <= self._cursor:
                    async for message in self._catch_up():
                        yield message
        finally:
            upcoming.cancel()

    async def _catch_up(self) -> AsyncGenerator[ServerSentEvent]:
        """Everything in the log past the cursor. Waits while the store is down."""
        while True:
            try:
                page = await self._parts.store.events(self._opened.cim_id, self._cursor, PAGE)
                is_gone = not page and await self._parts.store.head(self._opened.cim_id) is None
            except StoreUnavailable:
                await asyncio.sleep(self._times.store_pause)
                await self._check()
                continue
            for record in page:
                self._cursor = record.seq
                yield _sent(record.type, record.model_dump(mode="json"), seq=record.seq)
                is_gone = is_gone or record.type == "cim_deleted"
            if is_gone:
                raise _Closed("deleted")
            if len(page) < PAGE:
                return
            await self._check()

    def _wait_seconds(self) -> float:
        soonest = min(self._ends_at, self._token_ends_at, self._check_at)
        return max(0.0, min(soonest - time.monotonic(), self._times.longest_wait))

    async def _check(self) -> None:
        """Raises _Closed when the stream is over, its token has expired, or access is lost or unknown for too long."""
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


def _sent(event: str, data: object, seq: int | None = None) -> ServerSentEvent:
    """JSON escapes every line break, so that no content can end a message or begin a field."""
    line = json.dumps(data, separators=(",", ":"), allow_nan=False)
    return ServerSentEvent(line, event=event, id=None if seq is None else str(seq), sep=SEPARATOR)
