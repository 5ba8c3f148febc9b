"""A compose run on a real Temporal server: its agents are child workflows over a book in memory."""

from __future__ import annotations

import asyncio
import base64
import re
import uuid
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle, WorkflowHistory
from temporalio.worker import Replayer, Worker

from activities.composing import ComposeActivities
from activities.running import RunActivities
from activities.sessions import EndAnswer, SessionActivities
from agents.compose.briefs import ReviewBrief
from agents.compose.outputs import DraftedReason, DraftedVerdict
from agents.evidence_only.model import EvidenceOnlyChatModel
from agents.models import chat_model
from agents.plugin import replay_plugin
from agents.prompts import block_in, brief_in
from domain.events import RequestAnswered
from domain.plan import Plan
from domain.requests import ConfirmationAnswer
from store.models import AgentSession, Checkpoint, Run
from tests.unit.agents.compose.crew import SECTIONS, outlined
from tests.unit.agents.packs import LEA
from tests.workflow.doubles import AccessDouble
from tests.workflow.plugins import KeptSteps, draft_plugin
from workflows.agent import AgentWorkflow
from workflows.contract import ANSWERED_SIGNAL, RunInput, agent_workflow_id, run_workflow_id
from workflows.converter import data_converter
from workflows.run import RunOutcome, RunWorkflow
from workflows.sandbox import checking_runner

LONG_ENOUGH = 120


class Records:
    """Runs, sessions and steps as the store would keep them."""

    def __init__(self) -> None:
        self.runs: dict[str, Run] = {}
        self.kept: dict[str, AgentSession] = {}
        self.answers: list[RequestAnswered] = []
        self.looked_up = 0

    async def has_book(self, cim_id: str) -> bool:
        return True

    async def put_run(self, run: Run) -> None:
        self.runs[run.id] = run

    async def tell(self, run: Run) -> None:
        assert run == self.runs[run.id]

    async def put_session(self, session: AgentSession) -> None:
        self.kept[session.id] = session

    async def checkpoint(self, checkpoint_id: str) -> Checkpoint | None:
        return None

    async def end_answer(self, end: EndAnswer) -> None:
        raise AssertionError("agents of a compose run have no answer to end")

    async def answered_at(self, cim_id: str, seq: int) -> RequestAnswered | None:
        self.looked_up += 1
        return next((one for one in self.answers if one.seq == seq), None)

    async def run(self, run_id: str) -> Run | None:
        return self.runs.get(run_id)

    async def sessions(self, run_id: str) -> Sequence[AgentSession]:
        return [session for session in self.kept.values() if session.run_id == run_id]

    def of(self, run_id: str, agent_type: str) -> list[AgentSession]:
        return [one for one in self.kept.values() if (one.run_id, one.agent_type) == (run_id, agent_type)]


class Office:
    """A book with an outline, and a worker for runs and their agents."""

    def __init__(self, client: Client, model: Callable[[], BaseChatModel] = chat_model) -> None:
        self.client = client
        self.book = outlined(*SECTIONS)
        self.records = Records()
        self.access = AccessDouble()
        self.queue = f"test-{uuid.uuid4().hex}"
        self.model = model

    @asynccontextmanager
    async def worker(self) -> AsyncGenerator[Worker]:
        sessions = SessionActivities(self.records, self.book)
        worker = Worker(
            self.client,
            task_queue=self.queue,
            workflows=[RunWorkflow, AgentWorkflow],
            activities=[
                RunActivities(self.records, self.book).record_run,
                sessions.record_session,
                sessions.close_requests,
                sessions.answer_in_log,
                self.access.check_call,
                self.access.sign_call,
                sessions.checkpoint_at,
                sessions.end_answer,
                ComposeActivities(self.records).finished_sessions,
            ],
            workflow_runner=checking_runner(),
            plugins=[draft_plugin(self.book, self.model, KeptSteps())],
        )
        async with worker:
            yield worker

    async def start(self, **given: Any) -> WorkflowHandle[RunWorkflow, RunOutcome]:
        address = self.book.address
        start = RunInput(
            run_id=uuid.uuid4().hex,
            cim_id=address.cim_id,
            org_id=address.org_id,
            deal_id=address.deal_id,
            kind="compose",
            requested_by=LEA,
            plan_approval=False,
        ).model_copy(update=given)
        return await self.client.start_workflow(
            RunWorkflow.run,
            self.access.called(start),
            id=run_workflow_id(address.cim_id, start.run_id),
            task_queue=self.queue,
        )

    async def asked(self, run_id: str) -> AgentSession:
        """The planner, once it waits for people."""
        async with asyncio.timeout(LONG_ENOUGH):
            while True:
                waiting = [one for one in self.records.of(run_id, "planner") if one.waits_for]
                if waiting:
                    return waiting[0]
                await asyncio.sleep(0.05)

    async def answer(self, planner: AgentSession, answer: ConfirmationAnswer) -> None:
        """As the CIM records it, and tells the agent that waits."""
        event = RequestAnswered(
            seq=1_000 + len(self.records.answers),
            at=datetime.now(UTC),
            actor=LEA,
            command_id=uuid.uuid4(),
            request_id=planner.waits_for[0],
            run_id=planner.run_id,
            agent_id=planner.id,
            confirmation=answer,
        )
        self.records.answers.append(event)
        handle = self.client.get_workflow_handle(agent_workflow_id(self.book.address.cim_id, planner.id))
        await handle.signal(ANSWERED_SIGNAL, event.answer)

    def keep_plan(self, plan: Plan) -> str:
        return self.book.keep_instruction(plan.model_dump_json())

    def sections_with_slides(self) -> set[str]:
        return {slide.section_id for slide in self.book.slide_heads()}


async def result(handle: WorkflowHandle[RunWorkflow, RunOutcome]) -> RunOutcome:
    return await asyncio.wait_for(handle.result(), LONG_ENOUGH)


class WatchedModel(EvidenceOnlyChatModel):
    """Takes its time over each section, and counts how many are written at once."""

    now: Any
    most: Any

    async def _agenerate(self, messages: Any, *args: Any, **kwargs: Any) -> ChatResult:
        if "answers_as" in kwargs and kwargs["answers_as"].__name__ == "DraftedSlides":
            self.now.append(1)
            self.most.append(len(self.now))
            await asyncio.sleep(0.5)
            self.now.pop()
        return self._generate(messages, *args, **kwargs)


class RefusedKey(Exception):
    status_code = 401


class ModelWithGaps(EvidenceOnlyChatModel):
    """Fails for the sections in `gaps`, and says in `written` which it wrote."""

    gaps: Any
    written: Any

    async def _agenerate(self, messages: Any, *args: Any, **kwargs: Any) -> ChatResult:
        if kwargs["answers_as"].__name__ == "DraftedSlides":
            brief = brief_in(messages)
            assert brief is not None
            assert brief.section is not None
            if brief.section.title in self.gaps:
                raise RefusedKey("invalid api key")
            self.written.append(brief.section.title)
        return self._generate(messages, *args, **kwargs)


class StrictReviewer(EvidenceOnlyChatModel):
    """Sends `section` back `times` times, for its first slide."""

    section: str
    times: Any

    async def _agenerate(self, messages: Any, *args: Any, **kwargs: Any) -> ChatResult:
        if kwargs["answers_as"] is DraftedVerdict:
            brief = ReviewBrief.model_validate_json(block_in(messages))
            if brief.section.title == self.section and self.times:
                self.times.pop()
                gone = brief.slides[0]
                reason = DraftedReason(
                    slide_id=gone.id, kind="duplication", text=f"Slide “{gone.title}” says nothing new: leave it out."
                )
                verdict = DraftedVerdict(accepted=False, reasons=[reason])
                return ChatResult(generations=[ChatGeneration(message=AIMessage(verdict.model_dump_json()))])
        return self._generate(messages, *args, **kwargs)


class WaitingWriter(EvidenceOnlyChatModel):
    """Writers that do not come to an end by themselves."""

    begun: Any
    stopped: Any

    async def _agenerate(self, messages: Any, *args: Any, **kwargs: Any) -> ChatResult:
        if kwargs["answers_as"].__name__ == "DraftedSlides":
            self.begun.append(1)
            try:
                await asyncio.sleep(600)
            finally:
                self.stopped.append(1)
        return self._generate(messages, *args, **kwargs)


async def test_a_plan_that_a_person_changed_is_what_is_written_by_whichever_worker_is_there(client: Client) -> None:
    office = Office(client)
    async with office.worker():
        handle = await office.start(plan_approval=True)
        planner = await office.asked(handle.id.rpartition("/")[2])
        assert office.book.slide_heads() == []
        plan = Plan.model_validate(office.book.open_requests()[0].arguments)
        financials = next(section for section in plan.sections if section.title == "Financials")
        first = financials.items[0].model_copy(update={"title": "What the company earns"})
        kept = financials.model_copy(update={"items": (first, *financials.for_coder)})
        changed = plan.model_copy(update={"sections": (kept,)})
    async with office.worker():
        await office.answer(planner, ConfirmationAnswer(approved=True, arguments_hash=office.keep_plan(changed)))
        outcome = await result(handle)
    assert outcome.status == "completed", outcome
    assert office.sections_with_slides() == {financials.section_id}
    titles = {slide.title for slide in office.book.slide_heads()}
    assert titles == {"What the company earns", *(item.title for item in financials.for_coder)}
    run = office.records.runs[planner.run_id]
    assert (run.progress.done, run.progress.total) == (1, 1)
    assert outcome.saved == 3


async def test_writers_work_side_by_side_but_not_more_than_allowed(client: Client) -> None:
    now: list[int] = []
    most: list[int] = []
    office = Office(client, lambda: WatchedModel(now=now, most=most))
    async with office.worker():
        outcome = await result(await office.start(writers_at_once=2))
    assert outcome.status == "completed", outcome
    assert max(most) == 2
    assert len(most) == len(SECTIONS)
    assert office.sections_with_slides() == {"s0", "s1", "s2", "s3"}
    assert {(actor.kind, actor.id) for actor in office.book.actors} == {("agent", "writer"), ("agent", "coder")}
    sessions = list(office.records.kept.values())
    assert {one.status for one in sessions} == {"completed"}
    assert {one.agent_type for one in sessions} == {"planner", "writer", "reviewer", "coder"}
    planner = next(one for one in sessions if one.agent_type == "planner")
    assert {one.parent_id for one in sessions if one is not planner} == {planner.id}


async def test_what_the_reviewer_sends_back_is_written_again(client: Client) -> None:
    times = [1]
    office = Office(client, lambda: StrictReviewer(section="Risks", times=times))
    async with office.worker():
        handle = await office.start()
        outcome = await result(handle)
    run_id = handle.id.rpartition("/")[2]
    assert outcome.status == "completed", outcome
    rounds = sorted(
        int(str(one.output["round"])) for one in office.records.of(run_id, "writer") if one.title == "Risks"
    )
    assert rounds == [0, 1]
    assert len(office.records.of(run_id, "writer")) == len(SECTIONS) + 1
    [again] = [one for one in office.records.of(run_id, "writer") if one.output["round"] == 1]
    planned = len(Plan.model_validate_json(office.book.texts[str(again.input["plan_hash"])]).section("s3").items)  # type: ignore[union-attr]
    assert sum(slide.section_id == "s3" for slide in office.book.slide_heads()) == planned - 1
    assert office.records.runs[run_id].notes == ()


async def test_reviews_end_after_the_rounds_allowed_and_the_run_says_what_is_open(client: Client) -> None:
    times = [1] * 20
    office = Office(client, lambda: StrictReviewer(section="Risks", times=times))
    async with office.worker():
        handle = await office.start(review_rounds=2)
        outcome = await result(handle)
    run_id = handle.id.rpartition("/")[2]
    assert outcome.status == "completed", outcome
    risks = [one for one in office.records.of(run_id, "writer") if one.title == "Risks"]
    assert len(risks) == 3
    notes = office.records.runs[run_id].notes
    assert len(notes) == 1
    assert notes[0].startswith("Risks: Still open after the review. Slide “")


async def test_one_failing_writer_fails_its_section_and_a_resumed_run_finishes_it(client: Client) -> None:
    gaps = ["Risks"]
    written: list[str] = []
    office = Office(client, lambda: ModelWithGaps(gaps=gaps, written=written))
    async with office.worker():
        handle = await office.start()
        outcome = await result(handle)
        run_id = handle.id.rpartition("/")[2]
        assert outcome.status == "failed"
        assert outcome.error is not None
        assert outcome.error.startswith("1 of 4 sections failed: Risks: the writer failed.")
        assert "invalid api key" in outcome.error
        assert office.sections_with_slides() == {"s0", "s1", "s2"}
        before = {slide.id: slide.rev for slide in office.book.slide_heads()}
        assert sorted(written) == sorted(title for title in SECTIONS if title != "Risks")
        gaps.clear()
        written.clear()
        again = await office.start(resumes=run_id)
        finished = await result(again)
    assert finished.status == "completed", finished
    assert written == ["Risks"]
    assert office.sections_with_slides() == {"s0", "s1", "s2", "s3"}
    assert {id_: rev for id_, rev in before.items()} == {
        slide.id: slide.rev for slide in office.book.slide_heads() if slide.section_id != "s3"
    }
    resumed_id = again.id.rpartition("/")[2]
    assert {one.agent_type for one in await office.records.sessions(resumed_id)} == {"writer", "reviewer"}
    assert office.records.runs[resumed_id].resumes == run_id


async def test_cancel_stops_every_agent(client: Client) -> None:
    begun: list[int] = []
    stopped: list[int] = []
    office = Office(client, lambda: WaitingWriter(begun=begun, stopped=stopped))
    async with office.worker():
        handle = await office.start(writers_at_once=3)
        async with asyncio.timeout(LONG_ENOUGH):
            while len(begun) < 3:
                await asyncio.sleep(0.05)
        await handle.signal(RunWorkflow.cancel)
        outcome = await result(handle)
        run_id = handle.id.rpartition("/")[2]
        writers = office.records.of(run_id, "writer")
        for writer in writers:
            agent = client.get_workflow_handle(agent_workflow_id(office.book.address.cim_id, writer.id))
            assert (await agent.describe()).status is WorkflowExecutionStatus.CANCELED
    assert outcome.status == "cancelled"
    assert len(writers) == len(begun) == len(stopped) == 3
    assert {(one.status, one.error) for one in writers} == {("failed", "Stopped.")}
    assert office.book.slide_heads() == []


async def test_a_plan_that_waits_is_closed_when_the_run_is_cancelled(client: Client) -> None:
    office = Office(client)
    async with office.worker():
        handle = await office.start(plan_approval=True)
        planner = await office.asked(handle.id.rpartition("/")[2])
        assert len(office.book.open_requests()) == 1
        await handle.signal(RunWorkflow.cancel)
        outcome = await result(handle)
    assert outcome.status == "cancelled"
    assert office.records.kept[planner.id].waits_for == ()
    assert office.book.open_requests() == []


async def test_histories_hold_no_texts_and_replay(client: Client) -> None:
    office = Office(client)
    instruction = "Nothing of the plant in Winterthur, please."
    async with office.worker():
        handle = await office.start(instruction_hash=office.book.keep_instruction(instruction))
        outcome = await result(handle)
    assert outcome.status == "completed", outcome
    cim_id, run_id = office.book.address.cim_id, handle.id.rpartition("/")[2]
    agents = [agent_workflow_id(cim_id, one.id) for one in await office.records.sessions(run_id)]
    replayer = Replayer(
        workflows=[RunWorkflow, AgentWorkflow],
        plugins=[replay_plugin()],
        data_converter=data_converter(),
        workflow_runner=checking_runner(),
    )
    titles = {body.title for body in office.book.bodies().values()}
    for workflow_id in [handle.id, *agents]:
        history = await client.get_workflow_handle(workflow_id).fetch_history()
        text = history.to_json()
        payloads = " ".join(
            base64.b64decode(data).decode(errors="replace")
            for data in re.findall(r'"data":\s*"([A-Za-z0-9+/=]+)"', text)
        )
        assert "_hash" in payloads
        assert instruction not in payloads
        assert not [title for title in titles if title in payloads]
        assert len(text) < 250_000
        await replayer.replay_workflow(WorkflowHistory.from_json(workflow_id, text))
