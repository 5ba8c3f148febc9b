"""The model of the benchmarks' turns, asked over HTTP as the product asks it."""

from __future__ import annotations

import json
import time

import httpx

from bench.model import ANSWER, SHORT, Model, TimedWords, lateness
from tests.providers.script import Asked
from tests.providers.server import Provider, serving


async def test_timed_words_say_when_each_was_sent() -> None:
    model = Model()
    body = {"model": "bench", "stream": True, "messages": [{"role": "user", "content": "What is known of it?"}]}
    arrived: list[tuple[str, float]] = []
    with serving(Provider(answering=model.answering)) as provider, model.saying(TimedWords(words=5, rest=0.001)):
        headers = {"Authorization": f"Bearer {provider.environment()['OPENAI_API_KEY']}"}
        began = time.perf_counter()
        async with (
            httpx.AsyncClient(headers=headers) as http,
            http.stream("POST", f"{provider.url}/v1/chat/completions", json=body) as stream,
        ):
            async for line in stream.aiter_lines():
                if '"content"' not in line:
                    continue
                for choice in json.loads(line.removeprefix("data: "))["choices"]:
                    arrived.append((choice["delta"].get("content", ""), time.perf_counter()))
    late = lateness(arrived)
    assert len(late) == 5
    assert all(0 <= each < time.perf_counter() - began for each in late)


def test_words_that_come_together_came_at_the_same_moment() -> None:
    assert lateness([("1000000000 ", 1.5), ("2000000000 2250000000 ", 2.5)]) == [0.5, 0.5, 0.25]


def test_a_model_says_something_else_only_for_a_while() -> None:
    model, asked = Model(), Asked("/v1/chat/completions", {}, {})
    with model.saying(SHORT):
        assert model.answering(asked) == SHORT
    assert model.answering(asked) == ANSWER
