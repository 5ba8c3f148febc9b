"""Where it is said which workers an application should have. Somebody else sees to it that they run."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Protocol

from domain.applications import WantedWorkers


class WorkerFleet(Protocol):
    """Every call may be repeated."""

    async def want(self, wanted: WantedWorkers) -> None: ...

    async def drop(self, application_id: str, build_id: str) -> None: ...

    async def drop_all(self, application_id: str) -> list[str]:
        """The builds that workers were wanted of."""
        ...


class FolderFleet:
    """A file for each build of an application; the supervisor of this machine starts and stops workers by them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def want(self, wanted: WantedWorkers) -> None:
        await asyncio.to_thread(self._write, wanted)

    async def drop(self, application_id: str, build_id: str) -> None:
        await asyncio.to_thread(wanted_file(self._folder, application_id, build_id).unlink, missing_ok=True)

    async def drop_all(self, application_id: str) -> list[str]:
        files = await asyncio.to_thread(lambda: sorted((self._folder / application_id).glob("*.json")))
        for file in files:
            await asyncio.to_thread(file.unlink, missing_ok=True)
        return [file.stem for file in files]

    def _write(self, wanted: WantedWorkers) -> None:
        file = wanted_file(self._folder, wanted.application_id, wanted.build_id)
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_name(f"{file.name}.{os.getpid()}.new")
        fresh.write_text(wanted.model_dump_json(indent=2))
        fresh.replace(file)


class OperatedFleet:
    """Workers that operators (a cluster) start themselves, from what the steps of a deployment say is wanted."""

    async def want(self, wanted: WantedWorkers) -> None: ...

    async def drop(self, application_id: str, build_id: str) -> None: ...

    async def drop_all(self, application_id: str) -> list[str]:
        return []


def wanted_file(folder: Path, application_id: str, build_id: str) -> Path:
    return folder / application_id / f"{build_id}.json"
