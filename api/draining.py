"""Leaving in good order: whoever spreads the load turns away, streams end with a reason, requests are finished."""

from __future__ import annotations

import asyncio
import time
from types import FrameType

import uvicorn
from sse_starlette.sse import AppStatus


class Drain:
    """Whether this process is on its way out. It does not come back from there."""

    def __init__(self) -> None:
        self._begun = asyncio.Event()

    @property
    def is_on(self) -> bool:
        return self._begun.is_set()

    def begin(self) -> None:
        self._begun.set()

    async def begun(self) -> None:
        await self._begun.wait()


class DrainingServer(uvicorn.Server):
    """Asked to stop, it drains for `seconds` more while it still takes requests, then finishes those under way.

    Asked once more, it takes no more requests at once. A process that has done as it was asked ends with exit code 0.
    """

    def __init__(self, config: uvicorn.Config, drain: Drain, seconds: float) -> None:
        super().__init__(config)
        self._drain = drain
        self._seconds = seconds
        self._asked_at: float | None = None
        # Streams tell their reason themselves, which takes a moment longer than being cut off.
        AppStatus.disable_automatic_graceful_drain()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self._asked_at is None:
            self._asked_at = time.monotonic()
        else:
            self._seconds = 0.0

    async def on_tick(self, counter: int) -> bool:
        if self._asked_at is not None:
            self._drain.begin()
            if time.monotonic() >= self._asked_at + self._seconds:
                self.should_exit = True
        return await super().on_tick(counter)
