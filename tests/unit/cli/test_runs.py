"""How runs look in a terminal."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

from rich.console import Console

from cli.runs import RunWithAgents, shown
from domain.values import Actor
from store.models import AgentSession, Run, RunProgress

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def drawn(*found: RunWithAgents) -> str:
    console = Console(width=160, record=True, file=io.StringIO())
    console.print(shown(found, NOW))
    return console.export_text()


def session(id_: str, **fields: object) -> AgentSession:
    given = {
        "id": id_,
        "cim_id": "c",
        "org_id": "o",
        "run_id": "r1",
        "agent_type": "writer",
        "status": "running",
        "started_at": NOW - timedelta(seconds=4),
        **fields,
    }
    return AgentSession.model_validate(given)


def test_agents_hang_below_those_that_called_them() -> None:
    run = Run(
        id="r1",
        cim_id="c",
        org_id="o",
        kind="compose",
        status="running",
        actor=Actor(kind="user", id="lea"),
        progress=RunProgress(done=1, total=3, doing="writing"),
        started_at=NOW - timedelta(seconds=12),
    )
    agents = (
        session("a1", agent_type="planner", status="completed", completed_at=NOW),
        session("a2", parent_id="a1", title="Market", doing="compose", steps=2),
        session("a3", parent_id="a1", title="Risks", waits_for=("q1",)),
        session("a4", parent_id="a1", title="People", status="failed", error="The model did not answer."),
    )
    lines = drawn(RunWithAgents(run=run, agents=agents)).splitlines()
    assert lines[0].startswith("compose  running  12.0 s  writing 1/3")
    assert "planner  completed  4.0 s" in lines[1]
    assert "writer · Market  running  4.0 s  2 steps  compose" in lines[2]
    assert lines[2].index("writer") > lines[1].index("planner")
    assert "waits for 1 answer(s) of people" in lines[3]
    assert "The model did not answer." in lines[4]


def test_nothing_runs_yet() -> None:
    assert drawn().strip() == "No runs yet."
