"""Histories recorded at each release replay on the current code; code that diverges is found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from agents.plugin import replay_plugin
from workflows.cim import CIMWorkflow
from workflows.contract import CIM_WORKFLOW, EXPORT_WORKFLOW, INGEST_WORKFLOW, RUN_WORKFLOW
from workflows.converter import data_converter
from workflows.export import ExportWorkflow
from workflows.ingest import IngestWorkflow
from workflows.run import RunWorkflow
from workflows.sandbox import checking_runner

HISTORIES = sorted((Path(__file__).parent / "histories").glob("*.json"))
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
}


def _history(path: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(path.stem, path.read_text())


async def _replay(path: Path, *workflows: type) -> None:
    replayer = Replayer(
        workflows=list(workflows),
        data_converter=data_converter(),
        workflow_runner=checking_runner(),
        plugins=[replay_plugin()],
    )
    await replayer.replay_workflow(_history(path))


def test_there_are_histories_of_every_kind() -> None:
    assert {path.stem.partition("-")[2] for path in HISTORIES} >= KINDS


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
async def test_recorded_histories_replay(path: Path) -> None:
    await _replay(path, CIMWorkflow, RunWorkflow, IngestWorkflow, ExportWorkflow)


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


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
async def test_a_divergent_workflow_fails(path: Path) -> None:
    with pytest.raises(workflow.NondeterminismError):
        await _replay(
            path, ImpatientCIMWorkflow, ImpatientRunWorkflow, ImpatientIngestWorkflow, ImpatientExportWorkflow
        )
