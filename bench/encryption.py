"""What sealing costs: `python -m bench.encryption`. The same work sealed and in clear, in alternating rounds.

In clear means as it was before there were keys: compressed on the way to the store, untouched on the way to Temporal.
"""

from __future__ import annotations

import os
import sys
import time
import uuid
import zlib
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from statistics import median

import uvloop
from pydantic import SecretStr
from pymongo import AsyncMongoClient
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from bench.bare import BareWorkflow
from bench.measure import Call, timed
from deploy.embedded.sharing import shared_stack
from domain.commands import Command, Create, SaveOutline, SaveSlide, detach_bulk
from domain.head import head_of
from domain.model import SectionDraft, SlideDraft, TextComponent
from domain.recording import RecordBatch
from domain.session import CIMSession, handle
from domain.values import Actor
from store import Store
from vault import KeyRing, LocalMasterKeys, fresh_master_key
from vault.payloads import PayloadSeal, Place
from workflows.converter import data_converter

ROUNDS = 12
CALLS = 25
SIZES = (300, 3_000, 50_000)
ORG = "org1"
LEA = Actor(kind="user", id="lea")


class Book:
    """Saves slides of 5 kB, one at a time."""

    def __init__(self, store: Store) -> None:
        self.cim_id = uuid.uuid4().hex
        self._store = store
        self._session = CIMSession()

    async def begin(self) -> None:
        await self._record(
            Create(
                type="create",
                command_id=uuid.uuid4(),
                cim_id=self.cim_id,
                org_id=ORG,
                deal_id="deal1",
                project_id="project1",
                title="Bluecan",
            ),
            SaveOutline(
                type="save_outline", command_id=uuid.uuid4(), sections=(SectionDraft(id="a", title="Summary"),)
            ),
            *(self._slide(f"s{number}") for number in range(40)),
        )

    async def save(self) -> None:
        await self._record(self._slide("s1"))

    def _slide(self, slide_id: str) -> Command:
        words = " ".join(uuid.uuid4().hex[:7] for _ in range(625))
        component = TextComponent(type="text", text=words)
        slide = SlideDraft(id=slide_id, section_id="a", title="Market", layout_type="text", components=(component,))
        return SaveSlide(type="save_slide", command_id=uuid.uuid4(), slide=slide)

    async def _record(self, *commands: Command) -> None:
        bodies: dict[str, str] = {}
        events = ()
        for command in commands:
            light, texts = detach_bulk(command)
            handled = handle(self._session, light, LEA, datetime.now(UTC), lambda: uuid.uuid4().hex)
            self._session = handled.session
            events, bodies = (*events, *handled.events), bodies | texts
        assert self._session.state is not None
        head = head_of(self._session.state)
        await self._store.record(RecordBatch(cim_id=self.cim_id, org_id=ORG, events=events, head=head, bodies=bodies))


class OneTenant:
    async def place_of(self, workflow_id: str) -> Place:
        return Place(tenant=ORG, cim_id=workflow_id)


def in_clear(store: Store) -> Store:
    async def compressed(tenant: str, plain: bytes, about: bytes = b"", *, compress: bool = True) -> bytes:
        return zlib.compress(plain, 1)

    store.keys.seal = compressed
    return store


async def ciphers(ring: KeyRing) -> list[str]:
    lines: list[str] = []
    for size in SIZES:
        text = os.urandom(size // 2).hex().encode()
        sealed = await ring.seal(ORG, text)
        sealing = median(await timed(lambda text=text: ring.seal(ORG, text), 200))
        opening = median(await timed(lambda sealed=sealed: ring.open(sealed), 200))
        squeezing = median(_squeezed(text) for _ in range(200))
        times = " / ".join(f"{seconds * 1e6:.0f}" for seconds in (sealing, opening, squeezing))
        lines.append(f"| {size} bytes: seal / open / compression alone, us | {times} | |")
    return lines


def _squeezed(text: bytes) -> float:
    began = time.perf_counter()
    zlib.compress(text, 1)
    return time.perf_counter() - began


async def compared(name: str, sealed: Call, clear: Call) -> str:
    """Medians of alternating rounds."""
    rounds: dict[str, list[float]] = {"sealed": [], "clear": []}
    for _ in range(ROUNDS):
        for kind, call in (("sealed", sealed), ("clear", clear)):
            rounds[kind].append(median(await timed(call, CALLS)))
    one, other = median(rounds["sealed"]) * 1000, median(rounds["clear"]) * 1000
    return f"| {name}, ms p50 sealed / clear | {one:.2f} / {other:.2f} | {one / other:.2f} x |"


@asynccontextmanager
async def bare(address: str, codec: PayloadSeal | None) -> AsyncGenerator[WorkflowHandle[BareWorkflow, None]]:
    client = await Client.connect(address, data_converter=data_converter(codec))
    queue = uuid.uuid4().hex
    async with Worker(client, task_queue=queue, workflows=[BareWorkflow], workflow_runner=UnsandboxedWorkflowRunner()):
        yield await client.start_workflow(BareWorkflow.run, id=uuid.uuid4().hex, task_queue=queue)


async def measure(mongodb_url: str, temporal_address: str) -> Sequence[str]:
    masters = LocalMasterKeys.given({"bench": SecretStr(fresh_master_key())})
    databases = [f"encryption_{uuid.uuid4().hex[:8]}" for _ in range(2)]
    stores = [await Store.connect(mongodb_url, database, masters) for database in databases]
    colds = [await Store.connect(mongodb_url, database, masters) for database in databases]
    in_clear(stores[1])
    books = [Book(store) for store in stores]
    try:
        for book in books:
            await book.begin()
        lines = await ciphers(stores[0].keys)
        lines.append(await compared("record a slide of 5 kB", books[0].save, books[1].save))
        lines.append(await compared("read a head", *(lambda n=n: stores[n].head(books[n].cim_id) for n in range(2))))
        lines.append(
            await compared(
                "read 41 bodies of 5 kB, nothing in memory", *(_forgetful(colds[n], books[n].cim_id) for n in range(2))
            )
        )
        async with (
            bare(temporal_address, PayloadSeal(stores[0].keys, OneTenant())) as sealed,
            bare(temporal_address, None) as clear,
        ):
            text = "x" * 1_000
            lines.append(
                await compared(
                    "an update of 1 kB",
                    lambda: _update(sealed, text),
                    lambda: _update(clear, text),
                )
            )
        return lines
    finally:
        for store in (*stores, *colds):
            await store.close()
        async with AsyncMongoClient[dict[str, object]](mongodb_url) as client:
            for database in databases:
                await client.drop_database(database)


async def _update(handle: WorkflowHandle[BareWorkflow, None], text: str) -> None:
    await handle.execute_update(BareWorkflow.save, text)  # pyright: ignore[reportUnknownMemberType]


def _forgetful(store: Store, cim_id: str) -> Call:
    async def read() -> None:
        store._forget(cim_id)  # pyright: ignore[reportPrivateUsage]
        await store.books.slides(cim_id)

    return read


def main() -> None:
    with shared_stack({"temporal", "mongodb"}) as addresses:
        lines = uvloop.run(measure(str(addresses.mongodb_url), str(addresses.temporal_address)))
    sys.stdout.write("\n".join(("| what | measured | ratio |", "|---|---|---|", *lines)) + "\n")


if __name__ == "__main__":
    main()
