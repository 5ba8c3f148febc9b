"""What is compared: the same calls on every system, in rounds in which the systems take turns."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import TypeVar

from temporalio.exceptions import TemporalError

from bench.measure import Latency, Spread, throughput, timed
from bench.processes import Absent, resident_mb
from bench.report import Figure, Suite
from bench.systems import GraphOfSteps, HasName, System
from domain.values import Value

Named = TypeVar("Named", bound=HasName)
Measure = Callable[[Named], Awaitable[Mapping[str, float]]]
STEPS, A_STEP = 10, "a step of a run, p50"
WORDS = 40
WARM_UP = 10
BEGUN_AT_ONCE = 8
ANSWER_SECONDS, PAUSE_SECONDS = 90.0, 0.2


class Size(Value):
    """How much is done. `replayed`: saves before a book is opened cold; `opened`: books whose memory is taken."""

    rounds: int = 5
    calls: int = 40
    seconds: float = 4.0
    at_once: int = 50
    replayed: tuple[int, ...] = (10, 500)
    restarts: int = 3
    opened: int = 1_000


QUICK = Size(rounds=3, calls=15, seconds=1.5, at_once=20, replayed=(10, 50), restarts=2, opened=100)


class Suites:
    """`figures` and `absent` fill up as suites run."""

    def __init__(self, systems: Sequence[System], by_graph: GraphOfSteps, size: Size) -> None:
        self._systems = systems
        self._by_graph = by_graph
        self._size = size
        self._books: dict[str, str] = {}
        self.figures: list[Figure] = []
        self.absent: dict[str, str] = {}

    async def saves(self) -> None:
        async def measure(system: System) -> Mapping[str, float]:
            book_id = await self._book(system)
            return _both("save", await timed(lambda: system.save(book_id), self._size.calls))

        await self._in_turns("saves", "ms", measure, self._systems)

    async def reads(self) -> None:
        async def measure(system: System) -> Mapping[str, float]:
            book_id = await self._book(system)
            return _both("read of a head", await timed(lambda: system.read(book_id), self._size.calls))

        await self._in_turns("reads", "ms", measure, self._systems)

    async def starts(self) -> None:
        """A book, and its outline in a second call; the floor starts its workflow."""

        async def measure(system: System) -> Mapping[str, float]:
            await self._book(system)
            return _both("start", await timed(system.create, max(5, self._size.calls // 4)))

        await self._in_turns("starts", "ms", measure, self._systems)

    async def runs(self) -> None:
        """Steps that do nothing but get recorded. What a run of ours takes is told by `OurSuites`."""

        async def measure(system: System | GraphOfSteps) -> Mapping[str, float]:
            await system.run(STEPS)
            seconds = await timed(lambda: system.run(STEPS), max(5, self._size.calls // 4))
            return {**_both(f"run of {STEPS} steps", seconds), A_STEP: Latency.of(seconds).p50 / STEPS}

        await self._in_turns("runs", "ms", measure, [*self._systems, self._by_graph])

    async def words(self) -> None:
        async def measure(system: System) -> Mapping[str, float]:
            late: list[float] = []
            async with aclosing(system.words(WORDS)) as words:
                async for said, came in words:
                    late.append(came - said)
            return {"first word": 1000 * late[0], "word, p50": Latency.of(late[1:]).p50}

        await self._in_turns("words", "ms", measure, self._systems)

    async def load(self) -> None:
        """So many books at once, each with one client that saves again as soon as it is answered."""
        books = {
            system.name: await asyncio.gather(*(system.create() for _ in range(self._size.at_once)))
            for system in self._systems
        }

        async def measure(system: System) -> Mapping[str, float]:
            calls = [_saving(system, book_id) for book_id in books[system.name]]
            return {f"saves of {self._size.at_once} books at once": await throughput(calls, self._size.seconds)}

        await self._in_turns("load", "per second", measure, self._systems, less_is_better=False)

    async def replay(self) -> None:
        """Warm: on another book, so that the process and its connections are there."""
        for saves in self._size.replayed:
            books: dict[str, list[str]] = {}
            for system in self._systems:
                made = [await system.create() for _ in range(self._size.restarts)]
                await asyncio.gather(*(timed(_saving(system, book_id), saves) for book_id in made))
                books[system.name] = made

            async def measure(
                system: System, books: dict[str, list[str]] = books, saves: int = saves
            ) -> Mapping[str, float]:
                warm = await self._book(system)
                await system.restart()
                await _answering(system, warm)
                await timed(lambda: system.save(warm), WARM_UP)
                cold = books[system.name].pop()
                return {f"first save of a book with {saves:,}": 1000 * (await timed(lambda: system.save(cold), 1))[0]}

            await self._in_turns("replay", "ms", measure, self._systems, rounds=self._size.restarts)

    async def memory(self) -> None:
        """What the serving processes have more after so many books were begun: a part of them in each round.

        Not what keeps: the caches of servers grow and shrink by more than a thousand books take in them.
        """
        part = self._size.opened // self._size.rounds

        async def measure(system: System) -> Mapping[str, float]:
            room = asyncio.Semaphore(BEGUN_AT_ONCE)

            async def begin() -> None:
                async with room:
                    await system.save(await system.create())

            await self._book(system)
            before = _memory(system)
            await asyncio.gather(*(begin() for _ in range(part)))
            return {"what serves grew by for 1,000 open books": (_memory(system) - before) * 1_000 / part}

        await self._in_turns("memory", "MB", measure, self._systems)

    async def _in_turns(
        self,
        suite: Suite,
        unit: str,
        measure: Measure[Named],
        systems: Sequence[Named],
        *,
        less_is_better: bool = True,
        rounds: int | None = None,
    ) -> None:
        found: dict[tuple[str, str], list[float]] = {}
        left_out: set[str] = set()
        for _ in range(rounds or self._size.rounds):
            for system in systems:
                if system.name in left_out:
                    continue
                try:
                    told = await measure(system)
                except Absent as error:
                    self.absent[f"{suite} of {system.name}"] = str(error)
                    left_out.add(system.name)
                    continue
                for what, value in told.items():
                    found.setdefault((what, system.name), []).append(value)
        for what in dict.fromkeys(what for what, _ in found):
            for system in systems:
                if (values := found.get((what, system.name))) is not None:
                    self._add(suite, what, system.name, unit, values, less_is_better)

    async def _book(self, system: System) -> str:
        """One of each system, used before."""
        if system.name not in self._books:
            book_id = self._books[system.name] = await system.create()
            await timed(lambda: system.save(book_id), WARM_UP)
        return self._books[system.name]

    def _add(
        self,
        suite: Suite,
        what: str,
        system: str,
        unit: str,
        values: Sequence[float],
        less_is_better: bool = True,
    ) -> None:
        figure = Figure(
            suite=suite,
            what=what,
            system=system,
            unit=unit,
            spread=Spread.of(values),
            less_is_better=less_is_better,
        )
        self.figures.append(figure)


def _memory(system: System) -> float:
    return sum(resident_mb(pid) for pid in system.serving())


async def _answering(system: System, book_id: str) -> None:
    """Calls until it is answered: after a kill a server may wait for the dead process first."""
    async with asyncio.timeout(ANSWER_SECONDS):
        while True:
            try:
                await system.save(book_id)
            except (OSError, EOFError, RuntimeError, TemporalError):
                await asyncio.sleep(PAUSE_SECONDS)
            else:
                return


def _both(what: str, seconds: Sequence[float]) -> Mapping[str, float]:
    latency = Latency.of(seconds)
    return {f"{what}, p50": latency.p50, f"{what}, p95": latency.p95}


def _saving(system: System, book_id: str) -> Callable[[], Awaitable[object]]:
    return lambda: system.save(book_id)
