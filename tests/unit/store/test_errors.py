"""What the driver raises, as the rest of the product hears of it."""

from __future__ import annotations

import pytest
from pymongo.errors import (
    AutoReconnect,
    CursorNotFound,
    DuplicateKeyError,
    NetworkTimeout,
    OperationFailure,
    PyMongoError,
)

from store.errors import StoreError, StoreUnavailable, translated

DISK_FULL = OperationFailure("disk I/O error (778)", 1, {"ok": 0.0, "codeName": "InternalError"})
OUT_OF_DISK_SPACE = OperationFailure("no space left", 14031)
BEGUN_AT_ANOTHER = CursorNotFound("cursor id 1778131282 not found", 43)
"""The server was restarted between two parts of an answer."""
PASSING = [AutoReconnect("gone"), NetworkTimeout("late"), DISK_FULL, OUT_OF_DISK_SPACE, BEGUN_AT_ANOTHER]


async def raised(error: PyMongoError) -> None:
    @translated
    async def ask() -> None:
        raise error

    await ask()


@pytest.mark.parametrize("error", PASSING)
async def test_what_passes_is_told_as_a_store_that_is_away(error: PyMongoError) -> None:
    with pytest.raises(StoreUnavailable):
        await raised(error)


@pytest.mark.parametrize("error", [OperationFailure("unknown operator", 2), DuplicateKeyError("taken", 11000)])
async def test_what_stays_is_told_as_an_error(error: PyMongoError) -> None:
    with pytest.raises(StoreError) as told:
        await raised(error)
    assert not isinstance(told.value, StoreUnavailable)
