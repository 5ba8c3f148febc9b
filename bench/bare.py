"""The floor: a workflow with one update that does nothing but answer, on the same server as the product.

`python -m bench.bare ADDRESS` runs its worker until it is ended.
"""

from __future__ import annotations

import asyncio
import sys

from temporalio import workflow
from temporalio.client import Client
from temporalio.worker import Worker

BARE_QUEUE = "bench-bare"


@workflow.defn
class BareWorkflow:
    """Counts its updates."""

    def __init__(self) -> None:
        self._rev = 0

    @workflow.run
    async def run(self) -> None:
        await workflow.wait_condition(lambda: self._rev >= 1_500)
        await workflow.wait_condition(workflow.all_handlers_finished)
        workflow.continue_as_new()

    @workflow.update
    async def save(self, text: str) -> int:
        """The revision after the update."""
        self._rev += 1
        return self._rev


async def main(address: str) -> None:
    client = await Client.connect(address)
    async with Worker(client, task_queue=BARE_QUEUE, workflows=[BareWorkflow]):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
