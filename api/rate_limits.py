"""How many calls of each kind a person, a tenant and an address may make, counted with the library `limits`."""

from __future__ import annotations

import logging
import math
import re
import time
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field

from fastapi import Request
from limits import RateLimitItem, parse
from limits.aio.storage import Storage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.storage import storage_from_string

from api.problems import ApiProblem
from domain.rates import RateLimit, RouteClass

logger = logging.getLogger(__name__)

_COSTLY = re.compile(r"/(messages|runs|exports|sources|resume|fork|invitations|assertions)$")
_STREAM = re.compile(r"/stream$")


def class_of(method: str, path: str) -> RouteClass | None:
    """None for what is not counted: streams, which are bounded in themselves."""
    if _STREAM.search(path):
        return None
    if path.startswith(("/auth/", "/webhooks/")):
        return "sign_in"
    if method in ("GET", "HEAD", "OPTIONS"):
        return "read"
    return "costly" if method == "POST" and _COSTLY.search(path) else "write"


@dataclass
class _Call:
    """The request in hand, and for which organisations it was counted."""

    route_class: RouteClass | None
    org_ids: set[str] = field(default_factory=set[str])


_call: ContextVar[_Call | None] = ContextVar("counted_call", default=None)


class RateLimits:
    """Counts in this process, or for all of them in a store that they share (`storage`, such as async+redis://...)."""

    def __init__(self, limits: Mapping[RouteClass, RateLimit], storage: str) -> None:
        self._limits = {
            (route_class, whose): parse(text)
            for route_class, limit in limits.items()
            for whose, text in (("person", limit.person), ("tenant", limit.tenant), ("address", limit.address))
            if text
        }
        counts = storage_from_string(storage)
        assert isinstance(counts, Storage)
        self._counting = SlidingWindowCounterRateLimiter(counts)

    async def count_person(self, request: Request, person_id: str) -> None:
        """Raises ApiProblem `too_many_requests`."""
        call = _Call(class_of(request.method, request.url.path))
        _call.set(call)
        await self._count(call.route_class, "person", person_id)

    async def count_tenant(self, org_id: str) -> None:
        """Once for a request, for those whom the organisation has let in. Raises ApiProblem `too_many_requests`."""
        call = _call.get()
        if call is not None and org_id not in call.org_ids:
            call.org_ids.add(org_id)
            await self._count(call.route_class, "tenant", org_id)

    async def count_address(self, request: Request) -> None:
        """For calls whose caller is not known. Raises ApiProblem `too_many_requests`."""
        route_class = class_of(request.method, request.url.path)
        await self._count(route_class, "address", request.client.host if request.client is not None else "unknown")

    async def _count(self, route_class: RouteClass | None, whose: str, who: str) -> None:
        item = self._limits.get((route_class, whose)) if route_class is not None else None
        if item is None or await self._admits(item, str(route_class), whose, who):
            return
        window = await self._counting.get_window_stats(item, str(route_class), whose, who)
        seconds = max(1, math.ceil(window.reset_time - time.time()))
        raise ApiProblem(
            "too_many_requests",
            f"More than {item.amount} calls of this kind in {item.get_expiry()} seconds.",
            f"Try again in {seconds} seconds.",
            headers={"Retry-After": str(seconds)},
        )

    async def _admits(self, item: RateLimitItem, *names: str) -> bool:
        """While the shared store is away, everybody is let in: it must not take the product down."""
        try:
            return await self._counting.hit(item, *names)
        except OSError as error:
            logger.warning("calls cannot be counted: %s", error)
            return True
