"""`python -m bench.audit`: what an entry of the audit log costs the request that leaves it, and how fast entries ship.

The cost is the whole work of the middleware on a read: the entry made, written, handed to the operating system. Rounds
with and without it alternate, while the files are synced all the time. Beside the time by the clock, which on a busy
machine is partly that of others, it tells the time of the processor and how often a request had to wait for something,
such as the disk.
"""

from __future__ import annotations

import asyncio
import resource
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Sequence
from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.auditing import Auditing
from api.noting import note_actor, note_org
from audit import AuditActor
from audit.shipping import Shipper
from audit.spool import Spool

ROUNDS = 7
CALLS = 3_000
CALLS_BETWEEN_PAUSES = 20
SLOW = 0.99
ORG = str(uuid.uuid4())


class _Route:
    operation_id = "read_cim"
    path = "/cims/{cim_id}"


class _Parts:
    def __init__(self, trail: Spool) -> None:
        self.trail = trail


class _Nowhere:
    async def append(self, lines: Sequence[bytes]) -> None:
        return None


async def _read(scope: Scope, receive: Receive, send: Send) -> None:
    """The least that a read does."""
    scope["route"], scope["path_params"] = _Route(), {"cim_id": "b" * 32}
    note_actor(AuditActor(kind="user", id=str(uuid.uuid4())))
    note_org(ORG)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": b"{}"})


async def _receive() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _send(_: Message) -> None:
    return None


class _Took:
    """What calls took: by the clock, of the processor, and how many of them waited."""

    def __init__(self) -> None:
        self.clock: list[float] = []
        self.processor: list[float] = []
        self.waited = 0

    def slow(self, share: float = SLOW) -> tuple[float, float]:
        at = int(share * len(self.clock))
        return sorted(self.clock)[at] * 1e6, sorted(self.processor)[at] * 1e6


def _waits() -> int:
    return resource.getrusage(resource.RUSAGE_THREAD).ru_nvcsw


async def _measure(app: ASGIApp, parts: _Parts, took: _Took) -> float:
    """Median by the clock, in microseconds."""
    first = len(took.clock)
    for _ in range(CALLS):
        scope: Scope = {
            "type": "http",
            "method": "GET",
            "path": "/cims/x",
            "client": ("127.0.0.1", 1),
            "headers": [(b"user-agent", b"Mozilla/5.0 (X11; Linux x86_64)"), (b"authorization", b"Bearer x")],
            "state": {"parts": parts},
        }
        waits, processor, began = _waits(), time.thread_time(), time.perf_counter()
        await app(scope, _receive, _send)
        took.clock.append(time.perf_counter() - began)
        took.processor.append(time.thread_time() - processor)
        took.waited += _waits() > waits
        if len(took.clock) % CALLS_BETWEEN_PAUSES == 0:
            await asyncio.sleep(0)
    return statistics.median(took.clock[first:]) * 1e6


async def _keep_synced(spool: Spool) -> None:
    while True:
        await asyncio.to_thread(spool.sync)
        await asyncio.sleep(0)


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        spool = Spool(Path(folder))
        parts, audited = _Parts(spool), Auditing(_read)
        costs: list[float] = []
        plain, with_entry = _Took(), _Took()
        syncing = asyncio.create_task(_keep_synced(spool))
        for _ in range(ROUNDS):
            without = await _measure(_read, parts, plain)
            costs.append(await _measure(audited, parts, with_entry) - without)
        syncing.cancel()
        await asyncio.gather(syncing, return_exceptions=True)
        spool.sync()
        began = time.perf_counter()
        shipper = Shipper(spool, _Nowhere())
        await shipper.ship()
        rate = (ROUNDS * CALLS) / (time.perf_counter() - began)
        spool.close()
        shipper.close()
    sys.stdout.write(
        f"An entry costs its request {statistics.median(costs):.0f} us (median of {ROUNDS}); the bound is 2000.\n"
        f"At p99 a request takes {plain.slow()[0]:.0f} us without it and {with_entry.slow()[0]:.0f} us with it; of the "
        f"processor {plain.slow()[1]:.0f} and {with_entry.slow()[1]:.0f} us.\n"
        f"{plain.waited} without it and {with_entry.waited} with it, of {ROUNDS * CALLS:,} each, waited.\n"
        f"The spool is read at {rate:,.0f} entries/s.\n"
    )


if __name__ == "__main__":
    asyncio.run(main())
