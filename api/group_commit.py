"""Group commit: one update in flight per CIM; what arrives meanwhile goes together in the next.

Every group of commands ends in one of three ways: answered; `Accepted`, when its deadline passed and Temporal has
taken it by signal; or `Unsent`, when Temporal could not even do that. The command ids make sending again safe.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from api.addresses import CIMAddress
from api.gateway import CIMGateway, NotRunning, Refused, TryAgain
from telemetry.tracing import Place, here, together
from workflows.contract import MAX_COMMANDS_PER_UPDATE, CommandResult, Entry, Submission, SubmissionResult

logger = logging.getLogger(__name__)

DEADLINE_SECONDS = 5.0
HAND_OVER_SECONDS = 2.0
MOST_BYTES_PER_UPDATE = 1_000_000
FIRST_PAUSE_SECONDS = 0.02
LONGEST_PAUSE_SECONDS = 0.5
CLOCK_GRAIN_SECONDS = 0.01


@dataclass(frozen=True)
class Accepted:
    """Temporal has the commands; the events follow on the stream."""


@dataclass(frozen=True)
class Unsent:
    """Nothing was acknowledged. `passing`: trying again may help."""

    passing: bool


Outcome = Sequence[CommandResult] | Accepted | Unsent


@dataclass(eq=False)
class _Group:
    """The commands of one request; they stay together and in order."""

    entries: tuple[Entry, ...]
    size_bytes: int
    deadline: float
    starts: bool
    place: Place = field(default_factory=here)
    outcome: asyncio.Future[Outcome] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def settle(self, outcome: Outcome) -> None:
        if not self.outcome.done():
            self.outcome.set_result(outcome)


class GroupCommit:
    def __init__(
        self,
        gateway: CIMGateway,
        deadline_seconds: float = DEADLINE_SECONDS,
        hand_over_seconds: float = HAND_OVER_SECONDS,
    ) -> None:
        self._gateway = gateway
        self._deadline_seconds = deadline_seconds
        self._hand_over_seconds = hand_over_seconds
        self._lanes: dict[str, _Lane] = {}

    async def execute(
        self, address: CIMAddress, entries: Sequence[Entry], size_bytes: int, starts: bool = False
    ) -> Outcome:
        """Send commands and wait for their answers. `starts`: the workflow is not there yet."""
        group = _Group(tuple(entries), size_bytes, time.monotonic() + self._deadline_seconds, starts)
        lane = self._lanes.get(address.cim_id)
        if lane is None:
            lane = _Lane(self._gateway, address, self._hand_over_seconds)
            lane.start(ended=lambda: self._lanes.pop(address.cim_id, None))
            self._lanes[address.cim_id] = lane
        lane.waiting.append(group)
        return await group.outcome

    async def submit(self, address: CIMAddress, entries: Sequence[Entry]) -> Accepted | Unsent:
        """Hand commands over without waiting for their answers."""
        return await _hand_over(self._gateway, address, tuple(entries), self._hand_over_seconds)

    async def close(self) -> None:
        """Wait for what is under way; at most until its deadlines."""
        await asyncio.gather(*(lane.finished() for lane in list(self._lanes.values())))


class _Lane:
    """The way of one CIM: alive as long as something waits."""

    def __init__(self, gateway: CIMGateway, address: CIMAddress, hand_over_seconds: float) -> None:
        self._gateway = gateway
        self._address = address
        self._hand_over_seconds = hand_over_seconds
        self._task: asyncio.Task[None] | None = None
        self.waiting: deque[_Group] = deque()

    def start(self, ended: Callable[[], object]) -> None:
        self._task = asyncio.create_task(self._run(ended))

    async def finished(self) -> None:
        if self._task is not None:
            await asyncio.wait({self._task})

    async def _run(self, ended: Callable[[], object]) -> None:
        """`ended` is called in the same step in which the lane is found empty, so that no group is left behind."""
        groups: list[_Group] = []
        try:
            while self.waiting:
                groups = self._next_groups()
                await self._settle(groups)
        finally:
            ended()
            for group in (*groups, *self.waiting):
                group.settle(Unsent(passing=True))

    def _next_groups(self) -> list[_Group]:
        groups = [self.waiting.popleft()]
        while self.waiting and self._fits([*groups, self.waiting[0]]):
            groups.append(self.waiting.popleft())
        return groups

    def _fits(self, groups: list[_Group]) -> bool:
        return (
            sum(len(group.entries) for group in groups) <= MAX_COMMANDS_PER_UPDATE
            and sum(group.size_bytes for group in groups) <= MOST_BYTES_PER_UPDATE
        )

    async def _settle(self, groups: list[_Group]) -> None:
        entries = tuple(entry for group in groups for entry in group.entries)
        try:
            answered = await self._answered(groups, Submission(entries=entries))
        except Refused:
            if len(groups) == 1:
                groups[0].settle(Unsent(passing=False))
            else:
                await self._settle_singly(groups)
            return
        if answered is None:
            await asyncio.gather(*map(self._hand_over, groups))
            return
        results = iter(answered.results)
        refused_for_others: list[_Group] = []
        for group in groups:
            of_group = [next(results) for _ in group.entries]
            if len(groups) > 1 and any(map(_is_refused_for_its_order, group.entries, of_group)):
                refused_for_others.append(group)
            else:
                group.settle(of_group)
        await self._settle_singly(refused_for_others)

    async def _settle_singly(self, groups: list[_Group]) -> None:
        """To the workflow what goes together is a list; what came of that is no answer to a request of its own."""
        for group in groups:
            await self._settle([group])

    async def _hand_over(self, group: _Group) -> None:
        """By itself: what is sent together comes in one order, and nobody hears of what is refused for that."""
        with together("hand over", [group.place]):
            group.settle(await _hand_over(self._gateway, self._address, group.entries, self._hand_over_seconds))

    async def _answered(self, groups: list[_Group], submission: Submission) -> SubmissionResult | None:
        """None when the first deadline passed without an answer."""
        ends_at = min(group.deadline for group in groups)
        starts = any(group.starts for group in groups)

        def attempt() -> Awaitable[SubmissionResult]:
            return self._gateway.execute(self._address, submission, starts)

        try:
            with together("group commit", [group.place for group in groups]):
                async with asyncio.timeout(max(ends_at - time.monotonic(), 0)):
                    return await _until_answered(attempt, ends_at)
        except TimeoutError:
            return None


def _is_refused_for_its_order(entry: Entry, result: CommandResult) -> bool:
    """For what was sent to follow it, not for the revision that its sender expected."""
    is_old = result.problem is not None and result.problem.code == "old_rev"
    return is_old and entry.command.expected_rev in (None, result.rev)


async def _until_answered(attempt: Callable[[], Awaitable[SubmissionResult]], ends_at: float) -> SubmissionResult:
    """Raises TimeoutError at `ends_at`, also where the attempt turns its cancellation into an error of its own."""
    pause_seconds = FIRST_PAUSE_SECONDS
    while True:
        try:
            return await attempt()
        except (TryAgain, NotRunning) as error:
            logger.info("commands are sent again: %s", error)
        if time.monotonic() >= ends_at - CLOCK_GRAIN_SECONDS:
            raise TimeoutError
        await asyncio.sleep(pause_seconds)
        pause_seconds = min(2 * pause_seconds, LONGEST_PAUSE_SECONDS)


async def _hand_over(
    gateway: CIMGateway, address: CIMAddress, entries: tuple[Entry, ...], seconds: float
) -> Accepted | Unsent:
    try:
        async with asyncio.timeout(seconds):
            await gateway.submit(address, Submission(entries=entries))
    except (TryAgain, NotRunning, TimeoutError) as error:
        logger.warning("commands could not be handed over: %s", error)
        return Unsent(passing=True)
    except Refused:
        return Unsent(passing=False)
    return Accepted()
