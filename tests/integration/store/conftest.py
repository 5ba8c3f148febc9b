"""The store against the embedded server and, where MONGODB_URL is given, against that one too."""

from __future__ import annotations

import os
import uuid
from collections.abc import AsyncIterator, Iterator

import pytest
from pymongo import AsyncMongoClient

from deploy.embedded.sharing import shared_stack
from store import Store
from tests.integration.store.masters import MASTERS
from tests.integration.store.writing import Writer

GIVEN = "MONGODB_URL"


@pytest.fixture(scope="session", params=["embedded", *(["given"] if os.environ.get(GIVEN) else [])])
def mongodb_url(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "given":
        yield os.environ[GIVEN]
        return
    with shared_stack({"mongodb"}) as addresses:
        assert addresses.mongodb_url is not None
        yield addresses.mongodb_url


@pytest.fixture
async def database(mongodb_url: str) -> AsyncIterator[str]:
    name = f"store_{uuid.uuid4().hex[:12]}"
    yield name
    async with AsyncMongoClient[dict[str, object]](mongodb_url) as client:
        await client.drop_database(name)


CIMS = ("c", "c1", "c2", "cim1", "cim2")
"""Of org1, for tests that need no head."""


@pytest.fixture
async def store(mongodb_url: str, database: str) -> AsyncIterator[Store]:
    opened = await Store.connect(mongodb_url, database, MASTERS)
    await opened.ensure_indexes()
    for cim_id in CIMS:
        opened.belongs(cim_id, "org1")
    yield opened
    await opened.close()


@pytest.fixture
async def other_process(mongodb_url: str, database: str) -> AsyncIterator[Store]:
    """Another store on the same database, with nothing in memory, as another process would have it."""
    opened = await Store.connect(mongodb_url, database, MASTERS)
    for cim_id in CIMS:
        opened.belongs(cim_id, "org1")
    yield opened
    await opened.close()


@pytest.fixture
def writer() -> Writer:
    return Writer()
