"""DBOS Transact: each save is a workflow under the id of its command, with one step that decides and writes.

DBOS keeps no state of a book, so the step reads it from the store. A recovered workflow asks the log first whether its
command is there already. `BENCH_POSTGRES` is the address of PostgreSQL.
"""
# pyright: basic, reportMissingImports=false

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from dbos import DBOS, DBOSConfig, SetWorkflowID

from bench.peers.served import serve, step
from bench.peers.work import Order, Work

PAUSE_SECONDS = 0.02


class _Here:
    """What the steps of this process work with."""

    work: Work
    begun: set[str]
    locks: WeakValueDictionary[str, asyncio.Lock]


here = _Here()
here.begun, here.locks = set(), WeakValueDictionary()


@DBOS.step()
async def carry_out(text: str) -> int:
    order = Order.model_validate_json(text)
    lock = here.locks.setdefault(order.cim_id, asyncio.Lock())
    async with lock:
        if str(order.command.command_id) not in here.begun:
            there = await here.work.store.log.events_of_command(order.cim_id, order.command.command_id)
            if there:
                return there[-1].seq
        state = await here.work.store.books.state(order.cim_id)
        return await here.work.record(here.work.decided(state, order).batch)


@DBOS.workflow()
async def save(text: str) -> int:
    return await carry_out(text)


@DBOS.step()
async def one_step(number: int) -> int:
    return step(number)


@DBOS.workflow()
async def all_steps(count: int) -> int:
    number = 0
    while number < count:
        number = await one_step(number)
    return number


@DBOS.workflow()
async def speak(count: int) -> None:
    for _ in range(count):
        await DBOS.write_stream_async("words", time.perf_counter())
        await asyncio.sleep(PAUSE_SECONDS)
    await DBOS.close_stream_async("words")


class ByDBOS:
    async def save(self, order: Order) -> int:
        command_id = str(order.command.command_id)
        here.begun.add(command_id)
        try:
            with SetWorkflowID(command_id):
                return await save(order.model_dump_json())
        finally:
            here.begun.discard(command_id)

    async def run(self, steps: int) -> int:
        return await all_steps(steps)

    async def words(self, count: int) -> AsyncGenerator[str]:
        handle = await DBOS.start_workflow_async(speak, count)
        async for word in DBOS.read_stream_async(handle.get_workflow_id(), "words"):
            yield str(word)


@asynccontextmanager
async def opened(work: Work) -> AsyncGenerator[ByDBOS]:
    here.work = work
    DBOS(config=DBOSConfig(name="bench", system_database_url=os.environ["BENCH_POSTGRES"], log_level="WARNING"))
    DBOS.launch()
    yield ByDBOS()
    DBOS.destroy()


if __name__ == "__main__":
    serve(opened)
