"""With ten thousand books in the store, a reading route examines there what it answers with, and little more."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from pymongo import AsyncMongoClient
from pymongo.monitoring import CommandListener

import store.server
from api.app import create_app
from deploy.embedded.stack import Addresses
from domain.permissions import OrgRole, Role
from store import Store
from store.server import Server, Traits
from tests.integration.api.conftest import Api, Site, addresses, open_store, opened_site
from tests.integration.organisation import Organisation
from tests.security.conftest import Furnished, furnish
from tests.security.routes import PROJECT, ROUTES

from .counting import Cost, Listening, Query, counted, explained
from .filling import fill, furnish_more
from .reads import ELSEWHERE, NEXT, OF_THE_STORE

__all__ = ["addresses"]

pytestmark = pytest.mark.timeout(400)

FEW = 8
"""What may be examined beyond what is answered with: the one document that shows that there is more, and such."""
MOST_RETURNED = 400
"""By one query; the store has ten thousand of some, and the book that is read has 300 of most."""
IS_GIVEN = "MONGODB_URL" in os.environ


def _routes() -> dict[str, tuple[str, set[str]]]:
    """Path and parameters of every GET."""
    paths: dict[str, Any] = create_app().openapi()["paths"]
    return {
        one["get"]["operationId"]: (
            path,
            {each["name"] for each in one["get"].get("parameters", []) if each["in"] == "query"},
        )
        for path, one in paths.items()
        if "get" in one
    }


GETS = _routes()


def test_every_reading_route_is_written_down() -> None:
    assert set(GETS) == set(OF_THE_STORE) | ELSEWHERE
    assert not set(OF_THE_STORE) & ELSEWHERE


@pytest.mark.parametrize("operation_id", OF_THE_STORE)
def test_every_parameter_is_asked_for(operation_id: str) -> None:
    assert {name for asked in OF_THE_STORE[operation_id] for name in asked} == GETS[operation_id][1]


async def _of_mongodb(_: Server) -> Traits:
    return Traits(ferretdb=False, replica_set=False)


class Library:
    """The filled store, and a book in it."""

    def __init__(self, site: Site, organisation: Organisation, furnished: Furnished) -> None:
        self._site = site
        self._organisation = organisation
        self.ids = furnished.ids

    async def index(self) -> None:
        """As a MongoDB would be; on FerretDB indexes serve nothing, but can be declared."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Server, "traits", _of_mongodb)
            opened = await open_store(self._site.settings)
            await opened.ensure_indexes()
            await opened.close()

    @asynccontextmanager
    async def api(self, listening: Listening) -> AsyncGenerator[Api]:
        """With nothing in memory, and with the queries that it would send to a MongoDB."""

        def listeners() -> list[CommandListener]:
            return [listening]

        async def nothing(_: Store) -> None:
            return

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(store.server, "command_listeners", listeners)
            if not IS_GIVEN:
                patch.setattr(Server, "traits", _of_mongodb)
            patch.setattr(Store, "ensure_indexes", nothing)  # once is enough
            async with self._site.running_api() as api:
                yield api

    def client(self, api: Api, operation_id: str) -> httpx.AsyncClient:
        may = ROUTES[operation_id].may
        people = self._organisation.people
        return api.client(people[Role.LEAD if PROJECT & may or not may else OrgRole.OWNER].token)

    async def costs(self, queries: list[Query]) -> list[tuple[Query, Cost]]:
        url = self._site.settings.mongodb_url.get_secret_value()
        async with AsyncMongoClient[dict[str, Any]](url) as client:
            ask = explained if IS_GIVEN else counted
            return [(query, await ask(client, query)) for query in queries]


@pytest.fixture(scope="module")
def organisation(addresses: Addresses) -> Iterator[Organisation]:
    made = Organisation(addresses)
    yield made
    made.close()


@pytest.fixture(scope="module")
async def library(
    addresses: Addresses, organisation: Organisation, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Library]:
    async with opened_site(addresses, tmp_path_factory.mktemp("audit")) as site:
        furnished = await furnish(site, organisation)
        ids = furnished.ids
        await furnish_more(site.store, furnished.book, organisation.id, organisation.deal_id, ids["run_id"])
        await fill(site.settings, organisation.id, organisation.deal_id)
        found = Library(site, organisation, furnished)
        await found.index()
        yield found
        await furnished.book.client.aclose()


async def _called(client: httpx.AsyncClient, path: str, asked: dict[str, str]) -> httpx.Response:
    """Of a stream its first words."""
    async with client.stream("GET", path, params=asked) as answer:
        if answer.headers.get("content-type", "").startswith("text/event-stream"):
            async for line in answer.aiter_lines():
                if line.startswith(("event:", ":")):
                    break
        else:
            await answer.aread()
    return answer


async def _ask(client: httpx.AsyncClient, operation_id: str, ids: dict[str, str], asked: dict[str, str]) -> None:
    path = GETS[operation_id][0].format_map(ids)
    given = {name: value.format_map(ids) for name, value in asked.items()}
    if asked.get("cursor") == NEXT:
        first = await _called(client, path, {name: value for name, value in given.items() if name != "cursor"})
        given["cursor"] = first.json()["next_cursor"]
        assert given["cursor"], f"{operation_id} has no second page of {asked}"
    answer = await _called(client, path, given)
    assert answer.status_code in ROUTES[operation_id].status | {200}, answer.text


def _told(query: Query, cost: Cost) -> str:
    examined = "all of" if cost.examined is None else str(cost.examined)
    return f"{examined} examined, {cost.returned} returned: {query.collection} {query.wanted} sort {query.sort}"


@pytest.mark.parametrize("operation_id", OF_THE_STORE)
async def test_no_read_scans(library: Library, operation_id: str) -> None:
    listening = Listening()
    async with library.api(listening) as api, library.client(api, operation_id) as client:
        for asked in OF_THE_STORE[operation_id]:
            await _ask(client, operation_id, library.ids, asked)
    assert listening.queries
    costs = await library.costs(listening.queries)
    scans = [
        _told(query, cost)
        for query, cost in costs
        if cost.examined is None or cost.examined > cost.returned + FEW or cost.returned > MOST_RETURNED
    ]
    assert not scans, "\n".join(dict.fromkeys(scans))
