"""What agents leave behind, as samples."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from store import AgentSession, AgentStatus, Checkpoint, SourceImage, Usage

AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def session(id_: str, cim_id: str, run_id: str, minute: int | None, status: AgentStatus = "running") -> AgentSession:
    """`minute`: when it began; None: not yet."""
    began = None if minute is None else AT + timedelta(minutes=minute)
    return AgentSession(
        id=id_, cim_id=cim_id, org_id="org1", run_id=run_id, agent_type="writer", status=status, started_at=began
    )


def checkpoint(agent_id: str, step: int, cim_id: str) -> Checkpoint:
    return Checkpoint(
        id=f"{agent_id}:{step:04}",
        cim_id=cim_id,
        run_id="r1",
        agent_id=agent_id,
        graph="turn",
        step=step,
        node="think",
        state={"steps": step},
        at=AT,
    )


def image(id_: str, cim_id: str, source_id: str = "s1") -> SourceImage:
    return SourceImage(
        id=id_,
        cim_id=cim_id,
        source_id=source_id,
        locator="page 1",
        blob_sha256="0" * 64,
        media_type="image/png",
        width=100,
        height=80,
        fingerprint="ff00",
    )


def call(id_: str, minute: int, person_id: str = "lea", org_id: str = "org1", tokens: int = 100) -> Usage:
    return Usage(
        id=id_,
        cim_id="c1",
        org_id=org_id,
        run_id="r1",
        agent_id="a1",
        agent_type="assistant",
        person_id=person_id,
        work="chat",
        model="m",
        at=AT + timedelta(minutes=minute),
        tokens_in=tokens,
    )
