"""The data keys of all tenants: made when first needed, kept wrapped, in memory for a minute."""

from __future__ import annotations

import asyncio
import os
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol
from weakref import WeakValueDictionary

from domain.values import Instant, Value
from vault.errors import KeysDestroyed, KeysUnavailable, UnknownKey
from vault.masters import KEY_BYTES, MasterKeys
from vault.sealing import TenantKey, key_id_of, tenant_of

CACHED = timedelta(seconds=60)
CACHED_WHILE_AWAY = timedelta(hours=1)
PAUSE_WHILE_AWAY = timedelta(seconds=5)
LIFETIME = timedelta(days=90)
"""After which a tenant gets a new data key by itself: far from the 2^32 seals that a key with random nonces bears."""
MOST_TENANTS = 10_000


class WrappedKey(Value):
    """A data key as it is kept. `master` is the key that wraps it; once destroyed, `wrapped` is empty."""

    tenant: str
    version: int
    master: str = ""
    wrapped: bytes = b""
    created_at: Instant
    destroyed_at: Instant | None = None

    @property
    def id(self) -> str:
        return f"{self.tenant}/{self.version}"


class KeyShelf(Protocol):
    """Where wrapped keys are kept. Every method raises KeysUnavailable while it does not answer."""

    def of_tenant(self, tenant: str) -> Awaitable[list[WrappedKey]]:
        """In the order of versions; also destroyed ones."""
        ...

    def all(self) -> AsyncGenerator[WrappedKey]: ...

    def add(self, key: WrappedKey) -> Awaitable[bool]:
        """False where this version is there already."""
        ...

    def rewrap(self, before: WrappedKey, after: WrappedKey) -> Awaitable[bool]:
        """Puts `after` in place of `before`; False where that is not there any more."""
        ...

    def destroy(self, tenant: str, at: datetime) -> Awaitable[int]:
        """Takes the wrapped bytes of all keys of a tenant away, for good, and keeps a mark that they were."""
        ...


@dataclass(frozen=True)
class _Keys:
    """The keys of one tenant, as of `asked_at`; `fresh_until` they need not be asked for again (monotonic seconds)."""

    kept: tuple[WrappedKey, ...]
    opened: Mapping[str, TenantKey]
    asked_at: float
    fresh_until: float

    @property
    def current(self) -> TenantKey:
        return self.opened[self.kept[-1].id]

    @property
    def is_fresh(self) -> bool:
        return time.monotonic() < self.fresh_until

    @property
    def is_due(self) -> bool:
        """Whether the tenant should get another key."""
        return not self.kept or datetime.now(UTC) - self.kept[-1].created_at > LIFETIME


class KeyRing:
    """Every method raises KeysUnavailable, and KeysDestroyed for a tenant that was deleted.

    While the shelf is away, keys that were in use stay so for an hour. A key that another process makes or destroys
    is noticed within a minute.
    """

    def __init__(self, shelf: KeyShelf, masters: MasterKeys, cached: timedelta = CACHED) -> None:
        self._shelf = shelf
        self._masters = masters
        self._cached = cached
        self._known: OrderedDict[str, _Keys] = OrderedDict()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def seal(self, tenant: str, plain: bytes, about: bytes = b"", *, compress: bool = True) -> bytes:
        return (await self.current(tenant)).seal(plain, about, compress=compress)

    async def open(self, sealed: bytes, about: bytes = b"") -> bytes:
        """Raises UnknownKey and BrokenSeal besides."""
        return (await self.key(key_id_of(sealed))).open(sealed, about)

    async def current(self, tenant: str) -> TenantKey:
        """The key for what is new; a first one, or one in place of one that is 90 days old, is made on the way."""
        known = self._known.get(tenant)
        if known is None or not known.is_fresh or known.is_due:
            known = await self._asked(tenant)
            if known.is_due:
                known = await self._with_one_more(tenant, after=known)
        return known.current

    async def key(self, key_id: str) -> TenantKey:
        """Raises UnknownKey besides."""
        tenant = tenant_of(key_id)
        known = self._known.get(tenant)
        if known is None or key_id not in known.opened or not known.is_fresh:
            known = await self._asked(tenant)
        found = known.opened.get(key_id)
        if found is None:
            raise UnknownKey(f"there is no key {key_id}")
        return found

    async def rotate(self, tenant: str) -> str:
        """A new key for what is written from now on; the older ones still open what they sealed. Its id."""
        known = await self._asked(tenant, anew=True)
        return (await self._with_one_more(tenant, after=known)).current.id

    async def rewrap(self) -> int:
        """Wraps every data key with the current master key. How many were wrapped with another."""
        rewrapped = 0
        async for kept in self._shelf.all():
            if kept.destroyed_at is None and kept.master != self._masters.current:
                key = await self._masters.unwrap(kept.wrapped, kept.id, kept.master)
                wrapped = await self._masters.wrap(key, kept.id)
                fresh = kept.model_copy(update={"master": self._masters.current, "wrapped": wrapped})
                rewrapped += await self._shelf.rewrap(kept, fresh)
        return rewrapped

    async def destroy(self, tenant: str) -> int:
        """Nothing that the tenant's keys sealed can be read any more, by anybody. How many keys there were."""
        async with self._lock(tenant):
            destroyed = await self._shelf.destroy(tenant, datetime.now(UTC))
            self._known.pop(tenant, None)
            return destroyed

    def all(self) -> AsyncGenerator[WrappedKey]:
        """Every key as it is kept, also destroyed ones."""
        return self._shelf.all()

    async def _with_one_more(self, tenant: str, after: _Keys) -> _Keys:
        version = after.kept[-1].version + 1 if after.kept else 1
        key = WrappedKey(tenant=tenant, version=version, created_at=datetime.now(UTC))
        wrapped = await self._masters.wrap(os.urandom(KEY_BYTES), key.id)
        # Where another process was first, its key is the one.
        await self._shelf.add(key.model_copy(update={"master": self._masters.current, "wrapped": wrapped}))
        return await self._asked(tenant, anew=True)

    async def _asked(self, tenant: str, *, anew: bool = False) -> _Keys:
        lock = self._lock(tenant)
        wanted_at = time.monotonic()
        async with lock:
            before = self._known.get(tenant)
            if before is not None and before.asked_at > wanted_at and not anew:
                return before
            try:
                kept = await self._shelf.of_tenant(tenant)
                known = await self._opened(kept, before)
            except KeysUnavailable:
                now = time.monotonic()
                if before is None or anew or before.is_due or now - before.asked_at > CACHED_WHILE_AWAY.total_seconds():
                    raise
                known = replace(before, fresh_until=now + PAUSE_WHILE_AWAY.total_seconds())
                self._known[tenant] = known
                return known
            if any(key.destroyed_at is not None for key in kept):
                self._known.pop(tenant, None)
                raise KeysDestroyed(f"the keys of {tenant} were destroyed")
            self._known[tenant] = known
            self._known.move_to_end(tenant)
            while len(self._known) > MOST_TENANTS:
                self._known.popitem(last=False)
            return known

    async def _opened(self, kept: list[WrappedKey], before: _Keys | None) -> _Keys:
        opened = dict(before.opened) if before is not None else {}
        for key in kept:
            if key.destroyed_at is None and key.id not in opened:
                plain = await self._masters.unwrap(key.wrapped, key.id, key.master)
                opened[key.id] = TenantKey(key.id, plain)
        now = time.monotonic()
        return _Keys(tuple(kept), opened, asked_at=now, fresh_until=now + self._cached.total_seconds())

    def _lock(self, tenant: str) -> asyncio.Lock:
        return self._locks.setdefault(tenant, asyncio.Lock())
