"""One run: a product of its own, people at work, a storm, peace, and what is found then."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path

from deploy.embedded.places import CHECKOUT
from deploy.embedded.steps import Report
from domain.values import Value
from tests.chaos import found, talks
from tests.chaos.check import Verdict, judged_folder
from tests.chaos.clients import Caller, Client
from tests.chaos.commands import KnownBook
from tests.chaos.deleting import Deleter
from tests.chaos.faults import Storm, until
from tests.chaos.history import Fault, Recording, records_in
from tests.chaos.listeners import Listener
from tests.chaos.looking import Looker
from tests.chaos.people import DAY, HOUR, People
from tests.chaos.site import Site
from tests.chaos.tree import Tree, tree_of

LISTENERS_PER_BOOK = 2
FINISHING_EVERY = 3
"""One book in so many is completed and reopened."""
CALLS_PER_SECOND, CALLS_OF_REFUSED = 4.0, 0.4
PROGRESS_SECONDS = 5.0


class Options(Value):
    """`seconds` of storm, fewer where `kills` are done before; `heal_seconds`: what everything may take to be well."""

    seconds: float = 90.0
    kills: int | None = None
    books: int = 6
    clients: int = 8
    talkers: int = 2
    seed: int = 1
    heal_seconds: float = 120.0


class Figures(Value):
    """What a run did and found. `tree` and `cores`: of what, on what; not in reports of before."""

    options: Options
    tree: Tree | None = None
    cores: int | None = None
    clocks: bool
    storm_seconds: float
    heal_seconds: float
    faults: dict[str, int]
    kills: dict[str, int]
    recovery_seconds: dict[str, float]
    verdict: Verdict

    @property
    def all_kills(self) -> int:
        return sum(self.kills.values())

    @property
    def missing_kills(self) -> int:
        """Kills that were asked for and not done, since the time was over."""
        return max(0, (self.options.kills or 0) - self.all_kills)


class Run:
    """Everybody at work on one site."""

    def __init__(self, site: Site, folder: Path, options: Options, report: Report) -> None:
        self._site = site
        self._folder = folder
        self._options = options
        self._report = report
        self._tree = tree_of(CHECKOUT)
        self._recording = Recording(folder)
        self._people = People(site.stack.addresses)
        self._rng = random.Random(options.seed)
        self._books: list[KnownBook] = []
        self._callers: list[Caller] = []
        self._stopping = asyncio.Event()

    async def carry_out(self) -> Figures:
        lead = self._people.person("lead")
        token = self._people.token(lead)
        caller, rng = self._caller(token), self._own_rng()
        try:
            await self._open_books(caller, lead.deal_id or "", rng)
            cim_ids = [book.cim_id for book in self._books]
            listeners = [
                Listener(f"listener-{n}", self._site, token, cim_id, self._recording, self._own_rng())
                for n, cim_id in enumerate(cim_ids * LISTENERS_PER_BOOK)
            ]
            async with _tasks(*(listener.listen() for listener in listeners)):
                storm = Storm(self._site, self._recording, self._own_rng())
                began = time.monotonic()
                deleted = await self._storm(storm, caller, lead.deal_id or "")
                storm_seconds = time.monotonic() - began
                self._report(f"  the storm is over after {storm_seconds:.0f} s and {storm.kills} kills; healing …")
                began = time.monotonic()
                await self._settle(caller, cim_ids[0], rng)
                async with Looker.open(self._site, token, lead.org_id or "", rng) as looker:
                    unrest = await looker.rest([*cim_ids, *deleted], listeners, self._options.heal_seconds)
                    heal_seconds = time.monotonic() - began
                    self._report(f"  at rest after {heal_seconds:.0f} s; looking …")
                    found.keep(self._folder, await looker.found([*cim_ids, *deleted], unrest))
        finally:
            self._recording.close()
            await asyncio.gather(*(one.close() for one in self._callers))
        return self._figures(storm_seconds, heal_seconds, await asyncio.to_thread(judged_folder, self._folder))

    async def _open_books(self, caller: Caller, deal_id: str, rng: random.Random) -> None:
        opener = Client("opener", caller, [], self._recording, rng)
        for n in range(self._options.books):
            answer = await caller.patiently(rng, "POST", "/cims", 60.0, json={"deal_id": deal_id, "title": f"Book {n}"})
            book = KnownBook(answer["id"], may_complete=n % FINISHING_EVERY == FINISHING_EVERY - 1)
            await opener.open(book)
            self._books.append(book)
        talker = talks.Talker("planner", caller, self._books, self._recording, rng)
        for book in self._books[:2]:
            await talks.documented(caller, book.cim_id, rng)
        await talker.have_composed(self._books[0].cim_id)
        await talks.open_request(caller, self._books[0].cim_id, rng)
        self._report(f"  {self._options.books} books are open, one waits for people to look over a plan")

    async def _storm(self, storm: Storm, caller: Caller, deal_id: str) -> list[str]:
        """The books that it was asked to delete."""
        people, options = self._people, self._options
        lead, editor = people.person("lead"), people.person("editor")
        tokens = [
            people.token(lead),
            people.token(editor),
            people.token(people.person("reviewer")),
            people.token(editor, seconds=HOUR, age_seconds=DAY),
            people.token(lead),
            people.token(editor),
        ]
        refused = [people.token(people.person("viewer")), people.token(people.person("lead", team=1))]
        clients = [
            self._client(f"client-{n}", tokens[n % len(tokens)], CALLS_PER_SECOND) for n in range(options.clients)
        ]
        clients += [self._client(f"refused-{n}", token, CALLS_OF_REFUSED) for n, token in enumerate(refused)]
        talked_in = self._books[:2]
        talkers = [
            talks.Talker(f"talker-{n}", caller, talked_in, self._recording, self._own_rng())
            for n in range(options.talkers)
        ]
        rng = self._own_rng()
        opener = Client("opener of the doomed", caller, [], self._recording, rng)
        deleter = Deleter(caller, opener, self._books, talked_in, self._recording, rng)
        first = await deleter.begin(deal_id)
        working = asyncio.gather(
            *(client.work(self._stopping) for client in clients),
            *(talker.talk(self._stopping) for talker in talkers),
            talkers[0].begin_books(deal_id, self._stopping),
            deleter.delete_books(first, deal_id, self._stopping),
        )
        async with _tasks(self._tell(storm)):
            try:
                await storm.rage(until(options.seconds, options.kills))
            finally:
                self._stopping.set()
            await working
        return deleter.cim_ids

    async def _settle(self, caller: Caller, cim_id: str, rng: random.Random) -> None:
        """The question that was pending through it all is still there, and is answered once."""
        request = await talks.open_request(caller, cim_id, rng)
        editor = self._caller(self._people.token(self._people.person("editor")))
        await talks.answered_at_once({"a lead": caller, "an editor": editor}, cim_id, request, self._recording)

    async def _tell(self, storm: Storm) -> None:
        while True:
            await asyncio.sleep(PROGRESS_SECONDS)
            self._report(f"  {self._recording.now:5.0f} s: {self._recording.calls} calls, {storm.kills} kills")

    def _figures(self, storm_seconds: float, heal_seconds: float, verdict: Verdict) -> Figures:
        faults = [record for record in records_in(self._folder) if isinstance(record, Fault)]
        kills = [fault for fault in faults if fault.kind == "kill"]
        recovery = {part: max(f.until - f.at for f in kills if f.target == part) for part in {f.target for f in kills}}
        return Figures(
            options=self._options,
            tree=self._tree,
            cores=os.cpu_count(),
            clocks=self._site.has_clocks,
            storm_seconds=round(storm_seconds, 1),
            heal_seconds=round(heal_seconds, 1),
            faults=dict(Counter(fault.kind for fault in faults)),
            kills=dict(Counter(fault.target for fault in kills)),
            recovery_seconds={part: round(seconds, 1) for part, seconds in sorted(recovery.items())},
            verdict=verdict,
        )

    def _client(self, name: str, token: str, calls_per_second: float) -> Client:
        caller, rng = self._caller(token), self._own_rng()
        return Client(name, caller, self._books, self._recording, rng, calls_per_second)

    def _caller(self, token: str) -> Caller:
        caller = Caller(self._site, token)
        self._callers.append(caller)
        return caller

    def _own_rng(self) -> random.Random:
        return random.Random(self._rng.getrandbits(64))


async def stormed(folder: Path, options: Options, report: Report) -> Figures:
    """Starts a product in the folder and carries one run out; the history stays there."""
    async with Site.running(folder, report, random.Random(options.seed)) as site:
        run = await asyncio.to_thread(Run, site, folder, options, report)
        return await run.carry_out()


@asynccontextmanager
async def _tasks(*works: Coroutine[object, object, None]) -> AsyncGenerator[None]:
    """These go on beside the with-block, and end with it."""
    running = [asyncio.create_task(work) for work in works]
    try:
        yield
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
