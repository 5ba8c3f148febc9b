"""The ids that belong to what is being done: of the request, the tenant, the CIM, the run."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

_IDS: ContextVar[dict[str, str] | None] = ContextVar("ids", default=None)


@contextmanager
def identified(**ids: str) -> Generator[None]:
    """These ids, and those of `add_ids`, belong to everything that is done inside, tasks included."""
    token = _IDS.set({name: value for name, value in ids.items() if value})
    try:
        yield
    finally:
        _IDS.reset(token)


def add_ids(**ids: str) -> None:
    """What has been found out meanwhile. Outside of `identified` it is forgotten."""
    known = _IDS.get()
    if known is not None:
        known.update({name: value for name, value in ids.items() if value})


def current_ids() -> Mapping[str, str]:
    return _IDS.get() or {}
