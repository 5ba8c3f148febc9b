"""Whether the API is alive, and whether what it needs answers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel
from temporalio.service import RPCError

from access import AccessUnavailable
from api.dependencies import PartsOf
from store import StoreUnavailable

router = APIRouter(tags=["health"])

PROBE_SECONDS = 2.0


class Health(BaseModel):
    status: Literal["ok"] = "ok"


class Dependency(BaseModel):
    state: Literal["up", "down"]
    latency_ms: float


class Readiness(BaseModel):
    status: Literal["ready", "not_ready", "draining"]
    dependencies: dict[str, Dependency]


@router.get("/health", operation_id="health")
async def health() -> Health:
    """The process is alive."""
    return Health()


@router.get(
    "/ready",
    operation_id="ready",
    responses={
        503: {
            "model": Readiness,
            "description": "A part that is needed does not answer, or the process is on its way out.",
        }
    },
)
async def ready(parts: PartsOf, response: Response) -> Readiness:
    """Every part that is needed answers, and how quickly; `draining`: send nothing new here."""
    if parts.drain.is_on:
        return _unready(response, Readiness(status="draining", dependencies={}))
    probes = {"temporal": parts.gateway.ping, "store": parts.store.ping, "access": parts.access.ping}
    found = await asyncio.gather(*(_probe(probe) for probe in probes.values()))
    dependencies = dict(zip(probes, found, strict=True))
    if all(dependency.state == "up" for dependency in found):
        return Readiness(status="ready", dependencies=dependencies)
    return _unready(response, Readiness(status="not_ready", dependencies=dependencies))


def _unready(response: Response, readiness: Readiness) -> Readiness:
    response.status_code = 503
    response.headers["Retry-After"] = "2"
    return readiness


async def _probe(probe: Callable[[], Awaitable[None]]) -> Dependency:
    began = time.perf_counter()
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            await probe()
        state: Literal["up", "down"] = "up"
    except (TimeoutError, StoreUnavailable, AccessUnavailable, RPCError, RuntimeError):
        state = "down"
    return Dependency(state=state, latency_ms=round((time.perf_counter() - began) * 1000, 1))
