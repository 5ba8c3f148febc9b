"""Histories recorded at each release replay on the current code; code that diverges is found."""

from __future__ import annotations

from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from workflows.cim import CIMWorkflow
from workflows.contract import CIM_WORKFLOW, CIMInput, Submission
from workflows.converter import data_converter
from workflows.sandbox import checking_runner

HISTORIES = sorted((Path(__file__).parent / "histories").glob("*-cim-*.json"))


def _history(path: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(path.stem, path.read_text())


def _replayer(*workflows: type) -> Replayer:
    return Replayer(workflows=list(workflows), data_converter=data_converter(), workflow_runner=checking_runner())


def test_there_are_histories_of_every_kind() -> None:
    kinds = {path.stem.split("-cim-")[1] for path in HISTORIES}
    assert {"open", "closed-when-idle", "store-away", "deleted", "continued", "continuation"} <= kinds


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
async def test_recorded_histories_replay(path: Path) -> None:
    await _replayer(CIMWorkflow).replay_workflow(_history(path))


@workflow.defn(name=CIM_WORKFLOW)
class ImpatientCIMWorkflow:
    """Sleeps before it resumes: another order of commands than the recorded one."""

    @workflow.run
    async def run(self, start: CIMInput) -> None:
        await workflow.sleep(1)

    @workflow.update(name="execute")
    async def execute(self, submission: Submission) -> None:
        await workflow.sleep(1)

    @workflow.signal(name="submit")
    async def submit(self, submission: Submission) -> None:
        await workflow.sleep(1)


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
async def test_a_divergent_workflow_fails(path: Path) -> None:
    with pytest.raises(workflow.NondeterminismError):
        await _replayer(ImpatientCIMWorkflow).replay_workflow(_history(path))
