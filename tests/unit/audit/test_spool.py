"""Entries outlive the process and reach the log once each, in order, whatever the log and the disk do."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from audit import NO_ORGANIZATION, AuditActor, AuditEntry, Target
from audit.shipping import EntriesRefused, LogUnavailable, Shipper, open_trail
from audit.spool import REFUSED, Spool

WRITER = """
import sys, uuid
from pathlib import Path
from audit import *
from audit.spool import Spool
spool = Spool(Path(sys.argv[1]))
for n in range(10**9):
    spool.record(AuditEntry(org_id=NO_ORGANIZATION, actor=AuditActor(kind="system", id="w"), action="test.write",
        target=Target(kind="test", id=str(n))))
    print(n, flush=True)
"""


def entry(number: int) -> AuditEntry:
    return AuditEntry(
        org_id=NO_ORGANIZATION,
        actor=AuditActor(kind="user", id=str(uuid.uuid4())),
        action="cim.read",
        target=Target(kind="cim", id=str(number)),
    )


class Log:
    """Keeps entries once by their id, as the table does; away, or refusing some, when told."""

    def __init__(self) -> None:
        self.entries: dict[str, str] = {}
        self.is_away = False
        self.answers_are_lost = False
        self.refused: set[str] = set()

    async def append(self, lines: Sequence[bytes]) -> None:
        if self.is_away:
            raise LogUnavailable("away")
        try:
            read = [json.loads(line) for line in lines]
        except ValueError:
            raise EntriesRefused("not JSON") from None
        if any(one["target"]["id"] in self.refused for one in read):
            raise EntriesRefused("refused")
        for one in read:
            self.entries.setdefault(one["entry_id"], one["target"]["id"])
        if self.answers_are_lost:
            raise LogUnavailable("the answer was lost")

    @property
    def numbers(self) -> list[int]:
        return [int(number) for number in self.entries.values()]


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_entries_arrive_once_and_in_order(tmp_path: Path) -> None:
    log = Log()
    async with open_trail(tmp_path, log) as trail:
        for number in range(300):
            trail.record(entry(number))
    assert log.numbers == list(range(300))
    assert left(tmp_path) == []


async def test_the_log_is_away_for_a_while(tmp_path: Path) -> None:
    log = Log()
    log.is_away = True
    async with open_trail(tmp_path, log) as trail:
        for number in range(50):
            trail.record(entry(number))
            await asyncio.sleep(0)
    assert log.numbers == []
    log.is_away = False
    async with open_trail(tmp_path, log) as trail:
        trail.record(entry(50))
    assert log.numbers == list(range(51))
    assert left(tmp_path) == []


async def test_an_answer_that_is_lost_does_not_double_entries(tmp_path: Path) -> None:
    log = Log()
    spool = Spool(tmp_path)
    shipper = Shipper(spool, log, batch_lines=10)
    for number in range(25):
        spool.record(entry(number))
    log.answers_are_lost = True
    for _ in range(2):
        with pytest.raises(LogUnavailable):
            await shipper.ship()
    log.answers_are_lost = False
    await shipper.ship()
    assert log.numbers == list(range(25))
    shipper.close()
    spool.close()


async def test_a_killed_process_leaves_every_entry(tmp_path: Path) -> None:
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    recorded = -1
    while recorded < 500:
        recorded = int(writer.stdout.readline())
    log = Log()
    async with open_trail(tmp_path, log) as trail:
        trail.record(entry(0))
    assert len(log.entries) == 1, "the segment of a living process is not taken"
    writer.send_signal(signal.SIGKILL)
    told = [int(line) for line in writer.stdout.read().split()]
    writer.wait()
    writer.stdout.close()
    log = Log()
    async with open_trail(tmp_path, log):
        pass
    assert log.numbers == list(range(len(log.numbers)))
    assert len(log.numbers) > max([recorded, *told])
    assert left(tmp_path) == []


async def test_segments_change_at_their_size(tmp_path: Path) -> None:
    spool, log = Spool(tmp_path, segment_bytes=2_000), Log()
    shipper = Shipper(spool, log, batch_lines=7)
    for number in range(100):
        spool.record(entry(number))
    segments = len(left(tmp_path))
    assert segments > 10
    await shipper.ship()
    assert log.numbers == list(range(100))
    assert len(left(tmp_path)) == segments, "they are let go of once the disk has them"
    spool.sync()
    await shipper.ship()
    assert len(left(tmp_path)) == 1
    spool.close()
    await shipper.ship()
    assert left(tmp_path) == []


async def test_what_the_log_never_takes_does_not_hold_up_the_rest(tmp_path: Path) -> None:
    log = Log()
    log.refused = {"3", "11"}
    async with open_trail(tmp_path, log) as trail:
        for number in range(20):
            trail.record(entry(number))
    assert log.numbers == [number for number in range(20) if number not in (3, 11)]
    aside = [json.loads(line) for line in (tmp_path / REFUSED).read_bytes().splitlines()]
    assert [one["target"]["id"] for one in aside] == ["3", "11"]


async def test_a_line_broken_by_a_power_cut_is_laid_aside(tmp_path: Path) -> None:
    whole = entry(1).model_dump_json().encode()
    (tmp_path / "00000000000000000001-dead.spool").write_bytes(whole + b"\n" + whole[:40])
    log = Log()
    async with open_trail(tmp_path, log):
        pass
    assert log.numbers == [1]
    assert (tmp_path / REFUSED).read_bytes() == whole[:40] + b"\n"


async def test_a_full_disk_holds_entries_up_but_loses_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, room = os.write, [700]

    def full(file: int, data: bytes) -> int:
        if room[0] == 0:
            raise OSError(28, "No space left on device")
        count = real(file, bytes(data[: room[0]]))
        room[0] -= count
        return count

    spool, log = Spool(tmp_path, segment_bytes=100), Log()
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        for number in range(10):
            spool.record(entry(number))
    spool.record(entry(10))
    shipper = Shipper(spool, log)
    await shipper.ship()
    assert log.numbers == list(range(11))
    spool.close()
    shipper.close()


def test_nothing_that_is_recorded_raises(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    (tmp_path / "spool").rmdir()
    spool.record(entry(1))
    spool.sync()
    (tmp_path / "spool").mkdir()
    spool.sync()
    spool.close()
    assert len(left(tmp_path / "spool")) == 1


def test_long_words_and_control_characters_do_not_lose_an_entry() -> None:
    made = AuditEntry(
        org_id=NO_ORGANIZATION,
        actor=AuditActor(kind="nobody", id="x" * 5_000),
        action="token.refuse",
        target=Target(kind="route", id="a\r\nb\x00"),
        user_agent="\x1b[31m",
        details={"many": ("w",) * 1_000},
    )
    assert len(made.actor.id) == 300
    assert made.target.id == "a\ufffd\ufffdb\ufffd"
    assert made.details["many"] == ("w",) * 100


def test_what_cannot_be_an_organisation_belongs_to_none() -> None:
    def org_of(given: str) -> str:
        actor, target = AuditActor(kind="nobody", id="x"), Target(kind="cim", id="y")
        return AuditEntry(org_id=given, actor=actor, action="cim.command", target=target).org_id

    assert [org_of(given) for given in ("", "acme", "x" * 36)] == [NO_ORGANIZATION] * 3
    known = str(uuid.uuid4())
    assert org_of(known.upper()) == known


async def test_many_entries_leave_the_log_to_others_half_of_the_time(tmp_path: Path) -> None:
    busy: list[tuple[float, float]] = []

    class SlowLog(Log):
        async def append(self, lines: Sequence[bytes]) -> None:
            began = time.monotonic()
            await asyncio.sleep(0.05)
            await super().append(lines)
            busy.append((began, time.monotonic()))

    log = SlowLog()
    spool = Spool(tmp_path)
    shipper = Shipper(spool, log, batch_lines=5)
    for number in range(30):
        spool.record(entry(number))
    shipping = asyncio.create_task(shipper.run())
    async with asyncio.timeout(10):
        while len(log.entries) < 30:
            await asyncio.sleep(0.01)
    shipping.cancel()
    rests = [later[0] - earlier[1] for earlier, later in pairwise(busy)]
    assert log.numbers == list(range(30))
    assert len(rests) == 5
    assert min(rests) >= 0.05
    shipper.close()
    spool.close()
