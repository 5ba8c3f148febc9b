"""A feature that is switched off stops a run in the worker; its history replays the same, whatever is set later."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from temporalio.client import Client
from temporalio.worker import Replayer, Worker

from activities.flagging import FlagActivities
from activities.running import RunActivities
from agents.plugin import replay_plugin
from domain.flags import COMPOSE_RUNS, FlagSetting, Subject
from tests.unit.agents.compose.crew import SECTIONS, outlined
from tests.unit.agents.packs import LEA
from tests.workflow.doubles import AccessDouble
from tests.workflow.test_compose_run import Records
from workflows.contract import RunInput, run_workflow_id
from workflows.converter import data_converter
from workflows.run import RunWorkflow
from workflows.sandbox import checking_runner


class Flags:
    def __init__(self, *settings: FlagSetting) -> None:
        self.settings = settings
        self.asked: list[str | None] = []

    async def settings_of(self, org_id: str) -> Sequence[FlagSetting]:
        return self.settings

    async def subject(self, org_id: str, person_id: str | None) -> Subject:
        self.asked.append(person_id)
        return Subject(org_id=org_id, person_id=person_id)


async def test_a_feature_that_is_off_ends_the_run_before_it_begins(client: Client) -> None:
    book, records, queue = outlined(*SECTIONS), Records(), f"test-{uuid.uuid4().hex}"
    access = AccessDouble()
    flags = Flags(FlagSetting(key=COMPOSE_RUNS, enabled=False))
    start = RunInput(
        run_id=uuid.uuid4().hex,
        cim_id=book.address.cim_id,
        org_id=book.address.org_id,
        deal_id=book.address.deal_id,
        kind="compose",
        requested_by=LEA,
        asks_flags=True,
    )
    worker = Worker(
        client,
        task_queue=queue,
        workflows=[RunWorkflow],
        activities=[RunActivities(records, book).record_run, FlagActivities(flags).flags_for, access.check_call],
        workflow_runner=checking_runner(),
    )
    async with worker:
        handle = await client.start_workflow(
            RunWorkflow.run, access.called(start), id=run_workflow_id(start.cim_id, start.run_id), task_queue=queue
        )
        outcome = await handle.result()
    assert outcome.status == "failed"
    assert outcome.error is not None
    assert "switched off" in outcome.error
    assert flags.asked == [LEA.person_id]
    assert records.kept == {}, "no agent was started"

    history = await handle.fetch_history()
    replayer = Replayer(
        workflows=[RunWorkflow],
        workflow_runner=checking_runner(),
        data_converter=data_converter(),
        plugins=[replay_plugin()],
    )
    assert (await replayer.replay_workflow(history)).replay_failure is None
    assert flags.asked == [LEA.person_id], "a replay asks nobody"
