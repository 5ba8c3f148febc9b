"""The search that a turn needs: over the evidence of the book, and over what was said before."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from agents.ports import TalkMessage
from agents.tools.tool import Library


class TurnSearch(Library, Protocol):
    async def learn(self, cim_id: str, messages: Sequence[TalkMessage]) -> None:
        """Makes messages findable. Those that are known already cost nothing."""
        ...

    async def knows(self, cim_id: str, ids: Collection[str]) -> bool:
        """Whether all these messages can be found."""
        ...

    async def messages(self, cim_id: str, among: Collection[str], query: str, limit: int) -> Sequence[str]:
        """Ids of the messages that fit the query, of those in `among`, best first."""
        ...
