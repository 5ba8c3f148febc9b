"""What can go wrong in the store. Nothing of the driver leaves it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from pymongo.errors import ConnectionFailure, CursorNotFound, NotPrimaryError, OperationFailure, PyMongoError

from vault import VaultError

P = ParamSpec("P")
R = TypeVar("R")

OF_THE_SERVER_ITSELF = frozenset({1, 14031})
"""Codes InternalError, by which FerretDB tells of a disk that takes nothing more, and OutOfDiskSpace."""


class StoreError(Exception):
    """The store could not do what was asked."""


class StoreUnavailable(StoreError):
    """The store does not answer just now. The same call may succeed later."""


class FatalStoreError(StoreError):
    """Trying again cannot help."""


class LogConflict(FatalStoreError):
    """Another event is recorded already under the same sequence number."""


class LogGap(FatalStoreError):
    """The events before these were never recorded."""


class CIMErased(FatalStoreError):
    """The CIM was deleted; nothing more can be recorded for it."""


class UnknownCIM(StoreError):
    """Nothing was ever recorded for the CIM."""


class TalkGap(StoreError):
    """The reader's place in the talk is not there any more: it has to start over from what is kept now."""


class TooMany(FatalStoreError):
    """There is no room for more of these."""


class RunClosed(FatalStoreError):
    """The run has given its last answer and takes nothing more."""


def translated(method: Callable[P, Coroutine[Any, Any, R]]) -> Callable[P, Coroutine[Any, Any, R]]:
    """Turns errors of the driver into ours: StoreUnavailable when trying later may help, else StoreError."""

    @wraps(method)
    async def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return await method(*args, **kwargs)
        except (ConnectionFailure, CursorNotFound, NotPrimaryError) as error:
            raise StoreUnavailable(f"the store does not answer: {type(error).__name__}") from error
        except StoreError:
            raise
        except VaultError as error:
            raise StoreError(str(error)) from error
        except PyMongoError as error:
            if error.timeout or error.has_error_label("RetryableWriteError"):
                raise StoreUnavailable(f"the store did not answer in time: {type(error).__name__}") from error
            if isinstance(error, OperationFailure) and error.code in OF_THE_SERVER_ITSELF:
                raise StoreUnavailable(f"the store cannot do it just now: {error}") from error
            raise StoreError(f"the store refused: {error}") from error

    return call
