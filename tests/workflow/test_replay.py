"""Histories recorded at each release replay on the current code; code that diverges is found."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from agents.plugin import replay_plugin
from workflows.agent import AgentWorkflow
from workflows.chores import HOUSEKEEPING_WORKFLOW
from workflows.cim import CIMWorkflow
from workflows.contract import (
    AGENT_WORKFLOW,
    CIM_WORKFLOW,
    EXPORT_WORKFLOW,
    INGEST_WORKFLOW,
    RUN_WORKFLOW,
    SUBMIT_TURN_UPDATE,
    THREAD_WORKFLOW,
)
from workflows.converter import data_converter
from workflows.deployment import DeploymentWorkflow
from workflows.export import ExportWorkflow
from workflows.housekeeping import HousekeepingWorkflow
from workflows.ingest import IngestWorkflow
from workflows.platform import DEPLOYMENT_WORKFLOW
from workflows.run import RunWorkflow
from workflows.sandbox import checking_runner
from workflows.thread import ThreadWorkflow

HISTORIES = sorted((Path(__file__).parent / "histories").glob("*.json*"))
KINDS = {
    "cim-open",
    "cim-closed-when-idle",
    "cim-store-away",
    "cim-deleted",
    "cim-continued",
    "cim-continuation",
    "cim-main-job",
    "run-draft_buyer_persona",
    "run-draft_hero_context",
    "run-draft_outline",
    "run-draft_slides",
    "ingest",
    "export",
    "cim-knowledge",
    "thread",
    "run-chat",
    "run-chat-stopped",
    "run-compose",
    "agent-turn",
    "agent-turn-answered",
    "agent-turn-stopped",
    "agent-plan-answered",
    "agent-write",
    "agent-review",
    "agent-code",
    "deployment",
    "deployment-undone",
    "housekeeping",
    "agent-turn-open",
    "run-chat-open",
    "run-compose-open",
    "thread-open",
    "ingest-open",
    "export-open",
    "deployment-open",
    "housekeeping-open",
}
WORKFLOWS: dict[str, type] = {
    CIM_WORKFLOW: CIMWorkflow,
    RUN_WORKFLOW: RunWorkflow,
    AGENT_WORKFLOW: AgentWorkflow,
    THREAD_WORKFLOW: ThreadWorkflow,
    INGEST_WORKFLOW: IngestWorkflow,
    EXPORT_WORKFLOW: ExportWorkflow,
    DEPLOYMENT_WORKFLOW: DeploymentWorkflow,
    HOUSEKEEPING_WORKFLOW: HousekeepingWorkflow,
}


def _name(path: Path) -> str:
    return path.name.partition(".json")[0]


def _history(path: Path) -> WorkflowHistory:
    text = gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text()
    started = json.loads(text)["events"][0]["workflowExecutionStartedEventAttributes"]
    return WorkflowHistory.from_json(started["workflowId"], text)


async def _replay(path: Path, workflows: Mapping[str, type]) -> None:
    history = _history(path)
    started = history.events[0].workflow_execution_started_event_attributes
    replayer = Replayer(
        workflows=[workflows[started.workflow_type.name]],
        data_converter=data_converter(),
        workflow_runner=checking_runner(),
        plugins=[replay_plugin()],
    )
    try:
        await replayer.replay_workflow(history)
    except workflow.NondeterminismError as error:
        raise Broken(started.workflow_type.name, path.name) from error


class Broken(Exception):
    """A recorded history does not replay any more."""

    def __init__(self, workflow_type: str, recorded: str) -> None:
        super().__init__(
            f"{workflow_type} does another thing than it did when {recorded} was recorded, so open ones would be stuck."
            " Put the change behind a patch (workflow.patched, with an entry in workflows/patches.py), or give it to a"
            " new version alone (docs/releases.md, docs/platform.md). Never record the history anew."
        )


def test_there_are_histories_of_every_kind() -> None:
    assert {_name(path).partition("-")[2] for path in HISTORIES} >= KINDS


@pytest.mark.parametrize("path", HISTORIES, ids=_name)
async def test_recorded_histories_replay(path: Path) -> None:
    await _replay(path, WORKFLOWS)


@workflow.defn(name=CIM_WORKFLOW)
class ImpatientCIMWorkflow:
    """Sleeps first, as those below: another order of commands than any recorded one."""

    @workflow.run
    async def run(self, start: Any) -> None:
        await workflow.sleep(1)

    @workflow.update(name="execute")
    async def execute(self, submission: Any) -> None:
        await workflow.sleep(1)

    @workflow.signal(name="submit")
    async def submit(self, submission: Any) -> None:
        await workflow.sleep(1)


@workflow.defn(name=RUN_WORKFLOW)
class ImpatientRunWorkflow:
    @workflow.run
    async def run(self, start: Any) -> None:
        await workflow.sleep(1)


@workflow.defn(name=AGENT_WORKFLOW)
class ImpatientAgentWorkflow:
    @workflow.run
    async def run(self, start: Any) -> None:
        await workflow.sleep(1)


@workflow.defn(name=THREAD_WORKFLOW)
class ImpatientThreadWorkflow:
    @workflow.run
    async def run(self, start: Any) -> None:
        await workflow.sleep(1)

    @workflow.update(name=SUBMIT_TURN_UPDATE)
    async def submit_turn(self, turn: Any) -> None:
        await workflow.sleep(1)


@workflow.defn(name=INGEST_WORKFLOW)
class ImpatientIngestWorkflow:
    @workflow.run
    async def run(self, start: Any) -> None:
        await workflow.sleep(1)


@workflow.defn(name=EXPORT_WORKFLOW)
class ImpatientExportWorkflow:
    @workflow.run
    async def run(self, start: Any) -> None:
        await workflow.sleep(1)


@workflow.defn(name=HOUSEKEEPING_WORKFLOW)
class ImpatientHousekeepingWorkflow:
    @workflow.run
    async def run(self, chore: Any) -> None:
        await workflow.sleep(1)


@workflow.defn(name=DEPLOYMENT_WORKFLOW)
class ImpatientDeploymentWorkflow:
    @workflow.run
    async def run(self, start: Any) -> None:
        await workflow.sleep(1)


IMPATIENT: dict[str, type] = {
    CIM_WORKFLOW: ImpatientCIMWorkflow,
    RUN_WORKFLOW: ImpatientRunWorkflow,
    AGENT_WORKFLOW: ImpatientAgentWorkflow,
    THREAD_WORKFLOW: ImpatientThreadWorkflow,
    INGEST_WORKFLOW: ImpatientIngestWorkflow,
    EXPORT_WORKFLOW: ImpatientExportWorkflow,
    DEPLOYMENT_WORKFLOW: ImpatientDeploymentWorkflow,
    HOUSEKEEPING_WORKFLOW: ImpatientHousekeepingWorkflow,
}


@pytest.mark.parametrize("path", HISTORIES, ids=_name)
async def test_a_divergent_workflow_fails(path: Path) -> None:
    with pytest.raises(Broken) as broken:
        await _replay(path, IMPATIENT)
    started = _history(path).events[0].workflow_execution_started_event_attributes
    told = str(broken.value)
    assert told.startswith(f"{started.workflow_type.name} does another thing than it did when {path.name}")
    assert "workflows/patches.py" in told
    assert "docs/releases.md" in told
