"""A connection that is reset while it is made is told of as every other that fails."""

from __future__ import annotations

import httpx
import pytest

from access.wire import WireClient


class ResetWhileMade(httpx.AsyncBaseTransport):
    """Fails as anyio does on uvloop."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        nothing: httpx.Response | None = None
        return nothing.getpeername  # pyright: ignore[reportOptionalMemberAccess, reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]


class Mistaken(httpx.AsyncBaseTransport):
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        raise AttributeError("a mistake of ours", name="colour")


async def test_it_is_an_error_of_the_connection() -> None:
    async with WireClient(transport=ResetWhileMade()) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get("http://127.0.0.1/rest/v1/deals")


async def test_mistakes_of_our_own_stay_what_they_are() -> None:
    async with WireClient(transport=Mistaken()) as client:
        with pytest.raises(AttributeError):
            await client.get("http://127.0.0.1/rest/v1/deals")
