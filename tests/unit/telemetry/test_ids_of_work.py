"""Which ids the lines of a worker have: from arguments, from the id of the workflow, from headers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.langgraph._activity import ActivityInput
from temporalio.testing import ActivityEnvironment
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput

from activities.running import RunReport
from domain.values import Actor
from telemetry.activities import IdentifiedActivities
from telemetry.ids import current_ids, ids_in, ids_of_workflow
from telemetry.requests import HEADER, request_in
from workflows.contract import (
    AccessQuestion,
    BranchChoice,
    RunInput,
    TurnInput,
    agent_workflow_id,
    cim_workflow_id,
    export_workflow_id,
    ingest_workflow_id,
    run_workflow_id,
    thread_workflow_id,
)
from workflows.platform import deployment_workflow_id, probe_workflow_id

LEA = Actor(kind="user", id="lea")
NOW = datetime(2026, 11, 1, tzinfo=UTC)
RUN = RunInput(run_id="r", cim_id="c", org_id="o", deal_id="d", kind="chat", requested_by=LEA)
OF_RUN = {"run_id": "r", "cim_id": "c", "org_id": "o", "person_id": "lea"}


def node_input(state: object) -> ActivityInput:
    return ActivityInput(args=(state,), kwargs={}, langgraph_config={})


@pytest.mark.parametrize(
    ("argument", "told"),
    [
        (RUN, OF_RUN),
        (TurnInput(run=RUN, text_hash="t", sent_at=NOW), OF_RUN),
        (RunReport(start=RUN, status="running", started_at=NOW), OF_RUN),
        (node_input({"scope": {**RUN.scope, "agent_id": "a"}}), {**OF_RUN, "agent_id": "a"}),
        (node_input({"no": "scope"}), {}),
        (
            BranchChoice(cim_id="c", thread_id="t", leaf_id="l", org_id="o", chosen_by=LEA),
            {"cim_id": "c", "org_id": "o", "person_id": "lea"},
        ),
        (AccessQuestion(person_id="lea", org_id="o", deal_id="d"), {"org_id": "o", "person_id": "lea"}),
        ("c", {}),
    ],
    ids=lambda given: type(given).__name__,
)
def test_ids_are_found_in_what_an_activity_is_given(argument: object, told: dict[str, str]) -> None:
    assert ids_in([argument]) == told


def test_an_activity_may_be_given_nothing() -> None:
    assert ids_in([]) == {}


@pytest.mark.parametrize(
    ("workflow_id", "told"),
    [
        (cim_workflow_id("o", "c"), {"org_id": "o", "cim_id": "c"}),
        (run_workflow_id("c", "r"), {"cim_id": "c", "run_id": "r"}),
        (agent_workflow_id("c", "a"), {"cim_id": "c", "agent_id": "a"}),
        (thread_workflow_id("c", "t"), {"cim_id": "c"}),
        (ingest_workflow_id("c", "s"), {"cim_id": "c"}),
        (export_workflow_id("c", "e"), {"cim_id": "c"}),
        (deployment_workflow_id("o", "p"), {"org_id": "o"}),
        (probe_workflow_id("o", "p", "b"), {"org_id": "o"}),
        ("housekeeping/bookrunner/old-talk", {}),
        ("", {}),
    ],
)
def test_ids_are_found_in_the_id_of_the_workflow(workflow_id: str, told: dict[str, str]) -> None:
    assert ids_of_workflow(workflow_id) == told


@pytest.mark.parametrize(
    ("data", "told"),
    [(b'"r-1"', "r-1"), (b'"two words"', ""), (b"[1]", ""), (b"\xff", ""), (b'"r-1\\n"', ""), (b'""', "")],
)
def test_only_a_sound_request_id_is_taken(data: bytes, told: str) -> None:
    assert request_in({HEADER: Payload(metadata={"encoding": b"json/plain"}, data=data)}) == told
    assert request_in({}) == ""


class Noting(ActivityInboundInterceptor):
    """Stands for the activity."""

    def __init__(self) -> None:
        self.ids: Mapping[str, str] = {}

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        self.ids = dict(current_ids())


async def ids_while_done(argument: object, headers: Mapping[str, Payload], workflow_id: str) -> Mapping[str, str]:
    inner = Noting()
    outer = IdentifiedActivities().intercept_activity(inner)

    async def act() -> None:
        await outer.execute_activity(ExecuteActivityInput(fn=act, args=[argument], executor=None, headers=headers))

    environment = ActivityEnvironment()
    environment.info = replace(ActivityEnvironment.default_info(), workflow_id=workflow_id)
    await environment.run(act)
    return inner.ids


async def test_an_activity_has_the_ids_of_all_three() -> None:
    headers = {HEADER: Payload(data=b'"r-1"')}
    told = await ids_while_done("c", headers, cim_workflow_id("o", "c"))
    assert {name: told[name] for name in ("org_id", "cim_id", "request_id")} == {
        "org_id": "o",
        "cim_id": "c",
        "request_id": "r-1",
    }
    node = node_input({"scope": RUN.scope})
    told = await ids_while_done(node, {}, agent_workflow_id("c", "r-0"))
    assert {name: told[name] for name in (*OF_RUN, "agent_id")} == {**OF_RUN, "agent_id": "r-0"}
    assert "request_id" not in told
