"""Histories recorded at each release replay on the current code; code that diverges is found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from temporalio import workflow
from temporalio.api.enums.v1 import EventType

from workflows import patches
from workflows.chores import HOUSEKEEPING_WORKFLOW
from workflows.contract import (
    AGENT_WORKFLOW,
    CIM_WORKFLOW,
    EXPORT_WORKFLOW,
    INGEST_WORKFLOW,
    RUN_WORKFLOW,
    SUBMIT_TURN_UPDATE,
    THREAD_WORKFLOW,
    CIMInput,
    IngestInput,
)
from workflows.platform import DEPLOYMENT_WORKFLOW, PROBE_WORKFLOW

from .recorded import history_in, marks_in, name_of, replay, served_workflows, type_of

HISTORIES = sorted((Path(__file__).parent / "histories").glob("*.json*"))
CURRENT = "v0.4.0"
OPEN_BOOKS = {
    "cim-open",
    "cim-store-away",
    "cim-continuation",
    "cim-main-job",
    "cim-knowledge",
    "cim-list-stopped",
    "cim-log-read-again",
}
CLOSED_BOOKS = {"cim-closed-when-idle", "cim-deleted", "cim-continued"}
ENDING = {
    "run-draft_buyer_persona",
    "run-draft_hero_context",
    "run-draft_outline",
    "run-draft_slides",
    "ingest",
    "export",
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
    "probe",
    "housekeeping",
}
"""Each is recorded whole, and as `-open` cut off where it was still open."""
CUT_OFF = {f"{kind}-open" for kind in ENDING}
EVERY = OPEN_BOOKS | CLOSED_BOOKS | ENDING | CUT_OFF
_NOT_IN_03 = CUT_OFF | {"cim-list-stopped", "cim-log-read-again", "housekeeping", "probe"}
_NOT_IN_02 = _NOT_IN_03 | {"deployment", "deployment-undone"}
_TALK = {"thread", "run-chat", "run-chat-stopped", "agent-turn", "agent-turn-answered", "agent-turn-stopped"}
_AGENTS = {"run-compose", "agent-plan-answered", "agent-write", "agent-review", "agent-code"}
MISSING = {
    "v0.1.0": _NOT_IN_02 | _TALK | _AGENTS | {"cim-knowledge"},
    "v0.2.0": _NOT_IN_02,
    "v0.3.0": _NOT_IN_03,
}
"""What was not recorded of earlier releases, mostly since they had no such thing."""
CLOSING = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW,
}
PATCHES = {value for name, value in vars(patches).items() if name.isupper()}


class Broken(Exception):
    """A recorded history does not replay any more."""

    def __init__(self, workflow_type: str, recorded: str, how: str, advice: str) -> None:
        super().__init__(
            f"{workflow_type} {how} when {recorded} was recorded, so open ones would be stuck. {advice}"
            " Never record the history anew."
        )


async def _replay(path: Path, workflows: Mapping[str, type]) -> None:
    history = history_in(path)
    try:
        await replay(history, workflows)
    except workflow.NondeterminismError as error:
        raise Broken(
            type_of(history),
            path.name,
            "does another thing than it did",
            "Put the change behind a patch (workflow.patched, with an entry in workflows/patches.py), or give it to a"
            " new version alone (docs/releases.md, docs/platform.md).",
        ) from error
    except RuntimeError as error:
        raise Broken(
            type_of(history),
            path.name,
            "cannot read what it was given, or fails otherwise where it did not",
            "A field of an input stays readable: a new one has a default, a name stays for two releases"
            " (docs/releases.md).",
        ) from error


def _recorded() -> dict[str, dict[str, Path]]:
    """By release and kind."""
    found: defaultdict[str, dict[str, Path]] = defaultdict(dict)
    for path in HISTORIES:
        release, _, kind = name_of(path).partition("-")
        found[release][kind] = path
    return found


def test_there_are_histories_of_every_kind_of_each_release() -> None:
    recorded = _recorded()
    assert {release: EVERY - set(kinds) for release, kinds in recorded.items()} == {CURRENT: set[str](), **MISSING}


@pytest.mark.parametrize("kinds", [ENDING | CLOSED_BOOKS, CUT_OFF | OPEN_BOOKS], ids=["closed", "open"])
def test_every_workflow_is_recorded_closed_and_open(kinds: set[str]) -> None:
    of_current = _recorded()[CURRENT]
    assert {type_of(history_in(of_current[kind])) for kind in kinds} == set(served_workflows())


@pytest.mark.parametrize("path", HISTORIES, ids=name_of)
def test_only_what_is_named_open_has_no_end(path: Path) -> None:
    kind = name_of(path).partition("-")[2]
    is_open = kind.endswith("-open") or kind in OPEN_BOOKS
    assert (history_in(path).events[-1].event_type in CLOSING) is not is_open


@pytest.mark.parametrize("patch", sorted(PATCHES))
def test_every_patch_is_borne_by_a_history(patch: str) -> None:
    assert any(patch in marks_in(history_in(path)) for path in _recorded()[CURRENT].values())


@pytest.mark.parametrize("path", HISTORIES, ids=name_of)
async def test_recorded_histories_replay(path: Path) -> None:
    await _replay(path, served_workflows())


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


@workflow.defn(name=PROBE_WORKFLOW)
class ImpatientProbeWorkflow:
    @workflow.run
    async def run(self, question: Any) -> None:
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
    PROBE_WORKFLOW: ImpatientProbeWorkflow,
}


@pytest.mark.parametrize("path", HISTORIES, ids=name_of)
async def test_a_divergent_workflow_fails(path: Path) -> None:
    with pytest.raises(Broken) as broken:
        await _replay(path, IMPATIENT)
    told = str(broken.value)
    assert told.startswith(f"{type_of(history_in(path))} does another thing than it did when {path.name}")
    assert "workflows/patches.py" in told
    assert "docs/releases.md" in told


class SpoiltCIMInput(CIMInput):
    needed: str


class SpoiltIngestInput(IngestInput):
    needed: str


@workflow.defn(name=CIM_WORKFLOW)
class SpoiltCIMWorkflow:
    """Needs a field of its input that histories have not, as the one below."""

    @workflow.init
    def __init__(self, start: SpoiltCIMInput) -> None: ...

    @workflow.run
    async def run(self, start: SpoiltCIMInput) -> None: ...


@workflow.defn(name=INGEST_WORKFLOW)
class SpoiltIngestWorkflow:
    @workflow.run
    async def run(self, start: SpoiltIngestInput) -> None: ...


SPOILT: dict[str, type] = {CIM_WORKFLOW: SpoiltCIMWorkflow, INGEST_WORKFLOW: SpoiltIngestWorkflow}


@pytest.mark.parametrize("kind", ["cim-open", "ingest-open"])
async def test_a_workflow_that_cannot_read_its_input_fails(kind: str) -> None:
    path = _recorded()[CURRENT][kind]
    with pytest.raises(Broken) as broken:
        await _replay(path, SPOILT)
    told = str(broken.value)
    assert told.startswith(f"{type_of(history_in(path))} cannot read what it was given")
    assert path.name in told
    assert "a new one has a default" in told
