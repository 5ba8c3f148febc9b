"""RunWorkflow on a real Temporal server: drafts to the end, through kills and cancels, and fails in words."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from langchain_core.language_models import BaseChatModel
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

from activities.running import RunActivities
from agents.models import chat_model
from agents.plugin import langgraph_plugin
from store.models import Run
from tests.unit.agents.packs import LEA, MemoryBook
from workflows.contract import RunInput, RunKind, run_workflow_id
from workflows.run import RunOutcome, RunWorkflow
from workflows.sandbox import workflow_runner

PERSONA = (
    "The reader is a strategic buyer: a global household and industrial brands group with its own sales force in Asia "
    "and Latin America. Motivations: distribution leverage, a brand that professionals trust, little capital. "
    "Concerns: reliance on one product, input costs."
)


class Ledger:
    def __init__(self) -> None:
        self.runs: list[Run] = []

    async def put_run(self, run: Run) -> None:
        self.runs.append(run)

    async def tell(self, run: Run) -> None:
        assert run == self.runs[-1]


class Office:
    """A book, a queue, and workers that come and go."""

    def __init__(self, client: Client, model: Callable[[], BaseChatModel] = chat_model) -> None:
        self.client = client
        self.book = MemoryBook().upload_wd40()
        self.ledger = Ledger()
        self.queue = f"test-{uuid.uuid4().hex}"
        self.model = model

    @asynccontextmanager
    async def worker(self) -> AsyncGenerator[Worker, None]:
        worker = Worker(
            self.client,
            task_queue=self.queue,
            workflows=[RunWorkflow],
            activities=[RunActivities(self.ledger, self.book).record_run],
            workflow_runner=workflow_runner(),
            plugins=[langgraph_plugin(self.book, self.book, model=self.model)],
        )
        async with worker:
            yield worker

    async def start(
        self, kind: RunKind, instruction: str = "", section_ids: tuple[str, ...] = (), run_id: str | None = None
    ) -> WorkflowHandle[RunWorkflow, RunOutcome]:
        address = self.book.address
        start = RunInput(
            run_id=run_id or uuid.uuid4().hex,
            cim_id=address.cim_id,
            org_id=address.org_id,
            deal_id=address.deal_id,
            kind=kind,
            requested_by=LEA,
            instruction=instruction,
            section_ids=section_ids,
        )
        return await self.client.start_workflow(
            RunWorkflow.run, start, id=run_workflow_id(address.cim_id, start.run_id), task_queue=self.queue
        )


async def test_a_persona_is_drafted_and_saved_in_the_name_of_who_asked(client: Client) -> None:
    office = Office(client)
    async with office.worker():
        handle = await office.start("draft_buyer_persona", PERSONA)
        outcome = await asyncio.wait_for(handle.result(), 60)
    assert outcome.status == "completed", outcome
    saved = office.book.current.artifacts.buyer_persona
    assert saved is not None
    assert saved.value.type.startswith("Strategic buyer")
    assert saved.value.motivations == (
        "Distribution leverage",
        "A brand that professionals trust",
        "Little capital",
    )
    assert saved.value.concerns == ("Reliance on one product", "Input costs")
    assert [run.status for run in office.ledger.runs][-1] == "completed"
    last = office.ledger.runs[-1]
    assert last.completed_at is not None
    assert last.progress.done == last.progress.total == 1
