"""From the spool into the log: in batches, again and again until the log has them."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

from audit.spool import Spool, SpoolReader
from audit.trail import Trail

logger = logging.getLogger(__name__)

BATCH_LINES = 50
PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 15.0
SYNC_SECONDS = 1.0
LAST_SECONDS = 3.0


class LogUnavailable(Exception):
    """The log does not answer, or not as expected; the same entries are sent again later."""


class EntriesRefused(Exception):
    """The log will never take these entries as they are."""


class Log(Protocol):
    async def append(self, lines: Sequence[bytes]) -> None:
        """Add entries (JSON) in their order; those that it has already are left out.

        Raises LogUnavailable or EntriesRefused.
        """
        ...


class Shipper:
    def __init__(self, spool: Spool, log: Log, batch_lines: int = BATCH_LINES) -> None:
        self._spool = spool
        self._reader = SpoolReader(spool)
        self._log = log
        self._batch_lines = batch_lines

    async def ship(self) -> None:
        """Everything that is spooled now. Raises LogUnavailable."""
        while await self._ship_batch():
            pass

    async def run(self) -> None:
        """For ever: as entries come, with rests that leave the log to others half of the time, and with growing pauses
        while it is away."""
        pause = PAUSE_SECONDS
        while True:
            began = time.monotonic()
            try:
                shipped = await self._ship_batch()
            except LogUnavailable as error:
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
                logger.warning("the audit log is away, its entries wait: %s", error)
            except OSError as error:
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
                logger.error("the audit spool cannot be read just now: %s", error)
            else:
                pause = PAUSE_SECONDS if shipped < self._batch_lines else time.monotonic() - began
            await asyncio.sleep(pause)

    async def _ship_batch(self) -> int:
        """How many entries it had."""
        batch = self._reader.next_batch(self._batch_lines)
        if batch is None:
            return 0
        await self._send(batch.lines)
        self._reader.done(batch)
        return len(batch.lines)

    async def keep_synced(self) -> None:
        while True:
            await asyncio.sleep(SYNC_SECONDS)
            try:
                await asyncio.to_thread(self._spool.sync)
            except OSError as error:
                logger.error("the audit spool cannot be synced just now: %s", error)

    def close(self) -> None:
        self._reader.close()

    async def _send(self, lines: Sequence[bytes]) -> None:
        try:
            await self._log.append(lines)
        except EntriesRefused:
            if len(lines) == 1:
                self._reader.refuse(lines[0])
                return
            half = len(lines) // 2
            await self._send(lines[:half])
            await self._send(lines[half:])


DEFAULT_FOLDER = Path(".bookrunner/audit")


def folder_for(folder: Path | None, destination: str) -> Path:
    """A folder of its own for each log, so that entries never reach another one."""
    return (folder or DEFAULT_FOLDER) / hashlib.sha256(destination.encode()).hexdigest()[:12]


@asynccontextmanager
async def open_trail(folder: Path, log: Log) -> AsyncGenerator[Trail]:
    """A trail whose entries go to the log. What is left at the end is sent by whoever opens the folder next."""
    spool = Spool(folder)
    shipper = Shipper(spool, log)
    tasks = [asyncio.create_task(shipper.run()), asyncio.create_task(shipper.keep_synced())]
    try:
        yield spool
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        try:
            spool.close()
            await asyncio.wait_for(shipper.ship(), LAST_SECONDS)
        except (LogUnavailable, TimeoutError, OSError) as error:
            logger.warning("audit entries are left for the next start in %s: %s", folder, error)
        finally:
            shipper.close()
