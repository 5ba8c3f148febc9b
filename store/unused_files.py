"""Files that nothing names any more, such as broken-off uploads: marked first, taken away later."""

from __future__ import annotations

from datetime import datetime

from store.contents import Contents, File
from store.images import Images
from store.shelves import Exports, Sources


class UnusedFiles:
    def __init__(self, contents: Contents, sources: Sources, images: Images, exports: Exports) -> None:
        """Documents, pictures and exports are what names files."""
        self._contents = contents
        self._sources = sources
        self._images = images
        self._exports = exports

    async def sweep(self, since: datetime, before: datetime) -> int:
        """What nothing names is marked as unused `since`; what was so marked before `before` goes. How many went."""
        by_cim: dict[str, list[File]] = {}
        for file in await self._contents.files():
            by_cim.setdefault(file.cim_id, []).append(file)
        gone = 0
        for cim_id, files in by_cim.items():
            named = await self._named(cim_id)
            for file in files:
                if file.sha256 in named:
                    if file.unused_since is not None:
                        await self._contents.call_used(file)
                elif file.unused_since is None:
                    await self._contents.call_unused(file, since)
                elif file.unused_since < before:
                    gone += await self._contents.drop(file)
        return gone

    async def _named(self, cim_id: str) -> set[str]:
        sources = {source.sha256 for source in await self._sources.find(cim_id)}
        pictures = {image.blob_sha256 for image in await self._images.of_cim(cim_id)}
        exports = {export.blob_sha256 for export in await self._exports.find(cim_id) if export.blob_sha256}
        return sources | pictures | exports
