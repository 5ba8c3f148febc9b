"""A control worker in a process of its own that dies right after a step has had its effect, before anybody hears of it.

`python -m tests.integration.platform.dying_control <folder> <queue>`: the folder has `die`, the name of the step.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from deploy.embedded.stack import Addresses
from domain.applications import Application, PlannedStep

from .control import Control, connected


async def serve(folder: Path, queue: str) -> None:
    addresses = Addresses.model_validate_json((folder / "addresses.json").read_bytes())
    application = Application.model_validate_json((folder / "application.json").read_bytes())
    client, registry = await connected(addresses)
    control = Control(addresses, folder / "fleet", client, registry, application, queue)

    async def die(step: PlannedStep) -> None:
        mark = folder / "die"
        if mark.exists() and mark.read_text() == step.name and not step.undo:
            mark.unlink()
            os.kill(os.getpid(), signal.SIGKILL)

    async with control.worker(after=die):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), sys.argv[2]))
