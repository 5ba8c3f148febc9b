"""Words reach the sink in their order, in good time, and none is lost."""

from __future__ import annotations

import asyncio

import pytest

from agents.turn.speaking import MOST_CHARACTERS_WAITING, Speaker


class Sink:
    """Keeps what it is told; slow or broken when told so."""

    def __init__(self, delay: float = 0.0, breaks_at: int | None = None) -> None:
        self.delay = delay
        self.breaks_at = breaks_at
        self.text = ""
        self.added: list[str] = []
        self.numbers: list[int] = []
        self.resets: list[tuple[int, str]] = []

    async def reset(self, cim_id: str, message_id: str, attempt: int, text: str) -> None:
        self.resets.append((attempt, text))
        self.text = text

    async def add(self, cim_id: str, message_id: str, attempt: int, text: str) -> None:
        await asyncio.sleep(self.delay)
        if self.breaks_at is not None and len(self.added) >= self.breaks_at:
            raise ConnectionError("the store is gone")
        self.added.append(text)
        self.numbers.append(attempt)
        self.text += text


async def settled() -> None:
    """Lets everything happen that needs no time."""
    for _ in range(10):
        await asyncio.sleep(0)


def speaker(sink: Sink, step: int = 0, attempt: int = 1, prefix: str = "") -> Speaker:
    return Speaker(sink, "cim1", "m1", step=step, attempt=attempt, prefix=prefix)


async def test_the_first_words_go_at_once() -> None:
    sink = Sink()
    async with speaker(sink) as speaking:
        await speaking.say("Net ")
        await settled()
        assert sink.added == ["Net "]


async def test_then_words_are_gathered_for_a_moment() -> None:
    sink = Sink()
    async with speaker(sink) as speaking:
        for word in ("Net ", "sales ", "were ", "high "):
            await speaking.say(word)
            await settled()
        assert sink.added == ["Net "]
        await asyncio.sleep(0.3)
        assert sink.added == ["Net ", "sales were high "]


async def test_a_whole_sentence_does_not_wait() -> None:
    sink = Sink()
    async with speaker(sink) as speaking:
        for word in ("Net ", "sales ", "rose. ", "They "):
            await speaking.say(word)
            await settled()
        assert sink.added == ["Net ", "sales rose. "]
    assert sink.text == speaking.said == "Net sales rose. They "


async def test_a_slow_sink_gets_everything_in_order_and_holds_nobody_up() -> None:
    sink = Sink(delay=0.05)
    words = [f"word{number} " for number in range(300)]
    async with speaker(sink) as speaking:
        for word in words:
            await speaking.say(word)
        assert sink.added == []
    assert sink.text == "".join(words)
    assert len(sink.added) <= 3


async def test_what_waits_is_bounded() -> None:
    sink = Sink(delay=0.01)
    async with speaker(sink) as speaking:
        for _ in range(50):
            await speaking.say("x" * 1_000)
            assert len(speaking.said) - len(sink.text) <= 2 * MOST_CHARACTERS_WAITING + 1_000
    assert sink.text == "x" * 50_000


async def test_a_first_try_goes_on_after_the_prefix() -> None:
    sink = Sink()
    async with speaker(sink, step=2, prefix="I look.") as speaking:
        await speaking.say("\n")
        await speaking.say("Here it is.")
    assert sink.resets == []
    assert sink.added == ["\n\nHere it is."]
    assert speaking.text == "I look.\n\nHere it is."


async def test_a_new_try_takes_back_what_the_last_one_said() -> None:
    sink = Sink()
    async with speaker(sink, step=2, attempt=1, prefix="I look.") as speaking:
        await speaking.say("Net sal")
    async with speaker(sink, step=2, attempt=2, prefix="I look.") as speaking:
        await speaking.say("Net sales.")
    async with speaker(sink, step=3, attempt=1, prefix=speaking.text) as speaking:
        await speaking.say("Done.")
    assert sink.text == "I look.\n\nNet sales.\n\nDone."
    assert sink.resets == [(sink.numbers[1], "I look.")]
    assert sink.numbers == sorted(set(sink.numbers))


async def test_what_was_said_before_an_error_is_kept() -> None:
    sink = Sink()

    async def speak() -> None:
        async with speaker(sink) as speaking:
            await speaking.say("Net ")
            await speaking.say("sales were")
            raise ValueError("the model broke")

    with pytest.raises(ValueError, match="the model broke"):
        await speak()
    assert sink.text == "Net sales were"


async def test_what_was_said_before_a_stop_is_kept() -> None:
    sink = Sink(delay=0.02)
    speaking = speaker(sink)

    async def speak() -> None:
        async with speaking:
            await speaking.say("Net ")
            await speaking.say("sales were")
            await asyncio.sleep(60)

    task = asyncio.create_task(speak())
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert sink.text == speaking.said == "Net sales were"


async def test_a_broken_sink_is_heard_of() -> None:
    async def speak_on() -> None:
        async with speaker(Sink(breaks_at=0)) as speaking:
            while True:
                await speaking.say("x" * 1_000)
                await asyncio.sleep(0)

    with pytest.raises(ConnectionError, match="the store is gone"):
        await speak_on()


async def test_a_sink_that_breaks_at_the_end_is_heard_of() -> None:
    with pytest.raises(ConnectionError, match="the store is gone"):
        async with speaker(Sink(breaks_at=0)) as speaking:
            await speaking.say("Net sales.")


async def test_a_broken_sink_does_not_hide_why_the_model_failed() -> None:
    async def speak() -> None:
        async with speaker(Sink(delay=0.01, breaks_at=0)) as speaking:
            await speaking.say("Net sales.")
            raise ValueError("the model broke")

    with pytest.raises(ValueError, match="the model broke"):
        await speak()


async def test_who_says_nothing_adds_nothing() -> None:
    sink = Sink()
    async with speaker(sink, prefix="Before.") as speaking:
        await speaking.say("")
        await speaking.say("  \n")
    assert sink.added == []
    assert speaking.text == "Before."
