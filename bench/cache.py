"""What open books take in a worker that keeps few of them, and what a save of one that it let go costs.

`python -m bench.cache [CACHED]` opens 1,000 books on a stack of its own whose worker keeps `CACHED` workflows in memory
(`BOOKRUNNER_WORKER_CACHED_WORKFLOWS`), by default 200, and saves slides in those it keeps and in those it let go. At
the end each is used again in the order in which they were opened: with the oldest let go, each by a replay.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence

from bench.books import Book, Desk
from bench.measure import Latency, timed
from bench.processes import resident_mb
from deploy.embedded.product import fresh_product
from deploy.embedded.steps import say
from deploy.embedded.supervisor import RunningStack

CACHED, OPENED, AT_ONCE = 200, 1_000, 8
LONG_BOOKS, LONG = 20, 100
SAMPLES = 20


async def _each(books: Sequence[Book], saves: int) -> None:
    """Some books at a time."""
    room = asyncio.Semaphore(AT_ONCE)

    async def work(book: Book) -> None:
        async with room:
            await timed(book.save_slide, saves)

    await asyncio.gather(*(work(book) for book in books))


async def _opened(desk: Desk) -> list[Book]:
    books: list[Book] = []
    for _ in range(OPENED):
        books.append(await desk.create())
        await books[-1].save_slide()
    return books


async def _first_saves(books: Sequence[Book]) -> Latency:
    return Latency.of([(await timed(book.save_slide, 1))[0] for book in books])


async def measure(running: RunningStack) -> dict[str, str]:
    assert running.api_url is not None
    lead = next(person for person in running.addresses.people() if person.role == "lead")
    worker = running.pids["worker"]
    async with Desk.open(running.api_url, lead) as desk:
        long = [await desk.create() for _ in range(LONG_BOOKS)]
        await _each(long, LONG)
        before = resident_mb(worker)
        short = await _opened(desk)
        grown = resident_mb(worker) - before
        kept = await _first_saves(short[-SAMPLES:])
        oldest = await _first_saves(short[:SAMPLES])
        oldest_long = await _first_saves(long)
        await _each(short, 1)
        again = resident_mb(worker) - before
    return {
        f"worker grew by, {OPENED:,} books opened": f"{grown:.0f} MB",
        "and each of them used again": f"{again:.0f} MB",
        "save of a book used just now": _told(kept),
        "save of a book used long ago, of two commands": _told(oldest),
        f"save of a book used long ago, of {LONG} commands": _told(oldest_long),
    }


def _told(latency: Latency) -> str:
    return f"p50 {latency.p50:.1f} ms, p95 {latency.p95:.1f} ms ({latency.count})"


def main(cached: int) -> int:
    say(f"A worker that keeps {cached:,} workflows …")
    with fresh_product(BOOKRUNNER_WORKER_CACHED_WORKFLOWS=str(cached), BOOKRUNNER_RATE_LIMITS="{}") as (running, _):
        for name, told in asyncio.run(measure(running)).items():
            say(f"  {name}: {told}")
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CACHED)
