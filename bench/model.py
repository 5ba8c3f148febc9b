"""The model of the benchmarks' turns: a server on this machine that speaks OpenAI's protocol."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.providers.script import Asked, Reply

ANSWER = Reply(text=" ".join(f"word{number}" for number in range(300)))
SHORT = Reply(text="Yes.")


@dataclass(frozen=True)
class TimedWords(Reply):
    """So many words, one at a time; each is the moment at which it is sent, in nanoseconds of the machine's clock."""

    text: str = "words"
    words: int = 40
    rest: float = 0.02
    """Seconds before each."""

    def pieces(self) -> Iterator[str]:
        for _ in range(self.words):
            time.sleep(self.rest)
            yield f"{time.perf_counter_ns()} "


class Model:
    """Says the same whatever it is asked, `ANSWER` unless it is told something else."""

    def __init__(self) -> None:
        self._reply: Reply = ANSWER

    def answering(self, _: Asked) -> Reply:
        return self._reply

    @contextmanager
    def saying(self, reply: Reply) -> Generator[None]:
        before, self._reply = self._reply, reply
        try:
            yield
        finally:
            self._reply = before


def lateness(arrived: list[tuple[str, float]]) -> list[float]:
    """Seconds that each of the timed words took, from texts in their order and the seconds at which they came."""
    return [came - int(word) / 1e9 for text, came in arrived for word in text.split()]
