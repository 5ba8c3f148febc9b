"""Why a stream ends, and that it says so."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from access import AccessUnavailable, DealStanding, GrantCache
from api.parts import StreamTimes

from .conftest import Book, Site
from .reading import PATIENCE_SECONDS, Reader


async def test_it_ends_after_its_lifetime(site: Site, book: Book) -> None:
    async with (
        site.running_api(StreamTimes(lifetime=0.5)) as api,
        api.client(site.person("viewer").access_token) as client,
    ):
        closing = await Reader(client, book.url).until_event("closing")
        assert closing.data == {"reason": "lifetime"}


async def test_it_ends_with_the_token(site: Site, book: Book) -> None:
    secret = site.settings.supabase_jwt_secret
    assert secret is not None
    person = site.person("viewer")
    claims = {
        "sub": person.user_id,
        "aud": "authenticated",
        "exp": datetime.now(UTC) + timedelta(seconds=2),
    }
    token = jwt.encode(claims, secret.get_secret_value(), algorithm="HS256")
    async with site.api.client(token) as client:
        closing = await Reader(client, book.url).until_event("closing")
        assert closing.data == {"reason": "token_expired"}


async def test_it_ends_when_the_book_is_deleted(site: Site, book: Book) -> None:
    reader = Reader(book.client, book.url)
    waiting = asyncio.create_task(reader.until_event("closing"))
    await asyncio.sleep(0.3)
    async with site.client("lead") as client:
        assert (await client.delete(book.url)).status_code == 204
    assert (await waiting).data == {"reason": "deleted"}


class Access:
    """Answers as told."""

    def __init__(self, standing: DealStanding | None) -> None:
        self.answer = standing
        self.down = False

    async def standing(self, person_id: str, deal_id: str) -> DealStanding | None:
        if self.down:
            raise AccessUnavailable("down")
        return self.answer

    async def deals_of(self, person_id: str) -> list[Any]:
        return []


@pytest.mark.parametrize(("loss", "expected"), [("role", "access_lost"), ("answers", "access_unavailable")])
async def test_it_ends_when_access_is_lost(
    site: Site, book: Book, loss: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = StreamTimes(access_check=0.3, access_patience=1.0)
    person = site.person("viewer")
    assert person.deal_id is not None
    async with site.running_api(times) as api, api.client(person.access_token) as client:
        access = Access(await api.parts.access.standing(person.user_id, person.deal_id))
        monkeypatch.setattr(api.parts.grants, "standing", GrantCache(access, seconds=0).standing)
        reader = Reader(client, book.url)
        waiting = asyncio.create_task(reader.until_event("closing"))
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not reader.seqs:
                await asyncio.sleep(0.05)
        await asyncio.sleep(3 * times.access_check)
        assert not waiting.done()
        if loss == "role":
            access.answer = None
        else:
            access.down = True
        assert (await waiting).data == {"reason": expected}
        assert reader.seqs == [1]
