"""The work of a save that does not depend on what makes it durable: check, decide, write to the store, read back."""

from __future__ import annotations

import os
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import jwt
from pydantic import JsonValue, TypeAdapter

from domain.commands import Command, detach_bulk
from domain.decide import decide
from domain.events import Event
from domain.evolve import evolve
from domain.head import head_of
from domain.recording import RecordBatch
from domain.state import CIMState
from domain.values import Actor, Instant, Value
from store import Store
from vault import LocalMasterKeys

DATABASE = "BENCH_DATABASE"
PEOPLE = "BENCH_PEOPLE"
"""Ids of the people who have the right, by comma: each system keeps rights in memory, as ours does for a minute."""
BATCH = TypeAdapter(RecordBatch)


class Order(Value):
    """What is made durable before anything is done: who wants what, and when."""

    cim_id: str
    command: Command
    actor: Actor
    at: Instant


class Decided(NamedTuple):
    state: CIMState
    batch: RecordBatch


class Forbidden(Exception):
    """No token, or no right."""


class Work:
    def __init__(self, store: Store, secret: str, people: frozenset[str]) -> None:
        self.store = store
        self._secret = secret
        self._people = people

    @classmethod
    async def opened(cls) -> Work:
        """As the environment says: the stack's own addresses and the name of a database."""
        masters = LocalMasterKeys.given({}, file=Path(os.environ["BOOKRUNNER_MASTER_KEYS_FILE"]))
        store = await Store.connect(os.environ["MONGODB_URL"], os.environ[DATABASE], masters)
        await store.ensure_indexes()
        return cls(store, os.environ["SUPABASE_JWT_SECRET"], frozenset(os.environ[PEOPLE].split(",")))

    def actor(self, authorization: str) -> Actor:
        """Raises Forbidden."""
        try:
            claims = jwt.decode(
                authorization.removeprefix("Bearer "), self._secret, algorithms=["HS256"], audience="authenticated"
            )
        except jwt.InvalidTokenError as error:
            raise Forbidden(str(error)) from error
        if claims["sub"] not in self._people:
            raise Forbidden(claims["sub"])
        return Actor(kind="user", id=claims["sub"])

    def order(self, cim_id: str, authorization: str, body: bytes) -> Order:
        """Raises Forbidden."""
        command: Command = COMMAND.validate_json(body)
        return Order(cim_id=cim_id, command=command, actor=self.actor(authorization), at=datetime.now(UTC))

    def order_of(self, cim_id: str, command: object, actor: Actor, at: float) -> Order:
        """`at`: seconds since 1970."""
        moment = datetime.fromtimestamp(at, UTC)
        return Order(cim_id=cim_id, command=COMMAND.validate_python(command), actor=actor, at=moment)

    def decided(self, state: CIMState | None, order: Order) -> Decided:
        """The same for the same state and order. Raises Refusal."""
        command, bodies = detach_bulk(order.command)
        numbers = iter(range(1_000))

        def new_id() -> str:
            return uuid.uuid5(order.command.command_id, str(next(numbers))).hex

        events: list[Event] = decide(state, command, order.actor, order.at, new_id)
        for event in events:
            state = evolve(state, event)
        assert state is not None
        batch = RecordBatch(
            cim_id=order.cim_id, org_id=state.org_id, events=tuple(events), head=head_of(state), bodies=bodies
        )
        return Decided(state, batch)

    async def record(self, batch: RecordBatch) -> int:
        """Idempotent."""
        await self.store.record(batch)
        return batch.rev

    async def read(self, cim_id: str) -> JsonValue:
        head = await self.store.head(cim_id)
        return None if head is None else head.model_dump(mode="json")


COMMAND: TypeAdapter[Command] = TypeAdapter(Command)
