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
_WORD = re.compile(r"\d+(?:[.,]\d+)*|\w+")


class MessageIndex:
    """Finds messages of one CIM. Texts themselves are not kept, so an index is about a quarter of what it has read."""

    def __init__(self) -> None:
        self._database = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self._closing = weakref.finalize(self, self._database.close)
        self._database.execute(
            "create virtual table texts using fts5(text, content='', tokenize='porter unicode61 remove_diacritics 2')"
        )
        self._ids: list[str] = []
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
        if not words:
            return []
        wanted = " OR ".join(f'"{word}"' for word in words[:MOST_WORDS])
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
