"""Brings the words of an answer to the people who read it, while they come."""

from __future__ import annotations

import asyncio
import logging
import re
from types import TracebackType
from typing import Self

from agents.ports import AnswerSink

PAUSE_SECONDS = 0.1
LAST_WORDS_SECONDS = 5.0
MOST_CHARACTERS_WAITING = 8_000
BETWEEN_STEPS = "\n\n"
ATTEMPTS_OF_A_STEP = 1_000
"""The sink wants numbers that grow over all the steps that write one message."""

_ENDS_A_SENTENCE = re.compile(r"[.!?:…][\"')\]”]*\s|\n")

logger = logging.getLogger(__name__)


class Speaker:
    """The words of one step of an answer, in order: the first at once, then by sentence or every 100 ms.

    To be used as a context manager; on leaving it, also by an error or a cancellation, all that was said is in the
    sink. `prefix` is what the message read before this step: a step that is tried again starts from there. Words wait
    while the sink is slow, and the speaker only when there are too many of them. An error of the sink is raised by the
    next `say`, or on leaving.
    """

    def __init__(
        self, sink: AnswerSink, cim_id: str, message_id: str, *, step: int, attempt: int, prefix: str = ""
    ) -> None:
        self._sink = sink
        self._cim_id = cim_id
        self._message_id = message_id
        self._is_repeated = attempt > 1
        self._number = step * ATTEMPTS_OF_A_STEP + min(attempt, ATTEMPTS_OF_A_STEP - 1)
        self._prefix = prefix
        self._said: list[str] = []
        self._waiting = ""
        self._news = asyncio.Event()
        self._due = asyncio.Event()
        self._room = asyncio.Event()
        self._is_closing = False
        self._writer: asyncio.Task[None] | None = None

    @property
    def said(self) -> str:
        """The words of this step so far."""
        return "".join(self._said)

    @property
    def text(self) -> str:
        """The message as it reads by now."""
        return self._prefix + self.said

    async def say(self, words: str) -> None:
        if not self._said:
            words = words.lstrip()
            if words and self._prefix and not self._prefix[-1].isspace():
                words = BETWEEN_STEPS + words
        if not words:
            return
        self._said.append(words)
        self._waiting += words
        if _ENDS_A_SENTENCE.search(self._waiting):
            self._due.set()
        self._news.set()
        while len(self._waiting) > MOST_CHARACTERS_WAITING and not self._has_failed():
            self._due.set()
            self._room.clear()
            await self._room.wait()
        if self._writer is not None and self._has_failed():
            self._writer.result()

    async def __aenter__(self) -> Self:
        if self._is_repeated:
            await self._sink.reset(self._cim_id, self._message_id, self._number, self._prefix)
        self._writer = asyncio.create_task(self._write())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._writer is not None
        self._is_closing = True
        self._due.set()
        self._news.set()
        if error is None:
            await self._writer
            return
        try:
            await asyncio.wait_for(self._writer, LAST_WORDS_SECONDS)
        except Exception:
            logger.warning("the last words of message %s were not kept", self._message_id, exc_info=True)

    def _has_failed(self) -> bool:
        return self._writer is not None and self._writer.done()

    async def _write(self) -> None:
        is_first = True
        try:
            while True:
                await self._news.wait()
                if not is_first and not self._due.is_set():
                    await self._until_due()
                words, self._waiting = self._waiting, ""
                self._due.clear()
                self._room.set()
                if not self._is_closing:
                    self._news.clear()
                if words:
                    await self._sink.add(self._cim_id, self._message_id, self._number, words)
                    is_first = False
                elif self._is_closing:
                    return
        finally:
            self._room.set()

    async def _until_due(self) -> None:
        try:
            async with asyncio.timeout(PAUSE_SECONDS):
                await self._due.wait()
        except TimeoutError:
            return
