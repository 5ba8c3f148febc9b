"""Calls that arrive while one is under way go together in the next: many writers cost few round trips."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from store.errors import StoreUnavailable

Item = TypeVar("Item")
Result = TypeVar("Result")

MOST_TOGETHER = 64


class Combiner(Generic[Item, Result]):
    """`write` gets one or more items and gives one result for each, in their order.

    When a write of several fails, each is written again by itself, so that one bad item does not fail the others;
    except when it raises StoreUnavailable, which all of them get.
    """

    def __init__(self, write: Callable[[Sequence[Item]], Awaitable[Sequence[Result]]]) -> None:
        self._write = write
        self._waiting: list[tuple[Item, asyncio.Future[Result]]] = []
        self._busy = False
        self._draining: asyncio.Task[None] | None = None

    async def submit(self, item: Item) -> Result:
        if not self._busy:
            self._busy = True
            try:
                return (await self._write([item]))[0]
            finally:
                self._next()
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        return await future

    def _next(self) -> None:
        self._waiting = [(item, future) for item, future in self._waiting if not future.done()]
        if self._waiting:
            self._draining = asyncio.create_task(self._drain())
        else:
            self._busy = False

    async def _drain(self) -> None:
        taken, self._waiting = self._waiting[:MOST_TOGETHER], self._waiting[MOST_TOGETHER:]
        try:
            await self._write_all(taken)
        finally:
            self._next()

    async def _write_all(self, taken: Sequence[tuple[Item, asyncio.Future[Result]]]) -> None:
        try:
            results = await self._write([item for item, _ in taken])
        except StoreUnavailable as error:
            _fail(taken, error)
        except Exception as error:
            if len(taken) == 1:
                _fail(taken, error)
                return
            for each in taken:
                await self._write_all([each])
        else:
            for (_, future), result in zip(taken, results, strict=True):
                if not future.done():
                    future.set_result(result)


def _fail(taken: Sequence[tuple[object, asyncio.Future[Result]]], error: Exception) -> None:
    for _, future in taken:
        if not future.done():
            future.set_exception(error)
