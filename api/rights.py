"""Changes of people's rights, as they reach every process: kept answers are dropped, open streams look again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Generator
from contextlib import contextmanager
from typing import Protocol

from access import GrantCache
from store import StoreError

logger = logging.getLogger(__name__)

EVERYBODY = "*"
"""In place of a person: it cannot be told whose rights have changed."""
SECONDS_BETWEEN_LOOKS = 1.5


class Board(Protocol):
    """Where processes tell each other. Raises StoreError."""

    def tell(self, person_id: str) -> Awaitable[None]: ...
    def last(self) -> Awaitable[int]: ...
    def after(self, number: int) -> Awaitable[list[str]]: ...


class RightsWatch:
    def __init__(self, grants: GrantCache, board: Board) -> None:
        self._grants = grants
        self._board = board
        self._watching: dict[str, set[asyncio.Event]] = {}

    @contextmanager
    def changes_of(self, person_id: str) -> Generator[asyncio.Event]:
        """Set whenever the rights of this person may have changed."""
        changed = asyncio.Event()
        events = self._watching.setdefault(person_id, set())
        events.add(changed)
        try:
            yield changed
        finally:
            events.discard(changed)
            if not events:
                self._watching.pop(person_id, None)

    async def changed(self, person_id: str) -> None:
        """Here at once, in other processes within seconds; while the store is away, when their grants end."""
        self._drop(person_id)
        try:
            await self._board.tell(person_id)
        except StoreError as error:
            logger.warning("other processes could not be told of changed rights: %s", error)

    async def follow(self) -> None:
        """Hears what other processes tell, for as long as this one runs."""
        number: int | None = None
        while True:
            try:
                if number is None:
                    number = await self._board.last()
                    self._drop(EVERYBODY)
                for person_id in await self._board.after(number):
                    number += 1
                    self._drop(person_id)
            except StoreError as error:
                logger.warning("changed rights cannot be heard of: %s", error)
                number = None
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)

    def _drop(self, person_id: str) -> None:
        if person_id == EVERYBODY:
            self._grants.forget_all()
            concerned = list(self._watching.values())
        else:
            self._grants.forget(person_id)
            concerned = [self._watching.get(person_id, set[asyncio.Event]())]
        for events in concerned:
            for event in events:
                event.set()
