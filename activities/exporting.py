"""Making a file of a book: the saved slides are read, checked and rendered; the file is kept as a blob."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pydantic import JsonValue
from temporalio import activity

from agents.heartbeat import beating
from domain.book import Book
from domain.model import ImageComponent
from workflows.contract import ExportInput

if TYPE_CHECKING:
    from store import Export, Store


class ExportActivities:
    def __init__(self, store: Store) -> None:
        self._store = store

    @activity.defn
    async def make_export(self, start: ExportInput) -> str:
        """The status the export ended with: ready or failed. May be repeated; the newest revision is exported."""
        async with beating():
            return await self._make(start)

    async def _make(self, start: ExportInput) -> str:
        from exports import ExportRefused, render

        await self._tell(start, status="making")
        book = await self._store.books.book(start.cim_id)
        if book is None:
            return await self._tell(start, status="failed", error="There is no such book.")
        images = await self._images(book)
        try:
            rendered = await asyncio.to_thread(render, book, start.format, images)
        except ExportRefused as refused:
            problems = tuple(problem.message for problem in refused.problems)
            return await self._tell(
                start,
                status="failed",
                rev=book.rev,
                problems=problems,
                error="The book cannot be exported yet: " + " ".join(problems[:3]),
                completed_at=datetime.now(UTC),
            )
        if not await self._store.is_there(start.cim_id):
            return "failed"
        sha256 = await self._store.contents.put_bytes(start.cim_id, rendered.data)
        return await self._tell(
            start,
            status="ready",
            rev=book.rev,
            blob_sha256=sha256,
            size=len(rendered.data),
            problems=tuple(problem.message for problem in rendered.problems),
            completed_at=datetime.now(UTC),
        )

    async def _images(self, book: Book) -> dict[str, bytes]:
        wanted = {
            component.blob_id
            for slide in book.slides
            for component in slide.body.components
            if isinstance(component, ImageComponent)
        }
        found = {blob_id: await self._store.contents.bytes(book.cim_id, blob_id) for blob_id in sorted(wanted)}
        return {blob_id: data for blob_id, data in found.items() if data is not None}

    async def _tell(self, start: ExportInput, **changes: object) -> str:
        export = await self._store.exports.get(start.export_id)
        if export is None:
            return "failed"
        export = export.model_copy(update=changes)
        await self._store.exports.put(export)
        await self._store.feed.publish(start.cim_id, "export", _news(export))
        return export.status


def _news(export: Export) -> dict[str, JsonValue]:
    return {
        "export_id": export.id,
        "format": export.format,
        "status": export.status,
        "rev": export.rev,
        "error": export.error,
    }
