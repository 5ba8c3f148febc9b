"""Entries are kept as long as the rule of each organisation says: looked at now and then, cut by the database."""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol

logger = logging.getLogger(__name__)

FIRST_SECONDS = 60.0
SECONDS_BETWEEN = 6 * 3_600.0


class Cuts(Protocol):
    async def cut_all(self) -> int:
        """Remove what is too old, at most once a day for each organisation; how many entries went."""
        ...


async def keep_to_the_rules(log: Cuts) -> None:
    """For ever. Several processes may do this: what one has cut the others find done."""
    await asyncio.sleep(FIRST_SECONDS)
    while True:
        try:
            gone = await log.cut_all()
        except Exception as error:
            logger.warning("old audit entries could not be cut just now: %s", error)
        else:
            if gone:
                logger.info("%d audit entries were older than the rules of their organisations", gone)
        await asyncio.sleep(SECONDS_BETWEEN)
