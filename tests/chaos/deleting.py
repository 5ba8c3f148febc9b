"""Books that people work on and talk in, and that are deleted in the midst of it, one after the other."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from tests.chaos.clients import Caller, Client
from tests.chaos.commands import KnownBook
from tests.chaos.history import Recording, Removed
from tests.chaos.site import APIS
from tests.chaos.talks import DOCUMENT, TRIES, Talker

SECONDS_OF_WORK = (2.0, 10.0)
SECONDS_AFTERWARDS = (4.0, 14.0)
"""People go on for so long, longer than it takes until what came late is taken away once more."""


class Deleter:
    """`worked_on` and `talked_in` are the books of all clients and talkers; what is there a while goes again."""

    def __init__(
        self,
        caller: Caller,
        opener: Client,
        worked_on: list[KnownBook],
        talked_in: list[KnownBook],
        recording: Recording,
        rng: random.Random,
    ) -> None:
        self._caller = caller
        self._opener = opener
        self._beginner = Talker("beginner", caller, [], recording, rng)
        self._worked_on = worked_on
        self._talked_in = talked_in
        self._recording = recording
        self._rng = rng
        self.cim_ids: list[str] = []
        """Of all books that it was asked to delete."""

    async def begin(self, deal_id: str) -> KnownBook | None:
        """A book with contents and a document that is read, for everybody to work on. None where it is not soon there:
        a document is read again half a minute after its worker was killed."""
        cim_id = await self._beginner.begin_book(deal_id)
        if cim_id is None or await self._tried("GET", f"/cims/{cim_id}") is None:
            return None
        book = KnownBook(cim_id, may_complete=False)
        await self._opener.open(book)
        source = await self._tried("POST", f"/cims/{cim_id}/sources", files=DOCUMENT)
        if source is None or not await self._is_read(source["id"]):
            return None
        self._worked_on.append(book)
        self._talked_in.append(book)
        return book

    async def delete_books(self, first: KnownBook | None, deal_id: str, stopping: asyncio.Event) -> None:
        """One after the other, and the first in any case."""
        book = first
        while True:
            if book is not None:
                await self._wait(SECONDS_OF_WORK, stopping)
                await self._delete(book)
                await self._wait(SECONDS_AFTERWARDS, stopping)
                self._worked_on.remove(book)
                self._talked_in.remove(book)
            if stopping.is_set():
                return
            book = await self.begin(deal_id)

    async def _delete(self, book: KnownBook) -> None:
        self.cim_ids.append(book.cim_id)
        for _ in range(TRIES):
            status, _ = await self._caller.call(self._rng.choice(APIS), "DELETE", f"/cims/{book.cim_id}")
            self._recording.add(Removed(at=self._recording.now, cim_id=book.cim_id, status=status))
            if status in (202, 204, 404):
                return
            await asyncio.sleep(1.0)

    async def _is_read(self, source_id: str) -> bool:
        for _ in range(TRIES):
            source = await self._tried("GET", f"/sources/{source_id}")
            if source is not None and source["status"] == "ready":
                return True
            await asyncio.sleep(self._rng.uniform(0.2, 1.0))
        return False

    async def _tried(self, method: str, path: str, **given: Any) -> Any:
        """The body of an answer below 300; None where no try had one."""
        for _ in range(TRIES):
            status, body = await self._caller.call(self._rng.choice(APIS), method, path, **given)
            if status is not None and status < HTTPStatus.MULTIPLE_CHOICES:
                return body
            await asyncio.sleep(self._rng.uniform(0.2, 1.0))
        return None

    async def _wait(self, bounds: tuple[float, float], stopping: asyncio.Event) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), self._rng.uniform(*bounds))
