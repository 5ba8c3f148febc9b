"""HTTP for peers that are libraries: the same FastAPI and uvicorn as ours."""

from __future__ import annotations

import argparse
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Protocol

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from sse_starlette.sse import EventSourceResponse

from bench.peers.work import Order, Work

KEEP_ALIVE_SECONDS = 120


class Engine(Protocol):
    """What makes work durable."""

    async def save(self, order: Order) -> int: ...
    async def run(self, steps: int) -> int: ...
    def words(self, count: int) -> AsyncGenerator[str]: ...


Opens = Callable[[Work], AbstractAsyncContextManager[Engine]]


def serve(opens: Opens) -> None:
    """Until it is ended. `--port` says where."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    options: Any = {
        "log_level": "warning",
        "access_log": False,
        "loop": "uvloop",
        "timeout_keep_alive": KEEP_ALIVE_SECONDS,
    }
    uvicorn.run(app_of(opens), port=parser.parse_args().port, **options)


def app_of(opens: Opens) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        work = await Work.opened()
        async with opens(work) as engine:
            app.state.work, app.state.engine = work, engine
            yield
        await work.store.close()

    app = FastAPI(lifespan=lifespan)

    async def save(request: Request) -> JSONResponse:
        work, engine = _of(request)
        order = work.order(request.path_params["cim_id"], request.headers["authorization"], await request.body())
        return JSONResponse({"rev": await engine.save(order)})

    async def read(request: Request) -> JSONResponse:
        work, _ = _of(request)
        work.actor(request.headers["authorization"])
        return JSONResponse(await work.read(request.path_params["cim_id"]))

    async def run(request: Request) -> JSONResponse:
        _, engine = _of(request)
        return JSONResponse({"steps": await engine.run(int(request.path_params["steps"]))})

    async def words(request: Request) -> EventSourceResponse:
        _, engine = _of(request)
        return EventSourceResponse(engine.words(int(request.path_params["count"])))

    async def ready(request: Request) -> JSONResponse:
        return JSONResponse({"ready": True})

    routes: dict[str, tuple[str, Callable[[Request], Awaitable[JSONResponse | EventSourceResponse]]]] = {
        "/ready": ("GET", ready),
        "/books/{cim_id}/save": ("POST", save),
        "/books/{cim_id}/read": ("GET", read),
        "/runs/{steps}": ("POST", run),
        "/words/{count}": ("GET", words),
    }
    for path, (method, call) in routes.items():
        app.add_route(path, call, methods=[method])
    return app


def _of(request: Request) -> tuple[Work, Engine]:
    return request.app.state.work, request.app.state.engine


def step(number: int) -> int:
    """One step of a run: nothing but its record."""
    return number + 1
