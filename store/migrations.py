"""Changes of what is kept, forward only, while processes of the previous release work on it.

A step is done once, in batches. It is idempotent and remembers how far it is: the next run takes up a killed one. It
changes only what the previous release no longer writes: what is written behind it is not looked at again.
"""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, Protocol

from pymongo.errors import DuplicateKeyError

from domain.values import Instant, Value
from store.errors import StoreError, translated
from store.server import Collection, Document, Server

MIGRATIONS = "migrations"
LEASE = "lease"
LEASE_FOR = timedelta(seconds=60)
"""How long a run that was killed keeps others away; each batch begins it anew."""


class MigrationBusy(StoreError):
    """Another process migrates this database."""


@dataclass(frozen=True)
class Batch:
    """What one batch came to. `last` is where the next one begins; None where nothing is left."""

    last: str | None
    changed: int


class Step(Protocol):
    """`id` never changes once it was released. `what` is for people."""

    @property
    def id(self) -> str: ...

    @property
    def what(self) -> str: ...

    async def batch(self, after: str) -> Batch:
        """The documents that follow `after` (at first: empty), as many as are well done at once."""
        ...


class StepStanding(Value):
    """How far a step is: `changed` documents so far."""

    id: str
    what: str
    state: Literal["pending", "begun", "done"]
    changed: int = 0
    done_at: Instant | None = None


Report = Callable[[StepStanding], None]


class Migrations:
    """Of one database. Raises StoreUnavailable while the server does not answer."""

    def __init__(self, server: Server, ensure_indexes: Callable[[], Awaitable[None]], steps: Sequence[Step]) -> None:
        """`steps` in the order in which they are done; indexes come first, at every run."""
        self._server = server
        self._ensure_indexes = ensure_indexes
        self._steps = steps

    @translated
    async def standing(self) -> list[StepStanding]:
        kept = {str(document["_id"]): document async for document in (await self._kept()).find({})}
        return [_standing(step, kept.get(step.id)) for step in self._steps]

    @translated
    async def run(self, report: Report = lambda standing: None) -> list[StepStanding]:
        """Does what is pending. Raises MigrationBusy where another process does so."""
        holder = uuid.uuid4().hex
        await self._take_lease(holder)
        try:
            await self._ensure_indexes()
            for step, standing in zip(self._steps, await self.standing(), strict=True):
                if standing.state != "done":
                    await self._do(step, holder, report)
        finally:
            await (await self._kept()).delete_one({"_id": LEASE, "holder": holder})
        return await self.standing()

    async def _do(self, step: Step, holder: str, report: Report) -> None:
        kept = await self._kept()
        found = await kept.find_one({"_id": step.id}) or {"after": "", "changed": 0}
        after: str | None = str(found["after"])
        changed = int(found["changed"])
        while after is not None:
            batch = await step.batch(after)
            after, changed = batch.last, changed + batch.changed
            done_at = datetime.now(UTC) if after is None else None
            now: Document = {"after": after or "", "changed": changed, "done_at": done_at}
            await kept.replace_one({"_id": step.id}, now, upsert=True)
            report(_standing(step, now))
            await self._renew_lease(holder)

    async def _take_lease(self, holder: str) -> None:
        kept = await self._kept()
        found = await kept.find_one({"_id": LEASE})
        if found is not None and found["until"] > datetime.now(UTC):
            raise MigrationBusy("another process migrates this database; look again in a minute")
        if found is not None:
            await kept.delete_one({"_id": LEASE, "holder": found["holder"]})
        try:
            await kept.insert_one({"_id": LEASE, "holder": holder, "until": datetime.now(UTC) + LEASE_FOR})
        except DuplicateKeyError:
            raise MigrationBusy("another process has just begun to migrate this database") from None

    async def _renew_lease(self, holder: str) -> None:
        until = {"$set": {"until": datetime.now(UTC) + LEASE_FOR}}
        if not (await (await self._kept()).update_one({"_id": LEASE, "holder": holder}, until)).matched_count:
            raise MigrationBusy("another process has taken this migration over")

    async def _kept(self) -> Collection:
        return await self._server.collection(MIGRATIONS)


def _standing(step: Step, kept: Document | None) -> StepStanding:
    if kept is None:
        return StepStanding(id=step.id, what=step.what, state="pending")
    done_at: datetime | None = kept["done_at"]
    state = "begun" if done_at is None else "done"
    return StepStanding(id=step.id, what=step.what, state=state, changed=kept["changed"], done_at=done_at)
