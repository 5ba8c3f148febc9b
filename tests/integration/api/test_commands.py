"""Commands over HTTP: lists, refusals, revisions, handing over, many at once."""

from __future__ import annotations

import asyncio
import inspect
import time
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextvars import ContextVar
from typing import Any

import pytest

from .conftest import Book, Site, slide


def command(type_: str, **fields: Any) -> dict[str, Any]:
    return {"type": type_, "command_id": str(uuid.uuid4()), **fields}


async def until_rev(book: Book, rev: int, seconds: float = 20) -> dict[str, Any]:
    ends = time.monotonic() + seconds
    while True:
        head = (await book.client.get(book.url)).json()
        if head["rev"] >= rev:
            return head
        assert time.monotonic() < ends, f"still at {head['rev']}"
        await asyncio.sleep(0.05)


async def test_a_list_is_handled_in_its_order_and_each_has_its_own_answer(book: Book) -> None:
    commands = [
        command("rename", title="First"),
        command("go_to_section", section_id="nowhere"),
        command("save_outline", sections=[{"id": "market", "title": "Market"}]),
        command("save_slide", slide=slide("in the same list")),
        command("rename", title="Last"),
    ]
    response = await book.client.post(f"{book.url}/commands", json=commands)
    assert response.status_code == 200
    results = response.json()["results"]
    assert [result["command_id"] for result in results] == [sent["command_id"] for sent in commands]
    assert [result["status"] for result in results] == ["done", "refused", "done", "done", "done"]
    assert (results[1]["problem"]["code"], results[1]["problem"]["status"]) == ("unknown_section", 409)
    assert (await book.client.get(book.url)).json()["title"] == "Last"


async def test_a_refused_command_is_a_problem_that_helps(book: Book) -> None:
    response = await book.send("go_to_slide", slide_id="nowhere")
    problem = response.json()
    assert response.status_code == 409
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["type"] == "urn:bookrunner:problem:unknown_slide"
    assert problem["status"] == 409
    assert problem["detail"]
    assert problem["next_step"]


async def test_an_old_revision_is_refused_with_what_has_happened_since(book: Book) -> None:
    await book.done("rename", title="Theirs")
    await book.done("rename", title="Theirs again")
    response = await book.send("rename", title="Mine", expected_rev=1)
    problem = response.json()
    assert (response.status_code, problem["code"], problem["rev"]) == (409, "old_rev", 3)
    assert [(event["seq"], event["data"]["title"]) for event in problem["events_since"]] == [
        (2, "Theirs"),
        (3, "Theirs again"),
    ]
    assert (await book.client.get(book.url)).json()["title"] == "Theirs again"
    assert (await book.done("rename", title="Mine", expected_rev=3))["rev"] == 4


async def test_if_match_is_an_expected_revision(book: Book) -> None:
    await book.done("rename", title="Theirs")
    etag = (await book.client.get(book.url)).headers["etag"]
    url, body = f"{book.url}/commands", command("rename", title="Mine")
    old = await book.client.post(url, json=body, headers={"If-Match": '"1"'})
    assert (old.status_code, old.json()["code"]) == (409, "old_rev")
    odd = await book.client.post(url, json=body, headers={"If-Match": "banana"})
    assert (odd.status_code, odd.json()["code"]) == (422, "invalid_input")
    good = await book.client.post(url, json=body, headers={"If-Match": etag})
    assert good.status_code == 200


async def test_what_one_person_sends_in_two_requests_is_no_list(book: Book) -> None:
    for n in range(5):
        fresh, again = (command("rename", title=f"{title} {n}") for title in ("Fresh", "Again"))
        await book.client.post(f"{book.url}/commands", json=again)
        sent = [command("rename", title=f"Before {n}"), fresh, again]
        answers = await asyncio.gather(*(book.client.post(f"{book.url}/commands", json=one) for one in sent))
        assert [answer.status_code for answer in answers] == [200, 200, 200], answers[1].text


async def test_respond_async_hands_over(book: Book) -> None:
    await book.with_section()
    response = await book.client.post(
        f"{book.url}/commands",
        json=[command("save_slide", slide=slide("later")), command("rename", title="Later")],
        headers={"Prefer": "respond-async"},
    )
    assert response.status_code == 202
    assert [result["status"] for result in response.json()["results"]] == ["accepted", "accepted"]
    head = await until_rev(book, 6)
    assert head["title"] == "Later"
    assert (await book.client.get(f"{book.url}/slides")).json()["items"][0]["components"][0]["text"] == "later"


async def test_time_travel_over_commands(book: Book) -> None:
    await book.with_section()
    first = await book.save_slide("before", "s1")
    later = await book.save_slide("after", "s1")
    past = (await book.client.get(f"{book.url}/at/{first['rev']}")).json()
    assert past["cim"]["rev"] == first["rev"]
    assert [item["components"][0]["text"] for item in past["slides"]] == ["before"]
    diff = (await book.client.get(f"{book.url}/diff", params={"from": first["rev"], "to": later["rev"]})).json()
    [changed] = diff["slides"]
    assert (changed["slide_id"], changed["change"]) == ("s1", "changed")
    [field] = [field for field in changed["fields"] if field["field"] == "components.c1"]
    assert (field["before"]["text"], field["after"]["text"]) == ("before", "after")
    unknown = await book.client.get(f"{book.url}/at/999")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_seq")

    await book.done("restore", to_seq=first["rev"])
    [now] = (await book.client.get(f"{book.url}/slides")).json()["items"]
    assert now["components"][0]["text"] == "before"


async def test_a_revision_far_ahead_is_told_at_once(book: Book) -> None:
    began = time.monotonic()
    read = await book.client.get(f"{book.url}/at/9999999999")
    assert (read.status_code, read.json()["code"]) == (404, "unknown_seq")
    restored = await book.send("restore", to_seq=9_999_999_999)
    assert (restored.status_code, restored.json()["code"]) == (409, "unknown_seq")
    assert time.monotonic() - began < 4


async def test_facts_are_gathered_and_read(book: Book) -> None:
    fact = {
        "id": "f1",
        "statement": "Net sales were 36.0 billion",
        "value": 36.0,
        "unit": "USD billion",
        "period": "FY2023",
        "source": {"source_id": "10k", "locator": "p. 5"},
    }
    await book.done("gather_context", facts=[fact])
    [read] = (await book.client.get(f"{book.url}/facts")).json()["items"]
    assert {name: read[name] for name in fact if name != "source"} == {n: v for n, v in fact.items() if n != "source"}


async def test_every_role_may_do_its_own_and_no_more(site: Site, book: Book) -> None:
    await book.with_section()
    await book.save_slide("to approve", "s1")
    allowed = {
        "viewer": set[str](),
        "reviewer": {"go_to_slide", "approve_slide"},
        "editor": {"go_to_slide", "approve_slide", "rename"},
    }
    commands = {
        "go_to_slide": {"slide_id": "s1"},
        "approve_slide": {"slide_id": "s1"},
        "rename": {"title": "Renamed"},
        "reopen": {},
    }
    for role, expected in allowed.items():
        async with site.client(role) as client:
            theirs = Book(client, {"id": book.id})
            for type_, fields in commands.items():
                response = await theirs.send(type_, **fields)
                assert (response.status_code == 200) == (type_ in expected), (role, type_, response.text)
                if type_ not in expected:
                    assert (response.status_code, response.json()["code"]) == (403, "forbidden")
    assert (await book.send("reopen")).json()["code"] == "cim_not_complete"


async def test_sixty_people_save_into_one_book_at_once(site: Site, book: Book) -> None:
    await book.with_section()
    responses = await asyncio.gather(*(book.send("save_slide", slide=slide(f"slide {n}", f"s{n}")) for n in range(60)))
    assert [response.status_code for response in responses] == [200] * 60
    revs = [response.json()["results"][0]["rev"] for response in responses]
    assert len(set(revs)) == 60
    slides = (await book.client.get(f"{book.url}/slides")).json()["items"]
    assert {item["components"][0]["text"] for item in slides} == {f"slide {n}" for n in range(60)}


async def test_a_warm_save_costs_one_body_and_one_update(
    site: Site, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    await book.with_section()
    await book.save_slide("warm", "s1")
    asked: list[str] = []
    store = site.api.parts.store
    of_the_store = [part for name, part in vars(store).items() if not name.startswith("_")]
    for part in (store, *of_the_store, site.api.parts.access, site.api.parts.gateway):
        for name in [name for name in dir(part) if not name.startswith("_")]:
            method = getattr(part, name)
            if inspect.iscoroutinefunction(method):
                monkeypatch.setattr(part, name, noting(asked, name, method))
    await book.save_slide("saved", "s1")
    assert asked == ["put_text", "execute"]
    asked.clear()
    await book.done("rename", title="Renamed")
    assert asked == ["execute"]
    asked.clear()
    await book.client.get(book.url)
    assert asked == ["head"]


IS_COUNTED: ContextVar[bool] = ContextVar("is_counted", default=False)


def noting(asked: list[str], name: str, method: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """Calls that another one makes are a part of it."""

    async def call(*args: Any, **kwargs: Any) -> Any:
        if IS_COUNTED.get():
            return await method(*args, **kwargs)
        asked.append(name)
        token = IS_COUNTED.set(True)
        try:
            return await method(*args, **kwargs)
        finally:
            IS_COUNTED.reset(token)

    return call


async def test_what_only_the_service_may_say_is_refused(book: Book) -> None:
    reference = {"section_id": "a", "title": "t", "layout_type": "text", "content_hash": "0" * 64}
    outside = [
        command("save_slide", slide=reference),
        command("gather_context", facts={"content_hash": "0" * 64, "count": 1}),
        command("restore", to_seq=1, content={"title": "forged"}),
        command("create", cim_id="x", org_id="x", deal_id="x", project_id="x", title="x"),
        command("delete"),
        command("rename", title="x", actor={"kind": "user", "id": "somebody else"}),
    ]
    for body in outside:
        response = await book.client.post(f"{book.url}/commands", json=body)
        assert (response.status_code, response.json()["code"]) == (422, "invalid_input"), body
    assert (await book.client.get(book.url)).json()["rev"] == 1


ODD_BODIES: dict[str, tuple[bytes, int]] = {
    "nothing": (b"", 422),
    "no JSON": (b"{", 422),
    "a number": (b"7", 422),
    "null": (b"null", 422),
    "an empty list": (b"[]", 422),
    "no type": (b"{}", 422),
    "unknown type": (b'{"type":"explode"}', 422),
    "unknown stage": (
        b'{"type":"navigate","command_id":"6f9619ff-8b86-4d01-b42d-00cf4fc964ff","target_stage":"moon"}',
        422,
    ),
    "NaN": (b'{"type":"rename","command_id":"6f9619ff-8b86-4d01-b42d-00cf4fc964ff","title":NaN}', 422),
    "infinity": (b'{"type":"rename","command_id":"6f9619ff-8b86-4d01-b42d-00cf4fc964ff","expected_rev":1e999}', 422),
    "a null byte": (
        b'{"type":"rename","command_id":"6f9619ff-8b86-4d01-b42d-00cf4fc964ff","title":"a\\u0000b"}',
        422,
    ),
    "half a character": (
        b'{"type":"rename","command_id":"6f9619ff-8b86-4d01-b42d-00cf4fc964ff","title":"\\ud800"}',
        422,
    ),
    "no UTF-8": (b'{"type":"\xff\xfe"}', 422),
    "very deep": (b"[" * 20_000 + b"]" * 20_000, 422),
    "too many": (
        b"[" + b",".join([b'{"type":"reopen","command_id":"6f9619ff-8b86-4d01-b42d-00cf4fc964ff"}'] * 101) + b"]",
        422,
    ),
    "too large": (b'{"type":"rename","title":"' + b"a" * 1_100_000 + b'"}', 413),
}


@pytest.mark.parametrize("case", ODD_BODIES)
async def test_odd_bodies_are_told_and_change_nothing(book: Book, case: str) -> None:
    content, status = ODD_BODIES[case]
    response = await book.client.post(
        f"{book.url}/commands", content=content, headers={"Content-Type": "application/json"}
    )
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["status"] == status
    assert (await book.client.get(book.url)).json()["rev"] == 1


async def test_a_body_without_length_is_limited_too(book: Book) -> None:
    async def endless() -> AsyncGenerator[bytes]:
        yield b"["
        for _ in range(200):
            yield b'"' + b"a" * 10_000 + b'",'

    response = await book.client.post(
        f"{book.url}/commands", content=endless(), headers={"Content-Type": "application/json"}
    )
    assert (response.status_code, response.json()["code"]) == (413, "too_large")
