"""Searches that bring more of the documents into a turn, where what came with it may not be enough."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.evidence_only.chat.reply import Call, Reply
from agents.evidence_only.chat.turn import Turn
from agents.evidence_only.topics import BY_NAME, topics_of_title

MOST_QUERIES, MOST_RESULTS, MOST_WORDS = 14, 12, 14
SEARCH = "search_documents"


def search_first(turn: Turn, queries: Sequence[str]) -> Reply | None:
    """The searches; None when this turn has searched already."""
    return None if turn.outcomes(SEARCH) else _searches(turn, queries)


def search_gaps(turn: Turn, queries: Sequence[str]) -> Reply | None:
    """Searches that have not been made, once more in this turn; None when there is nothing more to search for."""
    made = {str(one.arguments.get("query")) for one in turn.outcomes(SEARCH)}
    return _searches(turn, [query for query in queries if query not in made]) if len(made) <= MOST_QUERIES else None


def _searches(turn: Turn, queries: Sequence[str]) -> Reply | None:
    wanted = [query for query in dict.fromkeys(" ".join(query.split())[:300] for query in queries) if query]
    calls = tuple(Call(SEARCH, {"query": query, "limit": MOST_RESULTS}) for query in wanted[:MOST_QUERIES])
    return Reply(calls=calls) if calls and turn.can(SEARCH) else None


def words_for(pattern: re.Pattern[str]) -> str:
    """The words of a pattern as a query."""
    return " ".join(re.findall(r"[a-z]{4,}", pattern.pattern)[:MOST_WORDS])


def topic_queries(titles: Sequence[str]) -> list[str]:
    """For each title of a section: itself, with the words that documents use for its subjects."""
    return [
        " ".join([title, *(words_for(BY_NAME[name].words) for name in topics_of_title(title)[:2])]) for title in titles
    ]
