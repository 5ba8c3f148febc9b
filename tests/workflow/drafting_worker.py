"""A worker process that is made to be killed: the book it serves is kept in files.

`python -m tests.workflow.drafting_worker <temporal address> <task queue> <directory> <seconds per draft>`
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from langchain_core.outputs import ChatResult
from temporalio.client import Client
from temporalio.worker import Worker

from activities.running import RunActivities
from agents.evidence_only.model import EvidenceOnlyChatModel
from agents.ports import CIMAddress, Outcome
from domain.commands import Command
from domain.session import CIMSession
from domain.values import Actor
from store.models import AgentSession, Run
from tests.unit.agents.packs import MemoryBook
from tests.workflow.doubles import AccessDouble
from tests.workflow.plugins import draft_plugin
from workflows.converter import data_converter
from workflows.run import RunWorkflow
from workflows.sandbox import serving_runner


class FileBook(MemoryBook):
    """Every change is on disk before it is answered."""

    def __init__(self, directory: Path, cim_id: str) -> None:
        super().__init__(cim_id=cim_id)
        self._directory = directory
        self._session = directory / "session.json"
        if self._session.exists():
            self.session = CIMSession.model_validate_json(self._session.read_text())
        for path in directory.glob("*.text"):
            self.texts[path.stem] = path.read_text()

    async def put_text(self, cim_id: str, content_hash: str, text: str) -> None:
        await super().put_text(cim_id, content_hash, text)
        _write(self._directory / f"{content_hash}.text", text)

    async def send(self, address: CIMAddress, actor: Actor, commands: Sequence[Command]) -> Sequence[Outcome]:
        outcomes = await super().send(address, actor, commands)
        self.flush()
        return outcomes

    def flush(self) -> None:
        _write(self._session, self.session.model_dump_json())


class FileLedger:
    def __init__(self, directory: Path) -> None:
        self._directory = directory

    async def has_book(self, cim_id: str) -> bool:
        return True

    async def put_run(self, run: Run) -> None:
        _write(self._directory / "run.json", run.model_dump_json())

    async def put_session(self, session: AgentSession) -> None:
        _write(self._directory / "session-of-agent.txt", session.model_dump_json())

    async def tell(self, run: Run) -> None:
        assert (self._directory / "run.json").exists(), run


class SlowModel(EvidenceOnlyChatModel):
    seconds: float

    def _generate(self, *args: Any, **kwargs: Any) -> ChatResult:
        time.sleep(self.seconds)
        return super()._generate(*args, **kwargs)


def _write(path: Path, text: str) -> None:
    part = path.with_suffix(".part")
    part.write_text(text)
    os.replace(part, path)


async def serve(address: str, queue: str, directory: Path, seconds: float) -> None:
    client = await Client.connect(address, data_converter=data_converter())
    book = FileBook(directory, (directory / "cim_id").read_text()).upload_wd40()
    worker = Worker(
        client,
        task_queue=queue,
        workflows=[RunWorkflow],
        activities=[RunActivities(FileLedger(directory), book).record_run, AccessDouble().check_call],
        workflow_runner=serving_runner(),
        plugins=[draft_plugin(book, lambda: SlowModel(seconds=seconds))],
    )
    await worker.run()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], sys.argv[2], Path(sys.argv[3]), float(sys.argv[4])))
