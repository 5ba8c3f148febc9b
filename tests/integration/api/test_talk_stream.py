"""The words of answers over the stream: nothing twice and nothing missing, wherever the connection breaks."""

from __future__ import annotations

import asyncio
import json
import random
from contextlib import aclosing
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from .conftest import Book, Site
from .reading import PATIENCE_SECONDS, Message, Reader
from .talking import Screen, Speaker

AT_LAST = datetime.now(UTC) + timedelta(days=2)
WORDS = tuple(f"word{n} " for n in range(12))


@pytest.fixture
def speaker(site: Site, book: Book) -> Speaker:
    return Speaker(site.store, book.id)


async def everything(book: Book, cursor: str, until: int) -> list[Message]:
    """What an unbroken stream sends up to an entry of the talk."""
    reader = Reader(book.client, book.url, cursor)
    found: list[Message] = []
    async with asyncio.timeout(PATIENCE_SECONDS), aclosing(reader.messages()) as messages:
        async for message in messages:
            found.append(message)
            if talk_of(message) >= until:
                return found
    raise AssertionError("the stream ended")


def talk_of(message: Message) -> int:
    """How far the talk was read with this message; -1 where it does not say."""
    talk = (message.id or "").partition(".")[2]
    return int(talk) if talk else -1


async def test_a_turn_as_it_is_told(site: Site, book: Book, speaker: Speaker) -> None:
    reader = Reader(book.client, book.url, cursor="1.0")
    screen = Screen()
    telling = asyncio.create_task(speaker.tell(1, WORDS))
    async with asyncio.timeout(PATIENCE_SECONDS), aclosing(reader.messages()) as messages:
        async for message in messages:
            screen.receive(message)
            if message.event == "message" and message.data["status"] == "complete" and "a1" in message.data["id"]:
                break
    assert screen.texts() == await telling
    assert screen.steps == [1]


async def test_cut_after_every_entry(site: Site, book: Book, speaker: Speaker) -> None:
    """From each cursor that was sent the stream goes on with exactly what came after it, also in another process."""
    texts = await speaker.tell(1, WORDS)
    await book.done("rename", title="Between")
    texts |= await speaker.tell(2, WORDS[:3])
    end = await site.store.talk_end(book.id)
    whole = await everything(book, "1.0", end)
    plain = [(message.event, message.data) for message in whole]
    async with site.running_api() as other, other.client(site.person("viewer").access_token) as client:
        elsewhere = Book(client, {"id": book.id})
        for n, message in enumerate(whole[:-1]):
            assert message.id is not None
            rest = await everything(elsewhere if n % 2 else book, message.id, end)
            screen = Screen()
            for each in (*whole[: n + 1], *rest):
                screen.receive(each)
            assert screen.texts() == texts
            assert screen.steps == [1, 2]
            assert sorted(map(json.dumps, plain[n + 1 :])) == sorted(json.dumps((m.event, m.data)) for m in rest)


async def read_with_cuts(
    client: httpx.AsyncClient, url: str, seed: int, begun: asyncio.Barrier, done: asyncio.Future[int]
) -> Screen:
    """A tab that begins with the page and its cursor, and whose connection breaks after any number of messages."""
    chance, screen = random.Random(seed), Screen()
    page = (await client.get(f"{url}/messages")).json()
    screen.show(page)
    reader = Reader(client, url, page["stream_cursor"])
    await begun.wait()
    while not (done.done() and reader.cursor is not None and int(reader.cursor.partition(".")[2]) >= done.result()):
        left = chance.randint(1, 12)
        try:
            async with asyncio.timeout(0.5), aclosing(reader.messages()) as messages:
                async for message in messages:
                    screen.receive(message)
                    left -= 1
                    if left == 0:
                        break
        except TimeoutError:
            continue
    return screen


async def test_two_tabs_while_it_is_written_and_connections_break(site: Site, book: Book, speaker: Speaker) -> None:
    await speaker.question("q0")
    await speaker.answer("a0", "q0", "writing")
    await speaker.thread(speaker.id("a0"))
    await speaker.add("a0", "begun ")
    begun, done = asyncio.Barrier(4), asyncio.get_running_loop().create_future()

    async def tell() -> dict[str, str]:
        await begun.wait()
        texts = {speaker.id("q0"): "Question q0?"}
        for turn in range(1, 4):
            texts |= await speaker.tell(turn, WORDS)
            await book.done("rename", title=f"Turn {turn}")
            await speaker.add("a0", f"{turn} ")
        await speaker.answer("a0", "q0", "stopped", "begun 1 2 3 ")
        done.set_result(await site.store.talk_end(book.id))
        return texts | {speaker.id("a0"): "begun 1 2 3 "}

    async with (
        site.running_api() as other,
        site.client("viewer") as first,
        other.client(site.person("viewer").access_token) as second,
        asyncio.timeout(60),
    ):
        told, *screens = await asyncio.gather(
            tell(),
            read_with_cuts(first, book.url, 1, begun, done),
            read_with_cuts(second, book.url, 2, begun, done),
            read_with_cuts(second, book.url, 3, begun, done),
        )
    for screen in screens:
        assert screen.texts() == told
        assert screen.steps == [1, 2, 3]


async def test_the_api_restarts_while_an_answer_is_written(site: Site, book: Book, speaker: Speaker) -> None:
    token, screen = site.person("viewer").access_token, Screen()
    await speaker.question("q1")
    await speaker.answer("a1", "q1", "writing")
    reader = Reader(book.client, book.url, "0.0")

    async def until(text: str) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS), aclosing(reader.messages()) as messages:
            async for message in messages:
                screen.receive(message)
                if screen.texts().get(speaker.id("a1")) == text:
                    return

    async with site.running_api() as first, first.client(token) as client:
        reader.client = client
        following = asyncio.create_task(until("never"))
        await speaker.add("a1", "before ")
        async with asyncio.timeout(PATIENCE_SECONDS):
            while screen.texts().get(speaker.id("a1")) != "before ":
                await asyncio.sleep(0.02)
    await asyncio.gather(following, return_exceptions=True)
    assert screen.texts()[speaker.id("a1")] == "before "
    await speaker.add("a1", "while ")
    async with site.running_api() as second, second.client(token) as client:
        reader.client = client
        following = asyncio.create_task(until("before while after "))
        await asyncio.sleep(0.3)
        await speaker.add("a1", "after ")
        await following
    assert screen.texts()[speaker.id("a1")] == "before while after "


@pytest.mark.parametrize("cursor", [None, "1"])
async def test_who_knows_nothing_of_the_talk_gets_what_is_being_written(
    site: Site, book: Book, speaker: Speaker, cursor: str | None
) -> None:
    await speaker.tell(1, WORDS)
    await speaker.question("q2")
    await speaker.answer("a2", "q2", "writing")
    await speaker.add("a2", "so far ")
    await speaker.reset("a2", "so ", attempt=3)
    reader, screen = Reader(book.client, book.url, cursor), Screen()
    async with asyncio.timeout(PATIENCE_SECONDS), aclosing(reader.messages()) as messages:
        async for message in messages:
            screen.receive(message)
            if message.event != "ready":
                assert message.id is None
                continue
            end = await site.store.talk_end(book.id)
            assert message.data == {"seq": 1, "talk": end}
            assert message.id == f"1.{end}"
            break
        assert screen.texts() == {speaker.id("a2"): "so "}
        await speaker.add("a2", "late", attempt=2)
        await speaker.add("a2", "good", attempt=3)
        async for message in messages:
            screen.receive(message)
            if screen.texts()[speaker.id("a2")] != "so ":
                break
    assert screen.texts() == {speaker.id("a2"): "so good"}


async def test_a_reader_that_was_away_too_long_starts_over(
    site: Site, book: Book, speaker: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.talk.SHORTEST_AGE", timedelta(days=-3))
    await speaker.tell(1, WORDS)
    await speaker.question("q2")
    await speaker.answer("a2", "q2", "writing")
    await speaker.add("a2", "so far")
    end = await site.store.talk_end(book.id)
    swept = await site.store._tidying.sweep(book.id, AT_LAST)  # pyright: ignore[reportPrivateUsage]
    assert swept == end - 1
    async with site.running_api() as fresh, fresh.client(site.person("viewer").access_token) as client:
        for cursor in ("1.0", "1.5", f"1.{end + 5}"):
            reader, screen, kinds = Reader(client, book.url, cursor), Screen(), list[str]()
            async with asyncio.timeout(PATIENCE_SECONDS), aclosing(reader.messages()) as messages:
                async for message in messages:
                    kinds.append(message.event)
                    screen.receive(message)
                    if message.event == "ready":
                        break
            assert kinds == ["talk_reset", "message", "message_reset", "ready"]
            assert reader.cursor == f"1.{end}"
            assert screen.texts() == {speaker.id("a2"): "so far"}
