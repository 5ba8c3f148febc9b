"""Timing: percentiles of repeated calls, and throughput of many at once."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence

from pydantic import BaseModel

Call = Callable[[], Awaitable[object]]


class Latency(BaseModel):
    """Milliseconds."""

    p50: float
    p95: float
    count: int

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Latency:
        ordered = sorted(seconds)
        return cls(
            p50=round(statistics.median(ordered) * 1000, 2),
            p95=round(ordered[max(0, int(len(ordered) * 0.95) - 1)] * 1000, 2),
            count=len(ordered),
        )


class Spread(BaseModel):
    """Minimum, median and maximum of so many measurements; `count` is 0 where it was not written down."""

    min: float
    median: float
    max: float
    count: int = 0

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        return cls(
            min=round(min(values), 2),
            median=round(statistics.median(values), 2),
            max=round(max(values), 2),
            count=len(values),
        )


async def timed(call: Call, times: int) -> list[float]:
    """Seconds of each call, one after the other."""
    seconds: list[float] = []
    for _ in range(times):
        began = time.perf_counter()
        await call()
        seconds.append(time.perf_counter() - began)
    return seconds


async def throughput(callers: Sequence[Call], seconds: float) -> float:
    """Calls per second, each caller calling again as soon as it is answered."""
    ends = time.perf_counter() + seconds
    began = time.perf_counter()

    async def keep_calling(call: Call) -> int:
        count = 0
        while time.perf_counter() < ends:
            await call()
            count += 1
        return count

    counts = await asyncio.gather(*(keep_calling(call) for call in callers))
    return sum(counts) / (time.perf_counter() - began)
