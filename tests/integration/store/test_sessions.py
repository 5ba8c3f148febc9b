"""A run says that it waits for people for as long as one of its agents does."""

from __future__ import annotations

from datetime import UTC, datetime

from activities.answering import StoreSessionLedger
from domain.values import Actor
from store import AgentSession, Run, Store
from store.models import RunStatus
from tests.integration.store.writing import Writer


async def _begun(store: Store, writer: Writer, status: RunStatus) -> None:
    await writer.book(store)
    await store.runs.put(
        Run(
            id="r1",
            cim_id=writer.cim_id,
            org_id="org1",
            kind="compose",
            status=status,
            actor=Actor(kind="user", id="lea"),
            started_at=datetime.now(UTC),
        )
    )


def _session(writer: Writer, agent_id: str, *waits_for: str) -> AgentSession:
    return AgentSession(
        id=agent_id,
        cim_id=writer.cim_id,
        org_id="org1",
        run_id="r1",
        agent_type="writer",
        status="running",
        steps=1,
        waits_for=waits_for,
    )


async def _status(store: Store) -> RunStatus | None:
    run = await store.runs.get("r1")
    return run and run.status


async def test_a_run_waits_until_the_last_of_its_agents_goes_on(store: Store, writer: Writer) -> None:
    await _begun(store, writer, "running")
    ledger = StoreSessionLedger(store)
    await ledger.put_session(_session(writer, "a1", "q1"))
    assert await _status(store) == "waiting"
    await ledger.put_session(_session(writer, "a2", "q2"))
    await ledger.put_session(_session(writer, "a1"))
    assert await _status(store) == "waiting"
    await ledger.put_session(_session(writer, "a2"))
    assert await _status(store) == "running"


async def test_a_run_that_is_over_stays_so(store: Store, writer: Writer) -> None:
    await _begun(store, writer, "cancelled")
    await StoreSessionLedger(store).put_session(_session(writer, "a1", "q1"))
    assert await _status(store) == "cancelled"
