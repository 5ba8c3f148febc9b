"""Searches that bring more of the documents into a turn, where what came with it may not be enough."""

from __future__ import annotations

from collections.abc import Sequence

from agents.evidence_only.chat.reply import Call, Reply
from agents.evidence_only.chat.turn import Turn

MOST_QUERIES, MOST_RESULTS = 12, 20
SEARCH = "search_documents"


def search_first(turn: Turn, queries: Sequence[str]) -> Reply | None:
    """The searches; None when this turn has searched already."""
    if not turn.can(SEARCH) or turn.outcomes(SEARCH):
        return None
    wanted = [query for query in dict.fromkeys(" ".join(query.split())[:300] for query in queries) if query]
    calls = tuple(Call(SEARCH, {"query": query, "limit": MOST_RESULTS}) for query in wanted[:MOST_QUERIES])
    return Reply(calls=calls) if calls else None
