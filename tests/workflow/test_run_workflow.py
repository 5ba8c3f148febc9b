"""RunWorkflow on a real Temporal server: drafts to the end, through kills and cancels, and fails in words."""

from __future__ import annotations

import asyncio
import base64
import re
import subprocess
import sys
import uuid
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.outputs import ChatResult
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle, WorkflowHistory
from temporalio.worker import Replayer, Worker

from activities.running import RunActivities
from agents.evidence_only.model import EvidenceOnlyChatModel
from agents.models import chat_model
from agents.plugin import replay_plugin
from domain.commands import SaveOutline
from domain.model import SectionDraft
from domain.refusals import Problem
from domain.values import content_hash
from store.models import AgentSession, Run
from tests.unit.agents.packs import LEA, MemoryBook
from tests.workflow.doubles import AccessDouble
from tests.workflow.drafting_worker import FileBook
from tests.workflow.plugins import KeptSteps, draft_plugin
from workflows.contract import RunInput, RunKind, run_workflow_id
from workflows.converter import data_converter
from workflows.run import RunOutcome, RunWorkflow
from workflows.sandbox import checking_runner

PERSONA = (
    "The reader is a strategic buyer: a global household and industrial brands group with its own sales force in Asia "
    "and Latin America. Motivations: distribution leverage, a brand that professionals trust, little capital. "
    "Concerns: reliance on one product, input costs."
)


class Ledger:
    def __init__(self) -> None:
        self.runs: list[Run] = []
        self.sessions: dict[str, AgentSession] = {}

    async def has_book(self, cim_id: str) -> bool:
        return True

    async def put_run(self, run: Run) -> None:
        self.runs.append(run)

    async def put_session(self, session: AgentSession) -> None:
        self.sessions[session.id] = session

    async def tell(self, run: Run) -> None:
        assert run == self.runs[-1]


class Office:
    """A book, a queue, and workers that come and go."""

    def __init__(
        self, client: Client, model: Callable[[], BaseChatModel] = chat_model, *, with_pack: bool = True
    ) -> None:
        self.client = client
        self.book = MemoryBook().upload_wd40() if with_pack else MemoryBook()
        self.ledger = Ledger()
        self.access = AccessDouble()
        self.steps = KeptSteps()
        self.queue = f"test-{uuid.uuid4().hex}"
        self.model = model

    @asynccontextmanager
    async def worker(self) -> AsyncGenerator[Worker, None]:
        worker = Worker(
            self.client,
            task_queue=self.queue,
            workflows=[RunWorkflow],
            activities=[RunActivities(self.ledger, self.book).record_run, self.access.check_call],
            workflow_runner=checking_runner(),
            plugins=[draft_plugin(self.book, self.model, self.steps)],
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
            instruction_hash=self.book.keep_instruction(instruction),
            section_ids=section_ids,
        )
        return await self.client.start_workflow(
            RunWorkflow.run,
            self.access.called(start),
            id=run_workflow_id(address.cim_id, start.run_id),
            task_queue=self.queue,
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
    session = office.ledger.sessions[last.id]
    assert (session.agent_type, session.status) == ("writer", "completed")
    assert [step.node for step in office.steps.of(last.id)] == ["gather", "compose", "check", "save"]
    assert last.completed_at is not None
    assert last.progress.done == last.progress.total == 1


SECTIONS = ("Executive summary", "Markets and channels", "Financials", "Risks")


def outline(*titles: str) -> SaveOutline:
    sections = tuple(SectionDraft(id=f"s{number}", title=title) for number, title in enumerate(titles))
    return SaveOutline(type="save_outline", command_id=uuid.uuid4(), sections=sections)


class Refused(Exception):
    status_code = 401


class Overloaded(Exception):
    status_code = 529


class FailingModel(EvidenceOnlyChatModel):
    """Fails with `error` as often as `times`, then writes."""

    errors: Any

    def _generate(self, *args: Any, **kwargs: Any) -> ChatResult:
        if self.errors:
            raise self.errors.pop()
        return super()._generate(*args, **kwargs)


class WaitingModel(EvidenceOnlyChatModel):
    """Writes the first section, and then says that it is at the second and takes its time."""

    calls: Any
    at_second: Any

    async def _agenerate(self, *args: Any, **kwargs: Any) -> ChatResult:
        self.calls.append(1)
        if len(self.calls) == 2:
            self.at_second.set()
            await asyncio.sleep(60)
        return self._generate(*args, **kwargs)


async def test_a_draft_waits_until_the_documents_are_read(client: Client) -> None:
    office = Office(client)
    office.book.still_reading.append("financials.xlsx")
    async with office.worker():
        handle = await office.start("draft_buyer_persona", PERSONA)
        await asyncio.sleep(1.5)
        assert office.book.current.artifacts.buyer_persona is None
        office.book.still_reading.clear()
        outcome = await asyncio.wait_for(handle.result(), 60)
    assert outcome.status == "completed", outcome


async def test_slides_are_drafted_section_by_section(client: Client) -> None:
    office = Office(client)
    office.book.do(outline(*SECTIONS))
    async with office.worker():
        handle = await office.start("draft_slides")
        outcome = await asyncio.wait_for(handle.result(), 60)
        view = await handle.query(RunWorkflow.progress)
    assert outcome.status == "completed"
    assert outcome.saved == len(office.book.slide_heads()) >= 8
    assert (view.done, view.total, view.saved) == (4, 4, outcome.saved)
    assert [run.progress.done for run in office.ledger.runs] == [0, 0, 1, 2, 3, 4, 4]
    last = office.ledger.runs[-1]
    assert [step["node"] for step in last.result["steps"]][:4] == ["gather", "compose", "check", "save"]  # type: ignore[index,union-attr]
    assert {(actor.kind, actor.id, actor.on_behalf_of) for actor in office.book.actors} == {
        ("agent", "draft_slides", "lea")
    }


async def test_a_section_can_be_drafted_alone_and_again_without_doubles(client: Client) -> None:
    office = Office(client)
    office.book.do(outline(*SECTIONS))
    async with office.worker():
        first = await (await office.start("draft_slides", section_ids=("s2",))).result()
        ids = {slide.id for slide in office.book.slide_heads()}
        again = await (await office.start("draft_slides", section_ids=("s2",))).result()
    assert first.saved == again.saved == len(ids) > 1
    assert {slide.id for slide in office.book.slide_heads()} == ids
    assert {slide.section_id for slide in office.book.slide_heads()} == {"s2"}


async def test_no_text_of_the_documents_or_the_draft_or_the_instruction_is_in_the_history(client: Client) -> None:
    instruction = "Begin with the maintenance products and say nothing of the plant in Winterthur."
    office = Office(client)
    office.book.do(outline("Financials", "Risks"))
    async with office.worker():
        handle = await office.start("draft_slides", instruction)
        await handle.result()
    assert {run.instruction for run in office.ledger.runs} == {instruction}
    history = await handle.fetch_history()
    text = history.to_json()
    payloads = " ".join(
        base64.b64decode(data).decode(errors="replace") for data in re.findall(r'"data":\s*"([A-Za-z0-9+/=]+)"', text)
    )
    assert "materials_hash" in payloads
    assert content_hash(instruction) in payloads
    assert instruction not in payloads + text
    assert "Winterthur" not in payloads + text
    for passage in office.book.kept_passages:
        for line in passage.text.split("\n"):
            if len(line) > 40:
                assert line not in payloads
    for body in office.book.bodies().values():
        assert body.title not in payloads
    assert len(text) < 150_000


async def test_the_history_replays(client: Client) -> None:
    office = Office(client)
    office.book.do(outline("Risks"))
    async with office.worker():
        handle = await office.start("draft_slides")
        await handle.result()
    history = await handle.fetch_history()
    replayer = Replayer(
        workflows=[RunWorkflow],
        plugins=[replay_plugin()],
        data_converter=data_converter(),
        workflow_runner=checking_runner(),
    )
    await replayer.replay_workflow(WorkflowHistory.from_json(handle.id, history.to_json()))


async def test_cancel_keeps_what_is_saved_and_says_so(client: Client) -> None:
    calls: list[int] = []
    at_second = asyncio.Event()
    office = Office(client, lambda: WaitingModel(calls=calls, at_second=at_second))
    office.book.do(outline(*SECTIONS))
    async with office.worker():
        handle = await office.start("draft_slides")
        await asyncio.wait_for(at_second.wait(), 60)
        await handle.signal(RunWorkflow.cancel)
        outcome = await asyncio.wait_for(handle.result(), 60)
    assert outcome.status == "cancelled"
    assert {slide.section_id for slide in office.book.slide_heads()} == {"s0"}
    last = office.ledger.runs[-1]
    assert (last.status, last.progress.done, last.error) == ("cancelled", 1, None)
    assert last.completed_at is not None


async def test_a_cancelled_workflow_leaves_a_cancelled_run(client: Client) -> None:
    calls: list[int] = []
    at_second = asyncio.Event()
    office = Office(client, lambda: WaitingModel(calls=calls, at_second=at_second))
    office.book.do(outline(*SECTIONS))
    async with office.worker():
        handle = await office.start("draft_slides")
        await asyncio.wait_for(at_second.wait(), 60)
        await handle.cancel()
        async with asyncio.timeout(60):
            while (await handle.describe()).status is WorkflowExecutionStatus.RUNNING:
                await asyncio.sleep(0.1)
    assert (await handle.describe()).status is WorkflowExecutionStatus.CANCELED
    assert office.ledger.runs[-1].status == "cancelled"


async def test_a_model_that_refuses_fails_the_run_at_once_with_a_sentence(client: Client) -> None:
    office = Office(client, lambda: FailingModel(errors=[Refused("invalid api key")]))
    async with office.worker():
        handle = await office.start("draft_buyer_persona", PERSONA)
        outcome = await asyncio.wait_for(handle.result(), 60)
    assert outcome.status == "failed"
    assert outcome.error is not None
    assert "refused the key: invalid api key" in outcome.error
    assert "key" in outcome.error
    last = office.ledger.runs[-1]
    assert (last.status, last.error) == ("failed", outcome.error)
    history = await handle.fetch_history()
    kinds = [event.event_type for event in history.events]
    assert kinds.count(EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED) == 1


async def test_a_model_that_is_overloaded_is_asked_again(client: Client) -> None:
    errors: list[Exception] = [Overloaded("overloaded"), TimeoutError("slow")]
    office = Office(client, lambda: FailingModel(errors=errors))
    async with office.worker():
        outcome = await asyncio.wait_for((await office.start("draft_buyer_persona", PERSONA)).result(), 60)
    assert errors == []
    assert outcome.status == "completed"


async def test_a_refusal_of_the_book_is_told(client: Client) -> None:
    office = Office(client, with_pack=False)
    office.book.refuses = Problem(
        code="forbidden", message="A viewer may not save buyer persona.", next_step="Ask the lead."
    )
    async with office.worker():
        outcome = await asyncio.wait_for((await office.start("draft_buyer_persona", PERSONA)).result(), 60)
    assert outcome.status == "failed"
    assert outcome.error == "The draft could not be saved. A viewer may not save buyer persona. Ask the lead."


async def test_a_run_whose_instruction_is_not_kept_fails_at_once_with_a_sentence(client: Client) -> None:
    office = Office(client)
    handle = await office.start("draft_buyer_persona", PERSONA)
    del office.book.texts[content_hash(PERSONA)]
    async with office.worker():
        outcome = await asyncio.wait_for(handle.result(), 60)
    assert outcome.status == "failed"
    assert outcome.error == "The instruction of this run is not kept (any more). Start the run again."
    last = office.ledger.runs[-1]
    assert (last.status, last.error, last.instruction) == ("failed", outcome.error, "")
    assert office.book.current.artifacts.buyer_persona is None


@pytest.mark.parametrize(
    ("section_ids", "sentence"),
    [((), "There is no outline yet."), (("s9",), "There is no outline yet.")],
)
async def test_slides_need_an_outline(client: Client, section_ids: tuple[str, ...], sentence: str) -> None:
    office = Office(client, with_pack=False)
    async with office.worker():
        outcome = await asyncio.wait_for((await office.start("draft_slides", section_ids=section_ids)).result(), 60)
    assert outcome.status == "failed"
    assert outcome.error is not None
    assert outcome.error.startswith(sentence)


async def test_a_killed_worker_costs_one_node_and_no_slide_is_there_twice(
    client: Client, temporal_address: str, tmp_path: Path
) -> None:
    cim_id, queue, run_id = uuid.uuid4().hex, f"test-{uuid.uuid4().hex}", uuid.uuid4().hex
    (tmp_path / "cim_id").write_text(cim_id)
    book = FileBook(tmp_path, cim_id)
    book.do(outline(*SECTIONS))
    book.flush()
    start = RunInput(
        run_id=run_id, cim_id=cim_id, org_id="org1", deal_id="deal1", kind="draft_slides", requested_by=LEA
    )
    handle: WorkflowHandle[RunWorkflow, RunOutcome] = await client.start_workflow(
        RunWorkflow.run, AccessDouble().called(start), id=run_workflow_id(cim_id, run_id), task_queue=queue
    )
    command = [sys.executable, "-m", "tests.workflow.drafting_worker", temporal_address, queue, str(tmp_path), "1.0"]
    first = subprocess.Popen(command)
    try:
        async with asyncio.timeout(60):
            while not FileBook(tmp_path, cim_id).slide_heads():
                await asyncio.sleep(0.1)
    finally:
        first.kill()
        first.wait()
    halfway = FileBook(tmp_path, cim_id).slide_heads()
    assert len({slide.section_id for slide in halfway}) < len(SECTIONS)
    second = subprocess.Popen(command)
    try:
        outcome = await asyncio.wait_for(handle.result(), 90)
    finally:
        second.kill()
        second.wait()
    slides = FileBook(tmp_path, cim_id).slide_heads()
    assert outcome.status == "completed"
    assert outcome.saved == len(slides)
    assert {slide.section_id for slide in slides} == {"s0", "s1", "s2", "s3"}
    undisturbed = Office(client)
    undisturbed.book.do(outline(*SECTIONS))
    async with undisturbed.worker():
        await (await undisturbed.start("draft_slides")).result()
    assert sorted(slide.title for slide in slides) == sorted(one.title for one in undisturbed.book.slide_heads())
    assert Run.model_validate_json((tmp_path / "run.json").read_text()).status == "completed"
