"""`python -m bench.audit`: what an entry of the audit log costs the request that leaves it, and how fast entries ship.

The cost is the whole work of the middleware on a read: the entry made, written, handed to the operating system. Rounds
with and without it alternate.
"""

from __future__ import annotations

import asyncio
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


async def _seconds(app: ASGIApp, parts: _Parts) -> list[float]:
    took: list[float] = []
    for _ in range(CALLS):
        scope: Scope = {
            "type": "http",
            "method": "GET",
            "path": "/cims/x",
            "client": ("127.0.0.1", 1),
            "headers": [(b"user-agent", b"Mozilla/5.0 (X11; Linux x86_64)"), (b"authorization", b"Bearer x")],
            "state": {"parts": parts},
        }
        began = time.perf_counter()
        await app(scope, _receive, _send)
        took.append(time.perf_counter() - began)
    return took


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        spool = Spool(Path(folder))
        parts, audited = _Parts(spool), Auditing(_read)
        costs: list[float] = []
        slowest: dict[str, list[float]] = {"without": [], "with": []}
        for _ in range(ROUNDS):
            without, took = sorted(await _seconds(_read, parts)), sorted(await _seconds(audited, parts))
            costs.append((statistics.median(took) - statistics.median(without)) * 1e6)
            slowest["without"].append(without[int(SLOW * CALLS)] * 1e6)
            slowest["with"].append(took[int(SLOW * CALLS)] * 1e6)
            spool.sync()
        began = time.perf_counter()
        shipper = Shipper(spool, _Nowhere())
        await shipper.ship()
        rate = (ROUNDS * CALLS) / (time.perf_counter() - began)
        spool.close()
        shipper.close()
    sys.stdout.write(
        f"An entry costs its request {statistics.median(costs):.0f} us (median of {ROUNDS}); the bound is 2000.\n"
        f"At p99 a request takes {statistics.median(slowest['without']):.0f} us without it and "
        f"{statistics.median(slowest['with']):.0f} us with it.\n"
        f"The spool is read at {rate:,.0f} entries/s.\n"
    )


if __name__ == "__main__":
    asyncio.run(main())
