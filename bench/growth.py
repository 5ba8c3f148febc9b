"""How calls of ours grow with what there is: commands, slides, turns, organisations; what many saves leave behind."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from temporalio.client import Client

from bench.books import Book, Desk
from bench.conversation import Conversation
from bench.measure import Latency, timed
from bench.ours import figure_of_ours, message_of, store_of
from bench.report import Figure
from bench.suites import Size
from deploy.embedded.supervisor import RunningStack
from store import Thread
from vault.payloads import PayloadSeal
from workflows.contract import cim_workflow_id
from workflows.converter import data_converter
from workflows.places import WorkflowPlaces

TOGETHER = 100
SAMPLES = 20
QUESTION_WORDS = 50


class Growth(Size):
    """Up to how many commands, slides, turns and organisations; and how many saves into one book."""

    commands: tuple[int, ...] = (10, 100, 1_000, 10_000)
    slides: tuple[int, ...] = (10, 100, 300)
    turns: tuple[int, ...] = (1, 10, 100, 1_000)
    tenants: tuple[int, ...] = (1, 10, 50)
    saves: int = 4_000


QUICK_GROWTH = Growth(
    rounds=3, commands=(10, 100), slides=(10, 50), turns=(1, 10, 50), tenants=(1, 5), saves=400, seconds=1.5
)


class GrowthSuite:
    """`figures` fill up as it runs. The stack has a model that answers its turns."""

    def __init__(self, desk: Desk, running: RunningStack, client: Client, growth: Growth) -> None:
        self._desk = desk
        self._running = running
        self._client = client
        self._growth = growth
        self.figures: list[Figure] = []

    async def growth(self) -> None:
        await self._by_commands()
        await self._by_slides()
        await self._by_turns()
        await self._by_tenants()
        await self._many_saves()

    async def _by_commands(self) -> None:
        book, done = await self._desk.create(), 1
        for wanted in self._growth.commands:
            while done < wanted:
                together = min(TOGETHER, wanted - done)
                await book.send(*(book.rename_command() for _ in range(together)))
                done += together
            await self._pair(book, "commands", wanted)
            done += 2 * SAMPLES

    async def _by_slides(self) -> None:
        book, done = await self._desk.create(), 0
        for wanted in self._growth.slides:
            while done < wanted:
                together = min(20, wanted - done)
                await book.send(*(book.slide_command(5_000, f"slide{n}") for n in range(done, done + together)))
                done += together
            await self._pair(book, "slides", wanted)
            await self._sample(f"/cims/{book.cim_id}/slides", "read of all slides by slides", wanted)

    async def _by_turns(self) -> None:
        """A book for each number; what was said before is written to the store, the turns that are timed are real."""
        for wanted in self._growth.turns:
            book = await self._desk.create()
            await self._talked(book, wanted)
            await self._sample(f"/cims/{book.cim_id}/messages?limit=50", "read of 50 messages by turns", wanted)
            await self._pair(book, "turns", wanted)
            talk = Conversation(self._desk.http, self._client, self._desk.person, book.cim_id, words=QUESTION_WORDS)
            for number in range(1 + self._growth.rounds):
                await talk.turn(number)
            self._add(
                "first words of a turn by earlier turns", "ms", [1000 * each for each in talk.first[1:]], at=wanted
            )
            self._add("whole turn by earlier turns", "ms", [1000 * each for each in talk.whole[1:]], at=wanted)

    async def _talked(self, book: Book, turns: int) -> None:
        store = await store_of(self._running)
        ids = [f"{book.cim_id}-{n:06}" for n in range(2 * turns)]
        for n, id_ in enumerate(ids):
            role = "assistant" if n % 2 else "user"
            await store.messages.put(message_of(id_, book.cim_id, ids[n - 1] if n else None, "complete", role))
        leaf, now = ids[-1], datetime.now(UTC)
        await store.threads.put(
            Thread(id="main", cim_id=book.cim_id, leaf_id=leaf, leaves=(leaf,), created_at=now, updated_at=now)
        )
        await store.close()

    async def _by_tenants(self) -> None:
        """Organisations that are made up, each with keys of its own and one message in the store; nobody is at work."""
        store = await store_of(self._running)
        book, done = await self._desk.create(), 0
        for wanted in self._growth.tenants:
            for _ in range(done, wanted - 1):
                cim_id, org_id = uuid.uuid4().hex, str(uuid.uuid4())
                store.belongs(cim_id, org_id)
                await store.messages.put(message_of(uuid.uuid4().hex, cim_id, None, "complete"))
            done = wanted - 1
            await self._pair(book, "organisations", wanted)
        await store.close()

    async def _many_saves(self) -> None:
        """Of 5 kB slides into one book: sizes of its histories and of its state."""
        book, clients, store = await self._desk.create(), 40, await store_of(self._running)
        sealed = data_converter(PayloadSeal(store.keys, WorkflowPlaces(store)))
        opened = Client(self._client.service_client, data_converter=sealed)
        handle = opened.get_workflow_handle(cim_workflow_id(self._desk.person.org_id or "", book.cim_id))
        await book.send(*(book.slide_command(5_000, f"slide{n}") for n in range(clients)))
        before = len(str(await handle.query("state")))

        async def clerk(slide_id: str) -> None:
            for _ in range(self._growth.saves // clients):
                await book.save_slide(slide_id=slide_id)

        await asyncio.gather(*(clerk(f"slide{n}") for n in range(clients)))
        after = len(str(await handle.query("state")))
        await store.close()
        longest = max(await self._history_bytes(handle.id)) / 1e6
        self._add("longest history of many saves", "MB", [longest])
        self._add("state after / before many saves", "x", [after / before])

    async def _history_bytes(self, workflow_id: str) -> list[int]:
        await asyncio.sleep(2)
        sizes: list[int] = []
        async for execution in self._client.list_workflows(f'WorkflowId = "{workflow_id}"'):
            described = await self._client.get_workflow_handle(workflow_id, run_id=execution.run_id).describe()
            sizes.append(described.raw_description.workflow_execution_info.history_size_bytes)
        return sizes

    async def _pair(self, book: Book, of: str, at: int) -> None:
        """A save and a read of the head."""
        await timed(book.rename, 3)
        rounds = [Latency.of(await timed(book.rename, SAMPLES)).p50 for _ in range(self._growth.rounds)]
        self._add(f"save by {of}", "ms", rounds, at=at)
        await self._sample(f"/cims/{book.cim_id}", f"read of the head by {of}", at)

    async def _sample(self, path: str, what: str, at: int) -> None:
        await timed(lambda: self._desk.wire.get(path), 3)
        rounds = [
            Latency.of(await timed(lambda: self._desk.wire.get(path), SAMPLES)).p50 for _ in range(self._growth.rounds)
        ]
        self._add(what, "ms", rounds, at=at)

    def _add(self, what: str, unit: str, values: Sequence[float], *, at: int | None = None) -> None:
        self.figures.append(figure_of_ours("growth", what, unit, values, at=at))
