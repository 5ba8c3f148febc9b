"""What is held against what was promised, however busy the machine was."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta

from domain.events import EventRecord
from domain.head import head_of
from store import Store
from workflows.chores import REMINDED_AFTER_DAYS, REMINDED_EVERY_DAYS, reminders_due

from .house import Heard

PATIENCE_SECONDS = 120
ON_THE_WAY = timedelta(seconds=10)
"""From the end of a chore until its notice is heard, at the most."""

Wait = tuple[datetime, datetime | None]
Run = tuple[datetime, datetime]


async def eventually(found: Callable[[], Awaitable[bool]], what: str) -> None:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await found():
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise AssertionError(f"not within {PATIENCE_SECONDS} s: {what}") from None


async def log_is_whole(store: Store, cim_id: str, acknowledged: Sequence[str]) -> list[EventRecord]:
    """Without a gap, with each acknowledged command once, and its fold is what is read."""
    records = [record async for record in store.log.all_events(cim_id)]
    assert [record.seq for record in records] == list(range(1, len(records) + 1))
    groups = [str(record.command_id) for record in records]
    starts = [one for one, before in zip(groups, ["", *groups], strict=False) if one != before]
    assert len(starts) == len(set(starts)), "a command is done once"
    assert set(acknowledged) <= set(starts), "what was acknowledged is there"
    state = await store.books.state_at(cim_id)
    assert state is not None
    assert head_of(state) == await store.head(cim_id), "the fold of the log is what is read"
    assert state == await store.books.state(cim_id)
    return records


def reminders_are_right(
    reminders: Sequence[Heard],
    day: timedelta,
    waits: Mapping[str, Wait],
    runs: Sequence[Run],
    at_least: Mapping[str, int],
) -> None:
    """None too early, none twice, each by the first run of the chore that is due to send it, and so many."""
    heard: dict[str, list[Heard]] = {request_id: [] for request_id in waits}
    for each in reminders:
        heard[each.request_id].append(each)
    for request_id, (opened, closed) in waits.items():
        counts = [each.count for each in heard[request_id]]
        assert counts == sorted(set(counts)), f"{request_id} was told {counts}"
        for each in heard[request_id]:
            assert each.count <= reminders_due(each.at - opened, day), "not before its age"
        for number, age in enumerate(ages(day), start=1):
            [first, *_] = [run for run in runs if run[0] >= opened + age] or [None]
            if first is None or (closed is not None and closed < first[1]):
                break
            in_time = [each for each in heard[request_id] if each.at <= first[1] + ON_THE_WAY]
            assert max((each.count for each in in_time), default=0) >= number, f"{request_id} missed reminder {number}"
        assert max(counts, default=0) >= at_least[request_id], f"{request_id} was told {counts}"


def ages(day: timedelta) -> list[timedelta]:
    """Of the first reminders of a request."""
    later = [REMINDED_AFTER_DAYS[-1] + REMINDED_EVERY_DAYS * weeks for weeks in range(1, 12)]
    return [days * day for days in (*REMINDED_AFTER_DAYS, *later)]
