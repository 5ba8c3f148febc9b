"""Searches that bring more of the documents into a turn, where what came with it may not be enough."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.evidence_only.chat.reply import Call, Reply
from agents.evidence_only.chat.turn import Turn
from agents.evidence_only.topics import BY_NAME, topics_of_title

MOST_QUERIES, MOST_IN_ALL, MOST_RESULTS, MOST_WORDS = 14, 24, 12, 14
SEARCH = "search_documents"


def search_first(turn: Turn, queries: Sequence[str]) -> Reply | None:
    """The searches; None when one of them has been made in this turn."""
    wanted, made = _plain(queries), _made(turn)
    return None if made.intersection(wanted) else _searches(turn, wanted)


def search_gaps(turn: Turn, queries: Sequence[str]) -> Reply | None:
    """Those searches that have not been made in this turn; None when there are none, or when it has made too many."""
    made = _made(turn)
    return _searches(turn, [one for one in _plain(queries) if one not in made]) if len(made) <= MOST_IN_ALL else None


def _made(turn: Turn) -> set[str]:
    return {str(one.arguments.get("query")) for one in turn.outcomes(SEARCH)}


def _plain(queries: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(plain for query in queries if (plain := " ".join(query.split())[:300])))


def _searches(turn: Turn, queries: Sequence[str]) -> Reply | None:
    calls = tuple(Call(SEARCH, {"query": query, "limit": MOST_RESULTS}) for query in queries[:MOST_QUERIES])
    return Reply(calls=calls) if calls and turn.can(SEARCH) else None


def words_for(pattern: re.Pattern[str]) -> str:
    """The words of a pattern as a query."""
    return " ".join(re.findall(r"[a-z]{4,}", pattern.pattern)[:MOST_WORDS])


def topic_queries(titles: Sequence[str]) -> list[str]:
    """For each title of a section: itself, with the words that documents use for its subjects."""
    return [
        " ".join([title, *(words_for(BY_NAME[name].words) for name in topics_of_title(title)[:2])]) for title in titles
    ]
