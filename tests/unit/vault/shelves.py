"""A shelf of keys in memory, which can be away."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import datetime

from pydantic import SecretStr

from vault import KeysUnavailable, LocalMasterKeys, WrappedKey, fresh_master_key


class MemoryShelf:
    def __init__(self) -> None:
        self.kept: dict[str, WrappedKey] = {}
        self.is_away = False
        self.asked = 0

    async def of_tenant(self, tenant: str) -> list[WrappedKey]:
        self._ask()
        return sorted((key for key in self.kept.values() if key.tenant == tenant), key=lambda key: key.version)

    async def all(self) -> AsyncGenerator[WrappedKey]:
        self._ask()
        for key in list(self.kept.values()):
            yield key

    async def add(self, key: WrappedKey) -> bool:
        self._ask()
        return self.kept.setdefault(key.id, key) is key

    async def rewrap(self, before: WrappedKey, after: WrappedKey) -> bool:
        self._ask()
        if self.kept.get(before.id) != before:
            return False
        self.kept[before.id] = after
        return True

    async def destroy(self, tenant: str, at: datetime) -> int:
        keys = [key for key in await self.of_tenant(tenant) if key.destroyed_at is None]
        mark = WrappedKey(tenant=tenant, version=0, created_at=at, destroyed_at=at)
        self.kept[mark.id] = mark
        for key in keys:
            self.kept[key.id] = key.model_copy(update={"wrapped": b"", "destroyed_at": at})
        return len(keys)

    def _ask(self) -> None:
        self.asked += 1
        if self.is_away:
            raise KeysUnavailable("away")


def masters(*kids: str) -> dict[str, SecretStr]:
    return {kid: SecretStr(fresh_master_key()) for kid in kids}


def local(keys: dict[str, SecretStr], current: str = "") -> LocalMasterKeys:
    return LocalMasterKeys.given(keys, current)
