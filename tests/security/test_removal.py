"""Who is removed sees nothing more within five seconds, whichever process the stream is open in."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import time
import uuid
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from domain.permissions import Role
from tests.integration.api.conftest import Api, Site
from tests.integration.organisation import Account, Organisation

from .conftest import Furnished, everybody, new_book

__all__ = ["everybody"]

SECRET = "whsec_" + base64.b64encode(b"thirty-two bytes and some more..").decode()
SOON = 5.0


def signed(body: bytes, at: float | None = None, secret: str = SECRET) -> dict[str, str]:
    webhook_id, timestamp = uuid.uuid4().hex, str(int(at if at is not None else time.time()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.digest(key, f"{webhook_id}.{timestamp}.".encode() + body, hashlib.sha256)
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
        "content-type": "application/json",
    }


def removed_row(person: Account) -> bytes:
    row = {"user_id": person.user_id}
    return json.dumps({"type": "DELETE", "table": "memberships", "record": None, "old_record": row}).encode()


async def until_closed(api: Api, url: str, person: Account, opened: asyncio.Event) -> str:
    """Why the stream was closed."""
    async with api.client(person.token) as client, client.stream("GET", f"{url}/stream") as stream:
        assert stream.status_code == 200
        last = ""
        async for line in stream.aiter_lines():
            opened.set()
            if line.startswith("data:") and last == "event: closing":
                return json.loads(line.removeprefix("data:"))["reason"]
            last = line
    return "ended without a word"


class Watched:
    """An organisation of its own, with an editor who looks on by one process while the removal goes by another."""

    def __init__(self, site: Site) -> None:
        self.organisation = Organisation(site.addresses)
        self.editor = self.organisation.people[Role.EDITOR]


@pytest.fixture
async def watched(site: Site) -> Any:
    found = await asyncio.to_thread(Watched, site)
    yield found
    found.organisation.close()


def _settings(site: Site) -> Any:
    return site.settings.model_copy(update={"supabase_webhook_secrets": (SecretStr(SECRET),)})


async def test_a_webhook_closes_streams_and_ends_grants_in_every_process(site: Site, watched: Watched) -> None:
    organisation, editor = watched.organisation, watched.editor
    async with site.running_api(settings=_settings(site)) as one, site.running_api(settings=_settings(site)) as other:
        book = await new_book(one, organisation, organisation.people[Role.LEAD])
        opened = [asyncio.Event(), asyncio.Event()]
        streams = [
            asyncio.create_task(until_closed(api, book.url, editor, event))
            for api, event in zip((one, other), opened, strict=True)
        ]
        await asyncio.gather(*(event.wait() for event in opened))
        key = {"org_id": organisation.id, "user_id": editor.user_id}
        await asyncio.to_thread(organisation.drop, "memberships", key)
        async with other.client(editor.token) as late:
            assert (await late.get(book.url)).status_code == 200
        body = removed_row(editor)
        async with one.client() as supabase:
            assert (await supabase.post("/webhooks/supabase", content=body, headers=signed(body))).status_code == 204
        async with asyncio.timeout(SOON):
            assert await asyncio.gather(*streams) == ["access_lost", "access_lost"]
        for api in (one, other):
            async with api.client(editor.token) as client:
                assert (await client.get(book.url)).status_code == 404
                sent = {"type": "rename", "command_id": str(uuid.uuid4()), "title": "No more"}
                assert (await client.post(f"{book.url}/commands", json=sent)).status_code == 404
                assert (await client.post(f"{book.url}/assertions")).status_code == 404
        await book.client.aclose()


async def test_removal_through_the_api_closes_the_stream(site: Site, watched: Watched) -> None:
    organisation, editor = watched.organisation, watched.editor
    book = await new_book(site.api, organisation, organisation.people[Role.LEAD])
    opened = asyncio.Event()
    stream = asyncio.create_task(until_closed(site.api, book.url, editor, opened))
    await opened.wait()
    url = f"/projects/{organisation.project_id}/members/{editor.user_id}"
    assert (await book.client.delete(url)).status_code == 204
    async with asyncio.timeout(SOON):
        assert await stream == "access_lost"
    await book.client.aclose()


async def test_a_webhook_that_is_not_signed_as_it_has_to_be_does_nothing(site: Site, furnished: Furnished) -> None:
    body = json.dumps({"type": "DELETE", "table": "memberships", "old_record": {"user_id": str(uuid.uuid4())}}).encode()
    good = signed(body)
    other = "whsec_" + base64.b64encode(b"another secret of thirty-two byte").decode()
    bad: dict[str, dict[str, str]] = {
        "nothing": {},
        "no signature": {**good, "webhook-signature": ""},
        "not base64": {**good, "webhook-signature": "v1,!!!"},
        "another version": {**good, "webhook-signature": good["webhook-signature"].replace("v1,", "v2,")},
        "another secret": signed(body, secret=other),
        "old": signed(body, at=time.time() - 600),
        "from the future": signed(body, at=time.time() + 600),
        "another id": {**good, "webhook-id": "another"},
        "another time": {**good, "webhook-timestamp": str(int(time.time()) + 1)},
        "no time": {**good, "webhook-timestamp": "²"},
        "of another body": signed(body + b" "),
    }
    async with site.running_api(settings=_settings(site)) as api, api.client() as client:
        answers: dict[str, httpx.Response] = {}
        for how, headers in bad.items():
            sendable = [(name.encode(), value.encode()) for name, value in headers.items()]
            answers[how] = await client.post("/webhooks/supabase", content=body, headers=sendable)
        assert {how: answer.status_code for how, answer in answers.items() if answer.status_code != 401} == {}
        assert (await client.post("/webhooks/supabase", content=body, headers=good)).status_code == 204
        assert (await client.post("/webhooks/supabase", content=b"[]", headers=signed(b"[]"))).status_code == 422
    async with site.api.client() as client:
        unset = await client.post("/webhooks/supabase", content=body, headers=good)
        assert unset.status_code == 401
