"""Drivers for MongoDB from asyncio, on the work of one save: insert an event, replace a head, read it back.

`python -m bench.store_drivers` compares PyMongo's own async client with PyMongo in threads, and with motor where that
is installed. Times in milliseconds; medians over interleaved rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import importlib.util
import statistics
import sys
import time
import uuid
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from typing import Any, Protocol

import pymongo
from pymongo import AsyncMongoClient, MongoClient

from deploy.embedded.sharing import shared_stack

ROUNDS = 400
WARM_UP = 20
Work = Callable[[str], Awaitable[None]]
Document = dict[str, Any]
EVENT: Document = {"cim_id": "cim1", "org_id": "org1", "seq": 1, "type": "slide_saved", "record": "x" * 350}
HEAD: Document = {"org_id": "org1", "deal_id": "deal1", "status": "draft", "rev": 1, "head": "x" * 3_000}


class AsyncCollection(Protocol):
    def insert_one(self, document: Document) -> Awaitable[object]: ...
    def replace_one(self, filter: Document, replacement: Document, upsert: bool) -> Awaitable[object]: ...
    def find_one(self, filter: Document) -> Awaitable[object]: ...


def save_by(events: AsyncCollection, cims: AsyncCollection) -> Work:
    async def save(key: str) -> None:
        await events.insert_one({"_id": key, **EVENT})
        await cims.replace_one({"_id": "cim1"}, dict(HEAD), True)
        await cims.find_one({"_id": "cim1"})

    return save


def save_in_threads(client: MongoClient[Document], database: str) -> Work:
    events, cims = client[database]["events"], client[database]["cims"]

    async def save(key: str) -> None:
        await asyncio.to_thread(events.insert_one, {"_id": key, **EVENT})
        await asyncio.to_thread(cims.replace_one, {"_id": "cim1"}, dict(HEAD), True)
        await asyncio.to_thread(cims.find_one, {"_id": "cim1"})

    return save


async def measure(works: dict[str, Work]) -> dict[str, tuple[list[float], float]]:
    """Times of each round in ms, and CPU ms of this process for each save."""
    times: dict[str, list[float]] = {name: [] for name in works}
    cpu = dict.fromkeys(works, 0.0)
    for n in range(WARM_UP + ROUNDS):
        for name, work in works.items():
            began, cpu_began = time.perf_counter(), time.process_time()
            await work(f"{name}:{n}")
            if n >= WARM_UP:
                times[name].append((time.perf_counter() - began) * 1_000)
                cpu[name] += (time.process_time() - cpu_began) * 1_000
    return {name: (times[name], cpu[name] / ROUNDS) for name in works}


async def compare(url: str) -> str:
    database = f"drivers_{uuid.uuid4().hex[:8]}"
    modern = AsyncMongoClient[Document](url)
    threaded = MongoClient[Document](url)
    works = {
        f"PyMongo {pymongo.version} async": save_by(modern[database]["events"], modern[database]["cims"]),
        f"PyMongo {pymongo.version} in threads": save_in_threads(threaded, database),
    }
    if importlib.util.find_spec("motor") is not None:
        motor = importlib.import_module("motor")
        client = importlib.import_module("motor.motor_asyncio").AsyncIOMotorClient(url)
        works[f"motor {motor.version}"] = save_by(client[database]["events"], client[database]["cims"])
    try:
        results = await measure(works)
    finally:
        await modern.drop_database(database)
        await modern.close()
        threaded.close()
    lines = ["| driver | p50 ms | p95 ms | client CPU ms |", "|---|---|---|---|"]
    for name, (times, cpu) in results.items():
        p95 = statistics.quantiles(times, n=20)[-1]
        lines.append(f"| {name} | {statistics.median(times):.2f} | {p95:.2f} | {cpu:.2f} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", help="a MongoDB server; without it the embedded one is started")
    url: str | None = parser.parse_args().url
    with ExitStack() as stack:
        if url is None:
            url = stack.enter_context(shared_stack({"mongodb"})).mongodb_url
        assert url is not None
        sys.stdout.write(asyncio.run(compare(url)) + "\n")


if __name__ == "__main__":
    main()
