"""Where the books of an organisation are: in its own application, or in the default one with everybody else's.

Books that were begun before an organisation got its application stay where they are. What a caller may look through
is the default application and those of the caller's own organisations, never another.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass

from access.person import AccessUnavailable
from access.registry import Registry
from api.addresses import AddressBook
from api.gateway import TemporalGateway
from api.group_commit import GroupCommit
from domain.applications import Application
from store import Store

KEPT_SECONDS = 5.0
KEPT_WHILE_AWAY_SECONDS = 3_600.0
MOST_PLACES = 50_000
TAKING_WORK = ("serving", "retiring")


@dataclass(frozen=True)
class Seat:
    """What serves the books of one application."""

    store: Store
    gateway: TemporalGateway
    commits: GroupCommit
    addresses: AddressBook

    async def has(self, kind: str, id_: str) -> bool:
        """Whether the thing that a path names is here; `kind` is the name of the path's parameter."""
        match kind:
            case "cim_id":
                return await self.addresses.find(id_) is not None
            case "run_id":
                return await self.store.runs.get(id_) is not None
            case "export_id":
                return await self.store.exports.get(id_) is not None
            case "source_id":
                return await self.store.sources.get(id_) is not None
            case _:
                return False


SEATED = ("cim_id", "run_id", "export_id", "source_id")
OpensSeats = Callable[[Application], Awaitable[Seat]]


class Tenancy:
    """What the registry says, as of the last five seconds; for an hour while it does not answer."""

    def __init__(self, registry: Registry, open_seat: OpensSeats) -> None:
        self._registry = registry
        self._open_seat = open_seat
        self._known: Mapping[str, Application] = {}
        self._asked_at = float("-inf")
        self._asking = asyncio.Lock()
        self._seats: dict[tuple[str, str], Seat] = {}
        self._opening = asyncio.Lock()
        self._places: OrderedDict[str, str] = OrderedDict()

    async def applications(self) -> Mapping[str, Application]:
        """Those that take work, by organisation. Raises AccessUnavailable when it was never told."""
        if self._age() > KEPT_SECONDS:
            async with self._asking:
                if self._age() > KEPT_SECONDS:
                    await self._ask()
        return self._known

    async def seats_of(self, org_ids: Collection[str]) -> list[tuple[Application, Seat]]:
        known = await self.applications()
        return [(known[org_id], await self.seat(known[org_id])) for org_id in sorted(set(org_ids) & set(known))]

    async def find(self, org_ids: Collection[str], kind: str, id_: str) -> tuple[Application, Seat] | None:
        """The application that has a thing; None where it is in the default one, or nowhere."""
        seats = await self.seats_of(org_ids)
        placed = self._places.get(f"{kind}/{id_}")
        for application, seat in seats:
            if application.id == placed:
                return application, seat
        for application, seat in seats:
            if await seat.has(kind, id_):
                self._places[f"{kind}/{id_}"] = application.id
                while len(self._places) > MOST_PLACES:
                    self._places.popitem(last=False)
                return application, seat
        return None

    async def seat(self, application: Application) -> Seat:
        key = (application.id, application.settings.model_dump_json())
        found = self._seats.get(key)
        if found is None:
            async with self._opening:
                found = self._seats.get(key)
                if found is None:
                    found = self._seats[key] = await self._open_seat(application)
        return found

    async def close(self) -> None:
        for seat in self._seats.values():
            await seat.commits.close()
            await seat.store.close()

    async def _ask(self) -> None:
        try:
            found = await self._registry.applications()
        except AccessUnavailable:
            if self._age() > KEPT_WHILE_AWAY_SECONDS:
                raise
            return
        self._known = {each.org_id: each for each in found if each.status in TAKING_WORK}
        self._asked_at = time.monotonic()

    def _age(self) -> float:
        return time.monotonic() - self._asked_at
