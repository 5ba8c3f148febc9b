"""LangGraph with its PostgreSQL checkpointer: a thread for each book, a graph that decides and then writes.

Checkpoints are written before the next node begins (durability "sync"). `BENCH_POSTGRES` is the address of PostgreSQL.
"""
# pyright: basic, reportMissingImports=false

from __future__ import annotations

import asyncio
import os
import time
import uuid
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, TypedDict
from weakref import WeakValueDictionary

from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.config import get_stream_writer
from langgraph.graph import END, START, StateGraph
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from bench.peers.served import serve, step
from bench.peers.work import BATCH, Order, Work
from domain.state import CIMState

POOL = 20
PAUSE_SECONDS = 0.02


class BookState(TypedDict, total=False):
    order: str
    state: str
    batch: str
    rev: int


class Count(TypedDict):
    number: int


def saving(work: Work) -> StateGraph:
    async def decide(state: BookState) -> BookState:
        known = state.get("state")
        book = None if known is None else CIMState.model_validate_json(known)
        decided = work.decided(book, Order.model_validate_json(state.get("order", "")))
        return {"state": decided.state.model_dump_json(), "batch": decided.batch.model_dump_json()}

    async def record(state: BookState) -> BookState:
        return {"rev": await work.record(BATCH.validate_json(state.get("batch", ""))), "batch": ""}

    graph = StateGraph(BookState)
    graph.add_node("decide", decide)
    graph.add_node("record", record)
    graph.add_edge(START, "decide")
    graph.add_edge("decide", "record")
    graph.add_edge("record", END)
    return graph


def stepping(count: int) -> StateGraph:
    def one_step(state: Count) -> Count:
        return {"number": step(state["number"])}

    graph = StateGraph(Count)
    for number in range(count):
        graph.add_node(f"s{number}", one_step)
        graph.add_edge(START if number == 0 else f"s{number - 1}", f"s{number}")
    graph.add_edge(f"s{count - 1}", END)
    return graph


def speaking(count: int) -> StateGraph:
    async def speak(state: Count) -> Count:
        write = get_stream_writer()
        for _ in range(count):
            write(str(time.perf_counter()))
            await asyncio.sleep(PAUSE_SECONDS)
        return {"number": count}

    graph = StateGraph(Count)
    graph.add_node("speak", speak)
    graph.add_edge(START, "speak")
    graph.add_edge("speak", END)
    return graph


class ByLangGraph:
    def __init__(self, work: Work, saver: AsyncPostgresSaver) -> None:
        self._saver = saver
        self._saving = saving(work).compile(checkpointer=saver)
        self._stepping: dict[int, Any] = {}
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def save(self, order: Order) -> int:
        lock = self._locks.setdefault(order.cim_id, asyncio.Lock())
        async with lock:
            done = await self._saving.ainvoke(
                {"order": order.model_dump_json()},
                {"configurable": {"thread_id": order.cim_id}},
                durability="sync",
            )
        return done["rev"]

    async def run(self, steps: int) -> int:
        graph = self._stepping.get(steps)
        if graph is None:
            graph = self._stepping[steps] = stepping(steps).compile(checkpointer=self._saver)
        config: Any = {"configurable": {"thread_id": uuid.uuid4().hex}, "recursion_limit": steps + 5}
        return (await graph.ainvoke({"number": 0}, config, durability="sync"))["number"]

    async def words(self, count: int) -> AsyncGenerator[str]:
        graph = speaking(count).compile(checkpointer=self._saver)
        config: Any = {"configurable": {"thread_id": uuid.uuid4().hex}}
        async for word in graph.astream({"number": 0}, config, stream_mode="custom", durability="sync"):
            yield str(word)


@asynccontextmanager
async def opened(work: Work) -> AsyncGenerator[ByLangGraph]:
    options: Any = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}
    async with AsyncConnectionPool(os.environ["BENCH_POSTGRES"], max_size=POOL, kwargs=options) as pool:
        opened_pool: Any = pool
        saver = AsyncPostgresSaver(opened_pool)
        await saver.setup()
        yield ByLangGraph(work, saver)


if __name__ == "__main__":
    serve(opened)
