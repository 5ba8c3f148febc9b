"""Holding a book against its documents before it is completed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from temporalio import activity

if TYPE_CHECKING:
    from domain.book import Book
    from domain.findings import Finding
    from store import Store

MOST_OPEN_FINDINGS = 5_000


async def findings_of(store: Store, book: Book) -> Sequence[Finding]:
    """What the book held against its documents comes to."""
    from evidence.consistency import check_book

    return await asyncio.to_thread(check_book, book, await store.passages.of_cim(book.cim_id))


class EvidenceActivities:
    def __init__(self, store: Store) -> None:
        self._store = store

    @activity.defn
    async def open_findings(self, cim_id: str) -> tuple[str, ...]:
        """Ids of the findings that keep the book, as it is recorded, from being completed."""
        book = await self._store.books.book(cim_id)
        if book is None:
            return ()
        findings = await findings_of(self._store, book)
        return tuple(finding.id for finding in findings if finding.blocks)[:MOST_OPEN_FINDINGS]
