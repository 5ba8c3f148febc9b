"""The id of a request goes along with what is done for it, and not with what is done for others."""

from __future__ import annotations

import asyncio
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio import activity, client, worker, workflow
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.worker import Replayer, Worker

from api.gateway import TemporalGateway
from domain.commands import Rename
from telemetry.ids import identified
from telemetry.requests import CarriedRequests, request_in
from workflows.calls import CIMCalls
from workflows.cim import CIMWorkflow
from workflows.contract import RUN_WORKFLOW, RunInput, TurnInput, thread_workflow_id
from workflows.converter import data_converter
from workflows.sandbox import checking_runner
from workflows.thread import ThreadWorkflow

from .conftest import LEA, Desk
from .doubles import AccessDouble

GO_ON = "go_on"


class Listening(client.Interceptor, worker.Interceptor):
    """Notes which activity was done for which request."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []

    def intercept_activity(self, next: worker.ActivityInboundInterceptor) -> worker.ActivityInboundInterceptor:
        return _Listening(next, self.heard)


class _Listening(worker.ActivityInboundInterceptor):
    def __init__(self, next: worker.ActivityInboundInterceptor, heard: list[tuple[str, str]]) -> None:
        super().__init__(next)
        self._heard = heard

    async def execute_activity(self, input: worker.ExecuteActivityInput) -> Any:
        self._heard.append((activity.info().activity_type, request_in(input.headers)))
        return await super().execute_activity(input)


@pytest.fixture
def listening() -> Listening:
    return Listening()


@pytest.fixture
async def carrying(temporal_address: str, listening: Listening) -> Client:
    return await Client.connect(
        temporal_address, data_converter=data_converter(), interceptors=[CarriedRequests(), listening]
    )


def rename(title: str) -> Rename:
    return Rename(type="rename", command_id=uuid.uuid4(), title=title)


async def test_each_command_is_recorded_for_its_request(carrying: Client, listening: Listening) -> None:
    desk = Desk(carrying)
    async with desk.worker():
        with identified(request_id="first"):
            await desk.create()
        with identified(request_id="second"):
            await desk.execute(rename("Two"))
        await desk.execute(rename("Three"))
    assert ("resume_session", "first") in listening.heard
    assert [of for name, of in listening.heard if name == "record"] == ["first", "second", ""]
    assert ("check_access", "first") in listening.heard

    history = await desk.handle.fetch_history()
    for interceptors in ([], [CarriedRequests()]):
        replayer = Replayer(
            workflows=[CIMWorkflow],
            workflow_runner=checking_runner(),
            data_converter=data_converter(),
            interceptors=interceptors,
        )
        assert (await replayer.replay_workflow(history)).replay_failure is None


@workflow.defn(name=RUN_WORKFLOW, sandboxed=False)
class WaitingRun:
    """A run that does its one activity when it is told to go on."""

    def __init__(self) -> None:
        self._goes_on = False

    @workflow.run
    async def run(self, start: RunInput) -> None:
        await workflow.wait_condition(lambda: self._goes_on)
        await workflow.execute_activity("answer", start.run_id, start_to_close_timeout=timedelta(seconds=10))

    @workflow.signal(name=GO_ON)
    def go_on(self) -> None:
        self._goes_on = True

    @workflow.signal
    def overtaken(self) -> None:
        return


async def test_a_turn_that_waited_is_answered_for_its_own_request(carrying: Client, listening: Listening) -> None:
    queue, access = f"test-{uuid.uuid4().hex}", AccessDouble()
    gateway = TemporalGateway(carrying, CIMCalls(task_queue=queue), access.proofs)
    turns = [a_turn("cim" + queue, number) for number in range(3)]

    @activity.defn
    async def open_turn(turn: TurnInput) -> None:
        return

    @activity.defn
    async def answer(run_id: str) -> None:
        listening.heard.append((run_id, ""))

    serving = Worker(
        carrying,
        task_queue=queue,
        workflows=[ThreadWorkflow, WaitingRun],
        activities=[open_turn, answer, access.check_call],
        workflow_runner=checking_runner(),
    )
    async with serving:
        for number, turn in enumerate(turns):
            with identified(request_id=f"request-{number}"):
                await gateway.submit_turn(turn)
        for turn in turns:
            await go_on(carrying, turn.run)
        await carrying.get_workflow_handle(thread_workflow_id(turns[0].run.cim_id, "main")).result()
    assert [of for name, of in listening.heard if name == "open_turn"] == ["request-0", "request-1", "request-2"]
    assert [of for name, of in listening.heard if name == "answer"] == ["request-0", "request-1", "request-2"]


async def go_on(client: Client, run: RunInput) -> None:
    run_handle = client.get_workflow_handle(f"run/{run.cim_id}/{run.run_id}")
    async with asyncio.timeout(30):
        while True:
            try:
                await run_handle.signal(GO_ON)
                return
            except RPCError:
                await asyncio.sleep(0.05)


def a_turn(cim_id: str, number: int) -> TurnInput:
    run = RunInput(
        run_id=f"run{number}",
        cim_id=cim_id,
        org_id="org1",
        deal_id="deal1",
        kind="chat",
        requested_by=LEA,
        thread_id="main",
        message_id=f"message{number}",
        answer_id=f"answer{number}",
    )
    return TurnInput(run=run, text_hash="hash", sent_at=datetime.now(UTC))
