"""Keyword search over messages: SQLite's full-text index, in memory, one for each CIM that is in use."""

from __future__ import annotations

import re
import sqlite3
import weakref
from collections import OrderedDict
from collections.abc import Collection, Sequence

from evidence.retrieval import is_stop_word
from search.parts import SearchText

MOST_CHARACTERS = 200_000_000
MOST_WORDS = 24
MOST_PLACES = 8_000
"""Of the words that are looked for, added up: words that stand everywhere cost most and tell least."""
RECOUNT_AFTER = 50
"""Messages after which the counts of words are taken anew."""
_TOKENIZE = "tokenize='porter unicode61 remove_diacritics 2'"
_WORD = re.compile(r"\d+(?:[.,]\d+)*|\w+")


class MessageIndex:
    """Finds messages of one CIM. Texts themselves are not kept, so an index is about a quarter of what it has read."""

    def __init__(self) -> None:
        self._database = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self._closing = weakref.finalize(self, self._database.close)
        self._database.execute(f"create virtual table texts using fts5(text, content='', {_TOKENIZE})")
        self._database.execute("create virtual table text_terms using fts5vocab(texts, row)")
        self._database.execute(f"create virtual table question using fts5(word, content='', {_TOKENIZE})")
        self._database.execute("create virtual table question_terms using fts5vocab(question, instance)")
        self._ids: list[str] = []
        self._counts: dict[str, int] = {}
        self._counted_at = 0
        self._known: set[str] = set()
        self.characters = 0

    def add(self, texts: Sequence[SearchText]) -> None:
        """Each id counts once: what is found under an id never changes."""
        fresh = [text for text in texts if text.id not in self._known]
        self._known.update(text.id for text in fresh)
        fresh = [text for text in fresh if text.text]
        if not fresh:
            return
        rows = list(enumerate((text.text for text in fresh), start=len(self._ids)))
        self._database.execute("begin")
        self._database.executemany("insert into texts(rowid, text) values (?, ?)", rows)
        self._database.execute("commit")
        self._ids.extend(text.id for text in fresh)
        self.characters += sum(len(text.text) for text in fresh)

    def knows(self, ids: Collection[str]) -> bool:
        return self._known.issuperset(ids)

    def find(self, query: str, among: Collection[str], limit: int) -> list[str]:
        """Ids of those in `among` that share words with the query, best first."""
        words = [word for word in dict.fromkeys(_WORD.findall(query.casefold())) if not is_stop_word(word)]
        telling = self._telling(words[:MOST_WORDS])
        if not telling:
            return []
        wanted = " OR ".join(f'"{word}"' for word in telling)
        rows = self._database.execute("select rowid from texts where texts match ? order by rank", (wanted,))
        found: list[str] = []
        for row in rows:
            message_id = self._ids[int(row[0])]
            if message_id in among:
                found.append(message_id)
                if len(found) == limit:
                    break
        return found

    def close(self) -> None:
        self._closing()

    def _telling(self, words: Sequence[str]) -> list[str]:
        """The words that stand in the messages, rarest first, as far as their bound goes."""
        if len(self._ids) > self._counted_at + RECOUNT_AFTER:
            self._counts.clear()
            self._counted_at = len(self._ids)
        unknown = [word for word in words if not self._counts.get(word)]
        if unknown:
            self._counts.update(zip(unknown, self._count(unknown), strict=True))
        chosen: list[str] = []
        places = 0
        for word in sorted((word for word in words if self._counts[word]), key=lambda word: self._counts[word]):
            places += self._counts[word]
            if chosen and places > MOST_PLACES:
                break
            chosen.append(word)
        return chosen

    def _count(self, words: Sequence[str]) -> list[int]:
        """How often each word stands in the messages; of a word of several parts, its rarest part."""
        counts: dict[int, int] = {}
        self._database.execute("begin")
        self._database.executemany("insert into question(rowid, word) values (?, ?)", list(enumerate(words)))
        for at, count in self._database.execute(
            "select question_terms.doc, coalesce((select cnt from text_terms where term = question_terms.term), 0) "
            "from question_terms"
        ):
            counts[at] = min(counts.get(at, count), count)
        self._database.execute("rollback")
        return [counts.get(at, 0) for at in range(len(words))]


class MessageIndexes:
    """The indexes of the CIMs that were asked for lately, as many as fit the bound."""

    def __init__(self, most_characters: int = MOST_CHARACTERS) -> None:
        self._most_characters = most_characters
        self._indexes: OrderedDict[str, MessageIndex] = OrderedDict()

    def add(self, cim_id: str, texts: Sequence[SearchText]) -> None:
        self._of(cim_id).add(texts)
        while len(self._indexes) > 1 and self._characters() > self._most_characters:
            self._indexes.popitem(last=False)[1].close()

    def knows(self, cim_id: str, ids: Collection[str]) -> bool:
        return self._of(cim_id).knows(ids)

    def find(self, cim_id: str, query: str, among: Collection[str], limit: int) -> list[str]:
        return self._of(cim_id).find(query, among, limit)

    def forget(self, cim_id: str) -> None:
        """Takes what belongs to an erased CIM out of memory."""
        if (index := self._indexes.pop(cim_id, None)) is not None:
            index.close()

    def _of(self, cim_id: str) -> MessageIndex:
        index = self._indexes.get(cim_id)
        if index is None:
            index = self._indexes[cim_id] = MessageIndex()
        self._indexes.move_to_end(cim_id)
        return index

    def _characters(self) -> int:
        return sum(index.characters for index in self._indexes.values())
