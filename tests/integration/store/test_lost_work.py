"""Work whose workflow is gone is told so, once, with what its agents asked; what goes on is left alone."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from activities.answering import StoreSessionLedger
from activities.lost import RUN_LOST, LostWork
from agents.ports import CIMAddress, Outcome
from domain.commands import Command, OpenRequest
from domain.requests import RequestBody, RequestDraft
from domain.values import Actor
from store import AgentSession, Export, Message, Run, Source, Store
from tests.integration.store.housekeeping import house_on
from tests.integration.store.spoiling import break_seal
from tests.integration.store.writing import Writer
from workflows.chores import Chore
from workflows.contract import export_workflow_id, ingest_workflow_id, run_workflow_id, thread_workflow_id

NOW = datetime.now(UTC)
LEA = Actor(kind="user", id="lea")
WRITER = Actor(kind="agent", id="writer", on_behalf_of="lea")


class Open:
    """The workflows that there are."""

    def __init__(self) -> None:
        self.ids: set[str] = set()

    async def is_open(self, workflow_id: str) -> bool:
        return workflow_id in self.ids


class Book:
    """Takes the commands of agents, and hears how runs stand."""

    def __init__(self, store: Store, writer: Writer) -> None:
        self.told: list[Run] = []
        self._store = store
        self._writer = writer

    async def send(self, address: CIMAddress, actor: Actor, commands: Sequence[Command]) -> Sequence[Outcome]:
        assert (address.cim_id, actor) == (self._writer.cim_id, WRITER)
        self._writer.actor = actor
        await self._writer.record(self._store, *commands)
        return [Outcome(command_id=command.command_id, problem=None) for command in commands]

    async def tell(self, run: Run) -> None:
        self.told.append(run)


@pytest.fixture
def workflows() -> Open:
    return Open()


@pytest.fixture
async def book(store: Store, writer: Writer) -> Book:
    """With a run that waits for people, and a document and an export under way."""
    cim_id = writer.cim_id
    await writer.book(store)
    await store.runs.put(run_of(cim_id, "r1", status="waiting", answer_ids=("m1",)))
    await store.agents.put(
        AgentSession(id="a1", cim_id=cim_id, org_id="org1", run_id="r1", agent_type="writer", status="running")
    )
    await store.messages.put(
        Message(id="m1", cim_id=cim_id, role="assistant", text="", author=WRITER, created_at=NOW, status="writing")
    )
    body = RequestBody(kind="question", text="Which year?")
    asked = RequestDraft(id="q1", run_id="r1", agent_id="a1", body=body)
    writer.actor = WRITER
    await writer.record(store, OpenRequest(type="open_request", command_id=uuid.uuid4(), request=asked))
    source = Source(
        id="d1",
        cim_id=cim_id,
        org_id="org1",
        name="a.md",
        kind="md",
        sha256="0" * 64,
        size=1,
        status="reading",
        created_at=NOW - timedelta(hours=1),
        created_by=LEA,
    )
    await store.sources.put(source)
    export = Export(
        id="e1",
        cim_id=cim_id,
        org_id="org1",
        format="pdf",
        status="making",
        created_by=LEA,
        created_at=NOW - timedelta(hours=1),
    )
    await store.exports.put(export)
    return Book(store, writer)


def run_of(cim_id: str, run_id: str, **given: object) -> Run:
    known = {"kind": "chat", "actor": LEA, "thread_id": "main", "started_at": NOW - timedelta(hours=1), **given}
    return Run.model_validate({"id": run_id, "cim_id": cim_id, "org_id": "org1", "deal_id": "deal1", **known})


async def settled(store: Store, workflows: Open, book: Book) -> int:
    lost = LostWork(store, workflows, StoreSessionLedger(store), book, book.tell)
    async with house_on(store, lambda: NOW, lost=lost) as house:
        return await house.do(Chore.LOST_WORK)


async def test_what_is_lost_is_told_and_can_be_begun_again(
    store: Store, writer: Writer, workflows: Open, book: Book
) -> None:
    cim_id = writer.cim_id
    assert await settled(store, workflows, book) == 3
    run, session, message = await store.runs.get("r1"), await store.agents.get("a1"), await store.messages.get("m1")
    assert run is not None
    assert (run.status, run.error) == ("failed", RUN_LOST)
    assert session is not None
    assert (session.status, session.waits_for) == ("failed", ())
    assert message is not None
    assert (message.status, message.error) == ("failed", RUN_LOST)
    state = await store.books.state(cim_id)
    assert state is not None
    assert (dict(state.open_requests), [each.how for each in state.closed_requests]) == ({}, ["cancelled"])
    [source], [export] = await store.sources.of_cim(cim_id), await store.exports.of_cim(cim_id)
    assert (source.status, export.status) == ("refused", "failed")
    assert book.told == [run]
    assert await settled(store, workflows, book) == 0
    assert await store.runs.get("r1") == run


async def test_a_book_that_cannot_be_read_holds_up_no_other(
    store: Store, other_process: Store, workflows: Open, book: Book, caplog: pytest.LogCaptureFixture
) -> None:
    spoilt = Writer()
    await spoilt.record(store, spoilt.create())
    await store.runs.put(run_of(spoilt.cim_id, "r0", status="waiting"))
    assert (await store.runs.unfinished())[0].id == "r0", "it is looked at first"
    await break_seal(store, spoilt.cim_id, 1)
    assert await settled(other_process, workflows, book) == 3
    run = await store.runs.get("r0")
    assert run is not None
    assert run.status == "waiting"
    errors = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert [error.split(":")[0] for error in errors] == [f"book {spoilt.cim_id} was left out of a chore"]


async def test_what_goes_on_is_left_alone(store: Store, writer: Writer, workflows: Open, book: Book) -> None:
    cim_id = writer.cim_id
    await store.runs.put(run_of(cim_id, "r2", status="queued"))
    await store.runs.put(run_of(cim_id, "r3", status="queued", thread_id="", started_at=NOW - timedelta(seconds=30)))
    workflows.ids = {
        run_workflow_id(cim_id, "r1"),
        thread_workflow_id(cim_id, "main"),
        ingest_workflow_id(cim_id, "d1"),
        export_workflow_id(cim_id, "e1"),
    }
    assert await settled(store, workflows, book) == 0
    state = await store.books.state(cim_id)
    assert state is not None
    assert list(state.open_requests) == ["q1"]
    workflows.ids -= {thread_workflow_id(cim_id, "main")}
    assert await settled(store, workflows, book) == 1
    assert [run.id for run in book.told] == ["r2"]
