"""Keeps the texts of a run beside its book, under their hash, so that only hashes travel."""

from __future__ import annotations

import hashlib
from typing import TypeVar

from agents.ports import Workspace
from domain.values import Value

_Model = TypeVar("_Model", bound=Value)


class Desk:
    def __init__(self, workspace: Workspace, cim_id: str) -> None:
        self._workspace = workspace
        self._cim_id = cim_id

    async def put(self, text: str) -> str:
        hash_ = hashlib.sha256(text.encode()).hexdigest()
        await self._workspace.put_text(self._cim_id, hash_, text)
        return hash_

    async def keep(self, model: Value) -> str:
        return await self.put(model.model_dump_json())

    async def load(self, schema: type[_Model], hash_: str) -> _Model:
        return schema.from_kept(await self._workspace.get_text(self._cim_id, hash_))

    async def text(self, hash_: str) -> str:
        return await self._workspace.get_text(self._cim_id, hash_)

    async def instruction(self, hash_: str) -> str:
        """What the person who started a run wrote to it. Raises LookupError when it is not kept."""
        return await self.text(hash_) if hash_ else ""

    async def mark_drafted(self, content_hash: str) -> None:
        """Remembers that a run wrote this slide body."""
        await self.put(_mark(content_hash))

    async def was_drafted(self, content_hash: str) -> bool:
        return await self.has(_mark(content_hash))

    async def has(self, text: str) -> bool:
        """Whether this text is kept."""
        try:
            await self._workspace.get_text(self._cim_id, hashlib.sha256(text.encode()).hexdigest())
        except LookupError:
            return False
        return True


def _mark(content_hash: str) -> str:
    return f"drafted {content_hash}"
