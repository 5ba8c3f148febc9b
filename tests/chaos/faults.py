"""The storm: waves of kills, cut and slow networks, a full disk, clocks that jump. Each wave heals before the next."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from deploy.embedded.stack import ALL_PARTS
from tests.chaos.history import Fault, FaultKind, Recording
from tests.chaos.proxies import Weather
from tests.chaos.site import APIS, KILLABLE, WORKERS, Site

MINUTE, HOUR = 60.0, 3_600.0
JUMPS = (5 * MINUTE, -5 * MINUTE, 40 * MINUTE, -2 * HOUR, 2 * HOUR)
"""Forward and back; after two hours forward the token of an hour has expired."""
KILL_WEIGHTS = {**dict.fromkeys(APIS, 3), **dict.fromkeys(WORKERS, 3), **dict.fromkeys(ALL_PARTS, 4)}
WAYS = tuple(f"{side}-{part}" for side in ("api", "worker") for part in ALL_PARTS) + tuple(
    f"clients-{api}" for api in APIS
)
MOST_KILLS_AT_ONCE = 5
REST_SECONDS = (0.5, 3.0)


@dataclass(frozen=True)
class Plan:
    """What one wave does, all at the same time."""

    kills: tuple[str, ...] = ()
    ways: tuple[tuple[str, Weather], ...] = ()
    disk_full: bool = False
    jump: tuple[tuple[str, ...], float] | None = None


def opening_plans(rng: random.Random, *, clocks: bool) -> list[Plan]:
    """Every kind of fault once, in few waves: every part killed, a way cut, held and slowed, disk, clock."""
    parts = rng.sample(KILLABLE, len(KILLABLE))
    ways = rng.sample(WAYS, 3)
    held: tuple[tuple[str, Weather], ...] = ((ways[1], "hold"), (ways[2], "delay"))
    cut: tuple[tuple[str, Weather], ...] = ((ways[0], "cut"),)
    plans = [
        Plan(kills=tuple(parts[:3]), ways=cut),
        Plan(kills=tuple(part for part in parts[3:5] if part != "mongodb"), disk_full=True),
        Plan(kills=tuple(parts[5:]), ways=held),
        Plan(
            kills=("mongodb",) if "mongodb" in parts[3:5] else (),
            jump=(("api", "worker", "supabase"), rng.choice(JUMPS)) if clocks else None,
        ),
    ]
    return [plan for plan in plans if plan != Plan()]


def random_plan(rng: random.Random, *, clocks: bool) -> Plan:
    count = rng.choices(range(MOST_KILLS_AT_ONCE + 1), (1, 3, 4, 4, 3, 2))[0]
    victims: list[str] = []
    while len(victims) < count:
        victim = rng.choices(list(KILL_WEIGHTS), list(KILL_WEIGHTS.values()))[0]
        if victim not in victims:
            victims.append(victim)
    weathers: list[Weather] = ["cut", "hold", "delay"]
    disturbed = rng.sample(WAYS, rng.choice((0, 0, 1, 1, 2)))
    ways: tuple[tuple[str, Weather], ...] = tuple((way, rng.choice(weathers)) for way in disturbed)
    who = rng.choice((("api", "worker", "supabase"), ("api", "worker", "supabase"), ("api",), ("worker",)))
    return Plan(
        kills=tuple(victims),
        ways=ways,
        disk_full="mongodb" not in victims and rng.random() < 0.12,
        jump=(who, rng.choice(JUMPS)) if clocks and rng.random() < 0.15 else None,
    )


class Storm:
    """Carries plans out, and counts."""

    def __init__(self, site: Site, recording: Recording, rng: random.Random) -> None:
        self._site = site
        self._recording = recording
        self._rng = rng
        self.kills = 0

    async def rage(self, go_on: Callable[[int], bool]) -> None:
        """Waves until `go_on` says no to the number of kills so far; at least one of every kind."""
        plans = opening_plans(self._rng, clocks=self._site.has_clocks)
        while plans or go_on(self.kills):
            plan = plans.pop(0) if plans else random_plan(self._rng, clocks=self._site.has_clocks)
            await self.carry_out(plan)
            await asyncio.sleep(self._rng.uniform(*REST_SECONDS))

    async def carry_out(self, plan: Plan) -> None:
        faults: list[Awaitable[None]] = [self._kill(name) for name in plan.kills]
        faults += [self._disturb(way, weather) for way, weather in plan.ways]
        if plan.disk_full:
            faults.append(self._fill_disk())
        if plan.jump is not None:
            faults.append(self._jump(*plan.jump))
        await asyncio.gather(*faults)

    async def _kill(self, name: str) -> None:
        began = self._recording.now
        await self._site.kill(name)
        self.kills += 1
        await asyncio.sleep(self._rng.uniform(0.0, 1.5))
        seconds = await self._site.start_again(name)
        self._note("kill", name, began, f"well again {seconds:.1f} s after its start")

    async def _disturb(self, way: str, weather: Weather) -> None:
        began, proxy = self._recording.now, self._site.proxies[way]
        proxy.set(weather)
        await asyncio.sleep(self._rng.uniform(0.5, 4.0))
        lost = weather == "hold" and self._rng.random() < 0.5
        proxy.heal(drop_held=lost)
        assert weather != "fair"
        self._note(weather, way, began, "what was held is lost" if lost else "")

    async def _fill_disk(self) -> None:
        began = self._recording.now
        self._site.fill_disk(True)
        await asyncio.sleep(self._rng.uniform(1.5, 4.0))
        self._site.fill_disk(False)
        self._note("disk_full", "mongodb", began)

    async def _jump(self, who: tuple[str, ...], seconds: float) -> None:
        began = self._recording.now
        for name in who:
            self._site.clocks[name].shift(seconds)
        await asyncio.sleep(self._rng.uniform(2.0, 5.0))
        for name in who:
            self._site.clocks[name].shift(0.0)
        self._note("clock", " and ".join(who), began, f"{seconds / MINUTE:+.0f} minutes")

    def _note(self, kind: FaultKind, target: str, began: float, detail: str = "") -> None:
        now = self._recording.now
        self._recording.add(Fault(at=began, until=now, kind=kind, target=target, detail=detail))


def until(seconds: float, kills: int | None) -> Callable[[int], bool]:
    """Whether to go on: for so long, and no longer than it takes to kill so many."""
    ends = time.monotonic() + seconds
    return lambda done: time.monotonic() < ends and (kills is None or done < kills)
