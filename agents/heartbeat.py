"""Tells Temporal that a node is alive, and hears of a cancellation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

from temporalio import activity

BEAT_SECONDS = 2.0


@asynccontextmanager
async def beating() -> AsyncGenerator[None]:
    """Heartbeats while the block runs; nothing outside an activity."""
    if not activity.in_activity():
        yield
        return
    task = asyncio.create_task(_beat())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def attempt() -> int:
    """Which try of the activity this is, from 1; 1 outside of one."""
    return activity.info().attempt if activity.in_activity() else 1


async def _beat() -> None:
    while True:
        activity.heartbeat()
        await asyncio.sleep(BEAT_SECONDS)
