"""`python -m bench.capacity`: what books, commands, turns, documents, reads and streams cost, and what many books need.

Measured on a stack of its own. CPU is that of each process, from /proc, less what it takes while nobody does anything,
so that others who use the machine change it little; bytes are those of documents in the store, and of histories as
Temporal tells them. The model of the turns is a server of the tests on this machine. Then follows what `ASSUMED` makes
of it for more and more books. `python -m bench.capacity report out/capacity.json` puts it into docs/capacity.md.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import random
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import cast

import httpx
from temporalio.client import Client

from bench.books import Book, Desk
from bench.capacity_page import costs, needs, shown
from bench.costs import Cost, Estimate, Histories, Measured, Store, Usage, histories_of
from bench.documents import document
from bench.report import between_marks
from deploy.embedded.people import Person
from deploy.embedded.places import CHECKOUT
from deploy.embedded.product import fresh_product
from deploy.embedded.steps import say
from deploy.embedded.supervisor import RunningStack
from tests.providers.script import Reply
from tests.providers.server import Provider, serving

CREATED = 30
SAVES, BOOKS_AT_ONCE, SAVES_AT_ONCE = 200, 20, 20
TURNS, ANSWER_WORDS = 20, 300
DOCUMENTS = 3
READS = 300
OPENED_BOOKS, STREAMS = 200, 200
PAGE = CHECKOUT / "docs" / "capacity.md"
BOOKS = (1_000, 100_000, 10_000_000)
TURN_SECONDS, LOOK_SECONDS, IDLE_SECONDS = 120.0, 0.5, 10.0
SETTLE_SECONDS = 10.0
"""Until what was done before is wholly done, audit entries included."""
SLIDE_CHARACTERS, VOCABULARY = 5_000, 4_000

Work = Callable[[], Awaitable[None]]


class Capacity:
    def __init__(
        self,
        running: RunningStack,
        person: Person,
        desk: Desk,
        http: httpx.AsyncClient,
        temporal: Client,
        store: Store,
        load_before: float,
    ) -> None:
        self._org_id = person.org_id
        self._usage = Usage(running.pids)
        self._desk = desk
        self._http = http
        self._temporal = temporal
        self._store = store
        self._load_before = load_before
        self._idle: dict[str, float] = {}
        self._lots = random.Random(7)
        self._file = document()

    async def measure(self) -> Measured:
        warm = await self._desk.create()
        for _ in range(20):
            await self._save(warm)
        say("  nothing …")
        await asyncio.sleep(SETTLE_SECONDS)
        self._idle = await self._usage.idle(IDLE_SECONDS)
        say("  new books …")
        creation = await self._creation()
        say("  commands of one person …")
        alone = await self._commands([warm], SAVES)
        books = [await self._desk.create() for _ in range(BOOKS_AT_ONCE)]
        say(f"  commands in {BOOKS_AT_ONCE} books at once …")
        at_once = await self._commands(books, SAVES_AT_ONCE)
        say("  open books …")
        memory = await self._open_books()
        say("  reads …")
        head, slides = await self._reads(f"/cims/{warm.cim_id}"), await self._reads(f"/cims/{warm.cim_id}/slides")
        say("  turns …")
        turn = await self._turns()
        say("  documents …")
        documents = await self._documents()
        say("  streams …")
        stream = await self._streams(warm)
        return Measured(
            cores=os.cpu_count() or 0,
            python=platform.python_version(),
            load_before=self._load_before,
            idle_ms_per_second={name: round(1000 * share, 1) for name, share in self._idle.items()},
            creation=creation,
            command_alone=alone,
            command_at_once=at_once,
            read_head=head,
            read_slides=slides,
            turn=turn,
            document=documents,
            document_bytes=len(self._file),
            worker_bytes_per_open_book=memory,
            api_bytes_per_stream=stream,
        )

    async def _creation(self) -> Cost:
        """Books without an outline."""
        made: list[str] = []

        async def create() -> None:
            for _ in range(CREATED):
                made.append((await self._desk.begin()).cim_id)

        return await self._cost(create, CREATED, made)

    async def _commands(self, books: list[Book], saves: int) -> Cost:
        """Saves of 5 kB slides, one after the other in each book."""

        async def save(book: Book) -> None:
            for _ in range(saves):
                await self._save(book)

        async def all_of_them() -> None:
            await asyncio.gather(*(save(book) for book in books))

        return await self._cost(all_of_them, len(books) * saves, [book.cim_id for book in books])

    async def _save(self, book: Book) -> None:
        """A slide whose words are not all the same, since what is kept is compressed."""
        words = (f"word{self._lots.randrange(VOCABULARY)}" for _ in range(SLIDE_CHARACTERS // 8))
        text = " ".join(words)[:SLIDE_CHARACTERS]
        command = book.slide_command(0, "slide1")
        slide = {**cast("dict[str, object]", command["slide"]), "components": [{"type": "text", "text": text}]}
        await book.send({**command, "slide": slide})

    async def _reads(self, path: str) -> Cost:
        async def read() -> None:
            for _ in range(READS):
                await self._desk.wire.get(path)

        return await self._cost(read, READS, [])

    async def _turns(self) -> Cost:
        book = await self._desk.create()
        await self._turn(book)

        async def talk() -> None:
            for _ in range(TURNS):
                await self._turn(book)

        return await self._cost(talk, TURNS, [book.cim_id])

    async def _turn(self, book: Book) -> None:
        sent = await self._http.post(f"/cims/{book.cim_id}/messages", json={"text": "What is known of it?"})
        sent.raise_for_status()
        async with asyncio.timeout(TURN_SECONDS):
            while (await self._json(f"/runs/{sent.json()['run_id']}"))["status"] != "completed":
                await asyncio.sleep(LOOK_SECONDS)

    async def _documents(self) -> Cost:
        """The same one, into a book for each; the first warms up what reads them."""
        books = [await self._desk.create() for _ in range(1 + DOCUMENTS)]
        await self._read(books.pop())

        async def upload() -> None:
            for book in books:
                await self._read(book)

        return await self._cost(upload, DOCUMENTS, [book.cim_id for book in books])

    async def _read(self, book: Book) -> None:
        files = {"file": ("document.docx", self._file)}
        sent = await self._http.post(f"/cims/{book.cim_id}/sources", files=files)
        sent.raise_for_status()
        async with asyncio.timeout(TURN_SECONDS):
            while (status := (await self._json(f"/sources/{sent.json()['id']}"))["status"]) != "ready":
                if status == "failed":
                    raise RuntimeError("the document could not be read")
                await asyncio.sleep(LOOK_SECONDS)

    async def _open_books(self) -> int:
        """Before turns and documents, which leave room in the worker that books would fill unseen."""
        before = self._usage.memory("worker")
        books = [await self._desk.create() for _ in range(OPENED_BOOKS)]
        for book in books:
            await self._save(book)
        return (self._usage.memory("worker") - before) // OPENED_BOOKS

    async def _streams(self, book: Book) -> int:
        before = self._usage.memory("api")
        arrived = asyncio.Event()
        count = 0

        async def listen() -> None:
            nonlocal count
            async with self._http.stream("GET", f"/cims/{book.cim_id}/stream") as stream:
                async for _ in stream.aiter_lines():
                    count += not arrived.is_set()
                    if count >= STREAMS:
                        arrived.set()
                    await leaving.wait()
                    return

        leaving = asyncio.Event()
        listening = [asyncio.create_task(listen()) for _ in range(STREAMS)]
        await asyncio.wait_for(arrived.wait(), TURN_SECONDS)
        taken = (self._usage.memory("api") - before) // STREAMS
        leaving.set()
        await asyncio.gather(*listening)
        return taken

    async def _cost(self, work: Work, times: int, cim_ids: list[str]) -> Cost:
        histories, stored = await self._histories(cim_ids), await self._store.size()
        cpu, began = self._usage.cpu(), time.monotonic()
        await work()
        spent, seconds = self._usage.cpu(), time.monotonic() - began
        grown, kept = await self._histories(cim_ids), await self._store.size()
        return Cost(
            times=times,
            cpu_ms={
                name: round(max(0.0, spent[name] - cpu[name] - seconds * self._idle[name]) * 1000 / times, 2)
                for name in spent
            },
            store_documents=round((kept.documents - stored.documents) / times, 1),
            store_bytes=round((kept.bytes - stored.bytes) / times),
            temporal_events=round((grown.events - histories.events) / times, 1),
            temporal_bytes=round((grown.bytes - histories.bytes) / times),
            temporal_actions=round((grown.actions - histories.actions) / times, 1),
            workflows=round((grown.workflows - histories.workflows) / times, 1),
        )

    async def _histories(self, cim_ids: list[str]) -> Histories:
        """Of all workflows that belong to these books."""
        found = Histories()
        for cim_id in cim_ids:
            found += await histories_of(self._temporal, self._org_id, cim_id)
        return found

    async def _json(self, path: str) -> dict[str, str]:
        return (await self._http.get(path)).json()


async def measure(running: RunningStack, load_before: float) -> Measured:
    assert running.api_url is not None
    assert running.addresses.temporal_address is not None
    assert running.addresses.mongodb_url is not None
    lead: Person = next(person for person in running.addresses.people() if person.role == "lead")
    temporal = await Client.connect(running.addresses.temporal_address)
    headers = {"Authorization": f"Bearer {lead.access_token}"}
    limits = httpx.Limits(max_connections=STREAMS + 10)
    async with (
        Desk.open(running.api_url, lead) as desk,
        httpx.AsyncClient(base_url=running.api_url, headers=headers, timeout=TURN_SECONDS, limits=limits) as http,
        Store.open(running.addresses.mongodb_url) as store,
    ):
        return await Capacity(running, lead, desk, http, temporal, store, load_before).measure()


def _estimates(measured: Measured) -> list[Estimate]:
    return [Estimate.of(measured, books) for books in BOOKS]


def _tell(file: Path) -> int:
    measured = Measured.model_validate_json(file.read_bytes())
    page = between_marks(PAGE.read_text(), "costs", costs(measured))
    PAGE.write_text(between_marks(page, "needs", needs(measured, _estimates(measured))))
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.capacity", description=__doc__)
    parser.add_argument("--json", type=Path, default=Path("out/capacity.json"), help="where the figures go")
    parser.add_argument(
        "told", nargs="*", metavar="report FILE", help="figures that were measured go into the documents"
    )
    given = parser.parse_args()
    if given.told:
        return _tell(Path(given.told[-1]))
    load_before = os.getloadavg()[0]
    reply = Reply(text=" ".join(f"word{number}" for number in range(ANSWER_WORDS)))
    say("Measuring on a stack of its own …")
    with serving(Provider(reply)) as provider:
        settings = {**provider.environment(), "BOOKRUNNER_MODEL": "openai:tests", "BOOKRUNNER_RATE_LIMITS": "{}"}
        with fresh_product(**settings) as (running, _):
            measured = asyncio.run(measure(running, load_before))
    given.json.parent.mkdir(parents=True, exist_ok=True)
    given.json.write_text(measured.model_dump_json(indent=2) + "\n")
    sys.stdout.write(shown(measured, _estimates(measured)))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
