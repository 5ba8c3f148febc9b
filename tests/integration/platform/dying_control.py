"""A control worker in a process of its own that dies right after a step has had its effect, before anybody hears of it.

`python -m tests.integration.platform.dying_control <folder> <queue>`: the folder has `die`, the name of the step
(`undo_<name>` when it is undone), and may have `fail`, that of one which fails for good.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from temporalio.exceptions import ApplicationError

from deploy.embedded.stack import Addresses
from domain.applications import Application, PlannedStep
from workflows.platform import STEP_FAILED

from .control import Control, connected


async def serve(folder: Path, queue: str) -> None:
    addresses = Addresses.model_validate_json((folder / "addresses.json").read_bytes())
    application = Application.model_validate_json((folder / "application.json").read_bytes())
    client, registry = await connected(addresses)
    control = Control(addresses, folder / "fleet", client, registry, application, queue)

    async def die(step: PlannedStep) -> None:
        mark, failing = folder / "die", folder / "fail"
        name = f"undo_{step.name}" if step.undo else step.name
        if mark.exists() and mark.read_text() == name:
            mark.unlink()
            os.kill(os.getpid(), signal.SIGKILL)
        if failing.exists() and failing.read_text() == name:
            raise ApplicationError("It broke.", type=STEP_FAILED, non_retryable=True)

    async with control.worker(after=die):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), sys.argv[2]))
