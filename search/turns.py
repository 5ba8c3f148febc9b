"""The search that turns and tools use."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence

from agents.brief import Evidence
from agents.ports import TalkMessage
from search.library import EvidenceIndexes
from search.messages import MessageIndexes
from search.parts import SearchText

AT_ONCE = 50
"""Messages that are indexed in one go before others get their turn."""


class KeywordSearch:
    """Facts, passages and messages by their words."""

    def __init__(self) -> None:
        self._evidence = EvidenceIndexes()
        self._messages = MessageIndexes()

    async def facts(self, cim_id: str, evidence: Evidence, query: str, limit: int) -> Sequence[int]:
        return await self._evidence.facts(evidence, query, limit)

    async def passages(self, cim_id: str, evidence: Evidence, query: str, limit: int) -> Sequence[int]:
        return await self._evidence.passages(evidence, query, limit)

    async def learn(self, cim_id: str, messages: Sequence[TalkMessage]) -> None:
        for start in range(0, len(messages), AT_ONCE):
            portion = messages[start : start + AT_ONCE]
            self._messages.add(cim_id, [SearchText(id=message.id, text=message.text) for message in portion])
            await asyncio.sleep(0)

    async def knows(self, cim_id: str, ids: Collection[str]) -> bool:
        return self._messages.knows(cim_id, ids)

    async def messages(self, cim_id: str, among: Collection[str], query: str, limit: int) -> Sequence[str]:
        return self._messages.find(cim_id, query, among, limit)
