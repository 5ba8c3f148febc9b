"""`python -m bench.talk`: from a word that is said in one process to the browser that shows it, and what talk costs.

A stack of its own with its API; this process says the words, as a worker does, after pauses and then every 100 ms.
`cold`: the process has not seen the talk before, which is 3,000 entries long.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
import uuid
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx

from bench.books import Desk
from bench.measure import Latency, timed
from deploy.embedded.product import fresh_product
from deploy.embedded.stack import Addresses
from deploy.embedded.steps import say
from deploy.embedded.supervisor import RunningStack
from domain.values import Actor
from settings import Settings
from store import Message, Store
from store.models import MessageStatus
from vault import LocalMasterKeys

ANSWERS = 30
DELTAS = 12
PAUSE_SECONDS = 0.1
QUIET_SECONDS = 1.0
LONG_TALK = 3_000


def message(cim_id: str, status: MessageStatus) -> Message:
    return Message(
        id=uuid.uuid4().hex,
        cim_id=cim_id,
        role="assistant",
        text="",
        author=Actor(kind="agent", id="assistant", on_behalf_of="lea"),
        created_at=datetime.now(UTC),
        status=status,
    )


async def arrivals(http: httpx.AsyncClient, cim_id: str, arrived: dict[str, float]) -> None:
    """When each delta was there, by its text."""
    async with http.stream("GET", f"/cims/{cim_id}/stream", timeout=None) as stream:
        async for line in stream.aiter_lines():
            if line.startswith("data:") and '"attempt":' in line:
                arrived.setdefault(json.loads(line[5:])["text"], time.perf_counter())


async def words(store: Store, cim_id: str, said: dict[str, float]) -> set[str]:
    """Answers after pauses, each in a dozen pieces; the texts of the first pieces."""
    firsts: set[str] = set()
    for n in range(ANSWERS):
        answer = message(cim_id, "writing")
        await store.messages.put(answer)
        await asyncio.sleep(QUIET_SECONDS)
        for piece in range(DELTAS):
            text = f"{n}.{piece} "
            firsts |= {text} if piece == 0 else set()
            said[text] = time.perf_counter()
            await store.say(cim_id, "delta", {"message_id": answer.id, "attempt": 1, "text": text})
            await asyncio.sleep(PAUSE_SECONDS)
        await store.messages.put(answer.model_copy(update={"status": "complete", "text": "done"}))
    return firsts


@asynccontextmanager
async def opened(addresses: Addresses) -> AsyncGenerator[Store]:
    masters = LocalMasterKeys.given({}, file=Path(addresses.master_keys_file or ""))
    store = await Store.connect(addresses.mongodb_url or "", Settings().mongodb_database, masters)
    try:
        yield store
    finally:
        await store.close()


async def measure(running: RunningStack) -> dict[str, Latency]:
    assert running.api_url is not None
    lead = next(person for person in running.addresses.people() if person.role == "lead")
    results: dict[str, Latency] = {}
    async with (
        Desk.open(running.api_url, lead) as desk,
        opened(running.addresses) as store,
        opened(running.addresses) as cold,
        httpx.AsyncClient(
            base_url=running.api_url, headers={"Authorization": f"Bearer {lead.access_token}"}, timeout=30
        ) as http,
    ):
        cim_id = (await desk.create()).cim_id
        said: dict[str, float] = {}
        arrived: dict[str, float] = {}
        listening = asyncio.create_task(arrivals(http, cim_id, arrived))
        await asyncio.sleep(1.0)
        firsts = await words(store, cim_id, said)
        async with asyncio.timeout(10):
            while len(arrived) < len(said):
                await asyncio.sleep(0.05)
        listening.cancel()
        late = {text: arrived[text] - began for text, began in said.items()}
        results["first_delta_to_browser"] = Latency.of([late[text] for text in firsts])
        results["delta_to_browser"] = Latency.of([seconds for text, seconds in late.items() if text not in firsts])
        other = (await desk.create()).cim_id
        answer = message(other, "writing")
        await store.messages.put(answer)
        delta = {"message_id": answer.id, "attempt": 1, "text": "a few words of an answer "}
        results["say"] = Latency.of(await timed(lambda: store.say(other, "delta", {**delta}), LONG_TALK))
        results["end_of_a_long_talk_cold"] = Latency.of(await timed(lambda: cold.talk_end(other), 1))
        results["end_of_a_long_talk"] = Latency.of(await timed(lambda: cold.talk_end(other), 100))
        results["text_so_far_cold"] = Latency.of(await timed(lambda: cold.messages.text_so_far(answer.id), 1))
        results["text_so_far"] = Latency.of(await timed(lambda: cold.messages.text_so_far(answer.id), 100))
    return results


def main() -> int:
    say("Measuring the talk on a stack of its own …")
    with fresh_product() as (running, _):
        results = asyncio.run(measure(running))
    for name, latency in results.items():
        say(f"  {name:28} p50 {latency.p50:8.2f} ms   p95 {latency.p95:8.2f} ms   ({latency.count})")
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
