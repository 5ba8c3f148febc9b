"""The event stream: every event once and in order, whatever happens on the way."""

from __future__ import annotations

import asyncio
import json
import uuid

import httpx
import pytest
from pydantic import SecretStr

from api.parts import StreamTimes
from deploy.embedded.stack import embedded_stack

from .conftest import Book, Site, new_book, open_store, slide
from .reading import PATIENCE_SECONDS, Reader


async def test_it_begins_with_the_log_and_goes_on_live(site: Site, book: Book) -> None:
    await book.done("rename", title="Before")
    async with site.client("viewer") as client:
        reader = Reader(client, book.url)
        following = asyncio.create_task(reader.until_seq(4))
        await asyncio.sleep(0.3)
        await book.done("rename", title="Live")
        await book.done("rename", title="Live again")
        await following
    assert reader.seqs == [1, 2, 3, 4]


async def test_an_event_is_as_in_the_log(book: Book) -> None:
    await book.done("rename", title="Same")
    logged = (await book.client.get(f"{book.url}/events")).json()["items"]
    message = await Reader(book.client, book.url).until_event("renamed")
    assert message.data == logged[1]
    assert message.seq == 2


async def test_without_a_cursor_only_what_comes(book: Book) -> None:
    await book.done("rename", title="Before")
    reader = Reader(book.client, book.url, cursor=None)
    following = asyncio.create_task(reader.until_seq(3))
    await asyncio.sleep(0.5)
    await book.done("rename", title="After")
    await following
    assert reader.seqs == [3]


async def test_a_hundred_events_while_away(book: Book) -> None:
    reader = Reader(book.client, book.url)
    await reader.until_seq(1)
    commands = [{"type": "rename", "command_id": str(uuid.uuid4()), "title": f"Title {n}"} for n in range(100)]
    assert (await book.client.post(f"{book.url}/commands", json=commands)).status_code == 200
    await reader.until_seq(101)
    assert reader.seqs == list(range(1, 102))


async def test_dropped_in_the_middle_again_and_again(site: Site, book: Book) -> None:
    """The connection breaks after any number of bytes; what was not read in full is sent again, nothing twice."""
    commands = [{"type": "rename", "command_id": str(uuid.uuid4()), "title": f"Title {n}"} for n in range(30)]
    writing = asyncio.create_task(book.client.post(f"{book.url}/commands", json=commands))
    seen: list[int] = []
    cursor, cut = "0", 97
    async with asyncio.timeout(PATIENCE_SECONDS), site.client("viewer") as client:
        while not seen or seen[-1] < 31:
            headers = {"Last-Event-ID": cursor}
            received = b""
            async with client.stream("GET", f"{book.url}/stream", headers=headers) as response:
                async for part in response.aiter_raw():
                    received += part
                    if len(received) > cut:
                        break
            cut = cut + 211 if cut < 2_000 else 97
            for block in received[:cut].split(b"\n\n")[:-1]:
                ids = [line[4:] for line in block.split(b"\n") if line.startswith(b"id: ")]
                if ids:
                    cursor = ids[0].decode()
                    if b"event: ready" not in block:
                        seen.append(int(cursor.partition(".")[0]))
    assert (await writing).status_code == 200
    assert seen == list(range(1, 32))


async def test_the_api_restarts(site: Site, book: Book) -> None:
    token = site.person("viewer").access_token
    async with site.running_api() as first, first.client(token) as client:
        reader = Reader(client, book.url)
        await reader.until_seq(1)
        following = asyncio.create_task(reader.until_seq(10))
        await asyncio.sleep(0.2)
    with pytest.raises((AssertionError, httpx.HTTPError)):
        await following
    for n in range(5):
        await book.done("rename", title=f"While down {n}")
    async with site.running_api() as second, second.client(token) as client:
        reader.client = client
        await reader.until_seq(6)
    assert reader.seqs == [1, 2, 3, 4, 5, 6]


async def test_two_apis_hear_of_each_other(site: Site, book: Book) -> None:
    async with site.running_api() as other, other.client(site.person("viewer").access_token) as client:
        reader = Reader(client, book.url)
        following = asyncio.create_task(reader.until_seq(3))
        await asyncio.sleep(0.3)
        await book.done("rename", title="From the first")
        await book.done("rename", title="Once more")
        await following
    assert reader.seqs == [1, 2, 3]


async def test_the_store_goes_away_and_comes_back(site: Site) -> None:
    async with embedded_stack({"mongodb"}) as stack:
        url = stack.addresses.mongodb_url
        assert url is not None
        settings = site.settings.model_copy(update={"mongodb_url": SecretStr(url)})
        own = Site(
            site.addresses,
            site.people,
            settings,
            site.calls.model_copy(update={"task_queue": uuid.uuid4().hex}),
            await open_store(settings),
        )
        times = StreamTimes(store_pause=0.2)
        async with (
            own.running_worker(),
            own.running_api(times) as api,
            api.client(site.person("lead").access_token) as client,
        ):
            own.api = api
            book = await new_book(client, site.person("lead"))
            reader = Reader(client, book.url)
            following = asyncio.create_task(reader.until_seq(4))
            await asyncio.sleep(0.3)
            await asyncio.to_thread(stack.kill, "mongodb")
            renaming = asyncio.create_task(book.send("rename", title="While the store is away"))
            await asyncio.sleep(1.5)
            assert not following.done()
            await asyncio.to_thread(stack.start_again, "mongodb")
            assert (await renaming).status_code in (200, 202)
            await book.done("rename", title="Back")
            await book.done("rename", title="Back again")
            await following
            assert reader.seqs == [1, 2, 3, 4]
        await own.store.close()


async def test_content_cannot_forge_events(book: Book) -> None:
    title = "x\r\n\r\nid: 99\nevent: closing\ndata: {}\n\n\u2028 \u0085 end"
    await book.done("rename", title=title)
    reader = Reader(book.client, book.url)
    message = await reader.until_event("renamed")
    assert message.data["data"]["title"] == title
    assert reader.seqs == [1, 2]


async def test_notices_have_no_id(site: Site, book: Book) -> None:
    reader = Reader(book.client, book.url)
    waiting = asyncio.create_task(reader.until_event("run"))
    await asyncio.sleep(0.3)
    await site.store.feed.publish(book.id, "run", {"run_id": "r1", "status": "running"})
    message = await waiting
    assert (message.id, message.data) == (None, {"run_id": "r1", "status": "running"})


async def test_a_heartbeat_keeps_the_connection(site: Site, book: Book) -> None:
    async with (
        site.running_api(StreamTimes(heartbeat=1)) as api,
        api.client(site.person("viewer").access_token) as client,
        asyncio.timeout(10),
        client.stream("GET", f"{book.url}/stream") as response,
    ):
        async for line in response.aiter_lines():
            if line.startswith(": ping"):
                return
    raise AssertionError("the stream ended")


@pytest.mark.parametrize("given", ["-1", "1.", ".5", "1.2.3", "abc", "9" * 30, "0x1", "\u0661"])
async def test_odd_cursors(book: Book, given: str) -> None:
    response = await book.client.get(f"{book.url}/stream", headers={b"Last-Event-ID": given.encode()})
    assert (response.status_code, response.json()["code"]) == (422, "invalid_input")
    response = await book.client.get(f"{book.url}/events", params={"after": given})
    assert response.status_code == 422 or given == "\u0661"


async def test_a_slide_event_brings_no_bulk(book: Book) -> None:
    await book.with_section()
    await book.done("save_slide", slide=slide("long " * 1_000, "s1"))
    message = await Reader(book.client, book.url).until_event("slide_saved")
    assert len(json.dumps(message.data)) < 1_000
