"""A worker process for one CIM that kills itself: right after the log is on disk, before anybody hears of it.

`python -m tests.workflow.dying_worker <temporal address> <task queue> <directory>`
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from pydantic import TypeAdapter
from temporalio import activity
from temporalio.client import Client
from temporalio.worker import Worker

from domain.events import Event
from domain.recording import RecordBatch
from tests.workflow.doubles import AccessDouble, EvidenceDouble, StoreDouble
from workflows.cim import CIMWorkflow
from workflows.converter import data_converter
from workflows.sandbox import serving_runner

EVENTS: TypeAdapter[list[Event]] = TypeAdapter(list[Event])


class FileStore(StoreDouble):
    """Keeps the log of its one CIM in a file. Where there is a file `die`, the process dies with the next record."""

    def __init__(self, directory: Path) -> None:
        super().__init__()
        self._path = directory / "log.json"
        self._die = directory / "die"
        if self._path.exists():
            self.log[(directory / "cim_id").read_text()] = EVENTS.validate_json(self._path.read_text())

    @activity.defn(name="record")
    async def record_on_disk(self, batch: RecordBatch) -> None:
        await self.record(batch)
        self._path.write_bytes(EVENTS.dump_json(self.log[batch.cim_id]))
        if self._die.exists():
            self._die.unlink()
            os.kill(os.getpid(), signal.SIGKILL)


async def main(address: str, queue: str, directory: Path) -> None:
    client = await Client.connect(address, data_converter=data_converter())
    store, access, evidence = FileStore(directory), AccessDouble(), EvidenceDouble()
    worker = Worker(
        client,
        task_queue=queue,
        workflows=[CIMWorkflow],
        activities=[
            store.record_on_disk,
            store.resume_session,
            store.content_at,
            store.receipt_in_log,
            store.events_at,
            store.erase,
            access.check_access,
            evidence.open_findings,
        ],
        workflow_runner=serving_runner(),
    )
    await worker.run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
