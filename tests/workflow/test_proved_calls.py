"""What somebody can do who may start, signal and update workflows, but was never signed in: nothing."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from temporalio import activity
from temporalio.client import Client, WithStartWorkflowOperation, WorkflowUpdateFailedError
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment
from temporalio.worker import Worker

from access import Assertions
from activities.commands import SendCommands
from activities.ingesting import ReadSource, SourceEnd
from activities.sessions import CloseRequests, EndAnswer, SessionReport
from agents.running import KeptStep
from api.addresses import CIMAddress
from api.gateway import TemporalGateway
from api.problems import ApiProblem
from api.starting import start_or_problem
from domain.events import RequestAnswered
from domain.requests import ConfirmationAnswer
from domain.values import Actor, Value, content_hash
from store.models import AgentSession
from tests.unit.agents.packs import LEA
from workflows.agent import AgentWorkflow
from workflows.called import Call, call_hash, question_of, workflow_of
from workflows.calls import CIMCalls
from workflows.contract import (
    AGENT_WORKFLOW,
    ANSWERED_SIGNAL,
    EXPORT_WORKFLOW,
    INGEST_WORKFLOW,
    RUN_WORKFLOW,
    SUBMIT_TURN_UPDATE,
    SWITCH_BRANCH_UPDATE,
    THREAD_WORKFLOW,
    AgentInput,
    BranchChoice,
    ExportInput,
    ForkPoint,
    IngestInput,
    RunInput,
    SubmissionResult,
    ThreadInput,
    TurnInput,
    thread_workflow_id,
)
from workflows.export import ExportWorkflow
from workflows.ingest import IngestWorkflow
from workflows.run import RunOutcome, RunWorkflow
from workflows.sandbox import checking_runner
from workflows.thread import ThreadWorkflow

from .doubles import AccessDouble
from .test_compose_run import Office
from .test_compose_run import result as outcome_of

ED = Actor(kind="user", id="ed")
KEY = b"the key of the tests, 32 bytes and more"
PATIENCE = 60


class Nothing:
    """Every activity that does something. Each tells that it was called."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.ran = asyncio.Event()

    def _do(self, what: str) -> None:
        self.done.append(what)
        self.ran.set()

    @activity.defn
    async def record_run(self, report: Value) -> None:
        self._do("record_run")

    @activity.defn
    async def record_session(self, report: SessionReport) -> None:
        self._do("record_session")

    @activity.defn
    async def close_requests(self, close: CloseRequests) -> None:
        self._do("close_requests")

    @activity.defn
    async def end_answer(self, end: EndAnswer) -> None:
        self._do("end_answer")

    @activity.defn
    async def checkpoint_at(self, point: ForkPoint) -> KeptStep:
        self._do("checkpoint_at")
        return KeptStep(node="plan", state={})

    @activity.defn
    async def open_turn(self, turn: TurnInput) -> None:
        self._do("open_turn")

    @activity.defn
    async def drop_turn(self, turn: TurnInput) -> None:
        self._do("drop_turn")

    @activity.defn
    async def switch_branch(self, choice: BranchChoice) -> None:
        self._do("switch_branch")

    @activity.defn
    async def read_source(self, start: IngestInput) -> ReadSource:
        self._do("read_source")
        return ReadSource()

    @activity.defn
    async def finish_source(self, end: SourceEnd) -> None:
        self._do("finish_source")

    @activity.defn
    async def send(self, commands: SendCommands) -> SubmissionResult:
        self._do("send")
        return SubmissionResult(results=())

    @activity.defn
    async def make_export(self, start: ExportInput) -> str:
        self._do("make_export")
        return "ready"


class Bench:
    def __init__(self, client: Client) -> None:
        self.client = client
        self.access = AccessDouble()
        self.nothing = Nothing()
        self.queue = f"test-{uuid.uuid4().hex}"
        self.cim_id = uuid.uuid4().hex

    @asynccontextmanager
    async def worker(self) -> AsyncGenerator[None]:
        nothing = self.nothing
        worker = Worker(
            self.client,
            task_queue=self.queue,
            workflows=[RunWorkflow, AgentWorkflow, ThreadWorkflow, IngestWorkflow, ExportWorkflow],
            activities=[
                self.access.check_call,
                self.access.sign_call,
                nothing.record_run,
                nothing.record_session,
                nothing.close_requests,
                nothing.end_answer,
                nothing.checkpoint_at,
                nothing.open_turn,
                nothing.drop_turn,
                nothing.switch_branch,
                nothing.read_source,
                nothing.finish_source,
                nothing.send,
                nothing.make_export,
            ],
            workflow_runner=checking_runner(),
        )
        async with worker:
            yield

    def run(self) -> RunInput:
        return RunInput(
            run_id=uuid.uuid4().hex,
            cim_id=self.cim_id,
            org_id="org1",
            deal_id="deal1",
            kind="chat",
            requested_by=LEA,
            thread_id="main",
            answer_id="a",
        )

    def calls(self) -> dict[str, Call]:
        """One of each, as they come from somebody who may not make them."""
        id_, cim_id = uuid.uuid4().hex, self.cim_id
        return {
            RUN_WORKFLOW: self.run(),
            AGENT_WORKFLOW: agent_call(cim_id, id_),
            SUBMIT_TURN_UPDATE: TurnInput(run=self.run(), text_hash="0" * 64, sent_at=datetime.now(UTC)),
            SWITCH_BRANCH_UPDATE: BranchChoice(
                cim_id=cim_id, thread_id="main", leaf_id=id_, org_id="org1", chosen_by=LEA
            ),
            INGEST_WORKFLOW: IngestInput(
                source_id=id_,
                cim_id=cim_id,
                org_id="org1",
                deal_id="deal1",
                name="a.md",
                sha256="0" * 64,
                requested_by=LEA,
            ),
            EXPORT_WORKFLOW: ExportInput(
                export_id=id_, cim_id=cim_id, org_id="org1", deal_id="deal1", format="json", requested_by=LEA
            ),
        }

    def thread(self, *waiting: TurnInput) -> ThreadInput:
        return ThreadInput(cim_id=self.cim_id, org_id="org1", deal_id="deal1", thread_id="main", waiting=waiting)

    async def make(self, name: str, call: Call, workflow_id: str | None = None) -> Any:
        """What comes of the call; an update that is refused is its error."""
        id_ = workflow_id or workflow_of(call)
        if name not in (SUBMIT_TURN_UPDATE, SWITCH_BRANCH_UPDATE):
            handle: Any = await self.client.start_workflow(name, call, id=id_, task_queue=self.queue)
            return await asyncio.wait_for(handle.result(), PATIENCE)
        start: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
            THREAD_WORKFLOW,
            self.thread(),
            id=id_,
            task_queue=self.queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
        try:
            return await self.client.execute_update_with_start_workflow(  # pyright: ignore[reportUnknownMemberType]
                name, call, id=uuid.uuid4().hex, start_workflow_operation=start
            )
        except WorkflowUpdateFailedError as failed:
            return failed.cause.type if isinstance(failed.cause, ApplicationError) else failed

    def by(self, call: Call, proofs: Assertions | None = None, actor: Actor | None = None, cim_id: str = "") -> Call:
        """With an assertion of its actor, or of another."""
        who = actor or (call.actor if isinstance(call, AgentInput) else LEA)
        proof = (proofs or self.access.proofs).of_call(who, cim_id or self.cim_id, call_hash(call))
        return call.model_copy(update={"proof": proof})


Forging = Callable[[Bench, Call, Call], str]


def _late(seconds: float) -> Assertions:
    return Assertions({"test": KEY}, clock=lambda: time.time() - seconds)


def _proof(call: Call) -> str:
    return call.proof


FORGERIES: dict[str, Forging] = {
    "none": lambda bench, call, other: "",
    "nonsense": lambda bench, call, other: "a.b.c",
    "expired": lambda bench, call, other: _proof(bench.by(call, _late(31 * 86_400))),
    "of another person": lambda bench, call, other: _proof(bench.by(call, actor=ED)),
    "of another book": lambda bench, call, other: _proof(bench.by(call, cim_id="another")),
    "of another call": lambda bench, call, other: _proof(bench.by(other)),
    "of another key": lambda bench, call, other: _proof(bench.by(call, Assertions({"test": KEY[::-1]}))),
    "for commands": lambda bench, call, other: bench.access.proofs.of_person(LEA, bench.cim_id),
    "by hand": lambda bench, call, other: bench.access.proofs.by_hand("lea", bench.cim_id)[0],
    "of a command": lambda bench, call, other: bench.access.proofs.of_command(LEA, bench.cim_id, content_hash(call)),
}


@pytest.mark.parametrize("how", FORGERIES)
async def test_a_forged_call_does_nothing(client: Client, how: str) -> None:
    bench = Bench(client)
    others = bench.calls()
    async with bench.worker():
        for name, call in bench.calls().items():
            forged = call.model_copy(update={"proof": FORGERIES[how](bench, call, others[name])})
            answer = await bench.make(name, forged)
            assert answer in ("Unproven", "refused") or "It is not proved" in str(answer), (name, answer)
    assert bench.nothing.done == []


async def test_a_call_with_its_proof_is_done(client: Client) -> None:
    bench = Bench(client)
    expected = {INGEST_WORKFLOW: "finish_source", EXPORT_WORKFLOW: "make_export", SWITCH_BRANCH_UPDATE: "switch_branch"}
    async with bench.worker():
        for name, call in bench.calls().items():
            if name in expected:
                await bench.make(name, bench.by(call))
                assert bench.nothing.done[-1] == expected[name]


async def test_what_was_asked_for_is_not_done_elsewhere_or_long_after(client: Client) -> None:
    bench = Bench(client)
    calls = bench.calls()
    async with bench.worker():
        for name, call in calls.items():
            await bench.make(name, bench.by(call), workflow_id=f"elsewhere/{uuid.uuid4().hex}")
        for name in (SUBMIT_TURN_UPDATE, SWITCH_BRANCH_UPDATE):
            assert await bench.make(name, bench.by(calls[name], _late(400))) == "Unproven"
    assert bench.nothing.done == []


async def test_an_api_with_another_time_tells_that_a_message_is_not_proved(client: Client) -> None:
    """Sent again when the clocks agree, it is taken."""
    bench = Bench(client)
    address = CIMAddress(cim_id=bench.cim_id, org_id="org1", deal_id="deal1", project_id="project1")
    turn = TurnInput(run=bench.run(), text_hash="0" * 64, sent_at=datetime.now(UTC))
    choice = BranchChoice(cim_id=bench.cim_id, thread_id="main", leaf_id="m1", org_id="org1", chosen_by=LEA)
    late = TemporalGateway(client, CIMCalls(task_queue=bench.queue), _late(400))
    right = TemporalGateway(client, CIMCalls(task_queue=bench.queue), bench.access.proofs)
    async with bench.worker():
        for call in (late.submit_turn(turn), late.switch_branch(address, choice)):
            with pytest.raises(ApiProblem) as told:
                await start_or_problem(call)
            assert (told.value.details.code, told.value.details.status) == ("unproven", 403)
        assert bench.nothing.done == []
        await start_or_problem(right.submit_turn(turn))
        assert bench.nothing.done[0] == "open_turn"


async def test_a_proved_call_that_is_changed_does_nothing(client: Client) -> None:
    bench = Bench(client)
    calls = bench.calls()
    changes: dict[str, dict[str, Any]] = {
        RUN_WORKFLOW: {"instruction_hash": "1" * 64},
        AGENT_WORKFLOW: {"state": {"scope": {"person_id": "lea"}}},
        SUBMIT_TURN_UPDATE: {"text_hash": "1" * 64},
        SWITCH_BRANCH_UPDATE: {"leaf_id": "m2"},
        INGEST_WORKFLOW: {"sha256": "1" * 64},
        EXPORT_WORKFLOW: {"format": "pdf"},
    }
    async with bench.worker():
        for name, call in calls.items():
            await bench.make(name, bench.by(call).model_copy(update=changes[name]))
    assert bench.nothing.done == []


async def test_a_thread_that_is_started_by_hand_has_nothing_to_answer(client: Client) -> None:
    bench = Bench(client)
    turn = TurnInput(run=bench.run(), text_hash="0" * 64, sent_at=datetime.now(UTC))
    async with bench.worker():
        await client.execute_workflow(
            THREAD_WORKFLOW,
            bench.thread(turn),
            id=thread_workflow_id(bench.cim_id, "main"),
            task_queue=bench.queue,
        )
    assert bench.nothing.done == []


async def test_stopping_a_forged_run_writes_nothing_either(client: Client) -> None:
    bench = Bench(client)
    call = bench.run()
    handle: Any = await client.start_workflow(RUN_WORKFLOW, call, id=workflow_of(call), task_queue=bench.queue)
    await handle.signal("cancel")
    async with bench.worker():
        outcome = RunOutcome.model_validate(await asyncio.wait_for(handle.result(), PATIENCE))
    assert outcome.status == "failed"
    assert bench.nothing.done == []


async def test_an_approval_that_nobody_gave_is_not_heard(client: Client) -> None:
    """Neither one that the book does not know, nor one that somebody gave to another agent."""
    office = Office(client)
    async with office.worker():
        handle = await office.start(plan_approval=True)
        planner = await office.asked(handle.id.rpartition("/")[2])
        to_another = answered(planner.model_copy(update={"id": "another"}), approved=True)
        office.records.answers.append(to_another)
        agent: Any = client.get_workflow_handle(workflow_of(agent_call(planner.cim_id, planner.id)))
        for seq in (0, 1, to_another.seq):
            await agent.signal(ANSWERED_SIGNAL, to_another.answer.model_copy(update={"seq": seq}))
        async with asyncio.timeout(PATIENCE):
            while office.records.looked_up < 3:
                await asyncio.sleep(0.05)
        await handle.signal("cancel")
        outcome = await outcome_of(handle)
    assert outcome.status == "cancelled"
    assert office.records.of(planner.run_id, "writer") == []
    assert office.book.slide_heads() == []


async def test_workers_sign_for_the_workflow_in_hand_alone(client: Client) -> None:
    """An activity of the queue can be asked for by whoever may start workflows with a worker of his own."""
    bench = Bench(client)
    agent = bench.calls()[AGENT_WORKFLOW]
    question = question_of(agent)
    with pytest.raises(ApplicationError):
        await ActivityEnvironment().run(bench.access.sign_call, question)


def answered(planner: AgentSession, *, approved: bool) -> RequestAnswered:
    return RequestAnswered(
        seq=500,
        at=datetime.now(UTC),
        actor=LEA,
        command_id=uuid.uuid4(),
        request_id=planner.waits_for[0],
        run_id=planner.run_id,
        agent_id=planner.id,
        confirmation=ConfirmationAnswer(approved=approved),
    )


def agent_call(cim_id: str, agent_id: str) -> AgentInput:
    return AgentInput(
        agent_id=agent_id,
        run_id="r",
        cim_id=cim_id,
        org_id="org1",
        deal_id="deal1",
        agent_type="planner",
        graph="plan",
        requested_by=LEA,
        answer_id="a",
    )
