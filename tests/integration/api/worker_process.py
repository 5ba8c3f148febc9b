"""A worker in a process of its own, made to be killed: `python -m tests.integration.api.worker_process <queue>`.

Its settings come from the environment.
"""

from __future__ import annotations

import asyncio
import sys

from settings import Settings
from worker import open_worker


async def serve(queue: str) -> None:
    settings = Settings()
    async with open_worker(settings, queue) as worker, worker:
        if settings.ready_file is not None:
            settings.ready_file.touch()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
