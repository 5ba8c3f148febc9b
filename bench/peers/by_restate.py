"""Restate: each book is a virtual object that keeps its state; clients call it through the server's ingress.

This process serves the handlers over HTTP/2 by hypercorn, as Restate's makers do.
"""
# pyright: basic, reportMissingImports=false

from __future__ import annotations

import argparse
import asyncio

import restate
from hypercorn.asyncio import serve
from hypercorn.config import Config
from restate import ObjectContext, ObjectSharedContext

from bench.peers.served import step
from bench.peers.work import BATCH, Forbidden, Work
from domain.head import head_of
from domain.state import CIMState

book = restate.VirtualObject("books")
runs = restate.VirtualObject("runs")


class _Here:
    work: Work


here = _Here()


@book.handler()
async def save(ctx: ObjectContext, command: dict) -> dict:
    request = ctx.request()
    try:
        actor = here.work.actor(request.headers["authorization"])
    except Forbidden as error:
        raise restate.TerminalError(str(error), status_code=403) from error
    at = await ctx.time()
    order = here.work.order_of(ctx.key(), command, actor, at)
    known = await ctx.get("state", type_hint=str)
    decided = here.work.decided(None if known is None else CIMState.model_validate_json(known), order)

    async def record() -> int:
        return await here.work.record(BATCH.validate_python(decided.batch))

    rev = await ctx.run_typed("record", record)
    ctx.set("state", decided.state.model_dump_json())
    return {"rev": rev}


@book.handler(kind="shared")
async def read(ctx: ObjectSharedContext, wanted: dict) -> dict | None:
    here.work.actor(ctx.request().headers["authorization"])
    known = await ctx.get("state", type_hint=str)
    return None if known is None else head_of(CIMState.model_validate_json(known)).model_dump(mode="json")


@runs.handler()
async def steps(ctx: ObjectContext, count: int) -> dict:
    number = 0
    while number < count:
        number = await ctx.run_typed("step", step, number=number)
    return {"steps": number}


async def main(port: int) -> None:
    here.work = await Work.opened()
    config = Config()
    config.errorlog = None
    config.bind = [f"127.0.0.1:{port}"]
    await serve(restate.app([book, runs]), config)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    asyncio.run(main(parser.parse_args().port))
