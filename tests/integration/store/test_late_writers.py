"""Whoever is still at work for a book that was deleted leaves nothing behind."""

from __future__ import annotations

import asyncio

import pytest
from temporalio.exceptions import ApplicationError

from activities.answering import StoreSessionLedger
from activities.drafting import StoreLedger, StoreWorkspace
from activities.exporting import ExportActivities
from activities.ingesting import IngestActivities
from activities.running import RunActivities, RunReport
from activities.turns import TurnActivities
from agents.steps import FinishedStep
from domain.events import EventRecord
from domain.values import Actor
from evidence.model import ReadLimits
from store import Export, Run, Source, Store, StoreUnavailable, recorder
from store.erasure import Erasure
from tests.integration.store.keeping import AT, session
from tests.integration.store.writing import Writer
from workflows.contract import BranchChoice, ExportInput, IngestInput, RunInput, TurnInput

LEA = Actor(kind="user", id="lea")


def run_of(cim_id: str) -> Run:
    return Run(id="r1", cim_id=cim_id, org_id="org1", deal_id="deal1", kind="draft_outline", actor=LEA, started_at=AT)


def turn_of(cim_id: str) -> TurnInput:
    run = RunInput(
        run_id="r1",
        cim_id=cim_id,
        org_id="org1",
        deal_id="deal1",
        kind="chat",
        requested_by=LEA,
        thread_id="main",
        message_id="q1",
        answer_id="q1a",
    )
    return TurnInput(run=run, text_hash="0" * 64, sent_at=AT)


@pytest.fixture
async def deleted(store: Store, writer: Writer) -> str:
    await writer.book(store)
    await store.erase(writer.cim_id, "org1", writer.tombstone())
    return writer.cim_id


async def test_runs_and_agents_of_a_deleted_book_are_not_kept(store: Store, deleted: str) -> None:
    ledger = StoreLedger(store)
    await ledger.put_run(run_of(deleted))
    await ledger.put_session(session("a1", deleted, "r1", 1))
    await StoreSessionLedger(store).put_session(session("a2", deleted, "r1", 1))
    step = FinishedStep(cim_id=deleted, run_id="r1", agent_id="a1", graph="turn", step=1, node="think", state={})
    await StoreSessionLedger(store).keep_step(step)
    assert (await store.runs.of_cim(deleted)).items == ()
    assert (await store.agents.of_cim(deleted)).items == ()
    assert await store.checkpoints.of_agent(deleted, "a1") == []


async def test_a_run_of_a_deleted_book_ends_though_what_it_did_is_gone(store: Store, deleted: str) -> None:
    running = RunActivities(StoreLedger(store), StoreWorkspace(store))
    start = RunInput(
        run_id="r1", cim_id=deleted, org_id="org1", deal_id="deal1", kind="draft_outline", requested_by=LEA
    )
    report = RunReport(start=start, status="completed", started_at=AT, completed_at=AT, report_hashes=("0" * 64,))
    await running.record_run(report)
    assert (await store.runs.of_cim(deleted)).items == ()


async def test_a_thread_of_a_deleted_book_is_not_tried_again(store: Store, deleted: str) -> None:
    turns = TurnActivities(store)
    choice = BranchChoice(cim_id=deleted, thread_id="main", leaf_id="q1a", chosen_by=LEA)
    for call in (turns.open_turn(turn_of(deleted)), turns.switch_branch(choice)):
        with pytest.raises(ApplicationError) as refused:
            await call
        assert refused.value.non_retryable
    await turns.drop_turn(turn_of(deleted))
    assert (await store.messages.page(deleted)).items == ()
    assert await store.threads.of_cim(deleted) == []
    assert await store.talk_end(deleted) == 0


async def test_a_document_that_is_read_when_its_book_is_deleted_leaves_nothing(
    store: Store, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await writer.book(store)
    sha256 = await store.contents.put_bytes(writer.cim_id, b"Net sales were $12.5 million in FY2024.")
    source = Source(
        id="s1",
        cim_id=writer.cim_id,
        org_id="org1",
        name="note.md",
        kind="md",
        sha256=sha256,
        size=39,
        status="received",
        created_by=LEA,
        created_at=AT,
    )
    await store.sources.put(source)
    told = store.feed.publish

    async def then_it_is_deleted(cim_id: str, *told_of: object) -> None:
        monkeypatch.setattr(store.feed, "publish", told)
        monkeypatch.setattr(store.contents, "bytes", deleting)

    read = store.contents.bytes

    async def deleting(cim_id: str, wanted: str) -> bytes | None:
        data = await read(cim_id, wanted)
        await store.erase(cim_id, "org1", writer.tombstone())
        return data

    monkeypatch.setattr(store.feed, "publish", then_it_is_deleted)
    start = IngestInput(
        source_id="s1",
        cim_id=writer.cim_id,
        org_id="org1",
        deal_id="deal1",
        name="note.md",
        sha256=sha256,
        requested_by=LEA,
    )
    found = await IngestActivities(store, ReadLimits()).read_source(start)
    assert found.problem == "The book was deleted."
    assert await store.passages.of_source(writer.cim_id, "s1") == []


async def test_an_export_that_is_made_when_its_book_is_deleted_leaves_nothing(
    store: Store, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await writer.book(store)
    export = Export(
        id="e1", cim_id=writer.cim_id, org_id="org1", format="md", status="queued", created_by=LEA, created_at=AT
    )
    await store.exports.put(export)
    read = store.books.book

    async def deleting(cim_id: str) -> object:
        book = await read(cim_id)
        await store.erase(cim_id, "org1", writer.tombstone())
        return book

    monkeypatch.setattr(store.books, "book", deleting)
    start = ExportInput(
        export_id="e1", cim_id=writer.cim_id, org_id="org1", deal_id="deal1", format="md", requested_by=LEA
    )
    assert await ExportActivities(store).make_export(start) == "failed"
    blobs = await store._server.collection("blobs")  # pyright: ignore[reportPrivateUsage]
    assert await blobs.count_documents({"cim_id": writer.cim_id}) == 0
    assert await store.exports.of_cim(writer.cim_id) == []


@pytest.fixture
def checks_come_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "SECONDS_TO_CHECK", 0.3)


async def gone(store: Store, cim_id: str, sha256: str) -> None:
    async with asyncio.timeout(10):
        while await store.contents.bytes(cim_id, sha256) is not None:
            await asyncio.sleep(0.05)


async def swept(store: Store, cim_id: str) -> None:
    """That is marked a moment after the last of it is gone."""
    erasure = store._recorder._erasure  # pyright: ignore[reportPrivateUsage]
    async with asyncio.timeout(10):
        while cim_id in await erasure.unswept():
            await asyncio.sleep(0.05)


@pytest.mark.usefixtures("checks_come_soon")
async def test_what_comes_after_the_erasure_goes_however_shortly_before_the_book_was_changed(
    store: Store, other_process: Store, writer: Writer
) -> None:
    await writer.book(store)
    await asyncio.sleep(0.2)
    await store.erase(writer.cim_id, "org1", writer.tombstone())
    await asyncio.sleep(0.2)
    sha256 = await other_process.contents.put_bytes(writer.cim_id, b"late")
    await gone(other_process, writer.cim_id, sha256)


@pytest.mark.usefixtures("checks_come_soon")
async def test_what_comes_late_goes_where_the_process_that_erased_the_book_was_killed(
    store: Store, other_process: Store, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await writer.book(store)
    with monkeypatch.context() as killed:
        killed.setattr(store._recorder, "check_later", str)  # pyright: ignore[reportPrivateUsage]
        await store.erase(writer.cim_id, "org1", writer.tombstone())
    sha256 = await other_process.contents.put_bytes(writer.cim_id, b"late")
    await other_process.finish_erasures()
    await gone(other_process, writer.cim_id, sha256)
    await swept(other_process, writer.cim_id)
    again = await other_process.contents.put_bytes(writer.cim_id, b"later")
    await other_process.finish_erasures()
    await asyncio.sleep(1)
    assert await other_process.contents.bytes(writer.cim_id, again) is not None, "it was looked at once"


@pytest.mark.usefixtures("checks_come_soon")
async def test_what_comes_late_goes_where_the_store_was_away_when_it_was_looked_for(
    store: Store, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await writer.book(store)
    sweep, asked = Erasure.sweep, list[str]()

    async def away_at_first(self: Erasure, cim_id: str, org_id: str, tombstone: EventRecord) -> None:
        asked.append(cim_id)
        if len(asked) == 1:
            raise StoreUnavailable("away")
        await sweep(self, cim_id, org_id, tombstone)

    monkeypatch.setattr(Erasure, "sweep", away_at_first)
    await store.erase(writer.cim_id, "org1", writer.tombstone())
    sha256 = await store.contents.put_bytes(writer.cim_id, b"late")
    await gone(store, writer.cim_id, sha256)
    assert asked == [writer.cim_id] * 2
